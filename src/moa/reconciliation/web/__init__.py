"""Pages of reconciliation."""

"""What changes in the directory: one module a verb."""

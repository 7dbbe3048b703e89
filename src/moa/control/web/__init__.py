"""Pages of control, and what every page of every context is opened with."""

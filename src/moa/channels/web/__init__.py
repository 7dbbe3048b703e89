"""Pages of connections to banks."""

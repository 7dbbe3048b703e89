"""The profile of kr002."""

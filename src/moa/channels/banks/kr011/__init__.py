"""The profile of kr011."""

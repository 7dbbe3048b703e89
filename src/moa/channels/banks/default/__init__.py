"""The profile of default."""

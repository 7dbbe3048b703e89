"""The profile of kr081."""

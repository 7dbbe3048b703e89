"""The profile of kr004."""

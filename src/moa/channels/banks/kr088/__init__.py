"""The profile of kr088."""

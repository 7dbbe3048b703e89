"""The profile of kr020."""

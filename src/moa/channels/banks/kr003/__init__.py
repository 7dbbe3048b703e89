"""The profile of kr003."""

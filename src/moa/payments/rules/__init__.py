"""Decisions of payments on plain values."""

"""Decisions on bank lines: pure."""

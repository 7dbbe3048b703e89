"""What upper contexts provide to lower ones, in one list. A test prints what is registered."""

from __future__ import annotations


def connect() -> None:
    """Register every provider; called once when Django is ready."""

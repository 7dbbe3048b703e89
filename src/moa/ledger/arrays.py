"""Arrays of numbers as PostgreSQL reads them from text."""

from __future__ import annotations

from collections.abc import Sequence


def numbers(values: Sequence[int | None]) -> str:
    """An array of integers as text: its type then is the statement's, not that of the largest number in it."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"

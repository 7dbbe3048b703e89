"""The number of a row as an address or a form gives it."""

from __future__ import annotations

_MOST_DIGITS = 18


def row_number(text: str) -> int | None:
    """None where it is no number that a row can have; other scripts' digits are none of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None

"""A day as people and files write it: 2026-06-24 and nothing else.

Python's own reader also takes 20260624 and weeks of ISO 8601 (2026-W26-3), which nobody in this field means.
"""

from __future__ import annotations

import re
from datetime import date

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_day(text: str) -> date:
    """Raises: ValueError, for whatever is no such day."""
    if _WRITTEN.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no day")
    return date.fromisoformat(text)


def read_typed_day(text: str) -> date:
    """As a person types it: points, slashes and spaces around it are as good. Raises: ValueError."""
    return read_day(text.strip().replace(".", "-").replace("/", "-"))

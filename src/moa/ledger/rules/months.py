"""Months on end."""

from __future__ import annotations

from datetime import date


def months_from(day: date, count: int) -> list[date]:
    """The first days of the month of `day` and those after it, `count` in all."""
    start = day.year * 12 + day.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(start, start + count)]

"""How old a suspense item is, and when it must be cleared."""

from __future__ import annotations

from datetime import date

from moa.kernel.calendars import Calendar

# Business days that the owner has to find out whose money it is.
DAYS_TO_CLEAR = 5
# Name and the most calendar days that an item of the bucket is old; the last has no end.
BUCKETS: tuple[tuple[str, int | None], ...] = (
    ("0-1", 1), ("2-7", 7), ("8-30", 30), ("31-90", 90), ("91+", None),
)  # fmt: skip


def bucket_of(days: int) -> str:
    return next(name for name, most in BUCKETS if most is None or days <= most)


def due_by(calendar: Calendar, opened_on: date) -> date:
    return calendar.add_business_days(opened_on, DAYS_TO_CLEAR)

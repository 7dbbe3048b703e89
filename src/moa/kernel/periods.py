"""Periods of days, half-open: the first day counts, the end does not.

`Period(start, end)` holds start ≤ day < end. People say "from the 1st to the 31st"; that is `Period.inclusive`.
A period is never empty; where nothing is left, functions answer None or an empty tuple.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from moa.kernel.errors import DomainError

_DAY = timedelta(days=1)


class PeriodInvalid(DomainError):
    code = "period_invalid"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to, not including, `end`. Raises: period_invalid when that is no day."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise PeriodInvalid(start=self.start.isoformat(), end=self.end.isoformat())

    @classmethod
    def inclusive(cls, first: date, last: date) -> Period:
        """Both days count, as a person writes it. Raises: period_invalid when `last` is before `first`."""
        if last == date.max:
            raise PeriodInvalid(start=first.isoformat(), end=last.isoformat())
        return cls(first, last + _DAY)

    @classmethod
    def of_day(cls, day: date) -> Period:
        return cls.inclusive(day, day)

    @classmethod
    def of_month(cls, year: int, month: int) -> Period:
        return cls(date(year, month, 1), _first_of_next_month(date(year, month, 1)))

    @property
    def last(self) -> date:
        """The last day that counts."""
        return self.end - _DAY

    @property
    def day_count(self) -> int:
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def days(self) -> Iterator[date]:
        """Each day that counts, in order."""
        for offset in range(self.day_count):
            yield self.start + timedelta(days=offset)

    def covers(self, other: Period) -> bool:
        """Whether every day of `other` is a day of this one."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: Period) -> Period | None:
        """The days in both, or None. Neighbours ([1st, 5th) and [5th, 9th)) share no day."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def months(self) -> Iterator[Period]:
        """The period cut at the first of each month, in order."""
        start = self.start
        while start < self.end:
            end = min(_first_of_next_month(start), self.end)
            yield Period(start, end)
            start = end


def _first_of_next_month(day: date) -> date:
    if (day.year, day.month) == (date.max.year, 12):
        raise PeriodInvalid(start=day.isoformat(), end="")
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def merge(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The same days as disjoint periods in order; overlapping and neighbouring ones become one."""
    merged: list[Period] = []
    for period in sorted(periods):
        if merged and period.start <= merged[-1].end:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, period.end))
        else:
            merged.append(period)
    return tuple(merged)


def gaps(whole: Period, periods: Iterable[Period]) -> tuple[Period, ...]:
    """The days of `whole` that no period covers, as disjoint periods in order."""
    missing: list[Period] = []
    open_from = whole.start
    for period in merge(periods):
        if period.end <= open_from:
            continue
        if period.start >= whole.end:
            break
        if period.start > open_from:
            missing.append(Period(open_from, period.start))
        open_from = period.end
    if open_from < whole.end:
        missing.append(Period(open_from, whole.end))
    return tuple(missing)


def overlaps(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The days that two or more periods share, as disjoint periods in order."""
    shared: list[Period] = []
    covered_to: date | None = None
    for period in sorted(periods):
        if covered_to is not None and period.start < covered_to:
            shared.append(Period(period.start, min(covered_to, period.end)))
        covered_to = period.end if covered_to is None else max(covered_to, period.end)
    return merge(shared)

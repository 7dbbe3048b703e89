"""Business days: which days banks work, and where a date goes that falls on one they do not.

A `Calendar` is made of a country's published days, asked for year by year, and of the user's own days, which win.
It reads no clock and no file: the years come from a function that is given (moa.kernel.calendar_data has them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from moa.kernel.errors import DomainError
from moa.kernel.periods import Period

_DAY = timedelta(days=1)
# No country closes its banks this long; past it a wrong override table is the cause, and a loop would not end.
_LONGEST_CLOSURE = 60


class CalendarExhausted(DomainError):
    """No business day is found near the date: the overrides close too many days, or the date is out of range."""

    code = "calendar_exhausted"


class NotABusinessDay(DomainError):
    code = "not_a_business_day"


class CalendarYear(NamedTuple):
    """What is published for one year: closed days by name, weekend days that are worked, and whether it is a guess."""

    holidays: Mapping[date, str]
    worked_weekends: Mapping[date, str]
    is_estimate: bool = False


class DayOverride(NamedTuple):
    """The user's word on one day; it wins over everything published."""

    is_business_day: bool
    name: str


class DayReason(StrEnum):
    """Why a day is what it is."""

    ORDINARY = "ordinary"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    OVERRIDE = "override"


class CalendarDay(NamedTuple):
    day: date
    is_business_day: bool
    reason: DayReason
    name: str
    is_estimate: bool


class Convention(StrEnum):
    """Where a date goes that is no business day.

    The modified ones go the other way rather than leave the month. KFTC debit dates move forward (following).
    """

    UNADJUSTED = "unadjusted"
    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED_FOLLOWING = "modified_following"
    MODIFIED_PRECEDING = "modified_preceding"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The business days of one country as one group sees them.

    Shape: `year_of(2026)` answers the published year; `weekend` counts Monday as 0; `overrides` by date.
    """

    country: str
    year_of: Callable[[int], CalendarYear]
    overrides: Mapping[date, DayOverride] = field(default_factory=dict)
    weekend: frozenset[int] = frozenset({5, 6})

    def describe(self, day: date) -> CalendarDay:
        """What `day` is and why: the user's override, else make-up work, else holiday, else weekend."""
        year = self.year_of(day.year)
        override = self.overrides.get(day)
        if override is not None:
            return CalendarDay(day, override.is_business_day, DayReason.OVERRIDE, override.name, False)
        if day in year.worked_weekends:
            return CalendarDay(day, True, DayReason.MAKE_UP, year.worked_weekends[day], year.is_estimate)
        if day in year.holidays:
            return CalendarDay(day, False, DayReason.HOLIDAY, year.holidays[day], year.is_estimate)
        if day.weekday() in self.weekend:
            return CalendarDay(day, False, DayReason.WEEKEND, "", year.is_estimate)
        return CalendarDay(day, True, DayReason.ORDINARY, "", year.is_estimate)

    def is_business_day(self, day: date) -> bool:
        override = self.overrides.get(day)
        if override is not None:
            return override.is_business_day
        year = self.year_of(day.year)
        if day in year.worked_weekends:
            return True
        return day not in year.holidays and day.weekday() not in self.weekend

    def is_estimate(self, year: int) -> bool:
        """Whether the authority has not announced this year's days yet."""
        return self.year_of(year).is_estimate

    def next_business_day(self, day: date) -> date:
        """The first business day after `day`; `day` itself does not count. Raises: calendar_exhausted."""
        return self._search(day, _DAY)

    def previous_business_day(self, day: date) -> date:
        """The last business day before `day`; `day` itself does not count. Raises: calendar_exhausted."""
        return self._search(day, -_DAY)

    def _search(self, day: date, step: timedelta) -> date:
        found = day
        for _ in range(_LONGEST_CLOSURE):
            try:
                found += step
            except OverflowError:
                break
            if self.is_business_day(found):
                return found
        raise CalendarExhausted(country=self.country, day=day.isoformat())

    def add_business_days(self, day: date, count: int) -> date:
        """The business day `count` business days after `day` (before it when negative).

        Day rule: `day` does not count, and need not be a business day itself. With 0 the answer is `day`, which
        must then be one. Raises: not_a_business_day, calendar_exhausted.
        """
        if count == 0 and not self.is_business_day(day):
            raise NotABusinessDay(country=self.country, day=day.isoformat())
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day = self._search(day, step)
        return day

    def adjust(self, day: date, convention: Convention) -> date:
        """`day` itself when it is a business day, else where `convention` puts it. Raises: calendar_exhausted."""
        if convention is Convention.UNADJUSTED or self.is_business_day(day):
            return day
        forward = convention in (Convention.FOLLOWING, Convention.MODIFIED_FOLLOWING)
        moved = self._search(day, _DAY if forward else -_DAY)
        modified = convention in (Convention.MODIFIED_FOLLOWING, Convention.MODIFIED_PRECEDING)
        if modified and (moved.year, moved.month) != (day.year, day.month):
            return self._search(day, -_DAY if forward else _DAY)
        return moved

    def business_days(self, period: Period) -> Iterator[date]:
        """The business days of `period`, in order."""
        return (day for day in period.days() if self.is_business_day(day))

    def deadline_at(self, file_day: date, business_days: int, at: time, zone: tzinfo) -> datetime:
        """The moment by which a file of `file_day` is due: so many business days later, at `at` in `zone`.

        Day rule: `file_day` does not count (D+2 of Thursday the 16th is Monday the 20th).
        Source: KFTC CMS notice of 2015-07-22, EB110716 due 2015-07-20 15:00. Raises: as add_business_days.
        """
        return datetime.combine(self.add_business_days(file_day, business_days), at, zone)

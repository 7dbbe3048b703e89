"""A year of a calendar as weeks of days with their kinds; pure."""

from __future__ import annotations

import calendar as weeks_of
from datetime import date
from typing import NamedTuple

from moa.directory.rules.holiday_names import name_of_day
from moa.kernel.calendars import Calendar, CalendarDay, DayReason
from moa.kernel.periods import Period

_KINDS = {
    DayReason.ORDINARY: "work",
    DayReason.WEEKEND: "weekend",
    DayReason.HOLIDAY: "public",
    DayReason.MAKE_UP: "makeup",
}


class DayCell(NamedTuple):
    """One square of a month; `date` empty where the week belongs to the neighbouring month."""

    date: date | None
    kind: str = ""
    name: str = ""


class MonthSheet(NamedTuple):
    month: int
    weeks: list[list[DayCell]]


def kind_of(day: CalendarDay) -> str:
    """work, weekend, public, makeup, override_open or override_closed."""
    if day.reason is DayReason.OVERRIDE:
        return "override_open" if day.is_business_day else "override_closed"
    return _KINDS[day.reason]


def month_sheets(calendar: Calendar, year: int, *, first_weekday: int, language: str) -> list[MonthSheet]:
    """Twelve months in whole weeks. Shape: `first_weekday` counts Monday as 0; names of days in `language`."""
    grid = weeks_of.Calendar(first_weekday)
    return [
        MonthSheet(
            month,
            [
                [_cell(calendar, day, language) if day.month == month else DayCell(None) for day in week]
                for week in grid.monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def _cell(calendar: Calendar, day: date, language: str) -> DayCell:
    described = calendar.describe(day)
    return DayCell(day, kind_of(described), name_of_day(described, language))


def special_days(calendar: Calendar, year: int) -> list[CalendarDay]:
    """The days that are not what their weekday says: holidays, make-up work and the group's own, in order."""
    whole_year = Period(date(year, 1, 1), date(year + 1, 1, 1))
    ordinary = (DayReason.ORDINARY, DayReason.WEEKEND)
    return [
        described for day in whole_year.days() if (described := calendar.describe(day)).reason not in ordinary
    ]

"""On which day a payment leaves: the holiday rule that its maker chose, and the days of a series. domain.md §2.12 (reserved)."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from moa.kernel.calendars import Calendar, Convention

PREVIOUS, FOLLOWING, MODIFIED = "previous", "following", "modified_following"
HOLIDAY_RULES = (FOLLOWING, PREVIOUS, MODIFIED)
_CONVENTIONS = {
    "": Convention.UNADJUSTED, PREVIOUS: Convention.PRECEDING, FOLLOWING: Convention.FOLLOWING,
    MODIFIED: Convention.MODIFIED_FOLLOWING,
}  # fmt: skip
MONTHLY, WEEKLY = "monthly", "weekly"
LAST_DAY = 31
MOST_OCCURRENCES = 120
# A bank that rests longer than this has another reason than a holiday.
_LONGEST_REST = 60


def after_holiday(day: date, rule: str, days: Calendar) -> date:
    """The day itself when banks work on it, else where the rule puts it; without a rule it stays. Raises: calendar_exhausted."""
    return days.adjust(day, _CONVENTIONS[rule])


def day_of_leaving(day: date, works_on: Callable[[date], bool]) -> date:
    """The first day from `day` on, itself included, on which it is taken."""
    for later in range(_LONGEST_REST):
        if works_on(day + timedelta(days=later)):
            return day + timedelta(days=later)
    return day


class SeriesPlan(NamedTuple):
    """When a series pays. Shape: `every` MONTHLY or WEEKLY; `on_day` of the month, where 31 is its last day, or of the week from
    1, Monday; from `first` on, up to `until` or so many `times`, whichever ends it sooner; one of the two is given."""

    every: str
    on_day: int
    first: date
    until: date | None = None
    times: int | None = None


class Day(NamedTuple):
    """One occurrence. Shape: `planned_on` by the interval, `pay_on` after the holiday rule."""

    number: int
    planned_on: date
    pay_on: date


def plan_days(plan: SeriesPlan, rule: str, days: Calendar) -> list[Day]:
    """The occurrences in their order, one more than is allowed at most, so that a longer series is seen to be too long.

    Day rule: `first` and `until` count, and both are of planned days; a month without the day pays on its last one.
    """
    most = MOST_OCCURRENCES + 1 if plan.times is None else min(plan.times, MOST_OCCURRENCES + 1)
    found: list[Day] = []
    step = 0
    while len(found) < most:
        planned = _planned(plan, step)
        step += 1
        if planned is None or (plan.until is not None and planned > plan.until):
            break
        if planned >= plan.first:
            found.append(Day(len(found) + 1, planned, after_holiday(planned, rule, days)))
    return found


def _planned(plan: SeriesPlan, step: int) -> date | None:
    if plan.every == WEEKLY:
        begins = plan.first + timedelta(days=(plan.on_day - plan.first.isoweekday()) % 7)
        return begins + timedelta(weeks=step)
    month = plan.first.month - 1 + step
    year, month = plan.first.year + month // 12, month % 12 + 1
    if year > date.max.year:
        return None
    return date(year, month, min(plan.on_day, calendar.monthrange(year, month)[1]))

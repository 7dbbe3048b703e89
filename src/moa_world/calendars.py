"""Which days the simulated banks work, from the `holidays` tables, apart from the product's own calendars.

Kept apart on purpose: the expected figures of the demo world must not lean on the code that they check.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)


class BankCalendar:
    """Business days of the banks of one country. Shape: `country` "KR" or "CN"."""

    def __init__(self, country: str) -> None:
        if country == "KR":
            self._closed: holidays.HolidayBase = holidays.country_holidays(
                "KR", categories=("public", "bank")
            )
            self._make_up: frozenset[date] = frozenset()
        elif country == "CN":
            self._closed = holidays.country_holidays("CN")
            self._make_up = frozenset(getattr(self._closed, "weekend_workdays", ()))
        else:
            raise ValueError(f"no calendar for {country}")
        self.country = country
        self._known: dict[date, bool] = {}

    def is_business(self, day: date) -> bool:
        """Whether banks book on `day`; a Chinese make-up weekend day counts."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._decide(day)
        return known

    def _decide(self, day: date) -> bool:
        closed = day in self._closed
        if day.weekday() < 5:
            return not closed
        # Looking a year up loads its make-up days, so the set is read only after the look-up above.
        return day in getattr(self._closed, "weekend_workdays", self._make_up)

    def on_or_before(self, day: date) -> date:
        while not self.is_business(day):
            day -= ONE_DAY
        return day

    def on_or_after(self, day: date) -> date:
        while not self.is_business(day):
            day += ONE_DAY
        return day

    def days(self, first: date, last: date) -> list[date]:
        """Business days from `first` to `last`, both inside."""
        span = (last - first).days + 1
        return [day for n in range(span) if self.is_business(day := first + n * ONE_DAY)]

    def falls_on(self, day: date, *, day_of_month: int, later: bool) -> bool:
        """Whether what is due on `day_of_month` happens on `day`.

        Day rule: 31 means the last day of the month; a due day off moves to the next business day when `later`,
        else to the one before.
        """
        move = self.on_or_after if later else self.on_or_before
        nominal = [due_in_month(day + shift * ONE_DAY, day_of_month) for shift in (-20, 0, 20)]
        return day in {move(due) for due in nominal}


def due_in_month(day: date, day_of_month: int) -> date:
    """The due day in the month of `day`; a number beyond the month means its last day."""
    first_of_next = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    last = first_of_next - ONE_DAY
    return day.replace(day=min(day_of_month, last.day))


@lru_cache(maxsize=4)
def bank_calendar(country: str) -> BankCalendar:
    return BankCalendar(country)

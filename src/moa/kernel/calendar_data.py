"""The published bank days of Korea and China, year by year.

Source: the `holidays` package. Korea: public holidays with their substitutes and the bank holiday of 1 May. China: the
State Council's yearly notice with its make-up working days; a year without a notice yet is computed by rule and
marked as an estimate. What a country announces later than the package is the user's override.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

from holidays import country_holidays

from moa.kernel.calendars import Calendar, CalendarYear, DayOverride
from moa.kernel.errors import DomainError

# What the package computes from and to; outside it nothing is published and every answer is a guess.
_FIRST_YEAR, _LAST_YEAR = 1950, 2099
_NOTHING_PUBLISHED = CalendarYear({}, {}, is_estimate=True)


class CountryUnknown(DomainError):
    code = "calendar_country_unknown"


@cache
def korea(year: int) -> CalendarYear:
    """Days on which Korean banks are closed, by their Korean names."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return _NOTHING_PUBLISHED
    published = country_holidays("KR", years=year, categories=("public", "bank"), language="ko")
    # Feasts of the moon past the package's almanac carry this mark in their names.
    guessed = any("(추정)" in name for name in published.values())
    return CalendarYear(dict(published.items()), {}, is_estimate=guessed)


@cache
def china(year: int) -> CalendarYear:
    """Days off in China and the weekend days worked for them, by their Chinese names."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return _NOTHING_PUBLISHED
    # The next year too: its first days off may be paid for by a weekend at the end of this one (2011-12-31).
    published = country_holidays("CN", years=(year, year + 1), language="zh_CN")
    closed = {day: name for day, name in published.items() if day.year == year}
    worked = {day: "调休上班" for day in published.weekend_workdays if day.year == year}
    # Days by decree stand in this table of the package; the last year in it is the last notice it knows.
    last_notice = max(published.special_public_holidays)
    return CalendarYear(closed, worked, is_estimate=year > last_notice)


_PUBLISHED: dict[str, Callable[[int], CalendarYear]] = {"KR": korea, "CN": china}
COUNTRIES = tuple(_PUBLISHED)


def published_calendar(country: str, overrides: Mapping[date, DayOverride] | None = None) -> Calendar:
    """The calendar of "KR" or "CN" with the given overrides. Raises: calendar_country_unknown."""
    year_of = _PUBLISHED.get(country)
    if year_of is None:
        raise CountryUnknown(country=country)
    return Calendar(country, year_of, dict(overrides or {}))

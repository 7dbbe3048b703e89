"""A year as sheets of weeks: every day once, in its kind."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.directory.rules.calendar_year import month_sheets, special_days
from moa.kernel.calendar_data import published_calendar
from moa.kernel.calendars import DayOverride


def kinds(calendar, year: int) -> dict[date, str]:
    return {
        cell.date: cell.kind
        for sheet in month_sheets(calendar, year, first_weekday=6, language="ko")
        for week in sheet.weeks
        for cell in week
        if cell.date is not None
    }


@pytest.mark.parametrize(
    ("country", "day", "kind"),
    [
        ("KR", "2026-11-20", "work"),
        ("KR", "2026-11-21", "weekend"),
        ("KR", "2026-05-01", "public"),
        ("KR", "2026-11-23", "override_closed"),
        ("KR", "2026-11-28", "override_open"),
        ("CN", "2026-02-14", "makeup"),
        ("CN", "2026-02-17", "public"),
    ],
)
def test_each_day_has_its_kind(country, day, kind):
    own = {
        date(2026, 11, 23): DayOverride(False, "임시공휴일"),
        date(2026, 11, 28): DayOverride(True, "토요 영업"),
    }
    calendar = published_calendar(country, own if country == "KR" else {})
    assert kinds(calendar, 2026)[date.fromisoformat(day)] == kind


# The first year of a country is computed anew, which may take longer than one example may.
@settings(deadline=None)
@given(st.sampled_from(["KR", "CN"]), st.integers(2000, 2090), st.integers(0, 6))
def test_every_day_of_the_year_stands_once_under_its_weekday(country, year, first_weekday):
    sheets = month_sheets(published_calendar(country), year, first_weekday=first_weekday, language="en")
    shown = [cell.date for sheet in sheets for week in sheet.weeks for cell in week if cell.date]
    assert shown == [date(year, 1, 1) + timedelta(each) for each in range(len(shown))]
    assert shown[-1] == date(year, 12, 31)
    for sheet in sheets:
        for week in sheet.weeks:
            assert len(week) == 7
            assert all(
                c.date is None or (c.date.weekday() - first_weekday) % 7 == at for at, c in enumerate(week)
            )
            assert all(c.date is None or c.date.month == sheet.month for c in week)


def test_the_special_days_are_those_a_person_would_look_up():
    days = special_days(published_calendar("CN"), 2026)
    assert [day.day for day in days if day.is_business_day] == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]
    assert all(day.name for day in days)

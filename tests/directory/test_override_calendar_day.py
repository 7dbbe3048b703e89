"""The group's own calendar days: who may set them, which word holds, and that others are not touched."""

from datetime import date, timedelta

import pytest
from django.db import Error, connection, transaction

from moa.control.models import AuditLine
from moa.directory.models import CalendarOverride
from moa.directory.operations.override_calendar_day import OverrideRefused, override_calendar_day
from moa.directory.queries import calendar_for, latest_override, list_overrides
from moa.kernel.calendar_data import CountryUnknown
from moa.kernel.calendars import DayReason
from moa.kernel.errors import Forbidden
from tests.control.factories import make_group, make_person, make_two_groups

pytestmark = pytest.mark.django_db

MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)


@pytest.fixture
def treasurer():
    return make_person(make_group(), roles=["treasurer"])


def close(ctx, day: date = MONDAY, name: str = "임시공휴일"):
    return override_calendar_day(
        ctx, country="KR", day=day, is_business_day=False, name=name, reason="관보 제2026-88호"
    )


def test_a_closed_day_is_closed_from_then_on(treasurer):
    with treasurer.open():
        assert calendar_for(treasurer, "KR").is_business_day(MONDAY)
        close(treasurer)
        seen = calendar_for(treasurer, "KR").describe(MONDAY)
        line = AuditLine.objects.get(code="directory.calendar.overridden")
    assert (seen.is_business_day, seen.reason, seen.name) == (False, DayReason.OVERRIDE, "임시공휴일")
    assert line.subject_id == "KR 2026-11-23"
    assert line.before == {"is_business_day": True}
    assert line.after == {"is_business_day": False, "name": "임시공휴일", "reason": "관보 제2026-88호"}


def test_a_weekend_can_be_opened(treasurer):
    with treasurer.open():
        override_calendar_day(treasurer, country="CN", day=SATURDAY, is_business_day=True, name="调休上班")
        assert calendar_for(treasurer, "CN").is_business_day(SATURDAY)
        assert not calendar_for(treasurer, "KR").is_business_day(SATURDAY), "the other country is untouched"


def test_a_second_person_takes_it_back_and_the_first_word_stays_on_record(treasurer):
    with treasurer.open():
        first = close(treasurer)
    admin = make_person(treasurer, roles=["admin"])
    with admin.open():
        second = override_calendar_day(admin, country="KR", day=MONDAY, is_business_day=None, reason="착오")
        assert second.recorded_at > first.recorded_at
        assert calendar_for(admin, "KR").is_business_day(MONDAY)
        assert not calendar_for(admin, "KR", known_at=first.recorded_at).is_business_day(MONDAY)
        assert list_overrides(admin, "KR", 2026) == []
        assert latest_override(admin, "KR", MONDAY).entered_by_id == admin.actor.person_id
        assert CalendarOverride.objects.count() == 2
        assert AuditLine.objects.filter(code="directory.calendar.given_back").count() == 1


def test_the_list_shows_what_holds_in_the_year(treasurer):
    with treasurer.open():
        close(treasurer)
        close(treasurer, date(2027, 1, 4))
        assert [(row.on_date, row.name) for row in list_overrides(treasurer, "KR", 2026)] == [
            (MONDAY, "임시공휴일")
        ]


def test_a_person_without_the_right_is_refused():
    group = make_group()
    teller = make_person(group, roles=["teller"])
    with teller.open():
        with pytest.raises(Forbidden):
            close(teller)
        assert not CalendarOverride.objects.exists()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"day": SATURDAY, "is_business_day": False, "name": "휴무"}, "calendar_day_unchanged"),
        ({"day": MONDAY, "is_business_day": True, "name": "영업"}, "calendar_day_unchanged"),
        ({"day": MONDAY, "is_business_day": None}, "calendar_day_unchanged"),
        ({"day": MONDAY, "is_business_day": False, "name": "  "}, "calendar_name_missing"),
    ],
)
def test_it_refuses_a_word_that_says_nothing(treasurer, facts, code):
    with treasurer.open():
        with pytest.raises(OverrideRefused) as refusal:
            override_calendar_day(treasurer, country="KR", **facts)
        assert not CalendarOverride.objects.exists()
    assert refusal.value.code == code


def test_it_refuses_a_country_without_a_calendar(treasurer):
    with treasurer.open(), pytest.raises(CountryUnknown):
        override_calendar_day(treasurer, country="US", day=MONDAY, is_business_day=False, name="Closed")


def test_another_group_keeps_the_published_calendar():
    groups = make_two_groups()
    with groups.person.open():
        close(groups.person)
    with groups.stranger.open():
        assert calendar_for(groups.stranger, "KR").is_business_day(MONDAY)


@pytest.mark.parametrize(
    "statement",
    ["update directory_calendaroverride set name = 'x'", "delete from directory_calendaroverride"],
)
def test_a_recorded_word_is_never_changed_not_even_by_raw_sql(treasurer, statement):
    with treasurer.open():
        close(treasurer)
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert CalendarOverride.objects.get().name == "임시공휴일"


def test_the_recording_moment_never_runs_backwards_when_the_clock_did(treasurer):
    with treasurer.open():
        ahead = close(treasurer).recorded_at + timedelta(days=1)
        # As if the server's clock had been a day ahead when the last row was written.
        CalendarOverride.objects.create(
            group_id=treasurer.group_id, country="KR", on_date=SATURDAY, is_business_day=True, name="토요 영업",
            entered_by_id=treasurer.actor.person_id, recorded_at=ahead,
        )  # fmt: skip
        assert close(treasurer, SATURDAY, "휴무").recorded_at == ahead
        assert not calendar_for(treasurer, "KR").is_business_day(SATURDAY)

"""Days of payment: where a holiday rule puts them, and the days of a series."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa.control.models import ApprovalRequest
from moa.kernel.calendar_data import published_calendar
from moa.payments.models import PaymentOrder
from moa.payments.reading import read_order
from moa.payments.rules.pay_days import (
    HOLIDAY_RULES,
    MOST_OCCURRENCES,
    SeriesPlan,
    after_holiday,
    day_of_leaving,
    plan_days,
)
from tests.control.factories import TODAY
from tests.payments.scene import TYPED, Scene, make_scene

KOREA = published_calendar("KR", {})


@pytest.mark.parametrize(
    ("day", "rule", "expected"),
    [
        ("2026-05-30", "following", "2026-06-01"),  # a Saturday at the end of May
        ("2026-05-30", "previous", "2026-05-29"),
        ("2026-05-30", "modified_following", "2026-05-29"),
        ("2026-05-30", "", "2026-05-30"),
        ("2026-05-16", "modified_following", "2026-05-18"),  # a Saturday within the month
        ("2026-05-18", "previous", "2026-05-18"),  # banks work
    ],
)
def test_a_day_goes_where_its_rule_puts_it(day, rule, expected):
    assert str(after_holiday(date.fromisoformat(day), rule, KOREA)) == expected


def test_without_a_rule_it_leaves_when_banks_work_again():
    assert day_of_leaving(date(2026, 5, 30), KOREA.is_business_day) == date(2026, 6, 1)


def days_of(plan: SeriesPlan, rule: str = "following") -> list[tuple[str, str]]:
    return [(str(one.planned_on), str(one.pay_on)) for one in plan_days(plan, rule, KOREA)]


def test_the_last_day_of_each_month_is_met_in_short_months_too():
    plan = SeriesPlan("monthly", 31, date(2026, 1, 15), times=4)
    assert days_of(plan, "previous") == [
        ("2026-01-31", "2026-01-30"), ("2026-02-28", "2026-02-27"), ("2026-03-31", "2026-03-31"), ("2026-04-30", "2026-04-30"),
    ]  # fmt: skip


def test_a_month_whose_day_is_over_begins_with_the_next():
    plan = SeriesPlan("monthly", 10, date(2026, 11, 20), until=date(2027, 1, 10))
    assert [planned for planned, _ in days_of(plan)] == ["2026-12-10", "2027-01-10"]


def test_weeks_pay_on_their_day():
    plan = SeriesPlan("weekly", 5, date(2026, 11, 16), times=3)
    assert [planned for planned, _ in days_of(plan)] == ["2026-11-20", "2026-11-27", "2026-12-04"]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    every=st.sampled_from(["monthly", "weekly"]), on_day=st.integers(1, 31), count=st.integers(1, 60),
    first=st.dates(date(2024, 1, 1), date(2027, 12, 31)), rule=st.sampled_from([*HOLIDAY_RULES, ""]),
)  # fmt: skip
def test_days_are_counted_rise_and_are_worked(every, on_day, count, first, rule):
    plan = SeriesPlan(every, on_day if every == "monthly" else (on_day - 1) % 7 + 1, first, times=count)
    found = plan_days(plan, rule, KOREA)
    assert len(found) == count and [one.number for one in found] == list(range(1, count + 1))
    assert all(first <= one.planned_on for one in found)
    assert all(one.planned_on < two.planned_on for one, two in zip(found, found[1:], strict=False))
    if rule:
        assert all(KOREA.is_business_day(one.pay_on) for one in found)
    else:
        assert all(one.planned_on == one.pay_on for one in found)


def test_a_series_without_an_end_stops_one_after_the_most():
    assert len(days_of(SeriesPlan("weekly", 1, date(2026, 1, 1)))) == MOST_OCCURRENCES + 1


# --- in an order. TODAY is Friday the 20th of November 2026.


def test_what_is_signed_is_the_day_after_the_rule(db_scene):
    request = db_scene.submit(pay_on="2026-11-21", holiday_rule="following")
    assert (request.content["pay_on"], request.content["asked_on"]) == ("2026-11-23", "2026-11-21")
    order = db_scene.now(int(request.content["order"]))
    assert str(order.pay_on) == "2026-11-23"
    with db_scene.maker.open():
        assert ApprovalRequest.objects.get(id=request.id).due_on == order.pay_on


def test_a_rule_that_leads_back_into_the_past_is_a_flaw(db_scene):
    saturday = TODAY.replace(day=21)
    with db_scene.maker.open():
        typed = TYPED._replace(pay_on=str(saturday), holiday_rule="previous")
        assert str(read_order(db_scene.maker, db_scene.journal.book, typed).pay_on) == str(TODAY)
        on_saturday = replace(db_scene.maker, today=saturday)
        flaws = read_order(on_saturday, db_scene.journal.book, typed).flaws
        assert [(one.field, one.code, one.value) for one in flaws] == [("pay_on", "pay_day_over", str(TODAY))]
        typed = typed._replace(holiday_rule="never")
        flaws = read_order(db_scene.maker, db_scene.journal.book, typed).flaws
        assert [(one.field, one.code) for one in flaws] == [("holiday_rule", "holiday_rule_unknown")]


def test_without_a_rule_nothing_of_the_order_changes(db_scene):
    order = db_scene.order(pay_on="2026-11-21")
    assert "holiday_rule" not in order.form
    with db_scene.maker.open():
        reading = read_order(db_scene.maker, db_scene.journal.book, TYPED._replace(pay_on="2026-11-21"))
        assert (str(reading.pay_on), str(reading.leaves_on)) == ("2026-11-21", "2026-11-23")
        assert PaymentOrder.objects.get(id=order.id).state == "draft"


@pytest.fixture
def db_scene(db: None) -> Scene:
    return make_scene()

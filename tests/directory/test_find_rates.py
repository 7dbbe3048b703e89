"""The rate of a day: the last one on or before it, as known now or at a past moment, for many in one query."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa.directory.models import ExchangeRate
from moa.directory.queries import (
    latest_rate_rows,
    list_rates,
    rate_on_or_before,
    rated_currencies,
    rates_for_days,
    rates_on_or_before,
)
from moa.kernel.rates import Rate
from tests.control.factories import AT, TODAY, make_group, make_person

pytestmark = pytest.mark.django_db

FRIDAY, MONDAY = date(2026, 11, 13), date(2026, 11, 16)


def put(ctx, base: str, on_date: date, rate: str, minutes: int = 0, quote: str = "KRW") -> ExchangeRate:
    """A recorded rate, `minutes` after AT; written directly, because a test must choose the moment."""
    return ExchangeRate.objects.create(
        group_id=ctx.group_id, base=base, quote=quote, on_date=on_date, rate=Decimal(rate), source="hand",
        entered_by_id=ctx.actor.person_id, recorded_at=AT + timedelta(minutes=minutes),
    )  # fmt: skip


@pytest.fixture
def treasurer():
    ctx = make_person(make_group(), roles=["treasurer"])
    with ctx.open():
        yield ctx


def test_a_weekend_takes_the_friday_and_says_so(treasurer):
    put(treasurer, "USD", FRIDAY, "1380.00")
    put(treasurer, "USD", MONDAY, "1382.50")
    sunday = rate_on_or_before(treasurer, "USD", "KRW", date(2026, 11, 15))
    assert sunday == (Rate("USD", "KRW", Decimal("1380")), FRIDAY)
    assert rate_on_or_before(treasurer, "USD", "KRW", MONDAY).on_date == MONDAY
    assert rate_on_or_before(treasurer, "USD", "KRW", FRIDAY - timedelta(days=1)) is None


def test_a_rate_is_never_turned_round(treasurer):
    put(treasurer, "USD", FRIDAY, "1380.00")
    assert rate_on_or_before(treasurer, "KRW", "USD", MONDAY) is None


def test_a_currency_with_itself_is_one_on_the_day(treasurer):
    assert rate_on_or_before(treasurer, "KRW", "KRW", MONDAY) == (Rate.same("KRW"), MONDAY)


def test_many_currencies_take_one_query(treasurer, django_assert_num_queries):
    put(treasurer, "USD", FRIDAY, "1380.00")
    put(treasurer, "CNY", MONDAY, "192.60")
    put(treasurer, "CNY", MONDAY, "7.18", quote="USD")
    with django_assert_num_queries(1):
        found = rates_on_or_before(treasurer, ["USD", "CNY", "EUR", "KRW"], "KRW", TODAY)
    assert {base: (dated.rate.value, dated.on_date) for base, dated in found.items()} == {
        "USD": (Decimal("1380"), FRIDAY),
        "CNY": (Decimal("192.6"), MONDAY),
        "KRW": (Decimal(1), TODAY),
    }


def test_thirty_days_of_many_currencies_take_one_query(treasurer, django_assert_num_queries):
    put(treasurer, "USD", FRIDAY, "1380.00")
    put(treasurer, "USD", MONDAY, "1382.50")
    days = [TODAY - timedelta(days=back) for back in range(30)]
    with django_assert_num_queries(1):
        found = rates_for_days(treasurer, ["USD", "CNY"], "KRW", days)
    assert {day: dated.on_date for (_, day), dated in found.items()} == {
        day: MONDAY if day >= MONDAY else FRIDAY for day in days if day >= FRIDAY
    }


def test_a_correction_holds_from_the_moment_it_was_recorded(treasurer):
    put(treasurer, "USD", FRIDAY, "1380.00", minutes=0)
    put(treasurer, "USD", FRIDAY, "1381.00", minutes=5)
    asked = [(-1, None), (0, "1380"), (4, "1380"), (5, "1381")]
    for minutes, expected in asked:
        found = rate_on_or_before(treasurer, "USD", "KRW", MONDAY, known_at=AT + timedelta(minutes=minutes))
        assert (found and found.rate.value) == (expected and Decimal(expected))


def test_an_older_day_recorded_later_does_not_hide_a_newer_day(treasurer):
    put(treasurer, "USD", MONDAY, "1382.50", minutes=0)
    put(treasurer, "USD", FRIDAY, "1380.00", minutes=9)
    assert rate_on_or_before(treasurer, "USD", "KRW", TODAY).on_date == MONDAY


def test_of_two_recorded_at_one_moment_the_later_row_holds(treasurer):
    put(treasurer, "USD", FRIDAY, "1380.00")
    put(treasurer, "USD", FRIDAY, "1381.00")
    assert rate_on_or_before(treasurer, "USD", "KRW", MONDAY).rate.value == Decimal("1381")


def test_the_history_says_which_rows_were_corrected_and_goes_on_page_by_page(treasurer):
    put(treasurer, "USD", FRIDAY, "1380.00", minutes=0)
    put(treasurer, "USD", FRIDAY, "1381.00", minutes=5)
    put(treasurer, "CNY", MONDAY, "192.60")
    rows = list_rates(treasurer)
    assert [(row.base, row.rate, row.superseded) for row in rows] == [
        ("CNY", Decimal("192.6"), False),
        ("USD", Decimal("1381"), False),
        ("USD", Decimal("1380"), True),
    ]
    first = list_rates(treasurer, limit=1)
    rest = list_rates(treasurer, after=(first[0].on_date, first[0].id))
    assert first + rest == rows
    assert [row.base for row in list_rates(treasurer, base="CNY")] == ["CNY"]
    assert [(row.base, row.rate) for row in latest_rate_rows(treasurer, "KRW")] == [
        ("CNY", Decimal("192.6")),
        ("USD", Decimal("1381")),
    ]


def test_the_currencies_with_a_rate_are_named_once(treasurer):
    put(treasurer, "USD", FRIDAY, "1380.00")
    put(treasurer, "USD", MONDAY, "1382.50")
    put(treasurer, "CNY", MONDAY, "7.18", quote="USD")
    assert rated_currencies(treasurer, "KRW") == ["USD"]


ENTRIES = st.lists(
    st.tuples(st.sampled_from(["USD", "CNY"]), st.integers(0, 6), st.integers(0, 6), st.integers(1, 10**6)),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(entries=ENTRIES, asked_day=st.integers(0, 7), asked_minute=st.integers(0, 7))
def test_it_agrees_with_a_plain_search_through_all_rows(treasurer, entries, asked_day, asked_minute):
    scratch = make_person(make_group(), roles=["treasurer"])
    with scratch.open():
        rows = [
            (
                base,
                FRIDAY + timedelta(days=day),
                put(scratch, base, FRIDAY + timedelta(days=day), str(rate), minute),
            )
            for base, day, minute, rate in entries
        ]
        day, moment = FRIDAY + timedelta(days=asked_day), AT + timedelta(minutes=asked_minute)
        found = rates_on_or_before(scratch, ["USD", "CNY"], "KRW", day, known_at=moment)
    for base in ("USD", "CNY"):
        fitting = [row for b, d, row in rows if b == base and d <= day and row.recorded_at <= moment]
        best = max(fitting, key=lambda row: (row.on_date, row.recorded_at, row.id), default=None)
        assert (found.get(base) is None) == (best is None)
        if best is not None:
            assert (found[base].rate.value, found[base].on_date) == (best.rate, best.on_date)

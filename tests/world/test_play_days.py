"""Playing the days: banks rest when they rest, money only moves, nothing overdraws, dues fall on their days."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from moa_world.calendars import bank_calendar
from moa_world.group import BY_NUMBER, country_of
from moa_world.simulation import simulate
from tests.world.worlds import UNTIL


@pytest.fixture(scope="module")
def world():
    return simulate(seed=7, until=UNTIL, days=90)


def _posted(world, number=None):
    for own, book in world.books.items():
        for lines in book.days.values():
            for posted in lines:
                if number in (None, own):
                    yield own, posted


def test_banks_book_on_their_country_s_business_days_only(world):
    days = defaultdict(set)
    for number, posted in _posted(world):
        days[country_of(BY_NUMBER[number])].add(posted.day)
    chuseok = {date(2026, 9, 24), date(2026, 9, 25), date(2026, 10, 5), date(2026, 10, 9)}
    national = {date(2026, 10, day) for day in range(1, 8)} | {date(2026, 9, 25)}
    assert not days["KR"] & chuseok
    assert all(day.weekday() < 5 for day in days["KR"])
    assert not days["CN"] & national
    # The two weekend days on which China worked to make up for the long holiday.
    assert {day for day in days["CN"] if day.weekday() > 4} == {date(2026, 9, 20), date(2026, 10, 10)}
    assert date(2026, 10, 1) in days["KR"]
    assert date(2026, 9, 24) in days["CN"]


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("KR", date(2026, 11, 20), True),
        ("KR", date(2026, 11, 22), False),
        ("KR", date(2026, 10, 9), False),
        ("CN", date(2026, 10, 9), True),
        ("CN", date(2026, 10, 10), True),
        ("CN", date(2026, 10, 11), False),
        ("CN", date(2027, 1, 1), False),
    ],
)
def test_a_calendar_knows_its_holidays(country, day, works):
    assert bank_calendar(country).is_business(day) is works


def test_every_account_has_a_line_each_business_day_but_the_quiet_loan_account(world):
    for number, book in world.books.items():
        empty = [day for day, lines in book.days.items() if not lines]
        assert bool(empty) == (BY_NUMBER[number].bank == "KDB"), number


def test_no_account_is_ever_overdrawn(world):
    assert min(posted.balance_minor for _, posted in _posted(world)) > 0


def test_each_book_is_conserved(world):
    for book in world.books.values():
        moved = sum(posted.line.amount_minor for lines in book.days.values() for posted in lines)
        assert book.opening_minor + moved == book.closing_on(world.until)


def test_what_one_company_sends_another_receives(world):
    sides = defaultdict(int)
    for number, posted in _posted(world):
        if posted.line.kind in ("sweep", "group") and posted.line.text != "외화매도":
            sides[posted.day, posted.line.reference, BY_NUMBER[number].currency] += posted.line.amount_minor
    assert len(sides) > 100
    assert set(sides.values()) == {0}


def test_salaries_are_paid_on_pay_day_or_the_business_day_before(world):
    paid = [p.day for _, p in _posted(world, "40277154182") if p.line.kind == "payroll"]
    # 25 September was Chuseok and the 24th the day before it; 25 October a Sunday.
    assert paid == [date(2026, 8, 25), date(2026, 9, 23), date(2026, 10, 23)]


def test_withheld_taxes_follow_on_the_tenth_or_the_business_day_after(world):
    days = {p.day for _, p in _posted(world, "40277154182") if "원천세" in p.line.memo}
    assert days == {date(2026, 9, 10), date(2026, 10, 12), date(2026, 11, 10)}


def test_value_dates_never_lie_before_the_booking_and_some_lie_after(world):
    later = 0
    for _, posted in _posted(world):
        assert posted.value_date >= posted.day
        later += posted.value_date > posted.day
    assert later > 50


def test_a_day_s_trade_does_not_depend_on_when_the_world_ends():
    # The same 16 November, seen by worlds that end on different days: what customers and suppliers do is the same.
    def trade(until):
        book = simulate(seed=7, until=until, days=20).books["1005804471320"]
        lines = book.days[date(2026, 11, 16)]
        return [
            (p.line.at, p.line.amount_minor, p.line.partner)
            for p in lines
            if p.line.kind in ("sale", "purchase")
        ]

    assert trade(date(2026, 11, 20)) == trade(date(2026, 11, 18)) != []


def test_batches_list_payments_that_sum_to_their_line(world):
    batches = [p.line for _, p in _posted(world) if p.line.parts]
    assert {"payroll", "card"} <= {line.kind for line in batches}
    assert all(sum(part.amount_minor for part in line.parts) == abs(line.amount_minor) for line in batches)

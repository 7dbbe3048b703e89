"""The position of a day: leaves, own and base currency, and totals that agree whatever they are grouped by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa.accounts.models import BalancePoint, BankAccount, Statement
from moa.accounts.operations.close_account import AccountClosed, close_account
from moa.accounts.operations.open_account import NewAccount, open_account
from moa.accounts.points import refresh_current
from moa.control.operations.move_unit import move_unit
from moa.kernel.errors import Forbidden
from moa.reports.curve import position_by_day
from moa.reports.dashboard import total_of
from moa.reports.position import GROUPINGS, GroupingUnknown, first_accounts, position, present_moment
from tests.accounts.bank_files import Line, nov
from tests.accounts.books import Books, make_books
from tests.control.factories import make_person, make_unit
from tests.reports.asking import ask, bring_lines, figures, now, rate

WON, DOLLAR, YUAN = "100000000001", "100000000002", "100000000003"


@pytest.fixture
def three(books: Books) -> Books:
    """A won, a dollar and a yuan account in one company; balances of the 16th and 18th; rates of the 15th and 17th."""
    for number, currency in ((WON, "KRW"), (DOLLAR, "USD"), (YUAN, "CNY")):
        books.open(number, currency=currency)
    bring_lines(books, WON, Line(nov(16), 1000), Line(nov(18), 500))
    bring_lines(books, DOLLAR, Line(nov(16), 10), currency="USD")
    bring_lines(books, YUAN, Line(nov(18), 20), currency="CNY")
    rate(books.ctx, nov(15), "USD", "1400.125")
    rate(books.ctx, nov(17), "USD", "1410")
    rate(books.ctx, nov(15), "CNY", "193.2")
    return books


def test_each_account_counts_with_its_last_balance_on_or_before_the_day(three: Books) -> None:
    assert figures(three.ctx, nov(16), by="currency") == {
        ("KRW", "KRW"): (1000, 1000),
        ("USD", "USD"): (1000, 14001),
    }
    assert figures(three.ctx, nov(17), by="currency") == {
        ("KRW", "KRW"): (1000, 1000),
        ("USD", "USD"): (1000, 14100),
    }
    later = {("KRW", "KRW"): (1500, 1500), ("USD", "USD"): (1000, 14100), ("CNY", "CNY"): (2000, 3864)}
    assert figures(three.ctx, nov(18), by="currency") == later
    assert figures(three.ctx, nov(30), by="currency") == later


def test_the_first_accounts_are_of_those_that_count_on_the_day_and_at_the_moment(three: Books) -> None:
    """WON is closed on the 19th, which is known later; YUAN has no balance before the 18th."""
    known = now(three.ctx)
    with three.ctx.open():
        ids = dict(BankAccount.objects.values_list("number", "id"))
        close_account(three.ctx, account_id=ids[WON], closed_on=nov(19))

        def first(day: date, known_at: datetime | None = None, most: int = 2) -> list[str]:
            found = first_accounts(three.ctx, day=day, known_at=known_at, most=most)
            return [number for number in (WON, DOLLAR, YUAN) if ids[number] in found]

        assert first(nov(18)) == [WON, DOLLAR]
        assert first(nov(19)) == [DOLLAR, YUAN]
        assert first(nov(19), known) == [WON, DOLLAR]
        assert first(nov(17), known, 3) == [WON, DOLLAR]
        assert first(nov(17), most=3) == [WON, DOLLAR]
        assert first(nov(15)) == []


def test_before_the_first_statement_there_is_nothing(three: Books) -> None:
    found = ask(three.ctx, nov(15))
    assert (found.rows, found.total_base_minor, found.missing_rates) == ((), 0, [])


def test_the_rate_is_the_last_on_or_before_the_day_and_its_date_is_told(three: Books) -> None:
    rates = ask(three.ctx, nov(16)).rates
    assert (rates["USD"].rate.value, rates["USD"].on_date) == (Decimal("1400.125"), nov(15))
    rates = ask(three.ctx, nov(18)).rates
    assert (rates["USD"].on_date, rates["CNY"].on_date) == (nov(17), nov(15))


def test_without_a_rate_the_base_is_missing_and_said_so(books: Books) -> None:
    books.open(WON)
    books.open(DOLLAR, currency="USD")
    bring_lines(books, WON, Line(nov(16), 1000))
    bring_lines(books, DOLLAR, Line(nov(16), 10), currency="USD")
    rate(books.ctx, nov(17), "USD", "1400")
    found = ask(books.ctx, nov(16), by="currency")
    assert {row.key: row.base_minor for row in found.rows} == {"KRW": 1000, "USD": None}
    assert (found.missing_rates, found.total_base_minor) == (["USD"], 1000)
    assert ask(books.ctx, nov(17)).missing_rates == []


def test_one_row_per_key_and_currency(three: Books) -> None:
    found = ask(three.ctx, nov(18), by="company")
    assert [(row.key, row.currency, row.accounts) for row in found.rows] == [
        (three.company.code, currency, 1) for currency in ("CNY", "KRW", "USD")
    ]
    assert {row.name for row in found.rows} == {three.company.name}
    assert min(row.oldest for row in found.rows) == nov(16)


@settings(
    max_examples=10, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    data=st.lists(
        st.tuples(
            st.sampled_from(["KRW", "USD", "CNY", "JPY"]), st.integers(-9_999, 9_999), st.integers(0, 3),
            st.sampled_from(["004", "081", "088"]),
        ),
        min_size=1, max_size=6,
    ),
    rates=st.tuples(*[st.decimals("0.5", "1999", places=4)] * 2),
)  # fmt: skip
def test_every_grouping_sums_the_same_leaves(db: None, data: list, rates: tuple[Decimal, Decimal]) -> None:
    """Each account is converted once and rounded half-up; the yuan has no rate."""
    books = make_books()
    company = make_unit(books.machine)
    units = [
        books.company, company, make_unit(books.machine, kind="unit", parent=books.company),
        make_unit(books.machine, kind="unit", parent=company),
    ]  # fmt: skip
    by_currency = {"KRW": Decimal(1), "USD": rates[0], "JPY": rates[1]}
    rate(books.ctx, nov(1), "USD", str(rates[0]))
    rate(books.ctx, nov(1), "JPY", str(rates[1]))
    expected = 0
    for number, (currency, amount, unit, bank) in enumerate(data):
        key = f"7000000000{number}"
        with books.ctx.open():
            open_account(books.ctx, new=NewAccount(units[unit].id, "KR", bank, key, currency))
        bring_lines(books, key, Line(nov(16), amount), currency=currency)
        if currency in by_currency:
            won = Decimal(amount) * by_currency[currency]
            expected += int(won.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    own: set[tuple[tuple[str, int], ...]] = set()
    for by in GROUPINGS:
        found = ask(books.ctx, nov(20), by=by)
        assert found.total_base_minor == expected
        assert sum(row.accounts for row in found.rows) == len(data)
        sums: dict[str, int] = {}
        for row in found.rows:
            sums[row.currency] = sums.get(row.currency, 0) + row.balance_minor
        own.add(tuple(sorted(sums.items())))
    assert len(own) == 1


def test_one_number_at_two_banks_is_two_leaves(books: Books) -> None:
    for bank in ("004", "081"):
        with books.ctx.open():
            open_account(books.ctx, new=NewAccount(books.company.id, "KR", bank, WON, "KRW"))
    keys = {"KOEXKRSE/" + WON: 5, "CZNBKRSE/" + WON: 7}
    for number, amount in keys.items():
        bring_lines(books, number, Line(nov(16), amount))
    found = figures(books.ctx, nov(16), by="account")
    assert found == {
        (f"KR004/{WON}", "KRW"): (7, 7),
        (f"KR081/{WON}", "KRW"): (5, 5),
    }


def test_a_closed_account_counts_until_the_day_it_closed(three: Books) -> None:
    with three.ctx.open():
        from moa.accounts.models import BankAccount

        account = BankAccount.objects.get(number=WON)
        close_account(three.ctx, account_id=account.id, closed_on=nov(18))
    assert ("KRW", "KRW") in figures(three.ctx, nov(17), by="currency")
    assert ("KRW", "KRW") not in figures(three.ctx, nov(18), by="currency")
    with pytest.raises(AccountClosed), three.ctx.open():
        close_account(three.ctx, account_id=account.id, closed_on=nov(19))


def test_a_unit_counts_for_the_company_that_it_belonged_to_on_the_day(books: Books) -> None:
    other = make_unit(books.machine)
    unit = make_unit(books.machine, kind="unit", parent=books.company)
    books.open(WON, unit_id=unit.id)
    bring_lines(books, WON, Line(nov(10), 1000))
    administrator = make_person(books.machine, roles=["admin"])
    with administrator.open():
        move_unit(administrator, unit.id, parent_id=other.id, valid_from=nov(12))
    assert list(figures(books.ctx, nov(11))) == [(books.company.code, "KRW")]
    assert list(figures(books.ctx, nov(12))) == [(other.code, "KRW")]
    assert list(figures(books.ctx, nov(11), by="unit")) == [(unit.code, "KRW")]
    with books.ctx.open():
        found = position_by_day(books.ctx, until=nov(13), days=4, by="company").curve()
    assert [(day, key) for day, key, _, _ in found] == [
        (nov(10), books.company.code),
        (nov(11), books.company.code),
        (nov(12), other.code),
        (nov(13), other.code),
    ]


@pytest.mark.parametrize("by", ["currency", "company", "bank"])
@settings(
    max_examples=8, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(data=st.data())
def test_each_day_is_the_position_of_that_day(three: Books, by: str, data: st.DataObject) -> None:
    """Also with balances told again for the same day, before the first day, after the last, and with closed accounts."""
    last_days = st.none() | st.integers(8, 24).map(nov)
    balances = st.lists(st.tuples(st.integers(6, 24).map(nov), st.integers(-999, 999)), max_size=6)
    with three.ctx.open(), transaction.atomic():
        for account in BankAccount.objects.order_by("id"):
            statement = Statement.objects.filter(account_id=account.id).order_by("id")[0]
            for day, minor in data.draw(balances):
                BalancePoint.objects.create(
                    group_id=account.group_id, account_id=account.id, day=day, balance_minor=minor, statement=statement,
                    recorded_at=present_moment(),
                )  # fmt: skip
            refresh_current(account.id, received_at=None)
            closed_on = data.draw(last_days)
            BankAccount.objects.filter(id=account.id).update(
                closed_on=closed_on, closed_at=three.ctx.at if closed_on else None
            )
        found = position_by_day(three.ctx, until=nov(19), days=10, by=by)
        for day in map(nov, range(10, 20)):
            expected = position(three.ctx, day=day, by=by)
            assert [(row.key, row.currency, row.accounts, row.balance_minor, row.base_minor) for row in expected.rows] == [
                (row.key, row.currency, row.accounts, row.balance_minor, row.base_minor)
                for row in found.rows if row.day == day
            ]  # fmt: skip
            assert total_of(found.on(day)) == expected.total_base_minor
        transaction.set_rollback(True)


def test_it_shows_only_what_the_person_may_see(three: Books) -> None:
    other = make_unit(three.machine)
    three.open("100000000009", unit_id=other.id)
    bring_lines(three, "100000000009", Line(nov(16), 7))
    clerk = make_person(three.machine, roles=[("clerk", other.id)])
    assert figures(clerk, nov(18)) == {(other.code, "KRW"): (7, 7)}
    nobody = make_person(three.machine)
    with pytest.raises(Forbidden):
        ask(nobody, nov(18))
    assert figures(make_books().ctx, nov(18)) == {}


def test_an_unknown_grouping_is_refused(three: Books) -> None:
    with pytest.raises(GroupingUnknown):
        ask(three.ctx, nov(18), by="colour")


def test_today_is_the_groups_own(books: Books) -> None:
    """Half past midnight in Seoul is still yesterday in Greenwich."""
    late = replace(books.ctx, at=datetime(2026, 11, 20, 15, 30, tzinfo=UTC))
    from moa.control.queries import context_for

    ctx = context_for(late.group_id, late.actor.person_id, at=late.at, channel="test")
    assert ctx.today == nov(21)

"""Intraday reports stand beside the booked lines, move no balance, and give way to the booked statement."""

from __future__ import annotations

import pytest

from moa.accounts.models import BankAccount, ProvisionalEntry, Statement
from tests.accounts.bank_files import Line, camt, mt940, mt942, nov
from tests.accounts.books import Books

DAY = nov(18)
MORNING = [Line(DAY, 700, "ONE"), Line(DAY, -40, "TWO")]
REPORTS = {
    "mt942": mt942(MORNING),
    "camt.052": camt(MORNING, kind="052"),
    "camt.054": camt(MORNING, kind="054"),
}


@pytest.fixture
def account(books: Books) -> BankAccount:
    account = books.open()
    books.bring(mt940([Line(nov(17), 1000)], reference="BEFORE"))
    return account


@pytest.mark.parametrize("form", REPORTS)
def test_its_lines_are_beside_and_in_no_balance(books: Books, account: BankAccount, form: str) -> None:
    result = books.bring(REPORTS[form])
    assert (result.stored, result.entries_new, result.errors) == (True, 2, [])
    assert books.intraday(account) == {(700, "booked"): 1, (-40, "booked"): 1}
    assert books.amounts(account) == [1000]
    assert books.current(account) == (nov(17), 1000)
    with books.ctx.open():
        assert Statement.objects.filter(provisional=True).count() == 1


@pytest.mark.parametrize("form", REPORTS)
def test_the_booked_statement_replaces_them(books: Books, account: BankAccount, form: str) -> None:
    books.bring(REPORTS[form])
    booked = mt940([*MORNING, Line(DAY, 5, "LATER")], opening=1000, reference="BOOKED")
    assert books.bring(booked).entries_new == 3
    assert books.intraday(account) == {}
    assert books.current(account) == (DAY, 1665)
    with books.ctx.open():
        assert ProvisionalEntry.objects.filter(replaced_at__isnull=False).count() == 2


def test_a_report_of_a_day_that_is_booked_already_is_not_shown(books: Books, account: BankAccount) -> None:
    books.bring(mt940(MORNING, opening=1000, reference="BOOKED"))
    books.bring(mt942(MORNING))
    assert books.intraday(account) == {}
    assert books.current(account) == (DAY, 1660)


def test_a_second_report_adds_only_what_is_new(books: Books, account: BankAccount) -> None:
    books.bring(mt942(MORNING))
    result = books.bring(mt942([*MORNING, Line(DAY, 9, "THREE")], at="2611181700"))
    assert (result.entries_new, result.entries_known) == (1, 2)
    assert books.intraday(account).total() == 3


def test_a_pending_line_that_is_booked_later_in_the_day_becomes_booked(
    books: Books, account: BankAccount
) -> None:
    books.bring(camt(MORNING, kind="052", status="PDNG"))
    assert books.intraday(account) == {(700, "pending"): 1, (-40, "pending"): 1}
    result = books.bring(camt(MORNING, kind="052", status="BOOK"))
    assert result.entries_new == 0
    assert books.intraday(account) == {(700, "booked"): 1, (-40, "booked"): 1}


def test_lines_of_a_missing_day_stay_beside_until_it_is_booked(books: Books, account: BankAccount) -> None:
    books.bring(mt942(MORNING))
    books.bring(mt940([Line(nov(19), 1)], opening=1660, reference="NEXT"))
    assert books.intraday(account).total() == 2
    books.bring(mt940(MORNING, opening=1000, reference="BOOKED"))
    assert books.intraday(account) == {}


def test_lines_of_a_day_off_give_way_when_the_balances_join(books: Books, account: BankAccount) -> None:
    """Monday's statement has what the weekend's reports told, booked on Monday."""
    books.bring(mt942(MORNING))
    monday = mt940([Line(nov(19), 700, "ONE"), Line(nov(19), -40, "TWO")], opening=1000, first=nov(19))
    books.bring(monday)
    assert books.intraday(account) == {}


def test_what_a_statement_calls_pending_waits_for_the_next(books: Books, account: BankAccount) -> None:
    booked, pending = camt([Line(DAY, 5)], kind="053", opening=1000), camt([Line(DAY, 77)], status="PDNG")
    entry = pending[pending.index(b"<Ntry>") : pending.index(b"</Rpt>")]
    result = books.bring(booked.replace(b"</Stmt>", entry + b"</Stmt>"))
    assert (result.errors, result.entries_new) == ([], 2)
    assert books.intraday(account) == {(77, "pending"): 1}
    assert books.current(account) == (DAY, 1005)
    books.bring(mt940([Line(nov(19), 77)], opening=1005, reference="NEXT"))
    assert books.intraday(account) == {}

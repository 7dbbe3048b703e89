"""Accounts gathered say what the accounts say one by one: how many, how new, which days they lack; and whose they are."""

from __future__ import annotations

from collections import Counter

import pytest

from moa.accounts.gathered import gather_accounts, gather_gaps
from moa.accounts.operations.close_account import close_account
from moa.accounts.overview import list_accounts
from moa.kernel.errors import Forbidden
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books, make_books
from tests.control.factories import make_person, make_unit


@pytest.fixture
def mixed(db: None) -> Books:
    """A gap between two files, one day late, never heard of, heard of without a balance, closed, elsewhere; two banks."""
    books = make_books()
    other = make_unit(books.machine)
    unit = make_unit(books.machine, kind="unit", parent=other)
    books.open("1111111")
    books.open("1112222", bank="088", unit_id=unit.id)
    books.open("1113333", currency="USD")
    closed = books.open("1114444")
    books.open("1115555", bank="088", unit_id=other.id)
    for number, first, last in (
        ("1111111", 2, 5), ("1111111", 11, 20), ("1112222", 2, 6), ("1112222", 9, 18), ("1114444", 2, 3), ("1115555", 12, 13),
    ):  # fmt: skip
        lines = [Line(nov(first), 5), Line(nov(last), 7)]
        found = books.bring(
            mt940(lines, account=number, opening=12 if first > 8 else 0, reference=f"R{first}")
        )
        assert (found.errors, found.parked) == ([], [])
    with books.ctx.open():
        close_account(books.ctx, account_id=closed.id, closed_on=nov(4))
    return books


def test_the_gathered_are_the_accounts_counted(mixed: Books) -> None:
    with mixed.ctx.open():
        one_by_one, gathered = list_accounts(mixed.ctx), gather_accounts(mixed.ctx)
    shared = ("bank_key", "bank", "unit_key", "unit", "company_key", "company", "currency", "freshness")
    expected = Counter(tuple(getattr(one, name) for name in shared) for one in one_by_one)
    found: Counter[tuple[str, ...]] = Counter()
    for one in gathered:
        found[tuple(getattr(one, name) for name in shared)] += one.accounts
    assert found == expected
    assert sum(one.live for one in gathered) == sum(one.balance_minor is not None for one in one_by_one) == 4
    assert {one.freshness for one in gathered} == {"fresh", "late", "overdue", "never"}
    for key in ("bank", "company"):
        words = [getattr(one, key) for one in one_by_one]
        assert list(dict.fromkeys(getattr(one, key) for one in gathered)) == list(dict.fromkeys(words))
    heard = [one.received_at for one in one_by_one if one.received_at]
    assert max(one.received_at for one in gathered if one.received_at) == max(heard)
    assert min(one.live_since for one in gathered if one.live_since) == min(heard)


def test_the_gaps_are_those_of_the_accounts(mixed: Books) -> None:
    with mixed.ctx.open():
        expected = {one.id: one.missing for one in list_accounts(mixed.ctx) if one.missing}
        gaps = gather_gaps(mixed.ctx)
    assert {number: gap.days for gap in gaps for number in gap.accounts} == expected
    assert sum(len(gap.accounts) for gap in gaps) == len(expected) >= 3


def test_only_those_of_a_company_and_a_bank_are_read(mixed: Books) -> None:
    with mixed.ctx.open():
        everything = list_accounts(mixed.ctx)
        company = everything[-1].company_key
        found = list_accounts(mixed.ctx, company=company, bank="KR088", most=9)
    assert [one.id for one in found] == [
        one.id for one in everything if (one.company_key, one.bank_key) == (company, "KR088")
    ]
    assert len(found) == 2


def test_a_person_is_told_of_her_units_alone(mixed: Books) -> None:
    other = make_unit(mixed.machine)
    mixed.open("1116666", unit_id=other.id)
    clerk = make_person(mixed.machine, roles=[("clerk", other.id)])
    with clerk.open():
        assert [(one.company_key, one.accounts) for one in gather_accounts(clerk)] == [(other.code, 1)]
        assert gather_gaps(clerk) == []
    nobody = make_person(mixed.machine)
    with nobody.open(), pytest.raises(Forbidden):
        gather_accounts(nobody)

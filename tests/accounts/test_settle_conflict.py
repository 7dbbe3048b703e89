"""A statement that contradicts what is stored waits for a person; replaced lines stay as superseded."""

from __future__ import annotations

import pytest

from moa.accounts.comparison import compare_with_stored
from moa.accounts.lifecycle import ConflictState
from moa.accounts.models import BankAccount, Conflict, Supersession
from moa.accounts.operations.settle_conflict import ReasonNeeded, settle_conflict
from moa.control.models import AuditLine
from moa.kernel.errors import Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from tests.accounts.bank_files import Line, mt940, nov, table
from tests.accounts.books import Books, make_books
from tests.control.factories import make_person

ONE, TWO, THREE = Line(nov(16), 1000, "ONE"), Line(nov(17), -300, "TWO"), Line(nov(18), 50, "THREE")
TRUE = [ONE, TWO, THREE]
RE_ISSUES = {
    "changed amount": [ONE, Line(nov(17), -400, "TWO"), THREE],
    "changed words": [ONE, Line(nov(17), -300, "TWO CORRECTED"), THREE],
    "moved to another day": [ONE, Line(nov(16), -300, "TWO"), THREE],
    "removed line": [ONE, THREE],
    "removed from the last day": [ONE, TWO],
    "added line": [ONE, TWO, Line(nov(17), -25, "ADDED"), THREE],
    "added to the last day": [*TRUE, Line(nov(18), 8, "ADDED")],
}


@pytest.fixture
def account(books: Books) -> BankAccount:
    account = books.open()
    books.bring(mt940(TRUE, opening=500))
    return account


def re_issued(lines: list[Line]) -> bytes:
    return mt940(lines, opening=500, first=nov(16), last=nov(18))


def the_conflict(books: Books) -> Conflict:
    with books.ctx.open():
        return Conflict.objects.get()


@pytest.mark.parametrize("how", RE_ISSUES)
def test_a_re_issued_statement_that_says_otherwise_stores_nothing(
    books: Books, account: BankAccount, how: str
) -> None:
    before = books.what_accounts_say() | {"accounts_conflict": []}
    result = books.bring(re_issued(RE_ISSUES[how]))
    assert (result.stored, result.conflicts, result.entries_new, result.errors) == (False, 1, 0, [])
    assert the_conflict(books).state == ConflictState.OPEN
    assert books.what_accounts_say() | {"accounts_conflict": []} == before


@pytest.mark.parametrize("how", RE_ISSUES)
def test_replacing_takes_the_incoming_lines_and_balances(
    books: Books, account: BankAccount, how: str
) -> None:
    lines = RE_ISSUES[how]
    books.bring(re_issued(lines))
    books.settle(the_conflict(books).id, replace=True)
    assert sorted(books.amounts(account)) == sorted(line.amount for line in lines)
    closing = 500 + sum(line.amount for line in lines)
    assert books.current(account) == (nov(18), closing)
    for day in (nov(16), nov(17), nov(18)):
        balance = 500 + sum(line.amount for line in lines if line.day <= day)
        assert books.points(account)[day] == balance
    with books.ctx.open():
        gone = Supersession.objects.count()
    assert books.all_lines(account) == len(lines) + gone


def test_the_last_line_of_a_statement_that_was_issued_before_cannot_vanish(
    books: Books, account: BankAccount
) -> None:
    """A download of the morning may lack it; the bank's own final statement may not."""
    books.bring(mt940([*TRUE, Line(nov(18), -1, "FEE")], opening=500, reference="FINAL"))
    assert books.bring(mt940(TRUE, opening=500, reference="FINAL")).conflicts == 1
    assert books.current(account) == (nov(18), 1249)


def test_keeping_leaves_everything_as_it_was(books: Books, account: BankAccount) -> None:
    before = books.what_accounts_say()
    books.bring(re_issued(RE_ISSUES["changed amount"]))
    books.settle(the_conflict(books).id, replace=False)
    after = books.what_accounts_say()
    assert {name for name in after if after[name] != before[name]} == {"accounts_conflict"}
    assert the_conflict(books).state == ConflictState.KEPT


def test_a_decision_says_who_when_and_why_once(books: Books, account: BankAccount) -> None:
    books.bring(re_issued(RE_ISSUES["changed amount"]))
    conflict = the_conflict(books)
    with pytest.raises(ReasonNeeded):
        books.settle(conflict.id, replace=True, reason=" ")
    books.settle(conflict.id, replace=True, reason="the bank corrected the fee")
    with pytest.raises(MoveNotAllowed):
        books.settle(conflict.id, replace=False)
    decided = the_conflict(books)
    assert (decided.decided_by_id, decided.reason) == (
        books.ctx.actor.person_id,
        "the bank corrected the fee",
    )
    with books.ctx.open():
        line = AuditLine.objects.get(code="accounts.conflict.replaced")
        assert (line.after or {})["superseded"] == 1


def test_a_superseded_line_that_is_stated_again_counts_again(books: Books, account: BankAccount) -> None:
    books.bring(re_issued(RE_ISSUES["changed amount"]))
    books.settle(the_conflict(books).id, replace=True)
    assert books.bring(mt940(TRUE, opening=500, reference="ISSUED AGAIN")).conflicts == 1
    with books.ctx.open():
        second = Conflict.objects.order_by("-id")[0].id
    books.settle(second, replace=True)
    assert sorted(books.amounts(account)) == [-300, 50, 1000]
    assert books.current(account) == (nov(18), 1250)
    assert books.all_lines(account) == 5


def test_the_next_statement_goes_on_after_a_replacement(books: Books, account: BankAccount) -> None:
    books.bring(re_issued(RE_ISSUES["changed amount"]))
    books.settle(the_conflict(books).id, replace=True)
    assert books.bring(mt940([Line(nov(19), 1)], opening=1150)).entries_new == 1
    longer = mt940(
        [*RE_ISSUES["changed amount"], Line(nov(19), 1), Line(nov(20), 2)], opening=500, reference="L"
    )
    result = books.bring(longer)
    assert (result.conflicts, result.entries_new, result.entries_known) == (0, 1, 4)
    assert books.current(account) == (nov(20), 1153)


def test_an_added_line_contradicts_where_a_later_statement_went_on_without_it(
    books: Books, account: BankAccount
) -> None:
    books.bring(mt940([Line(nov(19), 1)], opening=1250))
    added = mt940([*TRUE, Line(nov(18), 8, "ADDED")], opening=500, reference="OTHER NAME")
    assert books.bring(added).conflicts == 1


def test_a_spreadsheet_in_other_words_is_a_conflict_and_never_doubles(
    books: Books, account: BankAccount
) -> None:
    renamed = [Line(line.day, line.amount, f"이체 {line.words}") for line in TRUE]
    result = books.bring(table(renamed, opening=500))
    assert (result.conflicts, result.entries_new) == (1, 0)
    books.settle(the_conflict(books).id, replace=True)
    assert sorted(books.amounts(account)) == [-300, 50, 1000]
    assert books.current(account) == (nov(18), 1250)


def test_other_statements_of_the_file_are_stored(books: Books, account: BankAccount) -> None:
    other = books.open("777788889999")
    result = books.bring(re_issued([ONE, THREE]) + mt940([ONE], account=other.number))
    assert (result.stored, result.conflicts, result.entries_new) == (True, 1, 1)


def test_both_sides_are_shown_before_and_after_the_decision(books: Books, account: BankAccount) -> None:
    books.bring(re_issued(RE_ISSUES["changed amount"]), "second.sta")

    def shown() -> list[tuple[object, ...]]:
        with books.ctx.open():
            seen = compare_with_stored(books.ctx, Conflict.objects.select_related("file").get())
            assert (seen.closing_stored_minor, seen.closing_incoming_minor) == (1250, 1150)
            assert seen.stored_file is not None
            return [
                (p["stored"]["debit_minor"], p["incoming"]["debit_minor"], p["differs"]) for p in seen.pairs
            ]

    assert shown() == [(300, 400, ["amount"])]
    books.settle(the_conflict(books).id, replace=True)
    assert shown() == [(300, 400, ["amount"])]


def test_only_who_may_settle_does(books: Books, account: BankAccount) -> None:
    books.bring(re_issued([ONE, THREE]))
    conflict_id = the_conflict(books).id
    teller, stranger = make_person(books.machine, roles=["teller"]), make_books().ctx
    with pytest.raises(Forbidden), teller.open():
        settle_conflict(teller, conflict_id=conflict_id, replace=True, reason="x")
    with pytest.raises(NotFound), stranger.open():
        settle_conflict(stranger, conflict_id=conflict_id, replace=True, reason="x")

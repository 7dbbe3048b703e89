"""Lines and balances by hand: two persons, marked as such, and never against the bank's own word."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from moa.accounts.models import BankAccount, Conflict, CurrentBalance, Statement, Transaction
from moa.accounts.operations.enter_lines import (
    BalanceContradicts,
    DayCoveredByFile,
    EntryInFuture,
    HandLine,
    NothingEntered,
    decide_entry,
    submit_balance,
    submit_lines,
)
from moa.control.approvals import ContentChanged, SamePerson
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.kernel.money import AmountUnreadable
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books, make_books
from tests.control.factories import make_person


@pytest.fixture
def account(books: Books) -> BankAccount:
    account = books.open()
    books.bring(mt940([Line(nov(10), 1000)]))
    return account


@pytest.fixture
def checker(books: Books) -> Context:
    return make_person(books.machine, roles=["approver"])


def lines(*given: tuple[date, int, str]) -> list[HandLine]:
    return [HandLine(day, Decimal(amount), words) for day, amount, words in given]


def submit(books: Books, account: BankAccount, *given: tuple[date, int, str]) -> ApprovalRequest:
    with books.ctx.open():
        return submit_lines(books.ctx, account_id=account.id, lines=lines(*given))


def approve(checker: Context, request: ApprovalRequest) -> None:
    with checker.open():
        decide_entry(checker, request.id, approve=True, seen_hash=request.content_hash)


def balance(books: Books, account: BankAccount, day: date, amount: int) -> ApprovalRequest:
    with books.ctx.open():
        return submit_balance(
            books.ctx, account_id=account.id, day=day, balance=Decimal(amount), note="by phone"
        )


def test_nothing_is_stored_before_a_second_person_agrees(
    books: Books, account: BankAccount, checker: Context
) -> None:
    request = submit(books, account, (nov(12), -200, "RENT"))
    assert books.amounts(account) == [1000]
    with pytest.raises(SamePerson):
        approve(books.ctx, request)
    approve(checker, request)
    assert books.amounts(account) == [1000, -200]
    with pytest.raises(MoveNotAllowed):
        approve(checker, request)
    assert books.all_lines(account) == 2


def test_stored_lines_are_marked_and_move_the_balance_of_their_days(
    books: Books, account: BankAccount, checker: Context
) -> None:
    approve(checker, submit(books, account, (nov(13), 30, "LATER"), (nov(12), -200, "RENT")))
    assert books.points(account) == {nov(10): 1000, nov(12): 800, nov(13): 830}
    assert books.current(account) == (nov(13), 830)
    with books.ctx.open():
        statement = Statement.objects.get(file=None)
        assert (statement.request_id is not None, statement.opening_minor) == (True, None)
        hand = Transaction.objects.filter(statement_id=statement.id).order_by("booked_on")
        assert [(line.place, line.balance_minor) for line in hand] == [("hand 2", 800), ("hand 1", 830)]


def test_a_second_entry_of_a_day_adds_to_the_first(
    books: Books, account: BankAccount, checker: Context
) -> None:
    for amount in (-200, -200, 50):
        approve(checker, submit(books, account, (nov(12), amount, "SAME WORDS")))
    assert books.amounts(account) == [1000, -200, -200, 50]
    assert books.current(account) == (nov(12), 650)


def test_an_entry_of_an_earlier_day_moves_the_days_after_it(
    books: Books, account: BankAccount, checker: Context
) -> None:
    approve(checker, submit(books, account, (nov(14), 10, "LATER")))
    approve(checker, submit(books, account, (nov(12), -200, "EARLIER")))
    assert books.points(account) == {nov(10): 1000, nov(12): 800, nov(14): 810}


def test_figures_by_hand_leave_the_banks_last_word(
    books: Books, account: BankAccount, checker: Context
) -> None:
    with books.ctx.open():
        before = CurrentBalance.objects.get(account_id=account.id)
    approve(checker, submit(books, account, (nov(12), -200, "RENT")))
    with books.ctx.open():
        after = CurrentBalance.objects.get(account_id=account.id)
    assert (after.covered_until, after.received_at) == (before.covered_until, before.received_at)


def test_a_balance_by_hand_stands_until_a_file_says_its_own(
    books: Books, account: BankAccount, checker: Context
) -> None:
    approve(checker, balance(books, account, nov(12), 900))
    assert books.current(account) == (nov(12), 900)
    result = books.bring(mt940([Line(nov(12), -200, "RENT")], opening=1000, reference="BANK"))
    assert (result.conflicts, result.entries_new) == (0, 1)
    assert books.current(account) == (nov(12), 800)


def test_a_balance_against_a_file_is_refused_when_filed_and_when_approved(
    books: Books, account: BankAccount, checker: Context
) -> None:
    with pytest.raises(BalanceContradicts) as refusal:
        balance(books, account, nov(10), 999)
    assert refusal.value.facts["stated"] == "1000"
    request = balance(books, account, nov(12), 900)
    books.bring(mt940([Line(nov(12), -200, "RENT")], opening=1000, reference="BANK"))
    with pytest.raises(BalanceContradicts):
        approve(checker, request)
    with books.ctx.open():
        assert ApprovalRequest.objects.get().state == "open"
    assert books.current(account) == (nov(12), 800)


def test_a_balance_on_a_quiet_day_of_a_file_is_the_files(books: Books, account: BankAccount) -> None:
    books.bring(mt940([Line(nov(12), 5), Line(nov(18), 5)], opening=1000, reference="LONG"))
    with pytest.raises(BalanceContradicts):
        balance(books, account, nov(15), 1004)
    assert balance(books, account, nov(15), 1005).id


def test_no_line_is_added_to_a_day_of_a_file(books: Books, account: BankAccount, checker: Context) -> None:
    with pytest.raises(DayCoveredByFile):
        submit(books, account, (nov(10), 5, "EXTRA"))
    request = submit(books, account, (nov(12), 5, "EXTRA"))
    books.bring(mt940([Line(nov(12), -200, "RENT")], opening=1000, reference="BANK"))
    with pytest.raises(DayCoveredByFile):
        approve(checker, request)
    assert books.amounts(account) == [1000, -200]


def test_a_later_file_of_that_day_is_a_conflict_that_a_person_settles(
    books: Books, account: BankAccount, checker: Context
) -> None:
    approve(checker, submit(books, account, (nov(12), -200, "rent as I remember it")))
    bank = mt940([Line(nov(12), -200, "RENT"), Line(nov(12), -1, "FEE")], opening=1000, reference="BANK")
    assert books.bring(bank).conflicts == 1
    assert books.current(account) == (nov(12), 800)
    with books.ctx.open():
        conflict = Conflict.objects.get()
    books.settle(conflict.id, replace=True)
    assert sorted(books.amounts(account)) == [-200, -1, 1000]
    assert books.current(account) == (nov(12), 799)


def test_a_file_with_the_very_same_line_agrees_with_it(
    books: Books, account: BankAccount, checker: Context
) -> None:
    with books.ctx.open():
        hand = HandLine(nov(12), Decimal(-200), "RENT", reference="", value_date=nov(12))
        request = submit_lines(books.ctx, account_id=account.id, lines=[hand])
    approve(checker, request)
    bank = mt940([Line(nov(12), -200, "RENT")], opening=1000, reference="BANK")
    result = books.bring(bank)
    assert (result.conflicts, result.entries_new, result.entries_known) == (0, 0, 1)
    assert books.amounts(account) == [1000, -200]
    with books.ctx.open():
        assert Statement.objects.filter(account_id=account.id, file__isnull=False).count() == 2


def test_what_cannot_be_is_refused_at_once(books: Books, account: BankAccount) -> None:
    with pytest.raises(NothingEntered):
        submit(books, account)
    with pytest.raises(EntryInFuture):
        submit(books, account, (nov(21), 5, "TOMORROW"))
    with pytest.raises(EntryInFuture):
        balance(books, account, nov(21), 5)
    with pytest.raises(AmountUnreadable), books.ctx.open():
        submit_lines(
            books.ctx, account_id=account.id, lines=[HandLine(nov(12), Decimal("0.5"), "HALF A WON")]
        )


def test_what_was_seen_is_what_is_stored(books: Books, account: BankAccount, checker: Context) -> None:
    request = submit(books, account, (nov(12), -200, "RENT"))
    with pytest.raises(ContentChanged), checker.open():
        decide_entry(checker, request.id, approve=True, seen_hash="0" * 64)
    assert books.amounts(account) == [1000]


def test_a_refusal_stores_nothing(books: Books, account: BankAccount, checker: Context) -> None:
    request = submit(books, account, (nov(12), -200, "RENT"))
    with checker.open():
        decide_entry(checker, request.id, approve=False, seen_hash=request.content_hash, reason="no")
    assert books.amounts(account) == [1000]


def test_who_may_not_does_not(books: Books, account: BankAccount) -> None:
    clerk, stranger = make_person(books.machine, roles=["clerk"]), make_books().ctx
    with pytest.raises(Forbidden), clerk.open():
        submit_lines(clerk, account_id=account.id, lines=lines((nov(12), 1, "X")))
    with pytest.raises(NotFound), stranger.open():
        submit_lines(stranger, account_id=account.id, lines=lines((nov(12), 1, "X")))

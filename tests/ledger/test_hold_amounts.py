"""What is set aside on an account is there for nothing else, until it is given free."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa.control.queries import machine_context
from moa.kernel.errors import DomainError
from moa.ledger.holds import HoldRefused, end_hold, place_hold
from moa.ledger.models import Balance, Hold, LedgerAccount
from moa.ledger.operations.change_account import change_account
from moa.ledger.verification import verify_books
from tests.control.factories import AT
from tests.ledger.journal import Journal, make_journal, voucher


def held(journal: Journal, code: str = "a") -> int:
    with journal.ctx.open():
        return Balance.objects.get(account__code=code, book_id=journal.book.id).held_minor


def hold(journal: Journal, minor: int, source: int = 1, code: str = "a") -> str:
    """The problem, or empty."""
    try:
        with journal.ctx.open():
            account = LedgerAccount.objects.get(code=code, book_id=journal.book.id)
            place_hold(journal.ctx, journal.book, account.id, minor, source_kind="test", source_id=source)
    except HoldRefused as refusal:
        return str(refusal.facts["problem"])
    return ""


def free(journal: Journal, source: int = 1) -> bool:
    with journal.ctx.open():
        return end_hold(journal.ctx, journal.book, source_kind="test", source_id=source) is not None


def test_an_amount_is_set_aside_up_to_what_the_account_can_spare(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 100))
    assert (hold(journal, 70), held(journal)) == ("", 70)
    assert hold(journal, 31, source=2) == "below_floor"
    assert (hold(journal, 30, source=2), held(journal)) == ("", 100)
    assert journal.codes(voucher("2", "a", "b", 1)) == ["below_floor"]
    assert free(journal) and held(journal) == 30
    assert journal.codes(voucher("3", "a", "b", 70)) == ["booked"]


def test_it_is_given_free_once(journal: Journal) -> None:
    hold(journal, 5, code="free")
    assert (free(journal), free(journal), held(journal, "free")) == (True, False, 0)


def test_a_frozen_account_spares_nothing_and_a_closed_one_neither(journal: Journal) -> None:
    for move, problem in (("freeze", "frozen"), ("unfreeze", ""), ("close", "account_closed")):
        with journal.ctx.open():
            change_account(journal.ctx, journal.book, "free", move)
        assert hold(journal, 1, code="free") == problem
        free(journal)


def test_an_account_with_something_set_aside_does_not_close(journal: Journal) -> None:
    hold(journal, 1, code="free")
    with pytest.raises(DomainError, match="account_not_empty"), journal.ctx.open():
        change_account(journal.ctx, journal.book, "free", "close")


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_balance set held_minor = 0",
        "update ledger_hold set amount_minor = 1",
        "delete from ledger_hold",
        "update ledger_hold set ended_at = null",
        "insert into ledger_hold (group_id, book_id, account_id, amount_minor, source_kind, source_id, placed_at)"
        " select group_id, book_id, account_id, -5, 'x', 'x', now() from ledger_hold",
        "insert into ledger_hold (group_id, book_id, account_id, amount_minor, source_kind, source_id, placed_at)"
        " select group_id, book_id, account_id, 5, source_kind, source_id, now() from ledger_hold",
        "insert into ledger_hold (group_id, book_id, account_id, amount_minor, source_kind, source_id, placed_at, ended_at)"
        " select group_id, book_id, account_id, 5, 'x', 'x', now(), now() from ledger_hold",
    ],
)
def test_the_database_refuses_what_would_lose_a_hold(journal: Journal, statement: str) -> None:
    hold(journal, 5, code="free")
    with (
        journal.ctx.open(),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        cursor.execute(statement)
    assert held(journal, "free") == 5


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=8))
def test_what_is_held_is_the_sum_of_what_has_not_ended(
    journal: Journal, steps: list[tuple[int, bool]]
) -> None:
    with journal.ctx.open():
        first = Hold.objects.count() * 1000
    expected = held(journal, "free")
    for number, (minor, ends) in enumerate(steps, first):
        assert hold(journal, minor, source=number, code="free") == ""
        if ends:
            free(journal, number)
        else:
            expected += minor
        assert held(journal, "free") == expected
    with journal.ctx.open():
        assert [one.differences for one in verify_books(journal.ctx)] == [[]]


@pytest.mark.django_db(transaction=True)
def test_a_balance_is_not_promised_twice_at_once() -> None:
    journal = make_journal()
    journal.post(voucher("1", "bank", "a", 100))
    with journal.ctx.open():
        account = LedgerAccount.objects.get(code="a")
    done: list[str] = []
    gate = threading.Barrier(6)

    def work(number: int) -> None:
        machine = machine_context(journal.ctx.group_id, at=AT, channel="test")
        gate.wait()
        try:
            with machine.open():
                place_hold(machine, journal.book, account.id, 40, source_kind="test", source_id=number)
            done.append("held")
        except HoldRefused as refusal:
            done.append(str(refusal.facts["problem"]))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == ["below_floor"] * 4 + ["held"] * 2
    assert held(journal) == 80

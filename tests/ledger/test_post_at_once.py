"""A few vouchers in a transaction of their own: begun, decided, written and committed by two messages to the server."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from moa.control.context import Context
from moa.kernel.errors import Forbidden
from moa.ledger.models import Balance, PostingKey, Voucher
from moa.ledger.operations.post_vouchers import StandingOrderMissing, post_at_once
from moa.ledger.verification import verify_books
from tests.control.factories import make_person
from tests.ledger.journal import Journal, make_journal, voucher

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def journal(transactional_db: None) -> Journal:
    return make_journal()


def stored(journal: Journal) -> tuple[int, int]:
    with journal.ctx.open():
        return Voucher.objects.count(), PostingKey.objects.count()


def at_once(journal: Journal, *keys: str, ctx: Context | None = None) -> list[str]:
    posting = post_at_once(ctx or journal.ctx, journal.book, [voucher(key, "bank", "a", 100) for key in keys])
    return [one.code or ("booked" if one.is_new else "known") for one in posting.answers]


def test_what_is_answered_is_committed_and_known_from_then_on(journal: Journal) -> None:
    assert at_once(journal, "1", "2") == ["booked", "booked"]
    assert not connection.in_atomic_block and stored(journal) == (2, 2)
    assert at_once(journal, "2", "3", "2") == ["known", "booked", "known"]
    assert journal.balance("a") == 300
    spent = post_at_once(journal.ctx, journal.book, [voucher("4", "a", "bank", 301)])
    assert [one.code for one in spent.answers] == ["below_floor"] and stored(journal) == (3, 4)
    with journal.ctx.open():
        assert [one.differences for one in verify_books(journal.ctx)] == [[]]


def test_it_is_the_same_after_something_was_rolled_back(journal: Journal) -> None:
    """The server forgets what is prepared when a transaction is rolled back."""
    assert at_once(journal, "1") == ["booked"]
    with pytest.raises(ZeroDivisionError), journal.ctx.open():
        for _ in range(8):
            journal.balance("a")
        raise ZeroDivisionError
    with connection.cursor() as cursor:
        cursor.execute("deallocate all")
    assert at_once(journal, "2") == ["booked"] and at_once(journal, "3") == ["booked"]
    assert stored(journal) == (3, 3)


def test_within_another_transaction_it_is_committed_with_that_one(journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert at_once(journal, "1") == ["booked"]
        raise ZeroDivisionError
    assert stored(journal) == (0, 0)
    with transaction.atomic():
        assert at_once(journal, "1") == ["booked"]
    assert stored(journal) == (1, 1)


def test_a_fault_while_it_is_written_leaves_nothing(journal: Journal, as_owner: Any) -> None:
    as_owner.execute(
        "alter table control_auditline add constraint broken check (code <> 'ledger.vouchers.posted') not valid"
    )
    try:
        with pytest.raises(DatabaseError, match="broken"):
            at_once(journal, "1")
    finally:
        as_owner.execute("alter table control_auditline drop constraint broken")
    assert stored(journal) == (0, 0)
    assert at_once(journal, "1") == ["booked"]


def test_rights_are_those_of_the_moment_and_a_standing_order_is_needed(journal: Journal) -> None:
    with pytest.raises(Forbidden):
        at_once(journal, "1", ctx=make_person(journal.ctx, "clerk"))
    with pytest.raises(StandingOrderMissing):
        post_at_once(journal.ctx, journal.book, [voucher("1", "bank", "a", 1)], origin="statement")
    assert stored(journal) == (0, 0)


def test_who_books_at_once_on_one_account_leaves_a_gapless_chain(journal: Journal) -> None:
    codes: list[str] = []

    def book(name: str) -> None:
        try:
            for number in range(15):
                codes.extend(at_once(journal, f"{name}{number}"))
        finally:
            connection.close()

    threads = [threading.Thread(target=book, args=(name,)) for name in "wxyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["booked"] * 60 and journal.balance("a") == 6000
    with journal.ctx.open():
        assert Balance.objects.get(account__code="a").version == 60
        assert [one.differences for one in verify_books(journal.ctx)] == [[]]

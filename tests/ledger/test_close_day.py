"""A day is closed when all holds, sealed, and followed by the next; reopened only by two persons, and sealed again."""

from __future__ import annotations

from datetime import date

import pytest

from moa.control.models import AuditLine
from moa.kernel.errors import DomainError, Forbidden
from moa.ledger.models import BusinessDay, DailyClosing, Seal
from moa.ledger.operations.close_day import close_day
from tests.control.factories import TODAY, make_person
from tests.ledger.journal import Journal, voucher

MONDAY = date(2026, 11, 23)


def close(journal: Journal, **more):
    with journal.ctx.open():
        return close_day(journal.ctx, journal.book, **more)


def test_a_closing_sets_down_the_balances_and_opens_the_next_business_day(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1000), voucher("2", "a", "b", 300))
    closed = close(journal)
    assert (closed.day, closed.revision, closed.vouchers, closed.entries) == (TODAY, 1, 2, 4)
    assert (closed.next_day, closed.next_is_open) == (MONDAY, True)
    rows = journal.rows(
        "select a.code, opening_minor, debit_minor, credit_minor, closing_minor, n, product from ledger_dailyclosing c"
        " join ledger_account a on a.id = c.account_id order by a.code"
    )
    assert rows == [
        ("a", 0, 300, -1000, -700, 2, -700), ("b", 0, 0, -300, -300, 1, -300), ("bank", 0, 1000, 0, 1000, 1, 1000),
        ("free", 0, 0, 0, 0, 0, 0),
    ]  # fmt: skip
    with journal.ctx.open():
        assert list(BusinessDay.objects.order_by("business_date").values_list("business_date", "state")) == [
            (TODAY, "closed"), (MONDAY, "open"),
        ]  # fmt: skip
        assert Seal.objects.get().hex == closed.hex

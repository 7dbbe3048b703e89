"""`moa verify` takes closings and seals again from the entries, and names what somebody changed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from moa.ledger.verification import verify_books
from tests.control.factories import TODAY
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import close, reopen

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def closed(transactional_db: None) -> Journal:
    journal = make_journal()
    journal.post(
        voucher("1", "bank", "a", 1000, value=TODAY - timedelta(days=9)), voucher("2", "a", "b", 300)
    )
    close(journal)
    journal.post(voucher("3", "bank", "a", 7, day=MONDAY, value=TODAY))
    close(journal)
    reopen(journal)
    journal.post(voucher("4", "a", "b", 5, day=MONDAY))
    close(journal)
    return journal


def found(journal: Journal) -> list[tuple[str, str]]:
    with journal.ctx.open():
        return [(one.check, one.subject) for book in verify_books(journal.ctx) for one in book.differences]


def test_closings_that_nobody_touched_have_no_difference(closed: Journal) -> None:
    assert found(closed) == []


FIRST, LAST = "seal of 2026-11-20 revision 1", "seal of 2026-11-23 revision 2"
CHANGES = {
    "update ledger_dailyclosing set product = product + 1 where n = 2 and debit_minor = 300": [
        ("closing", "a on 2026-11-20 revision 1"), ("closing", "a on 2026-11-23 revision 1"),
    ],
    "update ledger_dailyclosing set name = 'Other' where n = 2 and debit_minor = 300": [
        ("seal", f"{FIRST}: root"), ("seal", f"{FIRST}: balances"),
    ],
    "update ledger_voucher set memo = 'other' where key = '4'": [("seal", f"{LAST}: root")],
    "update ledger_voucher set maker_id = 2 where key = '1'": [("seal", f"{FIRST}: root")],
    "update ledger_seal set facts = replace(facts, '\"vouchers\":2', '\"vouchers\":3')": [
        ("seal", f"{FIRST}: vouchers"), ("seal", f"{FIRST}: hex"),
    ],
    "update ledger_seal set hex = repeat('0', 64) where revision = 2": [("seal", f"{LAST}: hex")],
    "delete from ledger_seal where revision = 2": [("day_without_seal", "business day 2026-11-23")],
    "delete from ledger_dailyclosing where revision = 2 and n = 2": [
        ("entry_not_closed", "b entry 2"), ("seal", f"{LAST}: root"), ("seal", f"{LAST}: balances"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("change", list(CHANGES))
def test_what_somebody_changed_past_every_guard_is_named(closed: Journal, admin: Any, change: str) -> None:
    admin.execute("set session_replication_role = replica")
    admin.execute(change)
    assert [one for one in found(closed) if one in CHANGES[change]] == CHANGES[change]

"""Whatever comes in whatever order and in batches of whatever size: the same answers and balances as one at a time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa.ledger import posting_pieces
from moa.ledger.rules.vouchers import NewVoucher, transfer
from moa.ledger.verification import verify_books
from tests.control.factories import TODAY
from tests.ledger.journal import Journal, make_journal
from tests.ledger.oracle import Paper, Row

pytestmark = pytest.mark.django_db
FLOORS = {"hot": 0, "b1": None, "b2": -500, "d1": 0, "d2": 100, "d3": -300, "d4": None}
DEBIT_SIDE = {"hot", "b1", "b2"}
ACCOUNTS = [*FLOORS, "nowhere"]

rows = st.fixed_dictionaries(
    {
        "key": st.integers(0, 25).map("k{}".format),
        "business_date": st.sampled_from([str(TODAY)] * 9 + ["2026-11-19"]),
        # One account is in half of all vouchers.
        "debit_account": st.sampled_from(["hot"] * 6 + ACCOUNTS),
        "credit_account": st.sampled_from(["hot"] * 3 + ACCOUNTS),
        "amount": st.integers(-1, 400).map(str),
    }
)


def as_voucher(row: Row) -> NewVoucher:
    day = date.fromisoformat(row["business_date"])
    return NewVoucher(
        row["key"], day, day, transfer(row["debit_account"], row["credit_account"], int(row["amount"]), "KRW")
    )


@pytest.fixture(scope="module")
def one_journal(django_db_setup: None, django_db_blocker: Any) -> Any:
    """One book for all examples; each takes back what it did."""
    with django_db_blocker.unblock(), transaction.atomic():
        journal = make_journal()
        journal.load(
            *(
                (code, "1002" if code in DEBIT_SIDE else "201101", "KRW", floor)
                for code, floor in FLOORS.items()
            )
        )
        yield journal
        transaction.set_rollback(True)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    batches=st.lists(st.lists(rows, min_size=1, max_size=60), min_size=1, max_size=4),
    few=st.sampled_from([posting_pieces.FEW, 0, 2, 5]),
    pieces=st.sampled_from([posting_pieces.PIECES, (1,), (3,), (2, 10)]),
)
def test_every_batch_is_answered_as_one_at_a_time(
    one_journal: Journal, batches: list[list[Row]], few: int, pieces: tuple[int, ...]
) -> None:
    paper = Paper(
        {code: None if floor is None else Decimal(floor) for code, floor in FLOORS.items()},
        DEBIT_SIDE,
        str(TODAY),
    )
    with transaction.atomic(), pytest.MonkeyPatch.context() as sized:
        sized.setattr(posting_pieces, "FEW", few)
        sized.setattr(posting_pieces, "PIECES", pieces)
        for batch in batches:
            expected = [paper.post(row) for row in batch]
            assert one_journal.codes(*map(as_voucher, batch)) == expected
        balances = one_journal.balances()
        assert {code: balances[code] for code in FLOORS} == {
            code: paper.balances.get(code, 0) for code in FLOORS
        }
        with one_journal.ctx.open():
            assert [book.differences for book in verify_books(one_journal.ctx)] == [[]]
        transaction.set_rollback(True)

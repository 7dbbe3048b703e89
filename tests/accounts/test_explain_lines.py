"""The panel of a line: what the bank listed inside it stands in it."""

from __future__ import annotations

from pathlib import Path

from moa.accounts.models import Transaction
from tests.accounts.books import Books
from tests.control.factories import signed_in

PAYROLL = Path(__file__).parents[1] / "golden" / "camt" / "korean_payroll_batch_v08.xml"


def test_the_payments_inside_a_line_stand_in_its_panel(books: Books) -> None:
    brought = books.bring(PAYROLL.read_bytes(), "payroll.xml")
    books.open(brought.parked[0])
    books.bring(PAYROLL.read_bytes() + b"\n", "again.xml")
    with books.ctx.open():
        lines = list(Transaction.objects.exclude(details=None))
    assert lines
    for line in lines:
        panel = signed_in(books.ctx).get(f"/transactions/{line.id}", headers={"HX-Request": "true"})
        assert panel.status_code == 200
        for one in line.details:
            assert (one["counterparty"] or one["description"]) in panel.content.decode()

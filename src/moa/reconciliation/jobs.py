"""Jobs of reconciliation: after an import and when a day is opened, the machine brings bank lines into the books."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from moa.control.context import Context
from moa.control.jobs import enqueue, job
from moa.control.queries import machine_context
from moa.ledger.models import Book
from moa.reconciliation.models import BankLink
from moa.reconciliation.operations.reconcile_lines import reconcile_lines

RUN = "reconciliation.run"


@job(RUN)
def run(ctx: Context, book_id: int) -> None:
    """As the machine user, whoever imported: the standing order gives leave. Run twice, the second finds nothing to do."""
    machine = machine_context(ctx.group_id, at=ctx.at, channel="job", request_id=ctx.request_id)
    with machine.open():
        book = Book.objects.get(id=book_id)
    reconcile_lines(machine, book)


def after_import(ctx: Context, account_ids: Collection[int]) -> None:
    """File a run for each book that one of the accounts is linked to."""
    linked = BankLink.objects.filter(account_id__in=account_ids).order_by("book_id")
    for book_id in linked.values_list("book_id", flat=True).distinct():
        run_later(ctx, book_id)


def after_opening(ctx: Context, book: Book, day: date) -> None:
    if BankLink.objects.filter(book_id=book.id).exists():
        run_later(ctx, book.id)


def run_later(ctx: Context, book_id: int) -> None:
    enqueue(ctx, RUN, lock=f"{RUN}:{book_id}", book_id=book_id)

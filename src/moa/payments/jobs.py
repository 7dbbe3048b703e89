"""Jobs of payments: approved transfers within the books are carried out when their day is open."""

from __future__ import annotations

import logging
from datetime import date

from moa.control.context import Context
from moa.control.jobs import enqueue, job
from moa.control.queries import machine_context
from moa.kernel.errors import DomainError
from moa.ledger.models import Book
from moa.ledger.queries import day_under_way
from moa.payments.models import PaymentOrder
from moa.payments.operations.carry_out_transfer import carry_out_transfer
from moa.payments.queries import due_orders

logger = logging.getLogger("moa.payments")

CARRY_OUT_DUE = "payments.carry_out_due"


@job(CARRY_OUT_DUE, frequent=True)
def carry_out_due(ctx: Context) -> None:
    """When a day is opened, and every few minutes: each due transfer in a transaction of its own, so one that fails keeps
    none of the others."""
    machine = machine_context(ctx.group_id, at=ctx.at, channel="job", request_id=ctx.request_id)
    with machine.open():
        days = [(book, day_under_way(book)) for book in Book.objects.order_by("id")]
        due = [
            number for book, day in days if day is not None for number in due_orders(book, day.business_date)
        ]
    for number in due:
        try:
            with machine.open():
                carry_out_transfer(machine, number)
        except DomainError:
            logger.exception("payment %s could not be carried out", number)


def after_opening(ctx: Context, book: Book, day: date) -> None:
    if PaymentOrder.objects.filter(id__in=due_orders(book, day)).exists():
        enqueue(ctx, CARRY_OUT_DUE, lock=f"{CARRY_OUT_DUE}:{ctx.group_id}")

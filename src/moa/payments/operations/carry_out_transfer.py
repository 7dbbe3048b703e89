"""Carry out an approved transfer within the books: what was set aside is given free and booked, in one transaction."""

from __future__ import annotations

from django.db import transaction

from moa.control.access import require
from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.book_lock import share_book
from moa.ledger.holds import end_hold, lock_accounts
from moa.ledger.lifecycle import DayState
from moa.ledger.models import Book
from moa.ledger.queries import day_under_way
from moa.ledger.rules.sides import CREDIT, DEBIT
from moa.ledger.rules.vouchers import Leg, NewVoucher
from moa.payments.lifecycle import ORDER, OrderState
from moa.payments.models import Evidence, PaymentOrder
from moa.payments.moves import SOURCE, keep_evidence, move_order
from moa.payments.permissions import CARRY_OUT
from moa.payments.posting import post_decided
from moa.payments.queries import lock_order


def carry_out_transfer(ctx: Context, order_id: int) -> str:
    """Pay an approved order whose day has come, for the machine user. What the books refuse for good ends as failed.

    Shape: the order's state afterwards; one that waits for its day, or was carried out before, stays as it is.
    Raises: forbidden, not_found.
    """
    require(ctx, CARRY_OUT)
    book = Book.objects.filter(id__in=PaymentOrder.objects.filter(id=order_id).values("book_id")).first()
    if book is None:
        raise NotFound(order=order_id)
    # The book before the rows, as whoever decides or withdraws locks them.
    share_book(book.id)
    order = lock_order(order_id)
    if order.state != OrderState.APPROVED:
        return order.state
    try:
        with transaction.atomic():
            refused = carry_out(ctx, book, order)
            if refused:
                raise _Refused(refused)
    except _Refused as refusal:
        order.refresh_from_db()
        end_hold(ctx, book, source_kind=SOURCE, source_id=order.id)
        keep_evidence(ctx, order, Evidence.BOOKS_REFUSED, problem=str(refusal.facts["problem"]))
        move_order(ctx, order, "refuse", problem=refusal.facts["problem"], note=str(refusal.facts["problem"]))
    return order.state


class _Refused(DomainError):
    """Undoes what the attempt to book has done, the kept answer to its key included."""

    code = "payment_refused"

    def __init__(self, problem: str) -> None:
        super().__init__(None, problem=problem)


def carry_out(ctx: Context, book: Book, order: PaymentOrder) -> str:
    """Book a locked, approved order if its day has come. Shape: the code of the books' refusal; empty when it is paid, and
    when it waits for its day or for an open one. Whoever gets a code undoes everything."""
    assert order.payer_id is not None and order.payee_id is not None and order.pay_on is not None
    ORDER.after(order.state, "book")
    balances = lock_accounts(book, [order.payer_id, order.payee_id])
    day = day_under_way(book)
    if day is None or day.state not in (DayState.OPEN, DayState.REOPENED) or day.business_date < order.pay_on:
        return ""
    payer, payee = balances[order.payer_id].account, balances[order.payee_id].account
    assert order.amount_minor is not None and order.request_id is not None
    legs = tuple(
        Leg(account.code, change, DEBIT if change > 0 else CREDIT, order.currency)
        for account, change in (
            (payer, -payer.normal_side * order.amount_minor), (payee, payee.normal_side * order.amount_minor),
        )
    )  # fmt: skip
    voucher = NewVoucher(
        f"moa-payment-{order.id}-{order.request_id}", day.business_date, day.business_date,
        tuple(sorted(legs, key=lambda leg: -leg.side)), order.memo or f"P{order.id}", source_id=str(order.id),
    )  # fmt: skip
    end_hold(ctx, book, source_kind=SOURCE, source_id=order.id)
    (answer,) = post_decided(ctx, book, [(order, voucher)])
    if answer.code:
        return answer.code
    keep_evidence(
        ctx, order, Evidence.VOUCHER, book=book.code, voucher=str(answer.voucher_id), period=str(answer.period),
        business_date=str(day.business_date),
    )  # fmt: skip
    move_order(ctx, order, "book", voucher_id=answer.voucher_id, period=answer.period)
    return ""

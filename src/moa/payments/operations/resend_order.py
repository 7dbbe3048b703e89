"""Send a payment again that was refused: as a new try, after a proven failure alone, on the decision that it had."""

from __future__ import annotations

from moa.control.access import may, require
from moa.control.context import Context
from moa.control.jobs import enqueue
from moa.ledger.book_lock import share_book
from moa.ledger.holds import HoldRefused, lock_accounts, place_hold
from moa.ledger.models import Book
from moa.payments.approving import PaymentRefused
from moa.payments.contradictions import check_undisputed, contradicted
from moa.payments.lifecycle import ORDER, OrderState
from moa.payments.models import BANK, PaymentAttempt, PaymentOrder
from moa.payments.moves import RELEASE_DUE, SOURCE, move_order
from moa.payments.permissions import RESEND
from moa.payments.queries import access_order, hold_limits, lock_order, uses_of


def resend_order(ctx: Context, order_id: int, *, reason: str = "") -> PaymentOrder:
    """Its amount is set aside anew, and limits and balance are judged as on approval.

    Raises: not_found, forbidden, move_not_allowed, payment_refused.
    """
    seen = access_order(ctx, order_id)
    require(ctx, RESEND, seen.unit_id)
    share_book(seen.book_id)
    lock_order(order_id)
    check_undisputed(order_id)
    order = PaymentOrder.objects.select_related("book", "payee").get(id=order_id)
    ORDER.after(order.state, "resend")
    assert order.payer_id is not None and order.amount_minor is not None
    # Nothing of it may be open: the database asks the same when the new try is made.
    if PaymentAttempt.objects.filter(order_id=order.id).exclude(state="failed").exists():
        raise PaymentRefused(problem="attempt_not_sendable", account="")
    hold_limits(ctx)
    for use in uses_of(ctx, order):
        if use.is_passed:
            raise PaymentRefused(problem=use.code, account="")
    book = Book.objects.get(id=order.book_id)
    lock_accounts(book, [order.payer_id])
    try:
        place_hold(ctx, book, order.payer_id, order.amount_minor, source_kind=SOURCE, source_id=order.id)
    except HoldRefused as refusal:
        raise PaymentRefused(**refusal.facts) from None
    move_order(ctx, order, "resend", note=reason, problem="")
    enqueue(ctx, RELEASE_DUE, lock=f"{RELEASE_DUE}:{ctx.group_id}")
    return order


def cancel_order(ctx: Context, order_id: int, *, reason: str = "") -> PaymentOrder:
    """Leave a refused payment for good. Raises: not_found, forbidden, move_not_allowed, payment_refused."""
    seen = access_order(ctx, order_id)
    if seen.maker_id != ctx.actor.person_id:
        require(ctx, RESEND, seen.unit_id)
    share_book(seen.book_id)
    order = lock_order(order_id)
    check_undisputed(order_id)
    move_order(ctx, order, "cancel", note=reason)
    return order


def may_resend(ctx: Context, order: PaymentOrder) -> bool:
    """Whether the page offers it to this person."""
    if order.kind != BANK or order.state != OrderState.FAILED or contradicted([order.id]):
        return False
    return may(ctx, RESEND, order.unit_id)

"""Decide on a payment, a bundle or a series as another person; on the last approval amounts are set aside, and what is due is
carried out."""

from __future__ import annotations

from moa.control.access import require
from moa.control.approvals import decide, is_approved
from moa.control.context import Context
from moa.control.jobs import enqueue
from moa.control.lifecycle import ApprovalState
from moa.control.models import ApprovalRequest
from moa.ledger.book_lock import share_book
from moa.ledger.models import Book
from moa.payments.approving import PaymentRefused, check_limits, set_aside
from moa.payments.models import BANK, PaymentOrder
from moa.payments.moves import RELEASE_DUE, move_order
from moa.payments.operations.carry_out_transfer import carry_out
from moa.payments.operations.save_order import SUBJECT
from moa.payments.permissions import VIEW
from moa.payments.series import return_series, start_series


def decide_order(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Approve, or return with a reason; then the maker has it again. Of several that are decided on together all or none.

    Raises: what `approvals.decide` raises, payment_refused, move_not_allowed.
    """
    asked = ApprovalRequest.objects.filter(id=request_id, subject_type=SUBJECT).first()
    if asked is not None:
        require(ctx, VIEW, asked.unit_id)
        share_book(int(asked.content["book"]))
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    if is_approved(request):
        _approve(ctx, request)
    elif request.state == ApprovalState.REFUSED:
        _return(ctx, request, reason)
    return request


def _approve(ctx: Context, request: ApprovalRequest) -> None:
    """Limits and balance are judged now, each under its lock, so that two approvals at once count one another."""
    if "series" in request.content:
        start_series(ctx, request)
        return
    orders = _orders_of(request)
    book = Book.objects.get(id=orders[0].book_id)
    check_limits(ctx, book, orders)
    set_aside(ctx, book, orders)
    if any(one.kind == BANK for one in orders):
        enqueue(ctx, RELEASE_DUE, lock=f"{RELEASE_DUE}:{ctx.group_id}")
    for order in orders:
        refused = carry_out(ctx, book, order) if order.kind != BANK else ""
        if refused:
            raise PaymentRefused(problem=refused, account="")


def _return(ctx: Context, request: ApprovalRequest, reason: str) -> None:
    if "series" in request.content:
        return_series(ctx, request, reason)
        return
    for order in _orders_of(request):
        move_order(ctx, order, "return", note=reason)


def _orders_of(request: ApprovalRequest) -> list[PaymentOrder]:
    """What was decided on, locked: one order, or those of a bundle by their rows."""
    content = request.content
    numbers = [int(one) for one in content["items"]] if "bundle" in content else [int(content["order"])]
    locked = PaymentOrder.objects.select_for_update(of=("self",)).select_related("book", "payee")
    return list(locked.filter(id__in=numbers).order_by("id"))

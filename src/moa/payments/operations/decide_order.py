"""Decide on a payment as another person; on the last approval its amount is set aside, and it is carried out when due."""

from __future__ import annotations

from moa.control.access import require
from moa.control.approvals import decide, is_approved
from moa.control.context import Context
from moa.control.jobs import enqueue
from moa.control.lifecycle import ApprovalState
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import share_book
from moa.ledger.holds import HoldRefused, lock_accounts, place_hold
from moa.ledger.models import Book
from moa.payments.models import BANK, PaymentOrder
from moa.payments.moves import RELEASE_DUE, SOURCE, move_order
from moa.payments.operations.carry_out_transfer import carry_out
from moa.payments.operations.save_order import SUBJECT
from moa.payments.permissions import VIEW
from moa.payments.queries import hold_limits, uses_of


class PaymentRefused(DomainError):
    """It cannot be paid as it stands, so the decision is undone. Facts: `problem`, `account`."""

    code = "payment_refused"


def decide_order(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Approve, or return with a reason; then the maker has the order again.

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
        order = PaymentOrder.objects.select_for_update().get(id=int(request.content["order"]))
        move_order(ctx, order, "return", note=reason)
    return request


def _approve(ctx: Context, request: ApprovalRequest) -> None:
    """Limits and balance are judged now, each under its lock, so that two approvals at once count one another."""
    order = (
        PaymentOrder.objects.select_for_update(of=("self",))
        .select_related("book", "payee")
        .get(id=int(request.content["order"]))
    )
    assert order.payer_id is not None and order.amount_minor is not None
    hold_limits(ctx)
    for use in uses_of(ctx, order):
        if use.is_passed:
            raise PaymentRefused(problem=use.code, account="")
    book = Book.objects.get(id=order.book_id)
    lock_accounts(book, [number for number in (order.payer_id, order.payee_id) if number])
    try:
        place_hold(ctx, book, order.payer_id, order.amount_minor, source_kind=SOURCE, source_id=order.id)
    except HoldRefused as refusal:
        raise PaymentRefused(**refusal.facts) from None
    move_order(ctx, order, "approve")
    if order.kind == BANK:
        enqueue(ctx, RELEASE_DUE, lock=f"{RELEASE_DUE}:{ctx.group_id}")
        return
    refused = carry_out(ctx, book, order)
    if refused:
        raise PaymentRefused(problem=refused, account="")

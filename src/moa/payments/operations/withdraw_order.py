"""Take a payment back before it leaves (撤单): nobody decides on it any more, and what was set aside is free again."""

from __future__ import annotations

from moa.control import approvals
from moa.control.access import may, require
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import share_book
from moa.payments.contradictions import check_undisputed, contradicted
from moa.payments.lifecycle import ORDER, OrderState
from moa.payments.models import PaymentOrder
from moa.payments.operations.save_order import SUBJECT, check_alone
from moa.payments.permissions import WITHDRAW
from moa.payments.queries import access_order, lock_order
from moa.payments.taking_back import take_back

# Until then one of several cannot go alone, for all of them are one request.
NOT_DECIDED = (OrderState.DRAFT, OrderState.PENDING, OrderState.RETURNED)


class WithdrawalUnfounded(DomainError):
    """Who takes back another person's payment says why."""

    code = "withdrawal_reason_missing"


def withdraw_order(ctx: Context, order_id: int, *, reason: str = "") -> PaymentOrder:
    """By its maker, or with a reason by who may take back payments of others.

    Raises: not_found, forbidden, move_not_allowed, withdrawal_reason_missing, payment_of_bundle, payment_refused.
    """
    seen = access_order(ctx, order_id)
    is_own = seen.maker_id == ctx.actor.person_id
    if not is_own:
        require(ctx, WITHDRAW, seen.unit_id or seen.book.unit_id)
        if not reason.strip():
            raise WithdrawalUnfounded(order=order_id)
    share_book(seen.book_id)
    order = lock_order(order_id)
    ORDER.after(order.state, "withdraw")
    check_undisputed(order_id)
    if order.state in NOT_DECIDED:
        check_alone(order)
    if order.state == OrderState.PENDING:
        approvals.cancel(ctx, subject_type=SUBJECT, subject_id=order.id, why="withdrawn")
    take_back(ctx, order, reason)
    return order


def may_withdraw(ctx: Context, order: PaymentOrder) -> bool:
    """Whether the page offers it to this person."""
    if order.bundle_id is not None and order.state in NOT_DECIDED:
        return False
    if order.state == OrderState.READY and contradicted([order.id]):
        return False
    return ORDER.allows(order.state, "withdraw") and (
        order.maker_id == ctx.actor.person_id or may(ctx, WITHDRAW, order.unit_id or order.book.unit_id)
    )

"""Take back several payments at once: all that has not left; before their decision none of them goes alone."""

from __future__ import annotations

from moa.control import approvals
from moa.control.access import may, require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.lifecycle import MoveNotAllowed
from moa.ledger.book_lock import share_book
from moa.payments.bundles import access_bundle, rows_of
from moa.payments.contradictions import check_undisputed, contradicted
from moa.payments.lifecycle import BEFORE_SENDING, ORDER
from moa.payments.models import PaymentBundle, PaymentOrder
from moa.payments.operations.save_order import SUBJECT
from moa.payments.operations.withdraw_order import WithdrawalUnfounded
from moa.payments.permissions import WITHDRAW
from moa.payments.queries import lock_order
from moa.payments.taking_back import ask_back, take_back


def withdraw_bundle(ctx: Context, bundle_id: int, *, reason: str = "") -> PaymentBundle:
    """By its maker, or with a reason by who may take back payments of others. What was sent stays, as does what persons decide on first;
    but nothing of it is sent anew by itself (taking_back.py).

    Raises: not_found, forbidden, withdrawal_reason_missing, move_not_allowed or payment_refused (nothing is left that could be taken back).
    """
    bundle = access_bundle(ctx, bundle_id)
    if bundle.maker_id != ctx.actor.person_id:
        require(ctx, WITHDRAW, bundle.unit_id)
        if not reason.strip():
            raise WithdrawalUnfounded(bundle=bundle_id)
    share_book(bundle.book_id)
    numbers = PaymentOrder.objects.filter(bundle_id=bundle.id).order_by("id").values_list("id", flat=True)
    # Locking the first locks the request of all.
    locked = [lock_order(number) for number in numbers]
    approvals.cancel(ctx, subject_type=SUBJECT, subject_id=bundle, why="withdrawn")
    not_sent = [one for one in locked if ORDER.allows(one.state, "withdraw")]
    disputed = contradicted([one.id for one in not_sent])
    left = [one for one in not_sent if one.id not in disputed]
    if not left:
        for number in disputed:
            check_undisputed(number)
        raise MoveNotAllowed(state=locked[0].state, move="withdraw")
    for order in locked:
        if order in left:
            take_back(ctx, order, reason)
        else:
            ask_back(ctx, order, reason or f"{bundle}")
    record(ctx, "payments.bundle.withdrawn", "payment_bundle", bundle.id, after={"payments": len(left)})
    return bundle


def may_withdraw_bundle(ctx: Context, bundle: PaymentBundle) -> bool:
    """Whether the page offers it to this person."""
    is_left = any(one.state in BEFORE_SENDING for row in rows_of(bundle) for one in row.orders)
    return is_left and (bundle.maker_id == ctx.actor.person_id or may(ctx, WITHDRAW, bundle.unit_id))

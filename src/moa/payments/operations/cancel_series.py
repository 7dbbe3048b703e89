"""End a series before its last day: nothing of it is made any more, what has not left is taken back, what was sent stays, and nothing of it
is sent anew by itself."""

from __future__ import annotations

from moa.control import approvals
from moa.control.access import may, require
from moa.control.context import Context
from moa.kernel.lifecycle import MoveNotAllowed
from moa.ledger.book_lock import share_book
from moa.payments.approving import PaymentRefused
from moa.payments.lifecycle import BEFORE_SENDING, IN_FLIGHT, SERIES, OccurrenceState, SeriesState
from moa.payments.models import PaymentOccurrence, PaymentOrder, PaymentSeries
from moa.payments.operations.save_order import SUBJECT
from moa.payments.operations.withdraw_order import WithdrawalUnfounded, withdraw_order
from moa.payments.permissions import WITHDRAW
from moa.payments.queries import lock_order
from moa.payments.series import access_series, lock_series, move_series, series_state
from moa.payments.taking_back import ask_back


def cancel_series(ctx: Context, series_id: int, *, reason: str = "") -> PaymentSeries:
    """By its maker, or with a reason by who may take back payments of others. One that waits for its decision is withdrawn.

    Raises: not_found, forbidden, move_not_allowed, withdrawal_reason_missing.
    """
    seen = access_series(ctx, series_id)
    if seen.maker_id != ctx.actor.person_id:
        require(ctx, WITHDRAW, seen.unit_id)
        if not reason.strip():
            raise WithdrawalUnfounded(series=series_id)
    share_book(seen.book_id)
    series = lock_series(series_id)
    if series.state == SeriesState.PENDING:
        approvals.cancel(ctx, subject_type=SUBJECT, subject_id=series, why="withdrawn")
    move = "cancel" if series.state == SeriesState.ACTIVE else "withdraw"
    move_series(ctx, series, move, note=reason, ended_by_id=ctx.actor.person_id)
    PaymentOccurrence.objects.filter(series_id=series.id, state=OccurrenceState.WAITING).update(
        state=OccurrenceState.CANCELLED
    )
    not_over = PaymentOrder.objects.filter(series_id=series.id, state__in=(*BEFORE_SENDING, *IN_FLIGHT))
    for number in list(not_over.order_by("id").values_list("id", flat=True)):
        try:
            withdraw_order(ctx, number, reason=reason or f"{series}")
        except (MoveNotAllowed, PaymentRefused):
            # It left, or its bank says that it did, on which persons decide first: it stays until that is known.
            ask_back(ctx, lock_order(number), reason or f"{series}")
    return series


def may_cancel(ctx: Context, series: PaymentSeries) -> bool:
    """Whether the page offers it to this person."""
    state = series_state(series)
    return any(SERIES.allows(state, move) for move in ("cancel", "withdraw")) and (
        series.maker_id == ctx.actor.person_id or may(ctx, WITHDRAW, series.unit_id)
    )

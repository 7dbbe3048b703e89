"""Have the bank asked at once what became of a payment, instead of when its pause is over; also of one that is proven paid and that no line
of the statement has closed, when somebody doubts it. Nothing is ever sent again by it."""

from __future__ import annotations

from datetime import timedelta

from moa.control.access import may, require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.jobs import enqueue
from moa.kernel.errors import DomainError, NotFound
from moa.payments.attempts import lock_attempt
from moa.payments.contradictions import has_its_line
from moa.payments.lifecycle import AttemptState
from moa.payments.models import Evidence, PaymentAttempt, PaymentOrder
from moa.payments.moves import INQUIRE_DUE
from moa.payments.permissions import ENTER
from moa.payments.queries import access_order
from moa.payments.rules.evidence import pause_before

# Who presses twice is answered by the first question.
BREATH = timedelta(minutes=1)
_OPEN = (AttemptState.PROCESSING, AttemptState.UNKNOWN)


class NotAskable(DomainError):
    """Its outcome is proven, or its own answer is still waited for. Facts: `attempt`, `state`."""

    code = "attempt_not_askable"


class AskedLately(DomainError):
    """Facts: `attempt`, `asked_at`."""

    code = "asked_a_moment_ago"


def ask_again(ctx: Context, attempt_id: int) -> PaymentAttempt:
    """The job that asks runs as soon as this is committed.

    Raises: not_found, forbidden, attempt_not_askable, asked_a_moment_ago.
    """
    seen = PaymentAttempt.objects.filter(id=attempt_id).first()
    if seen is None:
        raise NotFound(attempt=attempt_id)
    require(ctx, ENTER, access_order(ctx, seen.order_id).unit_id)
    _order, attempt = lock_attempt(attempt_id)
    if not _is_askable(attempt):
        raise NotAskable(attempt=attempt_id, state=attempt.state)
    answers = Evidence.objects.filter(
        attempt_id=attempt_id, kind=Evidence.INQUIRY, recorded_at__gt=ctx.at - BREATH
    )
    if attempt.state == AttemptState.PAID and (last := answers.order_by("-id").first()) is not None:
        raise AskedLately(attempt=attempt_id, asked_at=last.recorded_at.isoformat())
    if attempt.inquiries and attempt.ask_at is not None:
        asked_at = attempt.ask_at - pause_before(attempt.inquiries - 1)
        if asked_at > ctx.at - BREATH:
            raise AskedLately(attempt=attempt_id, asked_at=asked_at.isoformat())
    if attempt.ask_at is None or attempt.ask_at > ctx.at:
        attempt.ask_at = ctx.at
        attempt.save(update_fields=["ask_at"])
    record(ctx, "payments.attempt.asked", "payment", attempt.order_id, after={"attempt": attempt.number})
    enqueue(ctx, INQUIRE_DUE, lock=f"{INQUIRE_DUE}:{ctx.group_id}")
    return attempt


def may_ask(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt) -> bool:
    """Whether the page offers it to this person."""
    return _is_askable(attempt) and may(ctx, ENTER, order.unit_id)


def _is_askable(attempt: PaymentAttempt) -> bool:
    """What persons are to decide on is asked about no more."""
    if attempt.state == AttemptState.PAID:
        return not attempt.problem and attempt.message_id is not None and not has_its_line(attempt)
    return attempt.state in _OPEN and attempt.ask_at is not None

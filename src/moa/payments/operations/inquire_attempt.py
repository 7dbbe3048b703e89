"""Ask what became of a payment that left and is not proven: with growing pauses, and never giving up."""

from __future__ import annotations

from datetime import datetime

from moa.channels.bank_profiles import profile_of
from moa.channels.operations.ask_bank import channel_to
from moa.channels.protocol import Answered, Channel, ResultAnswer
from moa.control.access import require
from moa.control.context import Context
from moa.control.queries import group_zone
from moa.kernel.errors import DomainError
from moa.payments.attempts import SETTLED, lock_attempt, stored_answer, take_word, transfer_of
from moa.payments.bank_days import debited_on
from moa.payments.lifecycle import AttemptState
from moa.payments.models import Evidence, PaymentAttempt, PaymentOrder
from moa.payments.permissions import CARRY_OUT
from moa.payments.rules.evidence import (
    LOSE,
    judge_inquiry,
    judge_transfer,
    pause_before,
    request_can_arrive,
)

SECONDS = 10


def inquire_attempt(ctx: Context, attempt_id: int, *, seconds: int = SECONDS) -> str:
    """Look for an answer that is here already, else ask the bank. Called in a closed Context, for the machine user.

    Shape: the attempt's state afterwards. Raises: forbidden, not_found.
    """
    begun = _begin(ctx, attempt_id)
    if begun is None:
        with ctx.open():
            return PaymentAttempt.objects.values_list("state", flat=True).get(id=attempt_id)
    order, attempt = begun
    assert attempt.day is not None and attempt.msg_no is not None
    try:
        channel: Channel = channel_to(ctx, attempt.connection.bank_code, seconds=seconds)
        said = channel.inquire_result(transfer_of(order, attempt), attempt.day, attempt.msg_no)
        # That it never arrives is believed when the bank's day is over and its totals have no room for it.
        closed = said.found is Answered.NO_RECORD and not _can_arrive(ctx, attempt, ctx.at)
        final = closed and _totals_agree(ctx, channel, order, attempt)
    except DomainError:
        # Nothing was asked: no more is known than before, and the next question has its time already.
        return attempt.state
    return take_result(ctx, attempt_id, said, is_final=final)


def take_result(ctx: Context, attempt_id: int, said: ResultAnswer, *, is_final: bool) -> str:
    """What the bank says became of it. Shape: the attempt's state afterwards; `is_final` that what the bank does not know can
    no longer arrive."""
    with ctx.open():
        order, attempt = lock_attempt(attempt_id)
        if attempt.state in SETTLED:
            return attempt.state
        profile = profile_of(attempt.connection.bank_code)
        move = judge_inquiry(
            said.found.value, can_arrive=not is_final, was_returned=said.code in profile.returned_codes
        )
        if said.asked.answered in (Answered.NOT_SENT, Answered.SILENCE):
            return attempt.state
        return take_word(
            ctx, order, attempt, move, kind=Evidence.INQUIRY, message_id=said.asked.message_id or None, code=said.code,
            fee_minor=said.fee_minor, said=said.found.value,
        )  # fmt: skip


def _begin(ctx: Context, attempt_id: int) -> tuple[PaymentOrder, PaymentAttempt] | None:
    """Claim the question, so that two who run at once do not both ask; None when there is nothing to ask now."""
    with ctx.open():
        require(ctx, CARRY_OUT)
        order, attempt = lock_attempt(attempt_id)
        if (
            attempt.state in (*SETTLED, AttemptState.PREPARED)
            or attempt.ask_at is None
            or attempt.ask_at > ctx.at
        ):
            return None
        here = stored_answer(attempt)
        if here is not None:
            take_word(
                ctx, order, attempt, judge_transfer(here.answered), kind=Evidence.ANSWER, message_id=here.message_id,
                code=here.code, fee_minor=here.fee_minor, said=here.answered,
            )  # fmt: skip
            if attempt.state in SETTLED:
                return None
        elif attempt.state == AttemptState.SENT:
            # Whoever sent it was stopped or waited in vain; from now on it is unknown.
            take_word(ctx, order, attempt, LOSE, kind=Evidence.ANSWER, said="silence")
        attempt.ask_at = ctx.at + pause_before(attempt.inquiries)
        attempt.inquiries += 1
        attempt.save(update_fields=["ask_at", "inquiries"])
        return (
            PaymentOrder.objects.select_related("via__account").get(id=order.id),
            PaymentAttempt.objects.select_related("connection").get(id=attempt_id),
        )


def _can_arrive(ctx: Context, attempt: PaymentAttempt, now: datetime) -> bool:
    assert attempt.day is not None
    profile = profile_of(attempt.connection.bank_code)
    return request_can_arrive(attempt.day, now.astimezone(group_zone(ctx)), profile.closes)


def _totals_agree(ctx: Context, channel: Channel, order: PaymentOrder, attempt: PaymentAttempt) -> bool:
    """The bank's totals of the day are those of the payments that are proven, so this one is not among them."""
    assert attempt.day is not None and order.via is not None
    said = channel.totals(attempt.day, order.via.account.number_key)
    if said.ok_count is None:
        return False
    with ctx.open():
        return (said.ok_count, said.ok_minor) == debited_on(order.via.id, attempt.day)

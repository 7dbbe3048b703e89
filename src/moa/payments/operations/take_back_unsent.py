"""Tries whose messages were stored and of which the line was given nothing: they have failed for certain, their payments leave anew."""

from __future__ import annotations

from collections.abc import Collection

from moa.channels.protocol import LINE_DOWN
from moa.control.context import Context
from moa.payments.attempts import lock_attempts
from moa.payments.lifecycle import AttemptState
from moa.payments.models import Evidence
from moa.payments.moves import AttemptStep, OrderStep, Said, keep_words, move_attempts, move_orders
from moa.payments.rules.evidence import PROVE_FAILED
from moa.payments.taking_back import take_back_asked

_OPEN = (AttemptState.SENT, AttemptState.UNKNOWN)


def take_back_unsent(ctx: Context, attempt_ids: Collection[int]) -> None:
    """End these tries as not sent, and make their orders ready for another one, on the decision that they had; but for those that
    somebody asked to take back meanwhile.

    Only whoever held the messages can say so: their stored copies lack the secrets, and nobody else can send them. What the
    amounts set aside are for stays the same, so limits and balances are not judged again. Called in a closed Context.
    """
    with ctx.open():
        pairs = [one for one in lock_attempts(attempt_ids).values() if one[1].state in _OPEN]
        keep_words(
            ctx,
            [
                Said(attempt, Evidence.NOT_SENT, PROVE_FAILED, attempt.message_id, {"why": LINE_DOWN})
                for _, attempt in pairs
            ],
        )
        move_attempts(
            ctx, [AttemptStep(attempt, PROVE_FAILED, {"ask_at": None}) for _, attempt in pairs]
        )  # fmt: skip
        orders = [order for order, _ in pairs]
        move_orders(ctx, [OrderStep(order, PROVE_FAILED, note=LINE_DOWN) for order in orders])
        move_orders(ctx, [OrderStep(order, "resend", {"problem": LINE_DOWN}, LINE_DOWN) for order in orders])
        take_back_asked(ctx, orders)

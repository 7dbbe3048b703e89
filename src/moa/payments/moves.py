"""The one way in which an order's state changes: by its table of moves, with who, when and why kept beside it."""

from __future__ import annotations

from typing import Any

from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.masking import mask_text
from moa.payments.lifecycle import ATTEMPT, ORDER
from moa.payments.models import Evidence, OrderMove, PaymentAttempt, PaymentOrder

# What a hold of the books says that it waits for, and the source of a voucher.
SOURCE = "payment"
# The job that sends what is approved and due; a decision files it.
RELEASE_DUE = "payments.release_due"


def move_order(ctx: Context, order: PaymentOrder, move: str, *, note: str = "", **changes: Any) -> None:
    """Make one move of a locked order and keep `changes` of its columns with it. Raises: move_not_allowed."""
    before, after = order.state, ORDER.after(order.state, move).value
    for name, value in changes.items():
        setattr(order, name, value)
    order.state, order.state_at = after, ctx.at
    order.save(update_fields=["state", "state_at", *changes])
    OrderMove.objects.create(
        group_id=ctx.group_id, order_id=order.id, move=move, before=before, after=after,
        person_id=ctx.actor.person_id, note=mask_text(note.strip())[:500],
    )  # fmt: skip
    record(
        ctx, f"payments.order.{move}", "payment", order.id, before={"state": before},
        after={"state": after} | ({"note": note} if note else {}),
    )  # fmt: skip


def keep_evidence(ctx: Context, order: PaymentOrder, kind: str, **facts: str) -> None:
    """What is known now, kept before the move that rests on it."""
    Evidence.objects.create(group_id=ctx.group_id, order_id=order.id, kind=kind, facts=facts)


def keep_word(
    ctx: Context,
    attempt: PaymentAttempt,
    kind: str,
    *,
    says: str,
    message_id: int | None = None,
    **facts: str,
) -> bool:
    """What somebody said of an attempt, kept before the move that rests on it; False when the message was heard before."""
    if message_id is not None and Evidence.objects.filter(message_id=message_id, kind=kind).exists():
        return False
    Evidence.objects.create(
        group_id=ctx.group_id, order_id=attempt.order_id, attempt_id=attempt.id, kind=kind, says=says,
        message_id=message_id, facts={"attempt": str(attempt.number), **facts},
    )  # fmt: skip
    return True


def move_attempt(ctx: Context, attempt: PaymentAttempt, move: str, **changes: Any) -> None:
    """Make one move of a locked attempt and keep `changes` of its columns with it. Raises: move_not_allowed."""
    before, after = attempt.state, ATTEMPT.after(attempt.state, move).value
    for name, value in changes.items():
        setattr(attempt, name, value)
    attempt.state, attempt.state_at = after, ctx.at
    attempt.save(update_fields=["state", "state_at", *changes])
    record(
        ctx, f"payments.attempt.{move}", "payment", attempt.order_id, before={"state": before},
        after={"state": after, "attempt": attempt.number, "code": attempt.code},
    )  # fmt: skip

"""The one way in which an order's state changes: by its table of moves, with who, when and why kept beside it."""

from __future__ import annotations

from typing import Any

from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.masking import mask_text
from moa.payments.lifecycle import ORDER
from moa.payments.models import Evidence, OrderMove, PaymentOrder

# What a hold of the books says that it waits for, and the source of a voucher.
SOURCE = "payment"


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

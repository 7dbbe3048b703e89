"""The one way in which an order's state changes: by its table of moves, with who, when and why kept beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from moa.control.audit import Fact, record_all
from moa.control.bulk_rows import update_rows
from moa.control.context import Context
from moa.kernel.lifecycle import Lifecycle
from moa.kernel.masking import mask_text
from moa.payments.lifecycle import ATTEMPT, ORDER
from moa.payments.models import Evidence, OrderMove, PaymentAttempt, PaymentOrder

# What a hold of the books says that it waits for, and the source of a voucher.
SOURCE = "payment"
# The job that sends what is approved and due; a decision files it.
RELEASE_DUE = "payments.release_due"
INQUIRE_DUE = "payments.inquire_due"


class OrderStep(NamedTuple):
    """A move of a locked order, with the `changes` of its columns that go with it."""

    order: PaymentOrder
    move: str
    changes: Mapping[str, Any] = {}
    note: str = ""


class AttemptStep(NamedTuple):
    """A move of a locked attempt, with the `changes` of its columns that go with it."""

    attempt: PaymentAttempt
    move: str
    changes: Mapping[str, Any] = {}


Movable = PaymentOrder | PaymentAttempt


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of an attempt. Shape: `says` the move that it proves, empty for none; `message_id` that said it."""

    attempt: PaymentAttempt
    kind: str
    says: str
    message_id: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


def move_order(ctx: Context, order: PaymentOrder, move: str, *, note: str = "", **changes: Any) -> None:
    """Make one move of a locked order and keep `changes` of its columns with it. Raises: move_not_allowed."""
    move_orders(ctx, [OrderStep(order, move, changes, note)])


def move_orders(ctx: Context, steps: Sequence[OrderStep]) -> None:
    """The same of many, each once. Raises: move_not_allowed; then none is moved."""
    states = _advance(ctx, ORDER, [(one.order, one.move, one.changes) for one in steps])
    ways = [(one, before, after) for one, (before, after) in zip(steps, states, strict=True)]
    OrderMove.objects.bulk_create(
        OrderMove(
            group_id=ctx.group_id, order_id=one.order.id, move=one.move, before=former, after=state,
            person_id=ctx.actor.person_id, note=mask_text(one.note.strip())[:500],
        )
        for one, former, state in ways
    )  # fmt: skip
    record_all(
        ctx,
        [
            Fact(
                f"payments.order.{one.move}", "payment", one.order.id, {"state": former},
                {"state": state} | ({"note": one.note} if one.note else {}),
            )
            for one, former, state in ways
        ],
    )  # fmt: skip


def keep_evidence(ctx: Context, order: PaymentOrder, kind: str, **facts: str) -> None:
    """What is known now, kept before the move that rests on it."""
    keep_evidence_of(ctx, kind, [(order, facts)])


def keep_evidence_of(
    ctx: Context, kind: str, known: Sequence[tuple[PaymentOrder, Mapping[str, str]]]
) -> None:
    """The same of many."""
    Evidence.objects.bulk_create(
        Evidence(group_id=ctx.group_id, order_id=order.id, kind=kind, facts=dict(facts))
        for order, facts in known
    )


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
    return bool(keep_words(ctx, [Said(attempt, kind, says, message_id, facts)]))


def keep_words(ctx: Context, words: Sequence[Said]) -> list[Said]:
    """The same of many. Shape: those that were not heard before, in their order."""
    messages = [one.message_id for one in words if one.message_id is not None]
    known = Evidence.objects.filter(message_id__in=messages).values_list("message_id", "kind")
    heard = set(known) if messages else set()
    new = [one for one in words if (one.message_id, one.kind) not in heard]
    Evidence.objects.bulk_create(
        Evidence(
            group_id=ctx.group_id, order_id=one.attempt.order_id, attempt_id=one.attempt.id, kind=one.kind, says=one.says,
            message_id=one.message_id, facts={"attempt": str(one.attempt.number), **one.facts},
        )
        for one in new
    )  # fmt: skip
    return new


def move_attempt(ctx: Context, attempt: PaymentAttempt, move: str, **changes: Any) -> None:
    """Make one move of a locked attempt and keep `changes` of its columns with it. Raises: move_not_allowed."""
    move_attempts(ctx, [AttemptStep(attempt, move, changes)])


def move_attempts(ctx: Context, steps: Sequence[AttemptStep]) -> None:
    """The same of many, each once. Raises: move_not_allowed; then none is moved."""
    states = _advance(ctx, ATTEMPT, [(one.attempt, one.move, one.changes) for one in steps])
    record_all(
        ctx,
        [
            Fact(
                f"payments.attempt.{one.move}", "payment", one.attempt.order_id, {"state": former},
                {"state": state, "attempt": one.attempt.number, "code": one.attempt.code},
            )
            for one, (former, state) in zip(steps, states, strict=True)
        ],
    )  # fmt: skip


def _advance(
    ctx: Context, lifecycle: Lifecycle[Any], moved: Sequence[tuple[Movable, str, Mapping[str, Any]]]
) -> list[tuple[str, str]]:
    """Make the moves of locked rows with their changes. Shape: the state before and after of each. Raises: move_not_allowed."""
    states = [(row.state, lifecycle.after(row.state, move).value) for row, move, _ in moved]
    for (row, _, changes), (_, state) in zip(moved, states, strict=True):
        for name, value in changes.items():
            setattr(row, name, value)
        row.state, row.state_at = state, ctx.at
    changed = {name for _, _, changes in moved for name in changes}
    update_rows([row for row, _, _ in moved], ["state", "state_at", *sorted(changed)])
    return states

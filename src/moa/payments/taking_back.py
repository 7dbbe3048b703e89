"""Payments that are taken back (撤单), and those of which it was asked when it could not be: they had left as far as was known, or
persons had to decide on them first. Of these nothing is sent anew; as soon as they can be, they are taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Max

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Person
from moa.kernel.masking import mask_text
from moa.ledger.holds import end_hold
from moa.ledger.models import Book
from moa.payments.contradictions import contradicted
from moa.payments.lifecycle import IN_FLIGHT, AttemptState, OrderState
from moa.payments.models import Evidence, OrderMove, PaymentAttempt, PaymentOrder
from moa.payments.moves import SOURCE, keep_word, move_attempt, move_order
from moa.payments.rules.evidence import PROVE_FAILED

ASK_BACK = "ask_back"


def take_back(ctx: Context, order: PaymentOrder, reason: str) -> None:
    """Of a locked order that has not left: tries end, what is set aside is free, the order is withdrawn."""
    for attempt in PaymentAttempt.objects.select_for_update().filter(
        order_id=order.id, state=AttemptState.PREPARED
    ):
        # Its message is not stored, and whoever is about to store it finds the try ended.
        keep_word(ctx, attempt, Evidence.NOT_SENT, says=PROVE_FAILED, why="withdrawn")
        move_attempt(ctx, attempt, PROVE_FAILED, problem="withdrawn")
    end_hold(ctx, Book.objects.get(id=order.book_id), source_kind=SOURCE, source_id=order.id)
    move_order(ctx, order, "withdraw", note=reason)


def ask_back(ctx: Context, order: PaymentOrder, reason: str) -> None:
    """Of a locked order that may have left, or on which persons decide first: kept beside it until then. It stands as it did."""
    if order.state not in (OrderState.READY, *IN_FLIGHT):
        return
    OrderMove.objects.create(
        group_id=ctx.group_id, order_id=order.id, move=ASK_BACK, before=order.state, after=order.state,
        person_id=ctx.actor.person_id, note=mask_text(reason.strip())[:500],
    )  # fmt: skip
    record(ctx, "payments.order.ask_back", "payment", order.id, after={"state": order.state})


def asked_back(order_ids: Collection[int]) -> dict[int, str]:
    """Those of the orders of which it was asked, and that no person has sent again since. Shape: the reason by the order's id."""
    moves = OrderMove.objects.filter(order_id__in=order_ids)
    asked = {one.order_id: one for one in moves.filter(move=ASK_BACK).order_by("id")}
    if not asked:
        return {}
    resent = moves.filter(move="resend", order_id__in=asked, person__kind=Person.PERSON)
    last = dict(resent.values("order_id").annotate(last=Max("id")).values_list("order_id", "last"))
    return {number: one.note for number, one in asked.items() if one.id > last.get(number, 0)}


def take_back_asked(ctx: Context, orders: Iterable[PaymentOrder]) -> set[int]:
    """Of locked orders that are to be sent: those of which it was asked, and that can be taken back now. Shape: their ids."""
    ready = {one.id: one for one in orders if one.state in (OrderState.APPROVED, OrderState.READY)}
    asked = asked_back(ready)
    free = set(asked) - contradicted(asked)
    for number in sorted(free):
        take_back(ctx, ready[number], asked[number])
    return free

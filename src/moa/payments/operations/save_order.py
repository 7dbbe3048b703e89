"""Keep a payment as it is typed so far, for its maker; nothing of it is decided on or set aside."""

from __future__ import annotations

from typing import Any

from moa.control import approvals
from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.kernel.masking import mask_text
from moa.ledger.models import Book
from moa.payments.lifecycle import ORDER, OrderState
from moa.payments.models import BANK, INTERNAL, PaymentOrder
from moa.payments.moves import move_order
from moa.payments.permissions import ENTER
from moa.payments.queries import lock_own_order, state_of
from moa.payments.rules.typed_orders import TypedOrder, from_json, too_long

SUBJECT = "payments.order"


class OrderChanged(DomainError):
    """It was saved meanwhile from another window. Facts: `version`, `saved_at`."""

    code = "order_changed"


class PartOfMore(DomainError):
    """It was decided on, or is, with others: not by itself is it changed. Facts: `bundle`."""

    code = "payment_of_bundle"


class OrderTooLong(DomainError):
    """Facts: `fields` that hold more than can be kept."""

    code = "order_too_long"


def save_order(
    ctx: Context, book: Book, typed: TypedOrder, *, order_id: int | None = None, seen_version: int = 0
) -> PaymentOrder:
    """A new draft, or the next version of one that was `seen_version`; the same again changes nothing.

    A request that waits for a decision is cancelled, for its content is edited.
    Raises: forbidden, not_found, order_changed, order_too_long, move_not_allowed, payment_of_bundle.
    """
    require(ctx, ENTER)
    typed = typed._replace(
        memo=mask_text(typed.memo), duplicate_reason=mask_text(typed.duplicate_reason),
        name_reason=mask_text(typed.name_reason),
    )  # fmt: skip
    if fields := too_long(typed):
        raise OrderTooLong(fields=fields)
    if order_id is None:
        order = PaymentOrder.objects.create(
            group_id=ctx.group_id, book_id=book.id, maker_id=ctx.actor.person_id, made_at=ctx.at, saved_at=ctx.at,
            state_at=ctx.at, form=typed.as_json(), kind=_kind(typed),
        )  # fmt: skip
        record(ctx, "payments.order.made", "payment", order.id, after={"book": book.code})
        return order
    order = lock_own_order(ctx, order_id)
    check_alone(order)
    take_up(ctx, order)
    if typed == from_json(order.form):
        return order
    ORDER.after(order.state, "edit")
    if order.version != seen_version:
        raise OrderChanged(version=order.version, saved_at=order.saved_at)
    changes: dict[str, Any] = {
        "version": order.version + 1, "form": typed.as_json(), "saved_at": ctx.at, "kind": _kind(typed),
    }  # fmt: skip
    if order.state == OrderState.PENDING:
        approvals.cancel(ctx, subject_type=SUBJECT, subject_id=order.id, why="edited")
    if order.state == OrderState.DRAFT:
        for name, value in changes.items():
            setattr(order, name, value)
        order.save(update_fields=list(changes))
    else:
        move_order(ctx, order, "edit", **changes)
    return order


def _kind(typed: TypedOrder) -> str:
    return BANK if typed.is_of_bank else INTERNAL


def check_alone(order: PaymentOrder) -> None:
    """Raises: payment_of_bundle."""
    if order.bundle_id is not None:
        raise PartOfMore(bundle=order.bundle_id)


def take_up(ctx: Context, order: PaymentOrder) -> None:
    """A locked order whose request its maker took back in the inbox is a draft again."""
    if order.state != state_of(order):
        move_order(ctx, order, "edit")

"""What agreement does to an order: limits are judged under their lock, and its amount is set aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.ledger.holds import HoldRefused, lock_accounts, place_hold
from moa.ledger.models import Book
from moa.payments.models import PaymentOrder
from moa.payments.moves import SOURCE, move_order
from moa.payments.queries import KnownLimits, Payee, hold_limits, limits_for, payee_of
from moa.payments.rules.limits import LimitScope, LimitUse, weigh


class PaymentRefused(DomainError):
    """It cannot be paid as it stands, so the decision is undone. Facts: `problem`, `account`."""

    code = "payment_refused"


class Asked(NamedTuple):
    """A payment as limits see it: the whole of one that leaves in several transfers."""

    unit_id: int | None
    payee: Payee
    currency: str
    day: date
    amount_minor: int


def weigh_all(ctx: Context, book: Book, asked: Sequence[Asked]) -> list[list[LimitUse]]:
    """What each does to the limits of its day when those before it are paid too."""
    known: KnownLimits = {}
    before: dict[tuple[int | None, date, str], int] = {}
    found = []
    for one in asked:
        limits = limits_for(
            ctx, book=book, unit_id=one.unit_id, payee=one.payee, currency=one.currency, day=one.day, known=known
        )  # fmt: skip
        keys = [
            (limit.limit_id, one.day, one.payee.key if limit.scope is LimitScope.PAYEE else "")
            for limit in limits
        ]
        with_others = [
            limit._replace(used_minor=limit.used_minor + before.get(key, 0))
            for limit, key in zip(limits, keys, strict=True)
        ]
        for key in keys:
            before[key] = before.get(key, 0) + one.amount_minor
        found.append(weigh(one.amount_minor, with_others))
    return found


def asked_of_orders(orders: Iterable[PaymentOrder]) -> list[Asked]:
    """The orders of one decision, parts of one row as the one payment that they are; by row."""
    rows: dict[int, list[PaymentOrder]] = {}
    for order in orders:
        rows.setdefault(order.place or 0, []).append(order)
    found = []
    for _place, parts in sorted(rows.items()):
        first = parts[0]
        assert first.pay_on is not None
        found.append(
            Asked(
                first.unit_id, payee_of(first), first.currency, first.pay_on,
                sum(one.amount_minor or 0 for one in parts),
            )
        )  # fmt: skip
    return found


def check_limits(ctx: Context, book: Book, orders: Iterable[PaymentOrder]) -> None:
    """Until the transaction ends nobody else counts against them. Raises: payment_refused."""
    hold_limits(ctx)
    for uses in weigh_all(ctx, book, asked_of_orders(orders)):
        for use in uses:
            if use.is_passed:
                raise PaymentRefused(problem=use.code, account="")


def set_aside(ctx: Context, book: Book, orders: Sequence[PaymentOrder]) -> None:
    """Locked, pending orders become approved, each with its amount set aside. Raises: payment_refused."""
    accounts = {number for one in orders for number in (one.payer_id, one.payee_id) if number}
    lock_accounts(book, sorted(accounts))
    for order in orders:
        assert order.payer_id is not None and order.amount_minor is not None
        try:
            place_hold(ctx, book, order.payer_id, order.amount_minor, source_kind=SOURCE, source_id=order.id)
        except HoldRefused as refusal:
            raise PaymentRefused(**refusal.facts) from None
        move_order(ctx, order, "approve")

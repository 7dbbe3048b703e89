"""File a payment for the decision of other persons: parties, amount, day and purpose are pinned as they were understood."""

from __future__ import annotations

import json

from moa.control.approvals import submit
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError
from moa.ledger.models import Book
from moa.payments.bundle_reading import unit_of
from moa.payments.lifecycle import ORDER
from moa.payments.limit_words import figures_of
from moa.payments.models import PaymentOrder
from moa.payments.moves import move_order
from moa.payments.operations.save_order import SUBJECT, OrderChanged, check_alone, take_up
from moa.payments.pinning import pinned_columns, pinned_content
from moa.payments.queries import duplicates_of_parts, hold_duplicates, limits_for, lock_own_order
from moa.payments.reading import Flaw, Reading, name_flaws, read_order
from moa.payments.rules.duplicates import Asked, Duplicate
from moa.payments.rules.limits import LimitUse, weigh
from moa.payments.rules.payee_names import FLAWS, NameVerdict
from moa.payments.rules.typed_orders import TypedOrder, from_json

# What a bank did not say, it may say the next time: then the same key enters the payment.
_UNSAID = frozenset({"payee_not_asked", "payee_name_missing", FLAWS[NameVerdict.UNAVAILABLE]})


class OrderFlawed(DomainError):
    """It cannot be submitted yet. Facts: the first flaw, and `all` as a JSON list of field, code and value; `flaws` holds them."""

    code = "payment_flawed"

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__(
            None, field=flaws[0].field, problem=flaws[0].code, flaws=len(flaws),
            all=json.dumps([[one.field, one.code, one.value] for one in flaws], ensure_ascii=False),
        )  # fmt: skip
        self.flaws = flaws
        self.is_passing = any(one.code in _UNSAID for one in flaws)


def submit_order(ctx: Context, order_id: int, *, seen_version: int) -> ApprovalRequest:
    """What is passed of a limit, once more on approval, and what looks like a duplicate without a reason is refused here.

    Whether the account can spare the amount is judged when it is approved.

    Raises: not_found, forbidden, order_changed, move_not_allowed, payment_flawed, nobody_can_approve, no_rate_for_limit.
    """
    order = lock_own_order(ctx, order_id)
    check_alone(order)
    take_up(ctx, order)
    ORDER.after(order.state, "submit")
    if order.version != seen_version:
        raise OrderChanged(version=order.version, saved_at=order.saved_at)
    book, typed = Book.objects.get(id=order.book_id), from_json(order.form)
    reading = read_order(ctx, book, typed)
    hold_duplicates(ctx)
    twins = twins_of(book, order.id, typed, reading)
    flaws = [
        *reading.flaws,
        *name_flaws(reading, typed),
        *limit_flaws(uses_for(ctx, book, order.id, reading), reading.currency),
    ]
    if twins and not typed.duplicate_reason.strip():
        flaws.append(
            Flaw("duplicate_reason", "payment_perhaps_twice", ", ".join(f"P{one.order_id}" for one in twins))
        )
    if flaws:
        raise OrderFlawed(flaws)
    return _file(ctx, book, order, typed, reading, twins)


def uses_for(ctx: Context, book: Book, order_id: int, reading: Reading) -> list[LimitUse]:
    """What the payment would do to the limits of its day; nothing before it is understood."""
    if not reading.is_whole or reading.paid is None or reading.pay_on is None or reading.amount_minor is None:
        return []
    limits = limits_for(
        ctx, book=book, unit_id=unit_of(book, reading.payer), payee=reading.paid, currency=reading.currency,
        day=reading.pay_on, but=order_id,
    )  # fmt: skip
    return weigh(reading.amount_minor, limits)


def limit_flaws(uses: list[LimitUse], currency: str) -> list[Flaw]:
    return [Flaw("amount", use.code, figures_of(use, currency)) for use in uses if use.is_passed]


def twins_of(book: Book, order_id: int, typed: TypedOrder, reading: Reading) -> list[Duplicate]:
    """What may be the same payment; nothing before it is understood."""
    payer, payee, amount, day = reading.payer, reading.paid, reading.amount_minor, reading.pay_on
    if payer is None or payee is None or amount is None or day is None:
        return []
    new = Asked(payer.code, payee.key, amount, payer.currency, day, typed.document_no, order_id)
    return duplicates_of_parts(new, reading.transfers, payee, book)


def _file(
    ctx: Context, book: Book, order: PaymentOrder, typed: TypedOrder, reading: Reading, twins: list[Duplicate]
) -> ApprovalRequest:
    assert reading.amount_minor and reading.pay_on
    unit_id = unit_of(book, reading.payer)
    content = {"order": str(order.id), **pinned_content(book, unit_id, typed, reading, twins)}
    request = submit(
        ctx, subject_type=SUBJECT, subject_id=order.id, content=content, unit_id=unit_id,
        amount_minor=reading.amount_minor, currency=reading.currency, due_on=reading.pay_on,
    )  # fmt: skip
    move_order(
        ctx, order, "submit", **pinned_columns(unit_id, typed, reading), request_id=request.id, problem=""
    )
    return request

"""File a payment for the decision of other persons: parties, amount, day and purpose are pinned as they were understood."""

from __future__ import annotations

from typing import Any

from moa.control.approvals import submit
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError
from moa.kernel.money import to_text
from moa.ledger.models import Book, LedgerAccount
from moa.payments.lifecycle import ORDER
from moa.payments.models import PaymentOrder
from moa.payments.moves import move_order
from moa.payments.operations.save_order import SUBJECT, OrderChanged, take_up
from moa.payments.queries import duplicates_of, limits_for, lock_own_order
from moa.payments.reading import Flaw, Reading, name_flaws, read_order
from moa.payments.rules.duplicates import Asked, Duplicate, plain_document
from moa.payments.rules.limits import LimitUse, weigh
from moa.payments.rules.payee_names import NameVerdict
from moa.payments.rules.typed_orders import TypedOrder, from_json


class OrderFlawed(DomainError):
    """It cannot be submitted yet. Facts: the first flaw, and `all` as field:code; `flaws` holds them with their values."""

    code = "payment_flawed"

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__(
            None, field=flaws[0].field, problem=flaws[0].code, flaws=len(flaws),
            all=" ".join(f"{one.field}:{one.code}" for one in flaws),
        )  # fmt: skip
        self.flaws = flaws


def submit_order(ctx: Context, order_id: int, *, seen_version: int) -> ApprovalRequest:
    """What is passed of a limit and what looks like a duplicate without a reason is refused here, once more on approval.

    Whether the account can spare the amount is judged when it is approved.

    Raises: not_found, forbidden, order_changed, move_not_allowed, payment_flawed, nobody_can_approve, no_rate_for_limit.
    """
    order = lock_own_order(ctx, order_id)
    take_up(ctx, order)
    ORDER.after(order.state, "submit")
    if order.version != seen_version:
        raise OrderChanged(version=order.version, saved_at=order.saved_at)
    book, typed = Book.objects.get(id=order.book_id), from_json(order.form)
    reading = read_order(ctx, book, typed)
    twins = twins_of(book, order.id, typed, reading)
    flaws = [
        *reading.flaws,
        *name_flaws(reading, typed),
        *limit_flaws(uses_for(ctx, book, order.id, reading)),
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


def limit_flaws(uses: list[LimitUse]) -> list[Flaw]:
    return [Flaw("amount", use.code) for use in uses if use.is_passed]


def twins_of(book: Book, order_id: int, typed: TypedOrder, reading: Reading) -> list[Duplicate]:
    """What may be the same payment; nothing before it is understood."""
    payer, payee, amount, day = reading.payer, reading.paid, reading.amount_minor, reading.pay_on
    if payer is None or payee is None or amount is None or day is None:
        return []
    new = Asked(payer.code, payee.key, amount, payer.currency, day, typed.document_no, order_id)
    return duplicates_of(new, payee, book)


def unit_of(book: Book, payer: LedgerAccount | None) -> int | None:
    """Whose payment it is: the unit of the account that pays, else that of the book."""
    return (payer.unit_id if payer else None) or book.unit_id


def _file(
    ctx: Context, book: Book, order: PaymentOrder, typed: TypedOrder, reading: Reading, twins: list[Duplicate]
) -> ApprovalRequest:
    payer = reading.payer
    assert payer and reading.amount_minor and reading.pay_on
    unit_id = unit_of(book, payer)
    of_payee, content_of_payee = _payee_parts(typed, reading)
    content: dict[str, Any] = {
        "book": str(book.id), "order": str(order.id), "kind": order.kind, "unit": str(unit_id or ""),
        "payer_id": str(payer.id), "payer": payer.code, "payer_name": payer.name, **content_of_payee,
        "amount_minor": str(reading.amount_minor), "amount": to_text(reading.amount_minor, payer.currency),
        "currency": payer.currency, "pay_on": str(reading.pay_on), "purpose": reading.purpose, "memo": typed.memo.strip(),
        "document_no": typed.document_no.strip(), "duplicates": [f"P{one.order_id} {one.why}" for one in twins],
        "duplicate_reason": typed.duplicate_reason.strip() if twins else "", **_asked_day(typed, reading),
    }  # fmt: skip
    request = submit(
        ctx, subject_type=SUBJECT, subject_id=order.id, content=content, unit_id=unit_id,
        amount_minor=reading.amount_minor, currency=payer.currency, due_on=reading.pay_on,
    )  # fmt: skip
    move_order(
        ctx, order, "submit", unit_id=unit_id, payer_id=payer.id, **of_payee, amount_minor=reading.amount_minor,
        currency=payer.currency, pay_on=reading.pay_on, purpose=reading.purpose, memo=typed.memo.strip(),
        document_no=typed.document_no.strip(), document_key=plain_document(typed.document_no)[:60], request_id=request.id,
        problem="",
    )  # fmt: skip
    return request


def _asked_day(typed: TypedOrder, reading: Reading) -> dict[str, str]:
    """Which day it was asked for, where a holiday rule decides on the day of payment."""
    rule = typed.holiday_rule.strip()
    return {"asked_on": str(reading.asked_on), "holiday_rule": rule} if rule else {}


def _payee_parts(typed: TypedOrder, reading: Reading) -> tuple[dict[str, Any], dict[str, Any]]:
    """Who is paid, as columns of the order and as what is pinned for the approvers."""
    if reading.payee is not None:
        payee = reading.payee
        content = {"payee_id": str(payee.id), "payee": payee.code, "payee_name": payee.name}
        gone = {
            "via_id": None,
            "charge_id": None,
            "to_bank": "",
            "to_account": "",
            "to_name": "",
            "name_verdict": "",
        }
        return {"payee_id": payee.id, **gone}, content
    via, charge, inquiry = reading.via, reading.charge, reading.inquiry
    assert via is not None and charge is not None and inquiry is not None
    columns = {
        "payee_id": None, "via_id": via.id, "charge_id": charge.id, "to_bank": reading.to_bank, "to_account": reading.to_account,
        "to_name": reading.to_name, "name_verdict": reading.verdict,
    }  # fmt: skip
    content = {
        "payee": reading.to_account, "payee_name": reading.to_name, "to_bank": reading.to_bank,
        "to_account": reading.to_account, "via_id": str(via.id), "via": via.name, "charge_id": str(charge.id),
        "charge": charge.code, "name_verdict": reading.verdict, "bank_name": inquiry.name,
        "asked_at": inquiry.asked_at.isoformat(), "name_reason": typed.name_reason.strip()
        if reading.verdict != NameVerdict.MATCH else "",
    }  # fmt: skip
    return columns, content

"""What of a payment is pinned for the decision of others, and the columns of the order that say the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moa.kernel.money import to_text
from moa.ledger.models import Book
from moa.payments.models import BANK, INTERNAL
from moa.payments.reading import Reading
from moa.payments.rules.duplicates import Duplicate, plain_document
from moa.payments.rules.payee_names import NameVerdict
from moa.payments.rules.typed_orders import TypedOrder


def pinned_content(
    book: Book, unit_id: int | None, typed: TypedOrder, reading: Reading, twins: Iterable[Duplicate]
) -> dict[str, Any]:
    """Of a payment without flaws: everything that is decided on, as texts."""
    payer = reading.payer
    assert payer and reading.amount_minor and reading.pay_on
    twins = list(twins)
    return {
        "book": str(book.id), "kind": BANK if typed.is_of_bank else INTERNAL, "unit": str(unit_id or ""),
        "payer_id": str(payer.id), "payer": payer.code, "payer_name": payer.name, **_payee_content(typed, reading),
        "amount_minor": str(reading.amount_minor), "amount": to_text(reading.amount_minor, payer.currency),
        "currency": payer.currency, "pay_on": str(reading.pay_on), "purpose": reading.purpose, "memo": typed.memo.strip(),
        "document_no": typed.document_no.strip(), "duplicates": [f"P{one.order_id} {one.why}" for one in twins],
        "duplicate_reason": typed.duplicate_reason.strip() if twins else "", **_asked_day(typed, reading),
    }  # fmt: skip


def pinned_columns(unit_id: int | None, typed: TypedOrder, reading: Reading) -> dict[str, Any]:
    """The same as columns of its order."""
    assert reading.payer is not None
    return {
        "unit_id": unit_id, "payer_id": reading.payer.id, **_payee_columns(reading), "amount_minor": reading.amount_minor,
        "currency": reading.currency, "pay_on": reading.pay_on, "purpose": reading.purpose, "memo": typed.memo.strip(),
        "document_no": typed.document_no.strip(), "document_key": plain_document(typed.document_no)[:60],
    }  # fmt: skip


def _asked_day(typed: TypedOrder, reading: Reading) -> dict[str, str]:
    """Which day it was asked for, where a holiday rule decides on the day of payment."""
    rule = typed.holiday_rule.strip()
    return {"asked_on": str(reading.asked_on), "holiday_rule": rule} if rule else {}


def _payee_columns(reading: Reading) -> dict[str, Any]:
    if reading.payee is not None:
        return {
            "payee_id": reading.payee.id, "via_id": None, "charge_id": None, "to_bank": "", "to_account": "", "to_name": "",
            "name_verdict": "",
        }  # fmt: skip
    assert reading.via is not None and reading.charge is not None
    return {
        "payee_id": None, "via_id": reading.via.id, "charge_id": reading.charge.id, "to_bank": reading.to_bank,
        "to_account": reading.to_account, "to_name": reading.to_name, "name_verdict": reading.verdict,
    }  # fmt: skip


def _payee_content(typed: TypedOrder, reading: Reading) -> dict[str, Any]:
    if reading.payee is not None:
        payee = reading.payee
        return {"payee_id": str(payee.id), "payee": payee.code, "payee_name": payee.name}
    via, charge, inquiry = reading.via, reading.charge, reading.inquiry
    assert via is not None and charge is not None and inquiry is not None
    return {
        "payee": reading.to_account, "payee_name": reading.to_name, "to_bank": reading.to_bank,
        "to_account": reading.to_account, "via_id": str(via.id), "via": via.name, "charge_id": str(charge.id),
        "charge": charge.code, "name_verdict": reading.verdict, "bank_name": inquiry.name,
        "asked_at": inquiry.asked_at.isoformat(),
        "name_reason": typed.name_reason.strip() if reading.verdict != NameVerdict.MATCH else "",
    }  # fmt: skip

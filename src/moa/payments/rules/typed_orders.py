"""A payment as a person typed it: texts by field, kept as they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

LONGEST = {
    "payer": 200, "payee": 200, "amount": 40, "pay_on": 10, "purpose": 20, "memo": 200, "document_no": 60,
    "duplicate_reason": 500,
}  # fmt: skip
# What a payment is for; the page has the words.
PURPOSES = ("funding", "goods", "services", "payroll", "tax", "interest", "refund", "other")


class TypedOrder(NamedTuple):
    """The whole form. Shape: `payer` and `payee` a code or a name; `duplicate_reason` why it is no duplicate."""

    payer: str = ""
    payee: str = ""
    amount: str = ""
    pay_on: str = ""
    purpose: str = ""
    memo: str = ""
    document_no: str = ""
    duplicate_reason: str = ""

    def as_json(self) -> dict[str, str]:
        return self._asdict()


def from_json(kept: Mapping[str, Any]) -> TypedOrder:
    """What `as_json` made; what a later version added is left out."""
    return TypedOrder(**{name: str(kept.get(name, "")) for name in TypedOrder._fields})


def too_long(typed: TypedOrder) -> list[str]:
    """The names of the fields that hold more than can be kept."""
    return [name for name, most in LONGEST.items() if len(getattr(typed, name)) > most]

"""A payment as a person typed it: texts by field, kept as they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

LONGEST = {
    "payer": 200, "payee": 200, "amount": 40, "pay_on": 10, "purpose": 20, "memo": 200, "document_no": 60,
    "duplicate_reason": 500, "to_bank": 40, "to_name": 100, "via": 200, "charge": 200, "name_reason": 500,
    "holiday_rule": 20,
}  # fmt: skip
# What a payment is for; the page has the words.
PURPOSES = ("funding", "goods", "services", "payroll", "tax", "interest", "refund", "other")


class TypedOrder(NamedTuple):
    """The whole form. Shape: `payer`, `payee`, `charge` a code or a name; `duplicate_reason` why it is no duplicate.

    With `to_bank` it is paid over a bank: `payee` is the account there, `to_name` whose it should be, `name_reason` why it is
    paid although the bank says another name, `via` the bank account of ours that it leaves from, `charge` what it is booked to
    when it leaves from the payer itself. `holiday_rule` moves a day on which banks rest; without one it waits for them.
    """

    payer: str = ""
    payee: str = ""
    amount: str = ""
    pay_on: str = ""
    purpose: str = ""
    memo: str = ""
    document_no: str = ""
    duplicate_reason: str = ""
    to_bank: str = ""
    to_name: str = ""
    via: str = ""
    charge: str = ""
    name_reason: str = ""
    holiday_rule: str = ""

    def as_json(self) -> dict[str, str]:
        """What not every payment needs is left out where it is empty, so that keys of earlier versions stay theirs."""
        return {name: text for name, text in self._asdict().items() if text or name not in _NOT_OF_ALL}

    @property
    def is_of_bank(self) -> bool:
        return bool(self.to_bank.strip())


_NOT_OF_ALL = frozenset({"to_bank", "to_name", "via", "charge", "name_reason", "holiday_rule"})


def from_json(kept: Mapping[str, Any]) -> TypedOrder:
    """What `as_json` made; what a later version added is left out."""
    return TypedOrder(**{name: str(kept.get(name, "")) for name in TypedOrder._fields})


def too_long(typed: TypedOrder) -> list[str]:
    """The names of the fields that hold more than can be kept."""
    return [name for name, most in LONGEST.items() if len(getattr(typed, name)) > most]

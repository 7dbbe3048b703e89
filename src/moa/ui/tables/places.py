"""Where a page begins: the sorted value and the key of its neighbour, as one word of the address.

A page is read from its place, never by OFFSET, so the last page costs what the first one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from moa.kernel.money import CURRENCIES
from moa.ui.tables.spec import AMOUNT, DATE, MOMENT, NUMBER, Column

LONGEST = 400
# What a missing value sorts as; no stored value is less.
LEAST: dict[str, Any] = {
    DATE: date.min,
    MOMENT: datetime(1, 1, 2, tzinfo=UTC),
    AMOUNT: -(2**63),
    NUMBER: Decimal(-(10**30)),
}


@dataclass(frozen=True, slots=True)
class Place:
    """The neighbour's sorted value and key; its currency where amounts of several are sorted."""

    value: Any
    id: int
    currency: str = ""


def least_of(column: Column) -> Any:
    return LEAST.get(column.kind, "")


def place_word(column: Column, value: Any, key: int, currency: str = "") -> str:
    """The place as it stands in the address."""
    if value is None:
        value = least_of(column)
    before = f"{currency}~" if currency else ""
    return f"{before}{value.isoformat() if isinstance(value, date) else value}_{key}"


def read_place(column: Column, word: str, *, mixed: bool = False) -> Place | None:
    """The place in `word`; None where it is none, for an address may be anything. `mixed`: it begins with a currency."""
    if len(word) > LONGEST or "\0" in word:
        return None
    text, _, number = word.rpartition("_")
    currency = ""
    if mixed:
        currency, _, text = text.partition("~")
        if currency not in CURRENCIES:
            return None
    # An address that was copied may have lost its plus sign to a space.
    try:
        if not (number.isascii() and number.isdigit()) or int(number) >= 2**63:
            return None
        return Place(_value(column.kind, text), int(number), currency)
    except (ValueError, InvalidOperation):
        return None


def _value(kind: str, text: str) -> Any:
    if kind == DATE:
        return date.fromisoformat(text)
    if kind == MOMENT:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment
    if kind == AMOUNT:
        amount = int(text)
        if not -(2**63) <= amount < 2**63:
            raise ValueError(text)
        return amount
    if kind == NUMBER:
        number = Decimal(text)
        if not number.is_finite() or abs(number.adjusted()) > 40:
            raise ValueError(text)
        return number
    return text

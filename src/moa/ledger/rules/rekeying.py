"""Which fields of a voucher a reviewer types again (复录): account, amount and name, of every leg where they are few.

Source: domain.md §2, dual control (re-key fields: account, amount, name; digits must match exactly); GRP-138, GRP-148.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

# Of more legs the sums are typed and the largest: who types forty accounts makes more faults than she finds.
MOST_LEGS_TYPED = 6
Leg = Mapping[str, str]
What = Literal["account", "amount", "name", "sum", "largest_account", "largest_amount", "largest_name"]


class Decisive(NamedTuple):
    """One field. Shape: `row` counts the legs from 1, 0 for what is of a whole side; `value` as the paper shows it."""

    what: What
    side: str
    value: str
    row: int = 0
    currency: str = ""

    @property
    def code(self) -> str:
        """A name of its own within the voucher: "amount.2", "sum.debit.USD"."""
        return (
            f"{self.what}.{self.row}" if self.row else f"{self.what}.{self.side}.{self.currency}".strip(".")
        )


def decisive_fields(legs: Sequence[Leg]) -> list[Decisive]:
    """In the order of the paper. Shape: a leg has side, account, name, amount in its column, currency."""
    return _of_each(legs) if len(legs) <= MOST_LEGS_TYPED else _of_many(legs)


def _of_each(legs: Sequence[Leg]) -> list[Decisive]:
    """Every leg's account and amount, and for whom the largest credit is."""
    found = []
    credits = [leg for leg in legs if leg["side"] == "credit"]
    largest = max(credits, key=_size, default=None)
    for row, leg in enumerate(legs, 1):
        found.append(Decisive("account", leg["side"], leg["account"], row))
        if leg is largest:
            found.append(Decisive("name", "credit", leg["name"], row))
        found.append(Decisive("amount", leg["side"], leg["amount"], row, leg["currency"]))
    return found


def _of_many(legs: Sequence[Leg]) -> list[Decisive]:
    """The sums of each side and currency, and the largest leg of each where it is one alone."""
    found = []
    for currency in sorted({leg["currency"] for leg in legs}):
        for side in ("debit", "credit"):
            own = [leg for leg in legs if (leg["side"], leg["currency"]) == (side, currency)]
            if not own:
                continue
            total = sum((Decimal(leg["amount"]) for leg in own), Decimal(0))
            found.append(Decisive("sum", side, str(total), currency=currency))
            most = max(_size(leg) for leg in own)
            largest = [leg for leg in own if _size(leg) == most]
            found.append(Decisive("largest_amount", side, largest[0]["amount"], currency=currency))
            if len(largest) == 1:
                found.append(Decisive("largest_account", side, largest[0]["account"], currency=currency))
                if side == "credit":
                    found.append(Decisive("largest_name", side, largest[0]["name"], currency=currency))
    return found


def _size(leg: Leg) -> Decimal:
    return abs(Decimal(leg["amount"]))

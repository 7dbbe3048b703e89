"""Books kept the slow way, one voucher at a time and on paper figures: an independent judge of the posting engine.

It shares no code with the product: amounts are Decimals, balances are on the normal side, answers are plain words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

Row = dict[str, str]


@dataclass
class Paper:
    """Shape: `floors` and `debit_side` by account; `open_day` the only day that takes vouchers, as text."""

    floors: dict[str, Decimal | None]
    debit_side: set[str]
    open_day: str
    balances: dict[str, Decimal] = field(default_factory=dict)
    answers: dict[str, tuple[Row, str]] = field(default_factory=dict)

    def post(self, row: Row) -> str:
        """ "booked", "known", or why not."""
        if row["key"] in self.answers:
            first, answer = self.answers[row["key"]]
            if first != row:
                return "key_conflict"
            return "known" if answer == "booked" else answer
        answer = self._decide(row)
        self.answers[row["key"]] = (dict(row), answer)
        return answer

    def _decide(self, row: Row) -> str:
        if row["business_date"] < self.open_day:
            return "closed_day"
        debit, credit, amount = row["debit_account"], row["credit_account"], Decimal(row["amount"])
        if debit not in self.floors or credit not in self.floors:
            return "account_unknown"
        if amount <= 0:
            return "amount_invalid"
        after = {account: self.balances.get(account, Decimal(0)) for account in (debit, credit)}
        after[debit] += amount if debit in self.debit_side else -amount
        after[credit] += -amount if credit in self.debit_side else amount
        for account, balance in after.items():
            floor = self.floors[account]
            if floor is not None and balance < floor and balance < self.balances.get(account, Decimal(0)):
                return "below_floor"
        self.balances |= after
        return "booked"

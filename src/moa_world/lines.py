"""The values that the world is made of: partners, lines before and after posting, statements to be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import NamedTuple

from moa_world.group import Account


class Partner(NamedTuple):
    """Somebody outside whom the group pays or is paid by."""

    name: str
    bank: str
    account: str


class Part(NamedTuple):
    """One payment inside a batched line. Shape: amount unsigned minor units, same direction as its line."""

    amount_minor: int
    name: str
    account: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A movement before it is posted.

    Shape: `amount_minor` signed, negative leaves the account; `kind` the rhythm it belongs to; `text` the bank's
    short word (적요, 摘要); `memo` what the payer wrote; `value_days` business days until the value date.
    """

    at: time
    amount_minor: int
    kind: str
    text: str
    memo: str = ""
    partner: str = ""
    partner_account: str = ""
    reference: str = ""
    branch: str = ""
    value_days: int = 0
    parts: tuple[Part, ...] = ()
    twin: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """A line in the account's book. Shape: `balance_minor` signed, after the line; `sequence` from 1 in the day."""

    day: date
    value_date: date
    sequence: int
    balance_minor: int
    line: Line

    @property
    def bank_reference(self) -> str:
        """The bank's own number of the line; charges have none, as often in real files."""
        if self.line.kind in NUMBERLESS:
            return ""
        return f"{self.day:%y%m%d}{self.sequence:06d}"


NUMBERLESS = frozenset({"fee", "twin"})


@dataclass(slots=True)
class Book:
    """One account's true history. Shape: `days` maps each business day to its posted lines, in order."""

    account: Account
    opening_minor: int
    days: dict[date, list[Posted]] = field(default_factory=dict)

    def lines(self, chosen: Sequence[date]) -> list[Posted]:
        return [posted for day in chosen for posted in self.days[day]]

    def closing_on(self, day: date) -> int:
        """The true balance in the evening of `day`, a business day or not."""
        closing = self.opening_minor
        for business_day, posted in self.days.items():
            if business_day > day:
                break
            if posted:
                closing = posted[-1].balance_minor
        return closing

    def opening_on(self, day: date) -> int:
        """The true balance before the first line of the business day `day`."""
        first = self.days[day]
        if first:
            return first[0].balance_minor - first[0].line.amount_minor
        return self.closing_on(day)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one account says for one period, ready for a writer. Shape: both dates inside, business days; `goes_on_from` the last
    day of the statement before, where that is no business day."""

    account: Account
    holder: str
    number: int
    first: date
    last: date
    opening_minor: int
    closing_minor: int
    lines: tuple[Posted, ...]
    goes_on_from: date | None = None

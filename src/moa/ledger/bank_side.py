"""What the banks said of a day, beside what the book says: provided from above, sealed with the day.

The books know no bank accounts. A context above links each to an account of the book and provides what its statements
say; `entry/wiring.py` registers it. Without a provider the proof has no bank side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol

from moa.control.context import Context
from moa.ledger.models import Book


@dataclass(frozen=True, slots=True)
class BankLine:
    """One booked line. Shape: `amount_minor` as it moves the account in the books, debits positive."""

    amount_minor: int
    reference: str
    booked_on: date
    text: str = ""


@dataclass(frozen=True, slots=True)
class BankDifference:
    """What one side has and the other has not. Shape: `amount_minor` what it adds to bank minus book."""

    kind: Literal["line", "voucher"]
    reference: str
    amount_minor: int
    since: date


@dataclass(frozen=True, slots=True)
class BankDay:
    """One bank account at the end of a business date; lines of days on which no books are kept are its, too.

    Shape: `name` the same for ever; `files` the SHA-256 of each raw statement as hexadecimal text, none when the
    statement is missing; then opening and closing are None. `opening_minor` is what the last statement before
    closed with, so that the lines of days that were missing come with the next.
    """

    name: str
    account_code: str
    opening_minor: int | None
    closing_minor: int | None
    files: tuple[str, ...] = ()
    lines: tuple[BankLine, ...] = ()
    differences: tuple[BankDifference, ...] = ()


class BankSide(Protocol):
    """What an upper context implements."""

    def bank_days(self, ctx: Context, book: Book, day: date) -> Iterable[BankDay]:
        """Every bank account that is linked to an account of the book, by name; once linked, on every day."""
        ...


_providers: list[BankSide] = []


def provide_bank_side(provider: BankSide) -> None:
    """Once, from `entry/wiring.py`. A second provider is a fault of ours."""
    if provider not in _providers and _providers:
        raise ValueError("two providers of the bank side")
    _providers[:] = [provider]


def bank_lines(ctx: Context, book: Book, day: date, balances: dict[str, int]) -> list[list[Any]]:
    """The lines of the proof for the bank side of the day. Shape: `balances` by account code, debits positive."""
    found = [one for provider in _providers for one in provider.bank_days(ctx, book, day)]
    return [line for one in sorted(found, key=lambda one: one.name) for line in _lines(one, balances)]


def _lines(one: BankDay, balances: dict[str, int]) -> list[list[Any]]:
    head: list[Any] = ["bank", one.name, one.account_code, one.opening_minor, one.closing_minor]
    lines = [[*head, balances[one.account_code], list(one.files)]]
    lines += [
        ["line", one.name, each.amount_minor, each.reference, str(each.booked_on), each.text]
        for each in one.lines
    ]
    lines += [
        ["difference", one.name, each.kind, each.reference, each.amount_minor, str(each.since)]
        for each in one.differences
    ]
    return lines

"""Lines as a person types or pastes them: date, amount, description, counterparty, one line each."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from moa.kernel.money import minor_digits

_DATE = re.compile(r"(\d{4})[-./년 ]\s?(\d{1,2})[-./월 ]\s?(\d{1,2})일?")


@dataclass(frozen=True, slots=True)
class Understood:
    """One pasted line: what it says, or the code, field and value of what cannot be read. Shape: amount signed."""

    number: int
    booked_on: date | None = None
    amount: Decimal | None = None
    description: str = ""
    counterparty: str = ""
    problem: tuple[str, str, str] | None = None


def read_pasted(text: str, currency: str) -> list[Understood]:
    """Every line that is not blank, in order. A line with tabs is split there, else at commas outside quotes."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            found.append(_line(number, line, currency))
    return found


def _line(number: int, line: str, currency: str) -> Understood:
    cells = (
        line.split("\t") if "\t" in line else next(csv.reader(io.StringIO(line), skipinitialspace=True), [])
    )
    cells = [cell.strip() for cell in cells]
    if len(cells) < 3:
        return Understood(number, problem=("columns_missing", "line", line[:80]))
    day = _day(cells[0])
    if day is None:
        return Understood(number, problem=("date_impossible", "date", cells[0][:40]))
    amount = _amount(cells[1], currency)
    if amount is None:
        return Understood(number, day, problem=("amount_unreadable", "amount", cells[1][:40]))
    return Understood(number, day, amount, cells[2], cells[3] if len(cells) > 3 else "")


def _day(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    if found is None and len(text) == 8 and text.isdigit():
        found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _amount(text: str, currency: str) -> Decimal | None:
    """A signed amount; △, − and brackets are minus. None when it cannot be read or is finer than the currency."""
    plain = text.replace(",", "").replace(" ", "").replace("−", "-").replace("△", "-")
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,4})?", plain):
        return None
    amount = Decimal(plain)
    exponent = amount.normalize().as_tuple().exponent
    if amount == 0 or (isinstance(exponent, int) and -exponent > minor_digits(currency)):
        return None
    return amount

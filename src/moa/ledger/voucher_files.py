"""Files of vouchers, read row by row: CSV of transfers, and JSON lines of vouchers with any number of legs.

A row that cannot be read becomes a voucher that says what is wrong, so that its key gets an answer like every other.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

from moa.formats.named_columns import FileUnreadable
from moa.kernel.days import read_day
from moa.kernel.money import CURRENCIES
from moa.ledger.rules.amounts import read_minor
from moa.ledger.rules.sides import CREDIT, DEBIT
from moa.ledger.rules.vouchers import Leg, NewVoucher, transfer

COLUMNS = (
    "key", "business_date", "value_date", "debit_account", "credit_account", "amount", "currency", "memo",
)  # fmt: skip
_SIDES = {"debit": DEBIT, "credit": CREDIT}


def read_vouchers(path: Path) -> Iterator[tuple[str, NewVoucher]]:
    """Every row with its place ("line 12"). Raises: file_unreadable."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = _json_rows if path.suffix.lower() in (".jsonl", ".ndjson", ".json") else _csv_rows
        try:
            for line, voucher in rows(source):
                yield f"line {line}", voucher._replace(source_id=f"{path.name[:180]}:{line}")
        except UnicodeDecodeError as problem:
            raise FileUnreadable(place=_damaged_line(path), value=str(problem)) from None


def _damaged_line(path: Path) -> str:
    """Where the first line stands that is no UTF-8: a file is decoded ahead of the line that is read."""
    with path.open("rb") as source:
        for number, line in enumerate(source, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return f"line {number}"
    return "file"


def _csv_rows(source: IO[str]) -> Iterator[tuple[int, NewVoucher]]:
    # Strict, for a quotation mark that nothing closes would swallow the rows after it.
    rows = csv.reader(source, strict=True)
    header = [name.strip() for name in next(rows, [])]
    missing = [name for name in COLUMNS if header.count(name) != 1]
    if missing:
        raise FileUnreadable(place="line 1", value=", ".join(missing))
    places = [header.index(name) for name in COLUMNS]
    days = _Days()
    for cells in _strictly(rows):
        if not cells:
            continue
        if len(cells) != len(header):
            key = cells[places[0]] if len(cells) > places[0] else ""
            yield rows.line_num, _unreadable(key, "row_invalid", cells)
            continue
        yield rows.line_num, _transfer([cells[place] for place in places], days)


def _strictly(rows: Any) -> Iterator[list[str]]:
    """Each row; where one cannot be read, the line at which it begins is named. Raises: file_unreadable."""
    while True:
        begun = rows.line_num + 1
        try:
            cells = next(rows, None)
        except csv.Error as problem:
            raise FileUnreadable(place=f"line {begun}", value=str(problem)) from None
        if cells is None:
            return
        yield cells


class _Days(dict[str, date | None]):
    """Written days and the dates they are; None for what is no date. Most rows of a file share a few."""

    def __missing__(self, text: str) -> date | None:
        try:
            found: date | None = read_day(text)
        except ValueError:
            found = None
        self[text] = found
        return found


def _transfer(cells: list[str], days: _Days) -> NewVoucher:
    key, business, value, debit_account, credit_account, amount, currency, memo = cells
    business_date, value_date = days[business], days[value or business]
    if business_date is None or value_date is None:
        return _unreadable(key, "date_invalid", cells[1:])
    minor = read_minor(amount, currency)
    if minor is None:
        return _unreadable(key, "amount_invalid" if currency in CURRENCIES else "wrong_currency", cells[1:])
    return NewVoucher(
        key, business_date, value_date, transfer(debit_account, credit_account, minor, currency), memo
    )


def _unreadable(key: str, code: str, raw: list[str]) -> NewVoucher:
    return NewVoucher(key, None, None, (), problem=code, raw=tuple(raw))


def _json_rows(source: IO[str]) -> Iterator[tuple[int, NewVoucher]]:
    days = _Days()
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line, object_pairs_hook=_once_each)
        except (ValueError, RecursionError):
            said = None
        yield number, _from_json(said, line.strip(), days)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are each there once: of two, nobody knows which was meant. Raises: ValueError."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands twice")
    return made


def _from_json(said: Any, line: str, days: _Days) -> NewVoucher:
    key = said.get("key") if isinstance(said, dict) else None
    if not isinstance(key, str):
        return _unreadable("", "row_invalid", [line])
    facts = {name: said.get(name) or "" for name in ("business_date", "value_date", "memo")}
    entries = said.get("entries")
    if not isinstance(entries, list) or not all(isinstance(text, str) for text in facts.values()):
        return _unreadable(key, "row_invalid", [line])
    business_date, value_date = (
        days[facts["business_date"]],
        days[facts["value_date"] or facts["business_date"]],
    )
    if business_date is None or value_date is None:
        return _unreadable(key, "date_invalid", [line])
    legs = []
    for entry in entries:
        leg = _leg(entry)
        if isinstance(leg, str):
            return _unreadable(key, leg, [line])
        legs.append(leg)
    return NewVoucher(key, business_date, value_date, tuple(legs), facts["memo"])


def _leg(entry: Any) -> Leg | str:
    """The leg, or the code of what is wrong with it."""
    sides = [name for name in _SIDES if isinstance(entry, dict) and name in entry]
    if len(sides) != 1:
        return "row_invalid"
    account, currency, amount = entry.get("account"), entry.get("currency"), entry[sides[0]]
    if not isinstance(account, str) or not isinstance(currency, str) or not isinstance(amount, str):
        return "row_invalid"
    minor = read_minor(amount, currency)
    if minor is None:
        return "amount_invalid" if currency in CURRENCIES else "wrong_currency"
    side = _SIDES[sides[0]]
    return Leg(account, minor * side, side, currency)

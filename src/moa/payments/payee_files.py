"""Files of payees whose names are to be asked of a bank: CSV with bank, account and name. All that is wrong is told."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from moa.kernel.errors import Problem, error
from moa.ledger.voucher_files import FileUnreadable
from moa.payments.bank_reading import read_number

COLUMNS = ("bank", "account", "name")
_BANK_DIGITS, _LONGEST_NAME = 3, 100


class Payee(NamedTuple):
    """Shape: `bank` as the clearing house numbers it, `account` digits alone, `name` as it is to be compared."""

    bank: str
    account: str
    name: str


def read_payees_file(path: Path) -> tuple[list[Payee], list[Problem]]:
    """The rows that can be asked about, and what is wrong with the others. Raises: file_unreadable."""
    rows: list[Payee] = []
    problems: list[Problem] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source, strict=True)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
            if missing:
                raise FileUnreadable(place="line 1", value=", ".join(missing))
            for cells in reader:
                row = _row(f"line {reader.line_num}", cells)
                (problems if isinstance(row, Problem) else rows).append(row)  # type: ignore[arg-type]
    except (UnicodeDecodeError, csv.Error) as problem:
        raise FileUnreadable(place="file", value=str(problem)) from None
    return rows, problems


def _row(place: str, cells: dict[str, str]) -> Payee | Problem:
    if None in cells or any(cells[name] is None for name in COLUMNS):
        return error("row_invalid", place)
    bank, account, name = (cells[column].strip() for column in COLUMNS)
    number = read_number(account)
    if len(bank) != _BANK_DIGITS or not (bank.isascii() and bank.isdigit()):
        return error("bank_unknown", place, "bank", bank)
    if not number:
        return error("bank_account_number_invalid", place, "account", account)
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        return error("payee_name_missing", place, "name", name)
    return Payee(bank, number, name)

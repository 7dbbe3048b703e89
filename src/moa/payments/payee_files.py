"""Files of payees whose names are to be asked of a bank: CSV with bank, account and name. All that is wrong is told."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from moa.formats.named_columns import sort_out
from moa.kernel.errors import Problem, error
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
    return sort_out(path, COLUMNS, _row)


def _row(place: str, cells: dict[str, str]) -> Payee | Problem:
    bank, account, name = (cells[column].strip() for column in COLUMNS)
    number = read_number(account)
    if len(bank) != _BANK_DIGITS or not (bank.isascii() and bank.isdigit()):
        return error("bank_unknown", place, "bank", bank)
    if not number:
        return error("bank_account_number_invalid", place, "account", account)
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        return error("payee_name_missing", place, "name", name)
    return Payee(bank, number, name)

"""Files of accounts: CSV with code, name, subject, currency and floor. All that is wrong is told, not the first alone."""

from __future__ import annotations

import csv
from pathlib import Path

from moa.kernel.errors import Problem, error
from moa.kernel.money import CURRENCIES
from moa.ledger.operations.load_accounts import AccountRow
from moa.ledger.rules.amounts import read_minor
from moa.ledger.rules.vouchers import MOST_MINOR, account_fits
from moa.ledger.voucher_files import FileUnreadable

COLUMNS = ("code", "name", "subject", "currency", "floor")
LONGEST_NAME = 200


def read_accounts_file(path: Path) -> tuple[list[AccountRow], list[Problem]]:
    """The rows that can be read, and what is wrong with the others; floors are decimal strings in major units.

    Raises: file_unreadable.
    """
    problems: list[Problem] = []
    rows: list[AccountRow] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
            if missing:
                raise FileUnreadable(place="line 1", value=", ".join(missing))
            for cells in reader:
                row = _row(f"line {reader.line_num}", cells)
                if isinstance(row, Problem):
                    problems.append(row)
                else:
                    rows.append(row)
    except (UnicodeDecodeError, csv.Error) as problem:
        raise FileUnreadable(place="file", value=str(problem)) from None
    return rows, problems


def _row(place: str, cells: dict[str, str]) -> AccountRow | Problem:
    if any(cells[name] is None for name in COLUMNS) or None in cells:
        return error("row_invalid", place)
    code, name, subject, currency, floor = (cells[name] for name in COLUMNS)
    if not account_fits(code):
        return error("account_code_invalid", place, "code", code)
    if len(name) > LONGEST_NAME or not name.isprintable():
        return error("account_name_invalid", place, "name", name)
    if currency not in CURRENCIES:
        return error("currency_unknown", place, "currency", currency)
    minor = read_minor(floor, currency) if floor else None
    if floor and (minor is None or abs(minor) > MOST_MINOR):
        return error("amount_unreadable", place, "floor", floor)
    return AccountRow(place, code, name, subject, currency, minor)

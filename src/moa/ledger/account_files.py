"""Files of accounts: CSV with code, name, subject, currency and floor. All that is wrong is told, not the first alone."""

from __future__ import annotations

from pathlib import Path

from moa.formats.named_columns import sort_out
from moa.kernel.errors import Problem, error
from moa.kernel.money import CURRENCIES
from moa.ledger.operations.load_accounts import AccountRow
from moa.ledger.rules.amounts import read_minor
from moa.ledger.rules.vouchers import MOST_MINOR, account_fits

COLUMNS = ("code", "name", "subject", "currency", "floor")
LONGEST_NAME = 200


def read_accounts_file(path: Path) -> tuple[list[AccountRow], list[Problem]]:
    """The rows that can be read, and what is wrong with the others; floors are decimal strings in major units.

    Raises: file_unreadable.
    """
    return sort_out(path, COLUMNS, _row)


def _row(place: str, cells: dict[str, str]) -> AccountRow | Problem:
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

"""Which figures of a sheet have a ground, and where: balances and sums by subject or account, entries by voucher."""

from __future__ import annotations

from datetime import date

from moa.ledger.models import Book
from moa.ledger.sheets.shape import Row, Sheet
from moa.ui.ground import why_address

_SUMS = (
    "opening",
    "debit",
    "credit",
    "closing",
    "debit_balance",
    "credit_balance",
    "opening_debit",
    "opening_credit",
)
# An entry's or voucher's own figures.
_OWN = ("debit", "credit", "amount", "closing")
_BY_SUBJECT = frozenset({"day", "balance", "month", "cumulative", "subjects", "trial-balance"})


def grounds_of(book: Book, sheet: Sheet, row: Row) -> dict[str, str]:
    """Shape: {column: address}; a column without one has no ground."""
    if "voucher" in row:
        address = why_address("voucher", book=book.code, period=row["period"], voucher=row["voucher"])
        return {key: address for key in _OWN if row.get(key) is not None} if address else {}
    asked = sheet.asked
    if sheet.name == "accounts":
        return {"closing": _sums(book, sheet, row, "closing", asked.first, asked.last)}
    if sheet.name == "subject-ledger":
        row = {**row, "subject": asked.subject}
        return {
            key: _sums(book, sheet, row, key, row["day"], row["day"])
            for key in ("debit", "credit", "closing")
        }
    if sheet.name not in _BY_SUBJECT:
        return {}
    return {key: _sums(book, sheet, row, key, asked.first, asked.last) for key in _SUMS if key in row}


def _sums(book: Book, sheet: Sheet, row: Row, what: str, first: date, last: date) -> str:
    of = {"account": row["account"]} if "account" in row else {"subject": row["subject"]}
    return why_address(
        "books", book=book.code, currency=row["currency"], what=what, known_at=sheet.asked.known_at,
        **{"from": first, "to": last}, **of,
    )  # fmt: skip

"""Which figures of a sheet have a ground, and where: balances and sums by subject or account, entries by voucher."""

from __future__ import annotations

from datetime import date

from moa.kernel.errors import NotFound
from moa.ledger.models import Book
from moa.ledger.sheets.shape import AMOUNT_KINDS, Row, Sheet
from moa.ledger.web.worth_grounds import WORTHS
from moa.ui.ground import MOST_PARTS, Ground, Part, Step, why_address

# The columns of sums that have a ground: what they are of a turnover, signed with debits positive.
FIGURES = (
    "opening",
    "debit",
    "credit",
    "closing",
    "debit_balance",
    "credit_balance",
    "opening_debit",
    "opening_credit",
    *WORTHS,
)
# An entry's or voucher's own figures.
_OWN = ("debit", "credit", "amount", "closing")
_BY_SUBJECT = frozenset({"day", "balance", "month", "cumulative", "subjects", "trial-balance"})


def grounds_of(book: Book, sheet: Sheet, row: Row) -> dict[str, str]:
    """Shape: {column: address}; a column without one has no ground."""
    if "voucher" in row:
        return _of_entry(book, row)
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
    return {
        key: _sums(book, sheet, row, key, asked.first, asked.last)
        for key in FIGURES
        if row.get(key) is not None
    }


def _of_entry(book: Book, row: Row) -> dict[str, str]:
    named = {"book": book.code, "period": row["period"], "voucher": row["voucher"]}
    if row.get("leg") is None:
        address = why_address("voucher", **named)
        return {key: address for key in _OWN if row.get(key) is not None}
    of = {"closing": "after", "worth": "worth"}
    return {
        key: why_address("leg", **named, leg=row["leg"], of=of.get(key))
        for key in (*_OWN, "worth") if row.get(key) is not None
    }  # fmt: skip


def explain_total(
    book: Book, sheet: Sheet, what: str, currency: str, *, title: str, words: str, url: str
) -> Ground:
    """A total of a sheet: the rows that it adds up, each with its own ground. Raises: not_found."""
    column = next((one for one in sheet.columns if one.key == what and one.kind in AMOUNT_KINDS), None)
    total = next((one for one in sheet.totals if one["currency"] == currency), None)
    if column is None or total is None or total.get(what) is None:
        raise NotFound(total=what)
    shown = sheet.functional if column.kind == "worth" else currency
    rows = [
        row for row in sheet.rows
        if row.get("currency") == currency and row.get("level", 1) == 1 and row.get(what)
    ]  # fmt: skip
    if what == "closing" and sheet.name not in _BY_SUBJECT:
        # A running balance is its last row's, not a sum.
        rows = rows[-1:]
    parts = [
        Part(_name(sheet, row), row[what], shown, _aside(row), why=grounds_of(book, sheet, row).get(what, ""))
        for row in sorted(rows, key=lambda row: -abs(row[what]))
    ]
    known, rest = parts[:MOST_PARTS], total[what] - sum(part.minor or 0 for part in parts[:MOST_PARTS])
    step = Step(
        "list", title, parts=known, left_off=max(len(parts) - len(known), 1 if rest else 0), rest_minor=rest,
        sum_minor=total[what], currency=shown,
    )  # fmt: skip
    return Ground(
        f"{title} · {words}", shown, [step], minor=total[what], on=sheet.asked.last, known_at=sheet.asked.known_at,
        about=book.name, url=url,
    )  # fmt: skip


def _name(sheet: Sheet, row: Row) -> str:
    """The words of the row: its codes and names, without the currency, which all have."""
    keys = [
        one.key for one in sheet.columns if one.kind in {"code", "text", "origin"} and one.key != "currency"
    ]
    said = [str(row[key]) for key in keys[:3] if row.get(key)]
    return " ".join(said) or str(row.get("day", "—"))


def _aside(row: Row) -> str:
    return str(row["day"]) if row.get("day") else ""


def _sums(book: Book, sheet: Sheet, row: Row, what: str, first: date, last: date) -> str:
    of = {"account": row["account"]} if "account" in row else {"subject": row["subject"]}
    return why_address(
        "books", book=book.code, currency=row["currency"], what=what, known_at=sheet.asked.known_at,
        **{"from": first, "to": last}, **of,
    )  # fmt: skip

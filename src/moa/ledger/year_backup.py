"""The annual backup: the proof of the year's days and its tables in one file, kept sealed among the documents."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import BinaryIO

from moa.control.context import Context
from moa.control.documents import store
from moa.control.driver import driver_cursor
from moa.control.models import Document
from moa.ledger.models import Book
from moa.ledger.operations.export_proof import export_proof
from moa.ledger.period_figures import Figure
from moa.ledger.periods import PeriodStatus
from moa.ledger.rules.periods import year_bounds

KIND = "year_backup"
_PERIODS = "v.book_id = {book} and v.period between {year} * 100 + 1 and {year} * 100 + 12"
# The tables as they stand, for whoever wants to read the year in another system; the proof is what proves.
_TABLES = {
    "subjects.csv": "select code, name, english, nature, normal_side from ledger_subject where book_id = {book}"
    ' order by code collate "C"',
    "accounts.csv": "select a.code, a.name, s.code as subject, a.currency, a.normal_side, a.floor_minor, a.state,"
    " a.opened_on, a.closed_on from ledger_account a join ledger_subject s on s.id = a.subject_id"
    ' where a.book_id = {book} order by a.code collate "C"',
    "vouchers.csv": "select v.id, v.business_date, v.value_date, v.key, v.origin, v.maker_id, v.checker_id,"
    " v.standing_order_id, v.reverses_id, v.source_kind, v.source_id, v.recorded_at, v.after_close, v.memo"
    f" from ledger_voucher v where {_PERIODS} and v.business_date <= {{last}} order by v.id",
    "entries.csv": "select a.code as account, e.n, e.voucher_id, e.leg, e.side, e.amount_minor, e.functional_minor,"
    " e.balance_after, e.business_date, e.value_date from ledger_voucher v"
    " join ledger_entry e on e.voucher_id = v.id and e.period = v.period"
    f" join ledger_account a on a.id = e.account_id where {_PERIODS} and v.business_date <= {{last}}"
    ' order by a.code collate "C", e.n',
    "months.csv": "select period, revision, code as subject, currency, entries, opening_minor, debit_minor,"
    " credit_minor, carried_minor, closing_minor, year_debit_minor, year_credit_minor from ledger_periodfigure"
    " where book_id = {book} and kind = 'month' and period / 100 = {year}"
    ' order by period, revision, code collate "C", currency',
}
_HEAD = "account,currency,entries,opening_minor,debit_minor,credit_minor,carried_minor,closing_minor\n"


def store_backup(ctx: Context, book: Book, asked: PeriodStatus, figures: list[Figure]) -> Document:
    """Write the file and keep it. Raises: forbidden (proof), and what the export raises."""
    name = f"{book.code}-{asked.period}.zip"
    with tempfile.TemporaryDirectory(prefix="moa-year-") as folder:
        proof = Path(folder) / "proof.txt"
        export_proof(ctx, book, first=_first_day(book, asked), last=asked.last_day, path=proof)
        with tempfile.TemporaryFile() as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                with proof.open("rb") as source, _member(archive, "proof.txt") as target:
                    while chunk := source.read(1 << 20):
                        target.write(chunk)
                for table, statement in _TABLES.items():
                    with _member(archive, table) as target:
                        _write_table(target, statement, book, asked)
                with _member(archive, "year.csv") as target:
                    target.write((_HEAD + "".join(_lines(figures))).encode())
            return store(ctx, file, name=name, kind=KIND)


def _first_day(book: Book, asked: PeriodStatus) -> date:
    found = (
        book.days.filter(business_date__gte=year_bounds(asked.period)[0]).order_by("business_date").first()
    )
    assert found is not None, "a year that is closed has days"
    day: date = found.business_date
    return day


def _member(archive: zipfile.ZipFile, name: str) -> BinaryIO:
    # One moment for all, so that the same year gives the same bytes.
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return archive.open(info, "w", force_zip64=True)  # type: ignore[return-value]


def _write_table(target: BinaryIO, statement: str, book: Book, asked: PeriodStatus) -> None:
    """Only numbers and a date of ours are put into the statement, for COPY takes no parameters."""
    said = statement.format(book=book.id, year=asked.period, last=f"date '{asked.last_day}'")
    with driver_cursor() as cursor, cursor.copy(f"copy ({said}) to stdout with (format csv, header)") as rows:
        for chunk in rows:
            target.write(chunk)


def _lines(figures: Iterable[Figure]) -> Iterable[str]:
    for one in figures:
        yield f'"{one.code.replace(chr(34), chr(34) * 2)}",' + ",".join(map(str, one[1:8])) + "\n"

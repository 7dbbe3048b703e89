"""The same tables as CSV: UTF-8 with a mark, so that Excel reads Korean and Chinese, and no text is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from moa.formats.spreadsheets.writing.columns import AMOUNT, DATE, MOMENT, NUMBER, TEXT, Column, plain_amount
from moa.formats.spreadsheets.writing.formulas import is_formula_like
from moa.formats.spreadsheets.writing.workbook import ROWS_AT_ONCE, SheetData

CONTENT_TYPE = "text/csv; charset=utf-8"


def stream_csv(sheet: SheetData) -> Iterator[bytes]:
    """Head, rows and sums in pieces; what stands above the head is left out, for readers of CSV expect the head first.

    A text that begins as a formula does gets an apostrophe before it; amounts and dates are none.
    """
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\r\n")
    held.write("\ufeff")
    writer.writerow([safe_text(column.label) for column in sheet.columns])
    cells = [_cell(column) for column in sheet.columns]
    waiting = 0
    for rows in (sheet.rows, sheet.below):
        for row in rows:
            writer.writerow([cell(value) for cell, value in zip(cells, row, strict=True)])
            waiting += 1
            if waiting >= ROWS_AT_ONCE:
                yield _taken(held)
                waiting = 0
    yield _taken(held)


def safe_text(text: str) -> str:
    return "'" + text if is_formula_like(text) else text


def _taken(held: io.StringIO) -> bytes:
    text = held.getvalue()
    held.seek(0)
    held.truncate()
    return text.encode(errors="replace")


def _cell(column: Column) -> Callable[[Any], str]:
    digits = column.digits

    def amount(value: int | Sequence[int] | None) -> str:
        if value is None:
            return ""
        if isinstance(value, int):
            return plain_amount(value, digits or 0)
        return plain_amount(value[0], value[1])

    def number(value: int | Decimal | None) -> str:
        return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)

    made: dict[str, Callable[[Any], str]] = {
        TEXT: lambda value: safe_text(value) if value else "",
        DATE: lambda value: "" if value is None else value.isoformat(),
        MOMENT: lambda value: "" if value is None else value.strftime("%Y-%m-%d %H:%M:%S"),
        AMOUNT: amount,
        NUMBER: number,
    }
    return made[column.kind]

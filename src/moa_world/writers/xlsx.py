"""xlsx workbooks: Korean ones with numbers (and real date cells at one bank), Chinese ones with text amounts."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal

import xlsxwriter

from moa_world.lines import Statement
from moa_world.writers.columns import SETS, Amount, Cell, grouped, ordered

# A workbook says when it was made; a fixed moment keeps the same arguments giving the same bytes.
_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - a file property without zone
_AS_TEXT = frozenset({"ICBC"})


def write_xlsx(statement: Statement) -> bytes:
    """The statement as its bank's sheet."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_numbers": False})
    book.set_properties({"created": _CREATED, "title": statement.account.printed})
    moment = book.add_format({"num_format": "yyyy.mm.dd hh:mm:ss"})
    sheet = book.add_worksheet("거래내역" if statement.account.currency == "KRW" else "明细")
    columns = SETS[statement.account.bank]
    as_text = statement.account.bank in _AS_TEXT
    rows: list[list[Cell]] = [list(row) for row in columns.titles(statement)]
    rows.append(list(columns.header))
    rows.extend(columns.cells(posted) for posted in ordered(statement, columns))
    if columns.totals:
        rows.append(columns.totals(statement))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, Amount):
                if as_text:
                    sheet.write_string(at, column, grouped(cell))
                else:
                    sheet.write_number(at, column, Decimal(cell.minor).scaleb(-cell.digits))
            elif isinstance(cell, datetime):
                sheet.write_datetime(at, column, cell, moment)
            elif cell:
                sheet.write_string(at, column, cell)
    book.close()
    return target.getvalue()

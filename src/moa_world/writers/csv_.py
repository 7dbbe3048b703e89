"""CSV as banks' download buttons make it: CP949 in Korea, GB18030 in China, CR LF, quotes only where needed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from moa_world.lines import Statement
from moa_world.writers.columns import SETS, Amount, Cell, ColumnSet, grouped, ordered, plain


def write_csv(statement: Statement, *, encoding: str) -> bytes:
    """The statement as its bank's table. Raises: UnicodeEncodeError when a name does not fit the encoding."""
    return as_bytes(table(statement, SETS[statement.account.bank]), encoding)


def as_bytes(rows: list[list[str]], encoding: str) -> bytes:
    target = io.StringIO()
    csv.writer(target, lineterminator="\r\n").writerows(rows)
    return target.getvalue().encode(encoding)


def table(statement: Statement, columns: ColumnSet) -> list[list[str]]:
    """All rows as text: titles, header, lines, totals."""
    show = grouped if columns.totals else plain
    rows = columns.titles(statement)
    rows.append(list(columns.header))
    rows.extend(
        [_text(cell, show) for cell in columns.cells(posted)] for posted in ordered(statement, columns)
    )
    if columns.totals:
        rows.append([_text(cell, show) for cell in columns.totals(statement)])
    return rows


def _text(cell: Cell, show: Callable[[Amount], str]) -> str:
    if isinstance(cell, Amount):
        return show(cell)
    return "" if cell is None else str(cell)

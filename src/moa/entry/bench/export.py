"""export: 100,000 rows as a workbook against openpyxl's write-only mode, on the same rows in the same run, and the memory.

The rows are those of a list of transactions: two moments, texts, three amounts. openpyxl is given plain values, without
the styles that ours carry.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from moa.entry.bench.measure import Result, peak_megabytes, rates_in_turns

ROWS = 100_000
SPEED_FLOOR = 3
MEMORY_CEILING_MB = 100
_WRITING_PROCESS = """
import sys
from moa.entry.bench.export import write_ours
print(write_ours(sys.argv[1], int(sys.argv[2])))
"""


def run() -> list[Result]:
    """`export.write`: rows per second of processor time; `export.rss`: MB of a process that writes them."""
    with tempfile.TemporaryDirectory() as folder:
        ours_path, reference_path = str(Path(folder, "ours.xlsx")), str(Path(folder, "reference.xlsx"))
        ours, reference = rates_in_turns(
            ROWS, [lambda: write_ours(ours_path, ROWS), lambda: _write_reference(reference_path)]
        )
        printed, peak = peak_megabytes(_WRITING_PROCESS, ours_path, str(ROWS))
        if printed != str(ROWS) or _read_back(ours_path) != ROWS + 1:
            raise AssertionError(f"{printed} rows written")
    return [
        Result("export.write", ours, reference, ours / reference, SPEED_FLOOR),
        Result("export.rss", peak, MEMORY_CEILING_MB, MEMORY_CEILING_MB / peak, 1),
    ]


def _rows(count: int) -> Iterator[tuple[Any, ...]]:
    balance = 1_000_000_000
    for number in range(count):
        amount = number * 7919 % 999_983 + 1
        balance += amount if number % 2 else -amount
        yield (
            date(2026, 1 + number % 12, 1 + number % 28), datetime(2026, 6, 1, number % 24, number % 60, number % 59),
            f"거래처 {number % 500}", "11월 대금", None if number % 2 else amount, amount if number % 2 else None,
            balance, "KRW", f"110-{number % 1000:03}-{number * 7 % 999_999:06}", "타행이체",
        )  # fmt: skip


def write_ours(path: str, count: int) -> int:
    """The rows through the writer of the product's exports."""
    from moa.formats.spreadsheets.writing.columns import AMOUNT, DATE, MOMENT, Column
    from moa.formats.spreadsheets.writing.workbook import SheetData, write_workbook

    columns = [
        Column("거래일", DATE), Column("기록시각", MOMENT), Column("상대"), Column("적요"), Column("출금", AMOUNT, digits=0),
        Column("입금", AMOUNT, digits=0), Column("잔액", AMOUNT, digits=2), Column("통화"), Column("계좌"), Column("구분"),
    ]  # fmt: skip
    with Path(path).open("wb") as out:
        write_workbook(out, [SheetData("거래내역", columns, _rows(count))])
    return count


def _write_reference(path: str) -> int:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("거래내역")
    sheet.append(["거래일", "기록시각", "상대", "적요", "출금", "입금", "잔액", "통화", "계좌", "구분"])
    count = 0
    for row in _rows(ROWS):
        sheet.append([*row[:6], Decimal(row[6]).scaleb(-2), *row[7:]])
        count += 1
    book.save(path)
    return count


def _read_back(path: str) -> int:
    """Rows as another reader counts them, so that speed is not bought with a broken file."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    count = sum(1 for _ in book.worksheets[0].iter_rows())
    book.close()
    return count

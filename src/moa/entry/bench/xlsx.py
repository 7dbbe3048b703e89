"""xlsx: rows per second against openpyxl's read-only mode, on the same workbook in the same run, and the memory.

The workbook is a bank's download of 100,000 rows × 10 columns as xlsxwriter writes it: moments and names as shared
strings, of which 100,000 are unlike any other, and formatted amounts.
"""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from moa.entry.bench.measure import Result, peak_megabytes, rates_in_turns

ROWS = 100_000
SPEED_FLOOR = 6
MEMORY_CEILING_MB = 100
_LIMIT = 150_000_000
_HEADER = (
    "거래일시",
    "적요",
    "의뢰인/수취인",
    "출금액",
    "입금액",
    "거래후잔액",
    "거래점",
    "상대계좌번호",
    "메모",
    "구분",
)
_KINDS = ("인터넷이체", "타행이체", "카드대금", "급여", "이자", "수수료")
_READING_PROCESS = """
import sys
from moa.formats.spreadsheets.reader import read
from moa.formats.statements import Entry, FileFacts, ReadOptions
with open(sys.argv[1], "rb") as source:
    print(sum(isinstance(event, Entry) for event in read(source, ReadOptions(account="1"), FileFacts())))
"""


def run() -> list[Result]:
    """`xlsx.read`: rows of cells; `xlsx.rss`: MB of a process that reads entries; `xlsx.entries`: checked entries."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "statement.xlsx")
        write_workbook(path, ROWS)
        ours, reference = rates_in_turns(ROWS + 1, [lambda: _read_rows(path), lambda: _read_reference(path)])
        (entries,) = rates_in_turns(ROWS, [lambda: _read_entries(path)])
        printed, peak = peak_megabytes(_READING_PROCESS, str(path))
        if printed != str(ROWS):
            raise AssertionError(f"{printed} of {ROWS} entries read")
    return [
        Result("xlsx.read", ours, reference, ours / reference, SPEED_FLOOR),
        Result("xlsx.rss", peak, MEMORY_CEILING_MB, MEMORY_CEILING_MB / peak, 1),
        # Entries against bare rows of the reference: what the checks cost on top. No floor is asked for it.
        Result("xlsx.entries", entries, reference, entries / reference),
    ]


def write_workbook(path: Path, rows: int) -> None:
    """A statement whose balances are right."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"strings_to_numbers": False})
    sheet = book.add_worksheet()
    money = book.add_format({"num_format": "#,##0"})
    sheet.write_row(0, 0, _HEADER)
    at, balance = datetime(2026, 1, 1, 9), 1_000_000_000
    for number in range(1, rows + 1):
        at += timedelta(seconds=37)
        amount = number * 7919 % 999_983 + 1
        out, into = (amount, 0) if number % 2 else (0, amount)
        balance += into - out
        partner = number * 31 % 500
        sheet.write_string(number, 0, f"{at:%Y.%m.%d %H:%M:%S}")
        sheet.write_string(number, 1, _KINDS[number % len(_KINDS)])
        sheet.write_string(number, 2, f"거래처 {partner}")
        for column, figure in ((3, out), (4, into), (5, balance)):
            sheet.write_number(number, column, figure, money)
        sheet.write_string(number, 6, f"지점 {partner % 20}")
        sheet.write_string(number, 7, f"110-{partner:03}-{partner * 7:06}")
        if partner % 3:
            sheet.write_string(number, 8, "11월 대금")
        sheet.write_string(number, 9, "타행")
    book.close()


def _read_rows(path: Path) -> int:
    from moa.formats.spreadsheets.cells import Row
    from moa.formats.spreadsheets.xlsx.rows import workbook_sheets

    with path.open("rb") as source:
        (sheet,) = workbook_sheets(source, _LIMIT)
        return sum(isinstance(row, Row) for row in sheet.rows)


def _read_reference(path: Path) -> int:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    count = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return count


def _read_entries(path: Path) -> int:
    from moa.formats.spreadsheets.reader import read
    from moa.formats.statements import Entry, FileFacts, ReadOptions
    from moa.kernel.errors import Problem

    count = 0
    with path.open("rb") as source:
        for event in read(source, ReadOptions(account="1"), FileFacts()):
            if type(event) is Entry:
                count += 1
            elif isinstance(event, Problem):
                raise AssertionError(event)
    return count

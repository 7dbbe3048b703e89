"""What a written table holds is what was given, for every reader, and never a formula."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from moa.formats.spreadsheets.cells import Row
from moa.formats.spreadsheets.writing.columns import AMOUNT, DATE, MOMENT, NUMBER, CellTooLong, Column
from moa.formats.spreadsheets.writing.csv_stream import stream_csv
from moa.formats.spreadsheets.writing.workbook import SheetData, stream_workbook, write_workbook
from moa.formats.spreadsheets.xlsx.rows import workbook_sheets

COLUMNS = [
    Column("거래일", DATE), Column("기록", MOMENT), Column("적요"), Column("원화", AMOUNT, digits=0),
    Column("외화", AMOUNT), Column("환율", NUMBER),
]  # fmt: skip
ROW = (
    date(2026, 6, 24),
    datetime(2026, 6, 24, 8, 38, 20),
    "한빛제당",
    -1_250_000,
    (123_456, 2),
    Decimal("1382.5"),
)
ATTACKS = ("=1+1", "+82 2", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", '"=1', "\uff1d1", "\u22121", "\n=1")


def _book(*sheets: SheetData, **options: int) -> io.BytesIO:
    return io.BytesIO(b"".join(stream_workbook(sheets, **options)))


def _own_reading(book: io.BytesIO) -> list[Any]:
    (sheet,) = workbook_sheets(book, 10**8)
    return [list(row.cells) for row in sheet.rows if isinstance(row, Row)]


def test_a_workbook_gives_every_reader_numbers_and_days() -> None:
    book = _book(SheetData("거래", COLUMNS, [ROW]))
    sheet = openpyxl.load_workbook(book).active
    assert [cell.value for cell in sheet[2]] == [
        datetime(2026, 6, 24), datetime(2026, 6, 24, 8, 38, 20), "한빛제당", -1_250_000, 1234.56, 1382.5,
    ]  # fmt: skip
    assert [cell.number_format for cell in sheet[2]][3:5] == ["#,##0", "#,##0.00"]
    calamine = CalamineWorkbook.from_filelike(io.BytesIO(book.getvalue())).get_sheet_by_index(0).to_python()
    assert calamine[1] == [ROW[0], ROW[1], "한빛제당", -1_250_000, 1234.56, 1382.5]
    assert _own_reading(book)[1][4] == Decimal("1234.56")


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from([0, 2, 3]))
def test_amounts_come_back_to_the_last_digit(minor: int, digits: int) -> None:
    book = _book(SheetData("a", [Column("a", AMOUNT)], [((minor, digits),)]))
    assert _own_reading(book)[1] == [Decimal(minor).scaleb(-digits)]


def test_an_amount_that_a_spreadsheet_would_round_stands_as_text() -> None:
    book = _book(SheetData("a", [Column("a", AMOUNT, digits=2)], [(1_234_567_890_123_456,)]))
    assert _own_reading(book)[1] == ["12345678901234.56"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40))
def test_texts_come_back_as_they_were(text: str) -> None:
    assert _own_reading(_book(SheetData("a", [Column("a")], [(text,)])))[1] == [text]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_becomes_a_formula(text: str) -> None:
    sheet = SheetData("a", [Column("a"), Column("b", AMOUNT, digits=0)], [(text, -5)])
    cell = openpyxl.load_workbook(_book(sheet)).active["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    (_, row) = csv.reader(io.StringIO(b"".join(stream_csv(sheet)).decode("utf-8-sig"), newline=""))
    assert row == ["'" + text, "-5"]


def test_the_heads_of_columns_are_no_formulas_either() -> None:
    sheet = SheetData("=a", [Column("=1+1")], [])
    assert openpyxl.load_workbook(_book(sheet)).active["A1"].data_type == "s"
    assert b"".join(stream_csv(sheet)).decode("utf-8-sig") == "'=1+1\r\n"


def test_a_full_sheet_goes_on_in_the_next_with_the_same_head() -> None:
    numbered = [Column("n", NUMBER)]
    book = openpyxl.load_workbook(_book(SheetData("줄", numbered, [(n,) for n in range(18)]), most_rows=10))
    assert book.sheetnames == ["줄", "줄 (2)"]
    assert [[row[0] for row in sheet.values] for sheet in book] == [["n", *range(9)], ["n", *range(9, 18)]]


def test_sums_may_be_counted_while_the_rows_pass() -> None:
    seen: list[int] = []

    def rows() -> Any:
        for number in range(3):
            seen.append(number)
            yield (number,)

    sheet = SheetData(
        "a", [Column("n", NUMBER)], rows(), above=("제목", "조건"), below=((sum(seen),) for _ in (1,))
    )
    assert [row[0] for row in openpyxl.load_workbook(_book(sheet)).active.values] == [
        "제목",
        "조건",
        "n",
        0,
        1,
        2,
        3,
    ]


def test_names_of_sheets_are_made_allowed_and_different() -> None:
    sheets = [SheetData(name, [Column("a")], []) for name in ("a/b", "A b", "'", "x" * 40, "x" * 40)]
    assert openpyxl.load_workbook(_book(*sheets)).sheetnames == [
        "a b",
        "A b (2)",
        "1",
        "x" * 31,
        "x" * 27 + " (2)",
    ]


def test_a_text_that_no_cell_holds_is_refused() -> None:
    with pytest.raises(CellTooLong):
        write_workbook(io.BytesIO(), [SheetData("a", [Column("a")], [("x" * 40_000,)])])


def test_a_workbook_can_be_sent_while_it_is_made() -> None:
    """The rows are taken as the pieces are, so nothing waits for the last one."""
    taken = 0

    def rows() -> Any:
        nonlocal taken
        for taken in range(1, 20_001):
            yield (taken, f"줄 {taken * 7919 % 100_003}")

    pieces = stream_workbook([SheetData("a", [Column("n", NUMBER), Column("t")], rows())])
    first = next(piece for piece in pieces if len(piece) > 1000)
    assert 0 < taken < 20_000
    rest = b"".join(pieces)
    assert taken == 20_000 and first and zipfile.is_zipfile(io.BytesIO(first + rest)) is True


def test_memory_does_not_grow_with_the_rows() -> None:
    program = """
import sys, tracemalloc
from moa.formats.spreadsheets.writing.columns import Column
from moa.formats.spreadsheets.writing.workbook import SheetData, stream_workbook
def peak(count):
    tracemalloc.start()
    for _ in stream_workbook([SheetData("a", [Column("a")] * 5, (("text %d" % n,) * 5 for n in range(count)))]):
        pass
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found
small, large = peak(3000), peak(30000)
print(large < small * 1.5)
"""
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        == "True\n"
    )

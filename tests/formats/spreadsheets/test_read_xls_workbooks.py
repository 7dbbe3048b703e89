"""Old .xls workbooks give the cells that another reader gives, also where records run over."""

from __future__ import annotations

import io
import struct
from datetime import date, datetime, time
from decimal import Decimal

import pytest
import python_calamine
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.spreadsheets.cells import Row
from moa.formats.spreadsheets.xls.ole import workbook_stream
from moa.formats.spreadsheets.xls.records import Parts, records
from moa.formats.spreadsheets.xls.rows import biff_sheets
from tests.formats.spreadsheets.tables import HEADER, ROWS, TITLES, read_bytes, xls

LIMIT = 150_000_000


def cells(workbook: bytes) -> dict[int, list]:
    found = {}
    for row in biff_sheets(workbook_stream(io.BytesIO(workbook), LIMIT))[0].rows:
        assert isinstance(row, Row), row
        values = list(row.cells)
        while values and values[-1] == "":
            values.pop()
        if values:
            found[row.number] = values
    return found


def other_opinion(workbook: bytes) -> dict[int, list]:
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0)
    found = {}
    for number, values in enumerate(sheet.iter_rows(), 1):
        row = [""] * (sheet.start[1] if sheet.start else 0)
        row += [Decimal(repr(value)) if type(value) is float else value for value in values]
        while row and row[-1] == "":
            row.pop()
        if row:
            found[number] = row
    return found


CELL = st.one_of(
    st.none(),
    st.text("가나다 abcé漢字", min_size=1, max_size=6),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**9), 10**9, places=2).map(lambda number: number + 0),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=6), min_size=1, max_size=12))
def test_it_reads_what_xlwt_writes_as_another_reader_does(rows):
    workbook = xls(rows)
    assert cells(workbook) == other_opinion(workbook)


def test_many_strings_run_over_into_the_next_record():
    rows = [[f"{'가나다라' * 60} {number}", "latin " * 40] for number in range(200)]
    workbook = xls(rows)
    assert list(cells(workbook).values()) == rows


def test_a_statement_with_real_moments_is_read():
    rows = [
        (
            datetime.fromisoformat(row[0].replace(".", "-")),
            row[1],
            int(row[2]),
            int(row[3]),
            int(row[4]),
            row[5],
        )
        for row in ROWS
    ]
    told = read_bytes(xls([*TITLES, HEADER, *rows]))
    assert (told.facts.format, told.problems) == ("xls", [])
    assert told.signed == [-300_000, 50_000, -20_000]
    assert told.entries[1].time == time(10, 30, 15)
    assert told.ends[0].account == "402-7701-1008"


def test_each_sheet_with_a_header_is_a_statement():
    told = read_bytes(xls([*TITLES, HEADER, *ROWS], [("계좌번호", "402-7701-2002"), HEADER, ROWS[0]]))
    assert [end.account for end in told.ends] == ["402-7701-1008", "402-7701-2002"]
    assert told.entries[-1].place == "sheet Sheet2, row 3"


def test_a_formula_gives_its_stored_result():
    book = xlwt.Workbook()
    sheet = book.add_sheet("x")
    sheet.write(0, 0, xlwt.Formula("1+1"))
    target = io.BytesIO()
    book.save(target)
    assert cells(target.getvalue()) == other_opinion(target.getvalue())


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def test_a_string_may_change_its_width_where_it_runs_over():
    """[MS-XLS] 2.5.293: the characters after a break begin with flags of their own."""
    parts = [b"\x04\x00" + b"\x00" + b"ab", b"\x01" + "가나".encode("utf-16-le")]
    text = Parts(parts)
    assert text.text(text.number("<H")) == "ab가나"


def test_formatting_runs_and_reading_hints_after_a_string_are_skipped():
    body = struct.pack("<HBHI", 2, 0x0C, 1, 3) + b"ab" + b"runs" + b"ext" + struct.pack("<HB", 1, 0) + b"c"
    text = Parts([body])
    assert [text.text(text.number("<H")) for _ in range(2)] == ["ab", "c"]


def test_continued_records_come_with_the_record_that_they_continue():
    stream = record(0x00FC, b"one") + record(0x003C, b"two") + record(0x000A, b"")
    assert [(found.kind, found.parts) for found in records(stream)] == [
        (0xFC, [b"one", b"two"]),
        (0x0A, [b""]),
    ]


@pytest.mark.parametrize(
    ("packed", "number"),
    [
        (0x00000006, 1),
        ((1234 << 2) | 2, 1234),
        ((1234 << 2) | 3, Decimal("12.34")),
        (((-5) << 2 & 0xFFFFFFFF) | 2, -5),
        (0x3FF00000, 1),
        (0x40240001, Decimal("0.1")),
    ],
)
def test_packed_numbers_are_exact(packed, number):
    """[MS-XLS] 2.5.217 RkNumber."""
    from moa.formats.spreadsheets.xls.rows import _from_rk

    assert _from_rk(packed) == number


def test_the_date_of_a_cell_is_known_by_its_format():
    assert cells(xls([[date(2026, 11, 20), "x"]], date_format="yyyy-mm-dd")) == {1: [date(2026, 11, 20), "x"]}


def test_a_workbook_without_a_compound_file_around_it_is_read():
    """Excel 5 and before wrote the records alone, and so do some programs to this day."""
    stream = workbook_stream(io.BytesIO(xls([*TITLES, HEADER, *ROWS])), LIMIT)
    told = read_bytes(stream)
    assert told.facts.format == "xls"
    assert told.signed == [-300_000, 50_000, -20_000]


def test_texts_of_excel_95_are_in_the_code_page_of_the_workbook():
    """BIFF5, typed in record by record: beginning, code page 949, one sheet, one LABEL, end."""
    name = "가".encode("cp949")
    begin = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0005, 0, 0))
    page = record(0x0042, struct.pack("<H", 949))
    at = len(begin) + len(page) + 4 + 7 + len(name) + 4
    sheet = record(0x0085, struct.pack("<IBBB", at, 0, 0, len(name)) + name)
    text = "한글".encode("cp949")
    label = record(0x0204, struct.pack("<HHHH", 2, 1, 0, len(text)) + text)
    stream = begin + page + sheet + record(0x000A, b"")
    assert len(stream) == at
    stream += record(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 0)) + label + record(0x000A, b"")
    assert cells(stream) == {3: ["", "한글"]}


def test_older_workbooks_are_said_to_be_unsupported():
    assert read_bytes(record(0x0009, b"\x02\x00\x10\x00")).errors[0][0] == "workbook_unsupported"

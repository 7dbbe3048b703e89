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
from moa.formats.spreadsheets.xls.records import Parts, records
from moa.formats.spreadsheets.xls.rows import biff_sheets
from tests.formats.spreadsheets.tables import HEADER, ROWS, TITLES, read_bytes, xls

LIMIT = 150_000_000


def cells(workbook: bytes) -> dict[int, list]:
    found = {}
    for row in biff_sheets(io.BytesIO(workbook), LIMIT)[0].rows:
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

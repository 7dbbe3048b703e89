"""xlsx workbooks of several writers give the cells that another reader gives."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.spreadsheets.cells import Row
from moa.formats.spreadsheets.number_formats import kind_of
from moa.formats.spreadsheets.xlsx.rows import workbook_sheets
from tests.formats.spreadsheets.tables import (
    HEADER,
    ROWS,
    TITLES,
    read_bytes,
    sheet_xml,
    with_part,
    xlsx,
    xlsx_with_shared_strings,
)

LIMIT = 150_000_000


def cells(workbook: bytes, sheet: int = 0) -> dict[int, list[Any]]:
    """Row number → cells, without the blank ones at the end."""
    found = {}
    for row in workbook_sheets(io.BytesIO(workbook), LIMIT)[sheet].rows:
        assert isinstance(row, Row), row
        values = list(row.cells)
        while values and values[-1] in ("", None):
            values.pop()
        if values:
            found[row.number] = values
    return found


def other_opinion(workbook: bytes) -> dict[int, list[Any]]:
    """The same from calamine, whose numbers are binary."""
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0)
    found = {}
    for number, values in enumerate(sheet.iter_rows(), 1):
        left = sheet.start[1] if sheet.start else 0
        row = [""] * left + [_binary(value) for value in values]
        while row and row[-1] == "":
            row.pop()
        if row:
            found[number] = row
    return found


def _binary(value: Any) -> Any:
    return Decimal(repr(value)) if type(value) is float else value


def by_xlsxwriter(rows, **options) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, **options})
    sheet = book.add_worksheet()
    moment = book.add_format({"num_format": "yyyy.mm.dd hh:mm:ss"})
    shaded = book.add_format({"bg_color": "#eeeeee", "num_format": "#,##0"})
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(at, column, cell, moment)
            elif isinstance(cell, str) and cell:
                sheet.write_string(at, column, cell, shaded if at % 3 == 0 else None)
            elif cell == "":
                sheet.write_blank(at, column, None, shaded if column % 2 else None)
            elif cell is not None:
                sheet.write(at, column, cell, shaded if at % 2 else None)
    book.close()
    return target.getvalue()


CELL = st.one_of(
    st.none(),
    st.just(""),
    st.text("가나다 abc<&>\"'0_xé한\t 漢字", max_size=8),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**9), 10**9, places=2),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    st.booleans(),
)
TABLE = st.lists(st.lists(CELL, min_size=1, max_size=6), min_size=1, max_size=12)


def _plain(rows: dict[int, list[Any]]) -> dict[int, list[Any]]:
    return {number: [_shown(cell) for cell in row] for number, row in rows.items()}


def _shown(cell: Any) -> Any:
    """Whole moments as days, and numbers as the 15 digits that Excel shows: the readers differ in no more."""
    if isinstance(cell, datetime):
        rounded = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
        return rounded if rounded.time() != time() else rounded.date()
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return Context(prec=15).plus(Decimal(cell)).normalize() + 0
    return cell


@settings(max_examples=60, deadline=None)
@given(TABLE, st.booleans())
def test_it_reads_what_xlsxwriter_writes_as_another_reader_does(rows, inline):
    workbook = by_xlsxwriter(rows, constant_memory=inline, strings_to_numbers=False)
    assert _plain(cells(workbook)) == _plain(other_opinion(workbook))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(CELL.filter(lambda cell: cell != "\t"), min_size=1, max_size=6), min_size=1, max_size=12
    )
)
def test_it_reads_what_openpyxl_writes_as_another_reader_does(rows):
    workbook = xlsx(rows)
    assert _plain(cells(workbook)) == _plain(other_opinion(workbook))


def test_a_long_sheet_of_alike_and_unlike_rows_keeps_every_cell():
    rows = [
        [
            f"글 {number} & <{number % 7}>",
            number,
            number / 4,
            "" if number % 3 else "x",
            datetime(2026, 1, 1) + timedelta(hours=number),
        ]
        if number % 11
        else [None, f"홀로 {number}"]
        for number in range(1, 9000)
    ]
    workbook = by_xlsxwriter(rows)
    assert _plain(cells(workbook)) == _plain(other_opinion(workbook))


def test_numbers_come_exactly_as_they_are_written():
    workbook = sheet_xml(
        '<row r="1"><c r="A1"><v>0.1</v></c><c r="B1"><v>1234.5600000000001</v></c><c r="C1"><v>1E3</v></c>'
        '<c r="D1"><v>123456789012345678</v></c><c r="E1"><v>-0.5</v></c></row>'
    )
    assert cells(workbook) == {
        1: [
            Decimal("0.1"),
            Decimal("1234.5600000000001"),
            Decimal("1E3"),
            123456789012345678,
            Decimal("-0.5"),
        ]
    }


def test_an_error_in_a_cell_is_not_an_empty_cell():
    """Read as empty, a broken amount would pass for no amount."""
    workbook = sheet_xml(
        '<row r="1"><c r="A1" t="e"><v>#VALUE!</v></c><c r="B1"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    assert cells(workbook) == {1: ["#VALUE!", "#DIV/0!"]}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            "<row><c><v>1</v></c><c t='str'><v>a</v></c></row><row><c><v>2</v></c></row>",
            {1: [1, "a"], 2: [2]},
        ),
        ('<row r="3"/><row r="7"><c r="C7"><v>5</v></c></row>', {7: ["", "", 5]}),
        (
            '<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is></c></row>',
            {1: ["a b"]},
        ),
        ('<row r="1"><c r="A1" t="str"><v>x_x000D_&#10;&amp;&lt;y</v></c></row>', {1: ["x\r\n&<y"]}),
        (
            '<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="d"><v>2026-11-20T13:22:01</v></c></row>',
            {1: [True, datetime(2026, 11, 20, 13, 22, 1)]},
        ),
        ('<row r="1"><c r="A1"><f>B1*2</f><v>8</v></c></row>', {1: [8]}),
        ('<row r="1"><!-- a note --><c r="A1"><v>8</v></c></row>', {1: [8]}),
        ('<row r="1"><c r="A1" t="str"><v><![CDATA[<8>]]></v></c></row>', {1: ["<8>"]}),
        ("", {}),
    ],
)
def test_it_reads_every_form_that_the_standard_allows(rows, expected):
    assert cells(sheet_xml(rows)) == expected


def prefixed(xml: bytes) -> bytes:
    return re.sub(rb"<(/?)(\w+)", rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x=")


def test_elements_with_a_prefix_are_the_same_elements():
    workbook = xlsx_with_shared_strings([["가", 1, None, "나"], [2, 3]])
    for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        workbook = with_part(workbook, part, prefixed)
    assert cells(workbook) == {1: ["가", 1, "", "나"], 2: [2, 3]}


def test_formatted_strings_are_their_text_and_hints_of_reading_are_not():
    runs = "<si><r><t>가</t></r><r><rPr><b/></rPr><t>나</t></r><rPh sb='0' eb='1'><t>カナ</t></rPh></si>".encode()
    workbook = with_part(
        xlsx_with_shared_strings([["x", "y & z"]]),
        "xl/sharedStrings.xml",
        lambda xml: re.sub(rb"<si><t>x</t></si>", runs, xml),
    )
    assert cells(workbook) == {1: ["가나", "y & z"]}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("yyyy-mm-dd", "day"), ("m/d/yy h:mm", "day"), ("yyyy년 m월 d일", "day"), ("[$-412]yyyy.mm.dd", "day"),
        ("h:mm:ss", "time"), ("[h]:mm", "time"), ("#,##0", ""), ('#,##0"원"', ""), ("0.00E+00", ""), ("General", ""),
        ("[Red]#,##0;[Blue]-#,##0", ""), ('"day "0', ""), ("@", ""), ("mmm", "day"), ("_-* #,##0_-", ""),
    ],
)  # fmt: skip
def test_it_tells_days_from_numbers_by_their_format(code, kind):
    assert kind_of(200, code) == kind


def test_days_count_from_1904_where_the_workbook_says_so():
    def macintosh(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    workbook = xlsx(
        [TITLES[0], HEADER, (datetime(2026, 11, 20, 9, 0), "급여", 1, 0, 5, "")], change=macintosh
    )
    entry = read_bytes(workbook).entries[0]
    assert (entry.date, entry.time) == (date(2026, 11, 20), time(9))


def test_real_dates_numbers_and_texts_are_the_same_statement():
    typed = [
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
    as_text, as_values = (read_bytes(xlsx([*TITLES, HEADER, *rows])) for rows in (ROWS, typed))
    assert as_text.entries == as_values.entries
    assert as_text.facts.format == "xlsx"
    assert as_values.problems == []


def test_every_sheet_with_a_header_is_a_statement_and_the_others_are_told_of():
    second = (("계좌번호", "402-7701-2002"), HEADER, ROWS[0])
    told = read_bytes(xlsx([*TITLES, HEADER, *ROWS], [["안내", "문의 1588"]], second, []))
    assert [(end.account, end.entry_count) for end in told.ends] == [
        ("402-7701-1008", 3),
        ("402-7701-2002", 1),
    ]
    assert told.entries[-1].place == "sheet Sheet3, row 3"
    assert told.warnings == [("sheet_ignored", "sheet Sheet2", "", "")]


def test_merged_titles_and_hidden_rows_are_read_as_data():
    def change(book):
        book.active.merge_cells("A1:D1")
        book.active.row_dimensions[4].hidden = True

    told = read_bytes(xlsx([("계좌번호 402-7701-1008",), (), HEADER, *ROWS], change=change))
    assert told.ends[0].account == "402-7701-1008"
    assert len(told.entries) == 3
    assert told.entries[0].place == "row 4"

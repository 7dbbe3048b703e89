"""The first look at a table, before anything is read."""

from __future__ import annotations

import io

from moa.formats.spreadsheets.preview import preview
from moa.formats.statements import ReadOptions
from tests.formats.spreadsheets.tables import GOLDEN, HEADER, ROWS, TITLES, csv_bytes, xlsx


def look(content: bytes, rows: int = 20, **options):
    return preview(io.BytesIO(content), ReadOptions(**options), rows)


def test_it_shows_rows_header_and_columns():
    seen = look((GOLDEN / "kb_newest_first.csv").read_bytes())
    (sheet,) = seen.sheets
    assert (seen.facts.format, seen.facts.encoding, seen.facts.profile) == ("csv", "cp949", "kb")
    assert sheet.rows[1] == (2, ["계좌번호", "402-7701-1008"])
    assert sheet.header_row == 6
    assert [(column.name, column.field) for column in sheet.columns][:3] == [
        ("거래일시", "date"),
        ("적요", "summary"),
        ("보낸분/받는분", "counterparty"),
    ]


def test_it_shows_no_more_rows_than_asked():
    assert len(look(csv_bytes(*[("x", str(number)) for number in range(500)]), rows=3).sheets[0].rows) == 3


def test_a_table_without_known_words_is_shown_without_columns():
    (sheet,) = look(csv_bytes(("day", "sum"), ("2026-11-02", "5"))).sheets
    assert (sheet.header_row, sheet.columns) == (0, ())


def test_every_sheet_is_shown():
    seen = look(xlsx([*TITLES, HEADER, *ROWS], [["안내"]]))
    assert [(sheet.name, sheet.header_row) for sheet in seen.sheets] == [("Sheet1", 3), ("Sheet2", 0)]


def test_persons_numbers_are_masked():
    seen = look(csv_bytes(("메모", "900101-1234568")))
    assert seen.sheets[0].rows == [(1, ["메모", "900101-*******"])]


def test_a_file_that_cannot_be_opened_is_told_of():
    seen = look(b"PK\x03\x04broken")
    assert [problem.code for problem in seen.problems] == ["workbook_broken"]

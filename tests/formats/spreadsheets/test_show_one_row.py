"""One row of a workbook, as whoever asks where an entry comes from sees it."""

from __future__ import annotations

import io

from moa.formats.spreadsheets.one_row import one_row
from moa.formats.statements import Entry, ReadOptions
from tests.formats.spreadsheets.locked import locked_xlsx
from tests.formats.spreadsheets.tables import HEADER, ROWS, TITLES, csv_bytes, read_bytes, xlsx

BOOK = xlsx([*TITLES, HEADER, *ROWS], [["안내"]])


def test_every_entry_leads_back_to_its_own_cells_under_the_words_of_the_header():
    entries: list[Entry] = read_bytes(BOOK).entries
    assert len(entries) == 3
    for entry, cells in zip(entries, ROWS, strict=True):
        seen = one_row(io.BytesIO(BOOK), entry.place, ReadOptions())
        assert seen is not None and (seen.sheet, seen.refusal) == ("Sheet1", "")
        assert f"row {seen.number}" in entry.place
        assert seen.cells == tuple(zip("ABCDEF", HEADER, cells, strict=True))


def test_what_is_no_workbook_or_has_no_such_row_has_no_cells():
    for content, place in (
        (BOOK, "sheet Sheet1, row 99"), (BOOK, "sheet Sheet9, row 3"), (BOOK, "line 3"), (BOOK, "sheet Sheet1, row 9999999"),
        (csv_bytes(HEADER, *ROWS), "row 2"),
    ):  # fmt: skip
        assert one_row(io.BytesIO(content), place, ReadOptions()) is None, place


def test_a_locked_workbook_says_that_it_is_and_a_persons_number_is_masked():
    locked = one_row(io.BytesIO(locked_xlsx(BOOK, "x")), "sheet Sheet1, row 4", ReadOptions())
    assert locked is not None and (locked.refusal, locked.cells) == ("password_needed", ())
    person = xlsx([HEADER, ("2026.11.02", "900101-1234567", "1", "0", "1", "")])
    seen = one_row(io.BytesIO(person), "row 2", ReadOptions())
    assert seen is not None and "1234567" not in str(seen.cells)

"""One row of a workbook as it stands, for whoever asks what an entry was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

from moa.formats.spreadsheets.cells import Row, Sheet, shown
from moa.formats.spreadsheets.containers import container_of
from moa.formats.spreadsheets.header import HEADER_WITHIN_ROWS, column_letter, find_header
from moa.formats.spreadsheets.reader import open_sheets, profiles_for
from moa.formats.spreadsheets.refusals import WorkbookRefused
from moa.formats.statements import FileFacts, ReadOptions
from moa.kernel.errors import Problem

_PLACE = re.compile(r"(?:sheet (.*), )?row (\d{1,7})", re.DOTALL)
# A row further down takes longer to come to than a person waits for a panel.
FURTHEST_ROW = 100_000
# Files of which a row is no line of text.
_CONTAINERS = frozenset(("zip", "ole", "biff", "html"))


@dataclass(frozen=True, slots=True)
class RowSeen:
    """Shape: `cells` as (letter, word of the header, masked text), empty ones without a word left out; `refusal` the
    reader's code where the workbook does not open."""

    sheet: str
    number: int
    cells: tuple[tuple[str, str, str], ...] = ()
    refusal: str = ""


def one_row(source: BinaryIO, place: str, options: ReadOptions) -> RowSeen | None:
    """The cells at a place ("sheet Sheet1, row 12"); None where the file is no workbook or has no such row."""
    found = _PLACE.fullmatch(place)
    if found is None or container_of(source) not in _CONTAINERS:
        return None
    name, number = found[1] or "", int(found[2])
    if number > FURTHEST_ROW:
        return None
    profiles = profiles_for(options)
    try:
        sheet = next(
            (one for one in open_sheets(source, options, FileFacts(), profiles) if one.name == name), None
        )
    except WorkbookRefused as refusal:
        return RowSeen(name, number, refusal=refusal.code)
    row, head = _walk(sheet, number) if sheet is not None else (None, [])
    if row is None:
        return None
    header = find_header(head, profiles)
    words = {column.at: column.name for column in header.columns} if header and header.number < number else {}
    texts = [(at, words.get(at, ""), shown(cell)) for at, cell in enumerate(row.cells)]
    return RowSeen(
        name, number, tuple((column_letter(at), word, text) for at, word, text in texts if word or text)
    )


def _walk(sheet: Sheet, number: int) -> tuple[Row | None, list[Row]]:
    """The row of that number, and those above it in which a header may stand."""
    head: list[Row] = []
    for item in sheet.rows:
        if isinstance(item, Problem):
            continue
        if item.number >= number:
            return (item if item.number == number else None), head
        if len(head) < HEADER_WITHIN_ROWS:
            head.append(item)
    return None, head

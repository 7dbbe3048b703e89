"""A first look at a table, for the page on which a person tells what its columns are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import BinaryIO

from moa.formats.spreadsheets.cells import Row, cell_text, readable
from moa.formats.spreadsheets.header import HEADER_WITHIN_ROWS, Column, find_header
from moa.formats.spreadsheets.reader import open_sheets, profiles_for
from moa.formats.spreadsheets.refusals import WorkbookRefused
from moa.formats.statements import FileFacts, ReadOptions
from moa.kernel.errors import Problem, error
from moa.kernel.masking import mask_text


@dataclass(slots=True)
class SheetPreview:
    """One sheet. Shape: `rows` as (number, masked texts); `head` the cells as they stand, as far down as a header may
    be; `header_row` is 0 where no header was found."""

    name: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    head: list[Row] = field(default_factory=list)
    header_row: int = 0
    columns: tuple[Column, ...] = ()
    profile: str = ""


@dataclass(slots=True)
class Preview:
    facts: FileFacts
    sheets: list[SheetPreview] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def preview(source: BinaryIO, options: ReadOptions, rows: int = 20) -> Preview:
    """The first `rows` rows of every sheet as masked text, with the header and the columns that would be read."""
    facts = FileFacts()
    seen = Preview(facts)
    profiles = profiles_for(options) or profiles_for(replace(options, profile=""))
    try:
        sheets = open_sheets(source, options, facts, profiles)
    except WorkbookRefused as refusal:
        seen.problems.append(error(refusal.code, "file", "", str(refusal.facts.get("value", ""))))
        return seen
    for sheet in sheets:
        head: list[Row] = []
        for item in islice(sheet.rows, max(rows, HEADER_WITHIN_ROWS)):
            if isinstance(item, Problem):
                seen.problems.append(item)
            else:
                head.append(item)
        shown = SheetPreview(sheet.name, head=head)
        for row in head[:rows]:
            shown.rows.append((row.number, [mask_text(readable(cell_text(cell))) for cell in row.cells]))
        header = find_header(head, profiles)
        if header is not None:
            shown.header_row, shown.columns, shown.profile = (
                header.number,
                header.columns,
                header.profile.name,
            )
        seen.sheets.append(shown)
    facts.profile = next((sheet.profile for sheet in seen.sheets if sheet.profile), "")
    return seen

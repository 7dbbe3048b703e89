"""A workbook written as it is made: a zip of XML parts, one sheet after the other, never held whole.

Source: ECMA-376 part 1, 12.3 (parts) and 18.3 (worksheets); part 2 (packages).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Protocol

from moa.formats.spreadsheets.writing import styles
from moa.formats.spreadsheets.writing.columns import AMOUNT, NUMBER, Column, encoder, letters, text_cell

MOST_ROWS = 1_048_576
# Readers without ZIP64 stop at 4 GiB a part; a sheet goes on in the next one long before.
MOST_BYTES = 2_000_000_000
ROWS_AT_ONCE = 500
_LEVEL = 3
_LONGEST_NAME = 31
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPE = f"{_TYPES}.sheet"

# A row and whether it stands in bold.
_Row = tuple[bool, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class SheetData:
    """One table. Shape: `above` are lines over the head, the first as title; `below` rows of sums, in bold.

    `rows` and `below` are walked once, while the sheet is written: sums that are counted while the rows pass may be a
    generator. Rows beyond what a sheet holds go on in further sheets with the same head.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    above: Sequence[str] = ()
    below: Iterable[Sequence[Any]] = ()


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


def write_workbook(out: Sink, sheets: Iterable[SheetData]) -> None:
    """Write the workbook to `out`, which need not be seekable. Raises: cell_too_long."""
    for piece in stream_workbook(sheets):
        out.write(piece)


def stream_workbook(sheets: Iterable[SheetData], *, most_rows: int = MOST_ROWS) -> Iterator[bytes]:
    """The workbook in pieces. Raises: cell_too_long."""
    held = _Held()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as package:  # type: ignore[call-overload]
        names: list[str] = []
        for sheet in sheets:
            yield from _sheets_of(package, held, sheet, names, most_rows)
        if not names:
            raise ValueError("a workbook has a sheet")
        for part, text in _frame(names):
            package.writestr(part, text)
    yield held.taken()


class _Held:
    """What the zip has written and nobody has taken yet."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """The zip asks for it; there is nothing behind."""

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _sheets_of(
    package: zipfile.ZipFile, held: _Held, sheet: SheetData, names: list[str], most_rows: int
) -> Iterator[bytes]:
    """The sheet, and further ones while rows are left."""
    rows = _strong_after(sheet)
    first: list[_Row] = []
    while True:
        names.append(_name(sheet.name, names))
        with package.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as part:
            for text in _sheet_xml(sheet, chain(first, rows), most_rows):
                part.write(text)
                yield held.taken()
        first = list(islice(rows, 1))
        if not first:
            return


def _strong_after(sheet: SheetData) -> Iterator[_Row]:
    for row in sheet.rows:
        yield False, row
    for row in sheet.below:
        yield True, row


def _sheet_xml(sheet: SheetData, rows: Iterator[_Row], most_rows: int) -> Iterator[bytes]:
    """The part in pieces; it stops taking rows when the sheet is full."""
    head = len(sheet.above) + 1
    yield (_beginning(sheet, head) + _above(sheet) + _head_row(sheet, head)).encode()
    plain = [encoder(column, index) for index, column in enumerate(sheet.columns)]
    strong = [encoder(column, index, strong=True) for index, column in enumerate(sheet.columns)]
    number, written, texts = head, 0, []
    for is_strong, row in rows:
        number += 1
        at = str(number)
        encoders = strong if is_strong else plain
        cells = [encode(at, value) for encode, value in zip(encoders, row, strict=True)]
        texts.append(f'<row r="{at}">{"".join(cells)}</row>')
        if len(texts) >= ROWS_AT_ONCE:
            data = "".join(texts).encode()
            texts.clear()
            written += len(data)
            yield data
        if number >= most_rows or written >= MOST_BYTES:
            break
    yield ("".join(texts) + _end()).encode()


def _beginning(sheet: SheetData, head: int) -> str:
    widths = "".join(
        f'<col min="{index}" max="{index}" width="{column.width}" customWidth="1"/>'
        for index, column in enumerate(sheet.columns, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>'
        f'<sheetView workbookViewId="0"><pane ySplit="{head}" topLeftCell="A{head + 1}" activePane="bottomLeft"'
        f' state="frozen"/></sheetView></sheetViews><cols>{widths}</cols><sheetData>'
    )


def _above(sheet: SheetData) -> str:
    looks = [styles.TITLE, *[styles.QUIET] * len(sheet.above)]
    return "".join(
        f'<row r="{at}">{text_cell(f"A{at}", line, look, look) if line else ""}</row>'
        for at, (line, look) in enumerate(zip(sheet.above, looks, strict=False), 1)
    )


def _head_row(sheet: SheetData, at: int) -> str:
    cells = []
    for index, column in enumerate(sheet.columns):
        look = styles.HEAD_RIGHT if column.kind in (AMOUNT, NUMBER) else styles.HEAD
        cells.append(text_cell(f"{letters(index)}{at}", column.label, look, look))
    return f'<row r="{at}">{"".join(cells)}</row>'


def _end() -> str:
    return (
        '</sheetData><pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"
    )


def _name(wanted: str, taken: Sequence[str]) -> str:
    """A name that a workbook allows and that no other sheet has."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wanted).strip(" '") or "1"
    number, name = 1, plain[:_LONGEST_NAME]
    lower = {one.lower() for one in taken}
    while name.lower() in lower:
        number += 1
        ending = f" ({number})"
        name = plain[: _LONGEST_NAME - len(ending)] + ending
    return name


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The parts around the sheets; written last, when it is known how many there are."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name="{_attribute(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        (
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews>'
            f"<sheets>{sheets}</sheets></workbook>"
        ),
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{related}'
            f'<Relationship Id="rId{len(names) + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
        ),
    )
    yield "xl/styles.xml", styles.STYLES_XML
    yield (
        "_rels/.rels",
        (
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        (
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>{kinds}'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>'
        ),
    )


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")

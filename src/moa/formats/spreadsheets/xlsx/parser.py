"""Rows of a piece of sheet XML by a real XML parser: any well-formed rows, at a tenth of the speed of patterns."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat

from moa.formats.spreadsheets.cells import Cell
from moa.formats.spreadsheets.refusals import broken, too_large
from moa.formats.spreadsheets.xlsx.values import Book

# Up to column ZZ: no statement is wider, and a row is laid out up to its last cell.
MOST_COLUMNS = 702
_REFERENCE = re.compile(r"([A-Z]{1,3})\d{1,7}")


class NumberedCells(NamedTuple):
    number: int
    cells: list[Cell]


def parse_rows(xml: str, book: Book, after: int) -> list[NumberedCells]:
    """The rows of `xml`; a row without a number follows the one before it, `after` being the last one's.

    Raises: WorkbookRefused for XML that is not well-formed.
    """
    target = _Rows(book, after)
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartElementHandler = target.start
    parser.EndElementHandler = target.end
    parser.CharacterDataHandler = target.data
    try:
        parser.Parse(f"<rows>{xml}</rows>", True)
    except expat.ExpatError as problem:
        raise broken(str(problem)) from None
    return target.rows


class _Rows:
    def __init__(self, book: Book, after: int) -> None:
        self.rows: list[NumberedCells] = []
        self._book = book
        self._number = after
        self._cells: list[Cell] = []
        self._column = 0
        self._type = self._style = ""
        self._parts: list[str] = []
        self._taking = self._phonetic = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "c":
            self._column = _column_of(given["r"]) if "r" in given else len(self._cells)
            self._type, self._style = given.get("t", ""), given.get("s", "")
            self._parts = []
        elif name in ("v", "t"):
            self._taking += 1
        elif name == "rPh":
            self._phonetic += 1
        elif name == "row":
            number = given.get("r", "")
            self._number = int(number) if number.isdecimal() and len(number) < 8 else self._number + 1
            self._cells = []

    def data(self, text: str) -> None:
        if self._taking and not self._phonetic:
            self._parts.append(text)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._taking -= 1
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self.rows.append(NumberedCells(self._number, self._cells))

    def _end_cell(self) -> None:
        if self._column >= MOST_COLUMNS:
            raise too_large(f"column {self._column + 1}")
        if not self._parts and self._type != "s":
            return
        missing = self._column - len(self._cells)
        if missing < 0:
            raise broken("cells out of order")
        self._cells.extend([""] * missing)
        self._cells.append(self._book.typed(self._type, "".join(self._parts), self._style))


def _column_of(reference: str) -> int:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise broken(reference[:40])
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1

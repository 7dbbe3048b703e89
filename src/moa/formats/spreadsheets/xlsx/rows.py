"""Rows of an xlsx workbook, streamed: a piece of XML in, its rows out, whatever the size of the sheet.

This reads the format itself because the well-kept reader of the ecosystem cannot be given an outside file: a count
of two billion shared strings, or a cell at XFD1048576, in a workbook of 2 KB makes its allocator end the process,
and it holds a whole sheet (above 100 MB for 100,000 rows). The tests compare both on workbooks of three writers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from moa.formats.spreadsheets.cells import Cell, Row, Sheet
from moa.formats.spreadsheets.dates import EXCEL_DAYS, MACINTOSH_DAYS
from moa.formats.spreadsheets.refusals import WorkbookRefused, broken
from moa.formats.spreadsheets.xlsx.package import Package, SheetPart, style_kinds
from moa.formats.spreadsheets.xlsx.parser import parse_rows
from moa.formats.spreadsheets.xlsx.patterns import RowPattern
from moa.formats.spreadsheets.xlsx.pieces import pieces
from moa.formats.spreadsheets.xlsx.strings import read_strings
from moa.formats.spreadsheets.xlsx.values import Book
from moa.kernel.errors import Problem, error

_ANY_ROW = re.compile(r"<row\b[^<>]*/>|<row\b.*?</row>", re.DOTALL)
# A pattern that keeps failing on a sheet is no help: its rows differ too much.
_MOST_LESSONS = 6

Numbered = Iterator[tuple[int, Sequence[Cell]]]


def workbook_sheets(source: BinaryIO, max_sheet_bytes: int) -> list[Sheet]:
    """The worksheets of an xlsx workbook, rows unread. Raises: WorkbookRefused.

    Problems in the rows: workbook_broken, workbook_too_large, workbook_entities.
    """
    package = Package(source, max_sheet_bytes)
    several = len(package.sheets) > 1
    base = MACINTOSH_DAYS if package.date1904 else EXCEL_DAYS
    book = Book((), (), base)
    return [
        Sheet(part.name if several else "", _Sheet(package, part, book).rows(), serial_base=base)
        for part in package.sheets
    ]


class _Sheet:
    """Reads one sheet; strings and styles are unpacked when the first sheet of the book is."""

    def __init__(self, package: Package, part: SheetPart, book: Book) -> None:
        self._package = package
        self._part = part
        self._book = book
        self._pattern = RowPattern(book)
        self._lessons = 0
        self._last = 0

    def rows(self) -> Iterator[Row | Problem]:
        try:
            self._prepare()
            for piece in pieces(self._package.open(self._part.path), "sheetData", "row"):
                for number, cells in self._read(piece):
                    if number <= self._last:
                        raise broken(f"row {number} after row {self._last}")
                    self._last = number
                    yield Row(number, cells)
        except WorkbookRefused as refusal:
            yield error(refusal.code, f"sheet {self._part.name}", "", str(refusal.facts.get("value", "")))

    def _prepare(self) -> None:
        package, book = self._package, self._book
        if not book.styles:
            path = package.styles_path
            book.styles = style_kinds(package.small(path)) if package.has(path) else ("",)
        if not book.strings and package.has(package.strings_path):
            book.strings = read_strings(package.open(package.strings_path))

    def _read(self, piece: str) -> Numbered:
        rows = self._pattern.read_all(piece)
        if rows is None and self._lessons < _MOST_LESSONS:
            self._lessons += 1
            self._pattern.learn(piece)
            rows = self._pattern.read_all(piece)
        return rows if rows is not None else self._mixed(piece)

    def _mixed(self, piece: str) -> Numbered:
        """Rows of which some have a form of their own: runs of those go to the parser."""
        pattern = self._pattern.pattern
        odd: list[str] = []
        even: list[Sequence[str]] = []
        for xml in _ANY_ROW.findall(piece) if pattern else ():
            match = pattern.fullmatch(xml) if pattern else None
            if match is None:
                if even:
                    yield from self._pattern.lay_out(even, piece)
                    even = []
                odd.append(xml)
            else:
                if odd:
                    yield from parse_rows("".join(odd), self._book, self._last)
                    odd = []
                even.append(match.groups(""))
        if pattern is None:
            odd = [piece]
        if even:
            yield from self._pattern.lay_out(even, piece)
        if odd:
            yield from parse_rows("".join(odd), self._book, self._last)

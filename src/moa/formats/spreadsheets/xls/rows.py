"""Rows of an .xls workbook (BIFF8, and BIFF5 of Excel 95).

Read here for the reason given in xlsx/rows.py: of 20,000 damaged .xls files, twelve ended the process of the
ecosystem's reader. The tests hold both against each other on sound files.

Source: [MS-XLS] 2.4 (records); OpenOffice.org's documentation of the Excel file format for BIFF5.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from moa.formats.spreadsheets.cells import Cell, Row, Sheet, is_damaged, readable
from moa.formats.spreadsheets.dates import EXCEL_DAYS, MACINTOSH_DAYS
from moa.formats.spreadsheets.number_formats import Kind, kind_of, moment_of
from moa.formats.spreadsheets.refusals import WorkbookRefused, broken, unsupported
from moa.formats.spreadsheets.xls.records import Parts, Record, records
from moa.kernel.errors import Problem, error

_BOF, _EOF = 0x0809, 0x000A
_CODEPAGE, _DATEMODE, _BOUNDSHEET, _FORMAT, _XF, _SST = 0x0042, 0x0022, 0x0085, 0x041E, 0x00E0, 0x00FC
_NUMBER, _RK, _MULRK, _LABELSST, _LABEL, _RSTRING = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x00D6
_FORMULAS, _STRING, _BOOLERR = (0x0006, 0x0206, 0x0406), 0x0207, 0x0205
_BIFF8, _BIFF5 = 0x0600, 0x0500
_WORKSHEET = 0
_MOST_COLUMNS = 256
_CODEPAGES = {949: "cp949", 936: "gb18030", 950: "cp950", 932: "cp932", 1252: "cp1252", 1200: "utf-16-le"}
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_EXACT = 2**53


@dataclass(slots=True)
class _Book:
    """What stands before the sheets."""

    version: int = 0
    encoding: str = "cp1252"
    date1904: bool = False
    strings: list[str] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    formats: list[int] = field(default_factory=list)
    sheets: list[tuple[str, int]] = field(default_factory=list)

    def kind(self, style: int) -> Kind:
        if style >= len(self.formats):
            return ""
        number = self.formats[style]
        return kind_of(number, self.codes.get(number, ""))


def biff_sheets(stream: bytes) -> list[Sheet]:
    """The worksheets in the BIFF stream of an .xls workbook, rows unread. Raises: WorkbookRefused."""
    try:
        book = _read_globals(stream)
    except (struct.error, IndexError):
        raise broken("record too short") from None
    several = len(book.sheets) > 1
    base = MACINTOSH_DAYS if book.date1904 else EXCEL_DAYS
    return [
        Sheet(name if several else "", _rows(stream, at, name, _Cells(book)), serial_base=base)
        for name, at in book.sheets
    ]


def _read_globals(stream: bytes) -> _Book:
    book = _Book()
    found = records(stream)
    first = next(found, None)
    if first is None or first.kind != _BOF:
        raise unsupported("xls")
    book.version = struct.unpack_from("<H", first.data)[0]
    if book.version not in (_BIFF8, _BIFF5):
        raise unsupported(f"BIFF {book.version:#06x}")
    for record in found:
        if record.kind == _EOF:
            break
        _take_global(book, record)
    if not book.sheets:
        raise broken("no sheet")
    return book


def _take_global(book: _Book, record: Record) -> None:
    data = record.data
    if record.kind == _CODEPAGE:
        book.encoding = _CODEPAGES.get(struct.unpack_from("<H", data)[0], book.encoding)
    elif record.kind == _DATEMODE:
        book.date1904 = struct.unpack_from("<H", data)[0] == 1
    elif record.kind == _XF:
        book.formats.append(struct.unpack_from("<H", data, 2)[0])
    elif record.kind == _FORMAT:
        number = struct.unpack_from("<H", data)[0]
        book.codes[number] = _string(book, record, 2, "<H" if book.version == _BIFF8 else "<B")
    elif record.kind == _BOUNDSHEET:
        at, _, kind = struct.unpack_from("<IBB", data)
        if kind == _WORKSHEET:
            book.sheets.append((readable(_string(book, record, 6, "<B")), at))
    elif record.kind == _SST:
        parts = Parts(record.parts, 8)
        count = struct.unpack_from("<I", data, 4)[0]
        # Every string takes three bytes at least, so a count that lies cannot run away.
        if count > sum(map(len, record.parts)):
            raise broken("shared strings")
        book.strings = [parts.text(parts.number("<H")) for _ in range(count)]


def _string(book: _Book, record: Record, at: int, length: str) -> str:
    """A string with its length before it: Unicode in BIFF8, in the workbook's code page before."""
    parts = Parts(record.parts, at)
    count = parts.number(length)
    if book.version == _BIFF8:
        return parts.text(count)
    return parts.take(count).decode(book.encoding, "replace")


def _rows(stream: bytes, at: int, name: str, cells: _Cells) -> Iterator[Row | Problem]:
    try:
        first = next(records(stream, at), None)
        if first is None or first.kind != _BOF:
            raise broken("sheet has no beginning")
        depth = 0
        for record in records(stream, at):
            # A chart inside the sheet has a beginning and an end of its own.
            depth += (record.kind == _BOF) - (record.kind == _EOF)
            if depth == 1:
                yield from cells.take(record)
            elif depth <= 0:
                break
        yield from cells.rest()
    except WorkbookRefused as refusal:
        yield error(refusal.code, f"sheet {name}", "", str(refusal.facts.get("value", "")))
    except (struct.error, IndexError):
        yield error("workbook_broken", f"sheet {name}", "", "record too short")


class _Cells:
    """Gathers cell records into rows; they come row by row."""

    def __init__(self, book: _Book) -> None:
        self._book = book
        self._base = MACINTOSH_DAYS if book.date1904 else EXCEL_DAYS
        self._row = -1
        self._cells: list[Cell] = []
        # A formula's text follows in a record of its own.
        self._awaited: tuple[int, int] | None = None

    def rest(self) -> Iterator[Row]:
        if self._cells:
            damage = [at for at, cell in enumerate(self._cells) if isinstance(cell, str) and is_damaged(cell)]
            yield Row(self._row + 1, self._cells, damage)
            self._cells = []

    def take(self, record: Record) -> Iterator[Row]:
        """Take a record; gives the row that it ends, if it begins another."""
        kind, data = record.kind, record.data
        if kind == _STRING and self._awaited is not None:
            (row, column), self._awaited = self._awaited, None
            yield from self._put(row, column, _string(self._book, record, 0, "<H"))
        elif kind == _MULRK:
            row, column = struct.unpack_from("<HH", data)
            for at in range(4, len(data) - 6, 6):
                style, value = struct.unpack_from("<HI", data, at)
                yield from self._put(row, column, self._shown(_from_rk(value), style))
                column += 1
        elif kind in _CELL_KINDS:
            row, column, style = struct.unpack_from("<HHH", data)
            yield from self._put(row, column, self._value(record, row, column, style))

    def _value(self, record: Record, row: int, column: int, style: int) -> Cell:
        kind, data = record.kind, record.data
        if kind == _NUMBER:
            return self._shown(_from_binary(data[6:14]), style)
        if kind == _RK:
            return self._shown(_from_rk(struct.unpack_from("<I", data, 6)[0]), style)
        if kind == _LABELSST:
            index = struct.unpack_from("<I", data, 6)[0]
            if index >= len(self._book.strings):
                raise broken(f"shared string {index}")
            return self._book.strings[index]
        if kind in (_LABEL, _RSTRING):
            return _string(self._book, record, 6, "<H")
        if kind == _BOOLERR:
            return _ERRORS.get(data[6], "#N/A") if data[7] else bool(data[6])
        return self._formula(data, row, column, style)

    def _formula(self, data: bytes, row: int, column: int, style: int) -> Cell:
        """The result that was stored with a formula."""
        if data[12:14] != b"\xff\xff":
            return self._shown(_from_binary(data[6:14]), style)
        if data[6] == 0:
            self._awaited = row, column
            return ""
        if data[6] == 1:
            return bool(data[8])
        return _ERRORS.get(data[8], "#N/A") if data[6] == 2 else ""

    def _shown(self, number: Cell, style: int) -> Cell:
        kind = self._book.kind(style)
        if not kind or not isinstance(number, int | Decimal):
            return number
        return moment_of(Decimal(number), kind, self._base)

    def _put(self, row: int, column: int, cell: Cell) -> Iterator[Row]:
        if column >= _MOST_COLUMNS or row < self._row:
            raise broken(f"row {row + 1}, column {column + 1}")
        if row > self._row:
            yield from self.rest()
            self._row = row
            self._cells = []
        missing = column + 1 - len(self._cells)
        if missing > 0:
            self._cells.extend([""] * missing)
        self._cells[column] = cell


_CELL_KINDS = frozenset((_NUMBER, _RK, _LABELSST, _LABEL, _RSTRING, _BOOLERR, *_FORMULAS))


def _from_rk(value: int) -> Cell:
    """A number packed in 32 bits: the top of a binary one or an integer of 30 bits, by 100 if the lowest bit says."""
    if value & 2:
        whole = (value >> 2) - (1 << 30 if value & 0x80000000 else 0)
        return Decimal(whole) / 100 if value & 1 else whole
    number = _from_binary(struct.pack("<II", 0, value & 0xFFFFFFFC))
    if not value & 1 or not isinstance(number, int | Decimal):
        return number
    return Decimal(number) / 100


def _from_binary(data: bytes) -> Cell:
    """A binary number as the shortest decimal that stands for it alone; exact for whole numbers."""
    (number,) = struct.unpack("<d", data)
    if number % 1 == 0 and abs(number) < _EXACT:
        return int(number)
    exact = Decimal(repr(number))
    return exact if exact.is_finite() else str(exact)

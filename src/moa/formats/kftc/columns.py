"""Many rows as records at once, from their columns: the quick way to the bytes that RowEncoder makes row by row.

Each column is laid into its place of all records together. Whatever is not surely right, because a text did not fit its
place or because the reader's own filter doubts the record, is left to the reference: the caller asks it about those rows
alone, and it names the fault or makes the record. So both ways make the same bytes; a property test compares them.

Shape: a column is a list of texts, or a numpy array of bytes (S, in EUC-KR), texts (U) or whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date as Date_
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moa.formats.fixed_width.block import Block, Bytes, Flags
from moa.formats.fixed_width.hangul import WIDE_SPACE, Hangul
from moa.formats.fixed_width.kinds import Number, Text, Unwritable
from moa.formats.fixed_width.layout import Field, Unwritten

from .accept import DataFilter
from .file_frame import HeaderFacts
from .file_kinds import file_kinds
from .row_records import INSTITUTION, NUMBERED_BY_US, RowEncoder, is_said_by_rows

Column = Sequence[str] | NDArray[Any]
ROWS_AT_A_TIME = 8_192
_NUL_TO_SPACE = np.uint8(5)
_WIDE_SPACE = np.uint16(int.from_bytes(WIDE_SPACE, "little"))
_LAST_ASCII = 0x7F
_TEXTS_KEPT = 50_000


def encode_columns(
    kind: str, columns: Mapping[str, Column], *, institution: str, date: Date_, first_seq: int = 1
) -> bytes:
    """The data records of these columns. The first row has the sequence number `first_seq`.

    Raises: Unwritten with every error; a finding's record is the row, the first being 1.
    """
    pieces = column_pieces(kind, columns, institution=institution, date=date, first_seq=first_seq)
    return b"".join(piece.tobytes() for piece in pieces)


def column_pieces(
    kind: str, columns: Mapping[str, Column], *, institution: str, date: Date_, first_seq: int = 1
) -> Iterator[memoryview]:
    """The same, a few thousand records at a time. What is wrong is raised at the end; after the first nothing is given.

    Shape: a piece holds until the next one is asked for.
    """
    rows = RowEncoder(HeaderFacts(institution, date).frame(file_kinds()[kind]))
    findings = rows.check_columns(columns)
    encoder, count = ColumnEncoder(rows), len(next(iter(columns.values()), ()))
    for start in range(0, count, ROWS_AT_A_TIME):
        piece = {name: column[start : start + ROWS_AT_A_TIME] for name, column in columns.items()}
        raw, doubts = encoder.encode(piece, min(ROWS_AT_A_TIME, count - start), first_seq + start)
        for at in np.flatnonzero(doubts).tolist() if doubts is not None else ():
            row = {name: _text(column[at]) for name, column in piece.items()}
            made = rows.encode(row, first_seq + start + at, start + at + 1)
            findings += [finding for finding in made.findings if finding.severity == "error"]
            raw[at] = np.frombuffer(made.raw, np.uint8)
        if not findings:
            yield raw.data
    if findings:
        raise Unwritten(tuple(findings))


class ColumnEncoder:
    """The quick side of a RowEncoder."""

    def __init__(self, rows: RowEncoder) -> None:
        self.rows = rows
        self.layout = rows.frame.kind.data
        self.filter = DataFilter(rows.frame)
        self.block = Block(np.empty((0, self.layout.length), np.uint8))
        self._area: Bytes = np.empty((0, self.layout.length), np.uint8)
        self._written: dict[str, dict[str, bytes | None]] = {}

    def encode(self, columns: Mapping[str, Column], count: int, first_seq: int) -> tuple[Bytes, Flags | None]:
        """The records, and which of them the reference must make; None when none.

        Shape: `block` are then these records, for whoever asks more of them. Both hold until the next call.
        """
        if count > len(self._area):
            self._area = np.empty((count, self.layout.length), np.uint8)
        raw = self._area[:count]
        one = f"V{self.layout.length}"
        raw.view(one)[:, 0] = self._unfilled.view(one)
        doubts: Flags | None = None
        for field in self.layout:
            column = columns.get(field.name)
            if field.name == "seq":
                _put(raw, field, _numbered(first_seq, count, field.length))
            elif column is not None and field.name not in NUMBERED_BY_US and _says_anything(column):
                cells, more = self._place(field, column, count)
                if cells is not None:
                    _put(raw, field, cells)
                if more is not None:
                    doubts = more if doubts is None else doubts | more
        self.block = Block(raw)
        more = self.filter.doubts(self.block)
        return raw, more if doubts is None else (doubts if more is None else doubts | more)

    @cached_property
    def _unfilled(self) -> Bytes:
        """The record of a row that gives nothing; what has no default is left blank, and so is doubted."""
        parts = []
        for field in self.layout:
            try:
                parts.append(field.kind.write(self.rows.text(field, {}), field.length))
            except Unwritable:
                parts.append(b" " * field.length)
        return np.frombuffer(b"".join(parts), np.uint8)

    def _place(self, field: Field, column: Column, count: int) -> tuple[Bytes | None, Flags | None]:
        """The bytes of a field in all records, and the rows whose text did not find its place."""
        if isinstance(column, np.ndarray):
            cells, doubts = _array_cells(field, column)
            if cells is not None:
                return cells, doubts
            column = [_text(value) for value in column.tolist()]
        if field.name == INSTITUTION:
            ours = (self.rows.frame.institution or b"").decode("ascii", "replace")
            return None, np.array([text not in ("", ours) for text in column])
        if is_said_by_rows(field) and "" in column:
            cells, doubts = self._one_by_one(field, column, count)
            empty = np.array([not text for text in column])
            return cells, empty if doubts is None else doubts | empty
        as_it_stands = not self.rows.default(field) and not isinstance(field.kind, Hangul)
        cells = _list_cells(field, column) if as_it_stands else None
        return (cells, None) if cells is not None else self._one_by_one(field, column, count)

    def _one_by_one(self, field: Field, column: Sequence[str], count: int) -> tuple[Bytes, Flags | None]:
        """Each different text once, as its kind writes it."""
        known = self._written.setdefault(field.name, {})
        if len(known) > _TEXTS_KEPT:
            known.clear()
        for text in set(column).difference(known):
            known[text] = self._write(field, text)
        parts = [known[text] for text in column]
        doubts = None
        if None in parts:
            doubts = np.array([part is None for part in parts])
            parts = [part or b" " * field.length for part in parts]
        joined = b"".join(parts)  # type: ignore[arg-type]
        return np.frombuffer(joined, np.uint8).reshape(count, field.length), doubts

    def _write(self, field: Field, text: str) -> bytes | None:
        try:
            return field.kind.write(self.rows.text(field, {field.name: text}), field.length)
        except Unwritable:
            return None


def _says_anything(column: Column) -> bool:
    return len(column) > 0 and (isinstance(column, np.ndarray) or any(column))


def _text(value: object) -> str:
    """One value of a column as the text that a row would give."""
    return value.decode("cp949", "replace") if isinstance(value, bytes) else str(value)


def _put(raw: Bytes, field: Field, cells: Bytes) -> None:
    """A field of all records. As one thing of the field's size a cell is copied quicker than byte by byte."""
    one = f"V{field.length}"
    raw[:, field.start : field.end].view(one)[:, 0] = cells.view(one)[:, 0]


def _numbered(first: int, count: int, length: int) -> Bytes:
    return _digits(np.arange(first, first + count, dtype=np.int64), length)


def _digits(values: NDArray[np.int64], length: int) -> Bytes:
    """Whole numbers as digits with zeros before them, four digits at a time."""
    groups = -(-length // 4)
    made = np.empty((len(values), groups), np.uint32)
    rest = values
    for group in range(groups - 1, -1, -1):
        above = rest // 10_000
        made[:, group] = _four_digits()[rest - above * 10_000]
        rest = above
    return made.view(np.uint8)[:, groups * 4 - length :]


@cache
def _four_digits() -> NDArray[np.uint32]:
    """The four bytes of each number up to 9999, as one number of the machine."""
    return np.frombuffer(b"".join(b"%04d" % number for number in range(10_000)), np.uint32)


def _list_cells(field: Field, column: Sequence[str]) -> Bytes | None:
    """Texts of ASCII that all fit: formatted in one go. None when some do not."""
    count, length = len(column), field.length
    if isinstance(field.kind, Number):
        joined = "".join([text.zfill(length) for text in column])
    else:
        "".join(column)  # refuses what is no text, which formatting would not
        joined = f"%-{length}s" * count % tuple(column)
    if len(joined) != count * length or not joined.isascii():
        return None
    return np.frombuffer(joined.encode("ascii"), np.uint8).reshape(count, length)


def _array_cells(field: Field, column: NDArray[Any]) -> tuple[Bytes | None, Flags | None]:
    """Numbers and texts of an array; nothing when they must be taken one by one."""
    if column.dtype.kind in "iu" and isinstance(field.kind, Number):
        values = column.astype(np.int64)
        doubts = (values < 0) | (values >= 10**field.length)
        if doubts.any():
            return _digits(np.where(doubts, 0, values), field.length), doubts
        return _digits(values, field.length), None
    width = column.dtype.itemsize
    if column.dtype.kind != "S" or isinstance(field.kind, Number) or width > field.length:
        return None, None
    if isinstance(field.kind, Hangul):
        return _wide_cells(field.length, column)
    cells = column.astype(f"S{field.length}").view(np.uint8)
    if isinstance(field.kind, Text) and cells.max(initial=0) > _LAST_ASCII:
        return None, None  # what is read there is more than what may be written
    cells |= (cells == 0).view(np.uint8) << _NUL_TO_SPACE
    return cells.reshape(-1, field.length), None


def _wide_cells(length: int, column: NDArray[Any]) -> tuple[Bytes | None, Flags | None]:
    """Full-width text that is EUC-KR already, with full-width spaces for the zeros that end an array's text.

    A zero elsewhere, or half a character before the end, is left to the slow way.
    """
    pairs = column.astype(f"S{length}").view(np.uint16)
    absent, each = pairs == 0, length // 2
    resumed = np.count_nonzero(absent[:-1] > absent[1:])
    if resumed != np.count_nonzero(absent[each - 1 : -1 : each] > absent[each::each]):
        return None, None
    if np.count_nonzero(pairs.view(np.uint8) == 0) != 2 * np.count_nonzero(absent):
        return None, None
    pairs |= absent * _WIDE_SPACE
    return pairs.view(np.uint8).reshape(-1, length), None

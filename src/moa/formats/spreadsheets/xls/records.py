"""The records of a BIFF stream (.xls), and the strings in them, which may run over into CONTINUE records.

Source: [MS-XLS] 2.1.4 (records), 2.5.293 (XLUnicodeRichExtendedString), 2.4.265 (SST).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from moa.formats.spreadsheets.refusals import broken

CONTINUE = 0x003C
_LONGEST_STRING = 32_767
_HIGH_BYTES, _EXTENDED, _RICH = 0x01, 0x04, 0x08


class Record(NamedTuple):
    """One record. Shape: `parts` holds its own bytes first, then those of the CONTINUE records after it."""

    kind: int
    parts: list[bytes]

    @property
    def data(self) -> bytes:
        return self.parts[0]


def records(stream: bytes, at: int = 0) -> Iterator[Record]:
    """The records from `at` on. Raises: WorkbookRefused where the stream ends within one."""
    pending: Record | None = None
    end = len(stream)
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if at + length > end:
            raise broken("record ends early")
        data = stream[at : at + length]
        at += length
        if kind == CONTINUE:
            if pending is not None:
                pending.parts.append(data)
            continue
        if pending is not None:
            yield pending
        pending = Record(kind, [data])
    if pending is not None:
        yield pending


class Parts:
    """Reads values out of a record and its continuations. Raises: WorkbookRefused past the end."""

    def __init__(self, parts: list[bytes], at: int = 0) -> None:
        self._parts = parts
        self._index = 0
        self._at = at

    def take(self, count: int) -> bytes:
        """The next bytes; a value that is no text may lie across two records."""
        taken = b""
        while len(taken) < count:
            part = self._parts[self._index]
            piece = part[self._at : self._at + count - len(taken)]
            taken += piece
            self._at += len(piece)
            if len(taken) < count:
                self._next()
        return taken

    def number(self, form: str) -> int:
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def skip(self, count: int) -> None:
        while count:
            step = min(count, len(self._parts[self._index]) - self._at)
            self._at += step
            count -= step
            if count:
                self._next()

    def text(self, length: int) -> str:
        """A BIFF8 string of `length` characters: flags, characters, then what formatting it has, which is skipped.

        Where the characters run over into the next record, that record begins with flags of its own.
        """
        if length > _LONGEST_STRING:
            raise broken("string too long")
        flags = self.take(1)[0]
        runs = self.number("<H") if flags & _RICH else 0
        extra = self.number("<I") if flags & _EXTENDED else 0
        pieces = []
        while length:
            width = 2 if flags & _HIGH_BYTES else 1
            room = (len(self._parts[self._index]) - self._at) // width
            count = min(length, room)
            raw = self.take(count * width)
            pieces.append(raw.decode("utf-16-le", "replace") if width == 2 else raw.decode("latin-1"))
            length -= count
            if length:
                self._next()
                flags = self.take(1)[0]
        self.skip(runs * 4 + extra)
        return "".join(pieces)

    def _next(self) -> None:
        self._index += 1
        self._at = 0
        if self._index >= len(self._parts):
            raise broken("record ends early")

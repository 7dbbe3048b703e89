"""Where the records of EI13 begin: what a block is by its first bytes, and where to go on after a wrong length.

A block begins a record when two of four signs are there: the work code, the record type, the number that comes next,
the institution. So a record of which one sign is garbled is still seen, and evidence is never taken for a record.
"""

from __future__ import annotations

from moa.formats.fixed_width.window import Window

from .evidence_layouts import BLOCK, DATA, HEADER, IDENTIFICATION, TRAILER, WORK_CODE
from .sequence import Sequence

HEADER_TYPE, DATA_TYPE, TRAILER_TYPE = b"11", b"22", b"33"
BREAKS = b"\r\n"
_FIRST, _LAST = b"0000000", b"9999999"
_TYPE, _SEQ = slice(6, 8), slice(8, 15)
_HEAD = 46
_ROOM = 1 << 20


class Blocks:
    """The file, block by block. Shape: offsets count from the record that the window stands at."""

    def __init__(self, window: Window, sequence: Sequence) -> None:
        self.window = window
        self.sequence = sequence
        self.institution: bytes | None = None

    @staticmethod
    def room() -> int:
        """How much of the file is looked at together: three of the largest records."""
        return _ROOM

    def kind_at(self, offset: int, signs: int = 2) -> bytes | None:
        """The type of the record that begins there, or None when too few signs of one are there."""
        head = self.window.peek(_HEAD, offset)
        if head.startswith(WORK_CODE + HEADER_TYPE + _FIRST):
            return HEADER_TYPE
        number = head[_SEQ]
        follows = number.isdigit() and int(number) in self.sequence.expected
        work = head.startswith(WORK_CODE)
        data = (
            work
            + (head[_TYPE] == DATA_TYPE)
            + follows
            + self._names(DATA.field("institution_code").cut(head))
        )
        last = work + (head[_TYPE] == TRAILER_TYPE) + (number == _LAST)
        last += self._names(TRAILER.field("institution_code").cut(head))
        if max(data, last) < signs:
            return None
        return TRAILER_TYPE if last > data else DATA_TYPE

    def breaks_at(self, offset: int) -> int:
        """How many bytes of line breaks stand there."""
        ahead = self.window.peek(4, offset)
        return len(ahead) - len(ahead.lstrip(BREAKS))

    def lands(self, offset: int) -> bool:
        """Whether a record begins there, perhaps after a line break, or the file ends."""
        self.window.has(offset + _HEAD)
        if len(self.window) <= offset:
            return True
        return self.kind_at(offset + self.breaks_at(offset)) is not None

    def is_next(self, offset: int, is_complete: bool) -> bool:
        """Whether what begins there is what must come: the next number, the trailer when that is all, or the end."""
        if len(self.window) <= offset:
            return True
        at = offset + self.breaks_at(offset)
        number = self.window.peek(_HEAD, at)[_SEQ]
        return (number == _LAST and is_complete) or (
            number.isdigit() and int(number) in self.sequence.expected
        )

    def start_within(self, begin: int, end: int) -> int | None:
        """The first block that surely begins a record. Shape: both count from the record's start, `begin` in blocks."""
        start, signs = self.window.start, 2 if self.institution is None else 3
        firsts = self.window.buffer[start + begin : min(start + end, self.window.end) : BLOCK]
        at = firsts.find(WORK_CODE[0])
        while at >= 0:
            if self.kind_at(begin + at * BLOCK, signs) is not None:
                return begin + at * BLOCK
            at = firsts.find(WORK_CODE[0], at + 1)
        return None

    def institution_of_data(self, offset: int) -> bytes:
        return DATA.field("institution_code").cut(self.window.peek(IDENTIFICATION, offset))[:10]

    def _names(self, field: bytes) -> bool:
        return self.institution is not None and field[:10] == self.institution


def blocks_of(length: int) -> int:
    """How many blocks evidence of this length takes together with its identification."""
    return -(-(IDENTIFICATION + length) // BLOCK)


def institution_of_header(block: bytes) -> bytes:
    return HEADER.field("institution_code").cut(block)[:10]

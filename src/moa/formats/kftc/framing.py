"""Where each record begins and ends: by its length, unless the bytes after it show that it is shorter or longer.

A record's length is believed when what follows looks like a record's head: its type, eight digits, the institution.
Where it does not, the head that must come next is searched nearby, and then any head further on; a record that was cut
or swelled is then one piece of a wrong length, and the records after it are read as if nothing had happened. Line breaks
between records are passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from moa.formats.fixed_width.block import Bytes
from moa.formats.fixed_width.window import Window

from .head_search import HEAD_LENGTH as _HEAD
from .head_search import LAST_SEQUENCE as LAST_SEQUENCE
from .head_search import HeadSearch

if TYPE_CHECKING:
    from .file_kinds import FileKind
    from .sequence import Sequence

BREAKS = b"\r\n"
END_OF_TEXT = b"\x1a"
FIRST_SEQUENCE = b"00000000"
INSTITUTION = slice(9, 19)
_BREAKS_AT_A_TIME = 65_536
_RECORDS_AHEAD = 16_384
_FEW_RECORDS = 16
_FEW_FAULTS = 2  # of a record that may still be whole
_REFILL = 512  # records ahead below which the window is filled again
_GOOD_SIZE = 64  # multiples of it are judged with the fewest steps


class Piece(NamedTuple):
    """One record as it stands: `length` bytes at the window's start, `step` to the next one."""

    length: int
    step: int
    is_last: bool


class Framing:
    """Cuts the window into records. Shape: `institution` is None while no record has told it."""

    def __init__(self, window: Window, kind: FileKind, sequence: Sequence) -> None:
        self.window = window
        self.record_length = kind.record_length
        self.institution: bytes | None = None
        self.line_break = b""
        self.has_line_breaks = False
        self._kind = kind
        self._sequence = sequence
        self._heads_ahead = HeadSearch(window)
        self._reach = _RECORDS_AHEAD
        self._is_first = True

    def run(self) -> tuple[int, int]:
        """How many data records of the right length surely stand at the window's start, and the bytes of each step.

        The last record in the window is never among them, for nothing after it shows its length.
        """
        length, window = self.record_length, self.window
        step = length + len(self.line_break)
        if not window.has(_REFILL * step) and len(window) < 4 * step:
            return 0, step
        count = min(len(window) // step, self._reach)
        sure = self._heads(count, step)
        self._reach = min(self._reach * 4, _RECORDS_AHEAD) if sure == count else _FEW_RECORDS
        surest = max(sure - 1, 0)
        return surest - (surest % _GOOD_SIZE if surest > _GOOD_SIZE else 0), step

    def rows(self, count: int, step: int) -> Bytes:
        """So many steps of the window as rows of bytes, the line break included."""
        return np.frombuffer(self.window.buffer, np.uint8, count * step, self.window.start).reshape(
            count, step
        )

    def one(self) -> Piece | None:
        """The next record, whatever it is; None at the end of the file."""
        window, length = self.window, self.record_length
        window.has(4 * length)
        if not self._left():
            return None
        at = self._length_of_first()
        step = at + len(self._break_at(at))
        is_last = window.ended and not window.peek(length, step).strip(BREAKS + END_OF_TEXT)
        return Piece(at, step, is_last)

    def skip(self, piece: Piece) -> None:
        self._is_first = False
        if piece.step > piece.length:
            self.has_line_breaks = not piece.is_last or self.has_line_breaks
            self.line_break = self.window.peek(piece.step - piece.length, piece.length)
        elif not piece.is_last:
            self.line_break = b""
        self.window.skip(piece.step)
        if piece.step - piece.length == _HEAD:
            self._skip_breaks()

    def _skip_breaks(self) -> None:
        """Empty lines, however many; what is looked at as one line break ends after a few."""
        window = self.window
        while window.has(1):
            ahead = window.peek(_BREAKS_AT_A_TIME)
            breaks = len(ahead) - len(ahead.lstrip(BREAKS))
            window.skip(breaks)
            if breaks < len(ahead):
                return

    def head_at(self, offset: int) -> bytes:
        """The head of a record that may begin there, after line breaks."""
        return self.window.peek(_HEAD, offset + len(self._break_at(offset)))

    def _heads(self, count: int, step: int) -> int:
        """How many steps from the window's start begin with the head of a data record and end with the line break."""
        rows = self.rows(count, step)
        sound = rows[:, 0] == ord("R")
        if self.institution is None:
            sound &= (rows[:, 1:9] - np.uint8(ord("0")) < 10).all(axis=1)
        else:
            named = rows[:, INSTITUTION.start : INSTITUTION.start + 8].view("<u8")[:, 0]
            sound &= named == np.uint64(int.from_bytes(self.institution[:8], "little"))
        for at, byte in enumerate(self.line_break, self.record_length):
            sound &= rows[:, at] == byte
        return count if sound.all() else int(sound.argmin())

    def _left(self) -> int:
        """Bytes until the end of what is in the window, without the breaks that end the file."""
        window = self.window
        if not window.ended or len(window) > 4 * self.record_length:
            return len(window)
        rest = window.peek(len(window))
        return len(rest.rstrip(BREAKS + END_OF_TEXT)) if rest.strip(BREAKS + END_OF_TEXT) else 0

    def _length_of_first(self) -> int:
        length, left = self.record_length, self._left()
        if left <= length:
            return left
        cut = self.window.peek(length)
        broken = self._break_at(length)
        split = cut[-1:] == b"\r" and broken[:1] == b"\n"
        if split or ((self.has_line_breaks or self._is_first) and not broken and cut[-1] in BREAKS):
            return len(cut.rstrip(BREAKS))
        if self._looks_like_a_head(self.head_at(length)):
            return length
        found = self._search()
        if found is None and not broken:
            further = self._search_further()
            line = self._next_break() if self.has_line_breaks else None
            found = min((end for end in (further, line) if end), default=None)
        return length if found is None else found

    def _search(self) -> int | None:
        """The length up to the head that must come next, when it stands near but not where it should."""
        window, length = self.window, self.record_length
        institution = self.institution or b""
        own = window.peek(8, 1)
        numbers = {n + more for n in self._sequence.expected for more in (0, 1)}
        if own.isdigit():
            numbers.add(int(own) + 1)
        heads = [b"R%08d" % number + institution for number in sorted(numbers)]
        places = [
            window.find(head, 1, length * 3 // 2) for head in (*heads, b"T" + LAST_SEQUENCE + institution)
        ]
        near = min((place for place in places if place > 0), default=None)
        return None if near is None else len(window.peek(near).rstrip(BREAKS)) or None

    def _search_further(self) -> int | None:
        """The length up to the next head of any number; None where the record is whole all the same.

        That is so when the number of that head says that more records stood between, and it may be the next one that is
        broken, or when all of them stand there, though their heads can't be read.
        """
        head = self.window.peek(_HEAD)
        if head[:9] == b"T" + LAST_SEQUENCE:
            return None  # what follows a trailer belongs to no record
        next_head = self._heads_ahead.next_one(self.institution)
        if next_head is None:
            return None
        place, number = next_head
        records, rest = divmod(place, self.record_length + len(self.line_break))
        ends, rows = number == LAST_SEQUENCE, head[:1] != b"H"  # the header has no part in the count
        if not rest and (ends or self._sequence.may_be(int(number) - records + (not rows))):
            return None
        is_next = not ends and int(number) - rows in self._sequence.expected
        is_near = place < self.record_length * 3 // 2 and (ends or self._sequence.may_skip)
        faults = self._faults_of_first() if place > self.record_length else _FEW_FAULTS + 1
        if not faults or (faults <= _FEW_FAULTS and not is_next and not is_near):
            return None
        return len(self.window.peek(place).rstrip(BREAKS)) or None

    def _next_break(self) -> int | None:
        places = [self.window.find(bytes([byte]), 1, 3 * self.record_length) for byte in BREAKS]
        return min((place for place in places if place > 0), default=None)

    def _break_at(self, offset: int) -> bytes:
        """The line break there; a byte that stands where a head has its type is a garbled type and no break."""
        ahead = self.window.peek(_HEAD, offset)
        if ahead[1:9].isdigit() and self._looks_like_a_head(ahead):
            return b""
        return ahead[: len(ahead) - len(ahead.lstrip(BREAKS))]

    def _faults_of_first(self) -> int:
        """How much would be wrong with the record if it were whole."""
        record = self.window.peek(self.record_length)
        layout = self._kind.header if record[:1] == b"H" else self._kind.data
        agreed = "institution_code" if record[INSTITUTION] == self.institution else ""
        return sum(each.severity == "error" and each.field != agreed for each in layout.check(record, 1))

    def _looks_like_a_head(self, head: bytes) -> bool:
        """Two of three: a type, a number, the institution; one of them may be garbled."""
        signs = (head[:1] in (b"H", b"R", b"T")) + head[1:9].isdigit()
        if self.institution is None:
            return signs == 2
        return signs + (head[INSTITUTION] == self.institution) >= 2

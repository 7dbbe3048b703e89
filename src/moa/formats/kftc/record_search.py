"""Single records of a file by their number, as the reader counts them: also those that are too short or too long.

The file is cut by the reader's own framing, so a number in a finding is the number here.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from moa.formats.fixed_width.finding import Finding
from moa.formats.fixed_width.layout import Layout
from moa.formats.fixed_width.window import Window

from . import evidence_layouts
from .ends import institution_of, is_header, is_trailer
from .evidence_blocks import blocks_of
from .evidence_layouts import BLOCK, IDENTIFICATION
from .file_kinds import FileKind
from .framing import BREAKS, END_OF_TEXT, INSTITUTION, Framing
from .recognise import HEAD_LENGTH, recognise
from .sequence import Sequence

if TYPE_CHECKING:
    from .evidence_file import EvidenceRecord

_RECORDS_AT_A_TIME = 8_192
_UNKNOWN_SHOWN = 150


class FoundRecord(NamedTuple):
    """One record.

    Shape: `layout` None where the file is of no known kind, and for what stands after the trailer. In EI13 `raw` is the identification, and `evidence` tells of
    what follows it: its length and SHA-256.
    """

    number: int
    raw: bytes
    layout: Layout | None
    evidence: tuple[tuple[str, str], ...] = ()


def kind_of(source: BinaryIO) -> FileKind | None:
    """The kind of a seekable file, which is left at its start."""
    source.seek(0)
    kind = recognise(source.read(HEAD_LENGTH))
    source.seek(0)
    return kind


def find_records(source: BinaryIO, numbers: Collection[int]) -> dict[int, FoundRecord]:
    """The records of these numbers that there are. Shape: `source` is seekable."""
    kind = kind_of(source)
    wanted = frozenset(numbers)
    if kind is None:
        raw = source.read(_UNKNOWN_SHOWN)
        return {1: FoundRecord(1, raw, None)} if raw and 1 in wanted else {}
    if kind.family == "EI13":
        return _Evidence(source, wanted).found()
    found = {}
    for record in _Walk(kind, source, wanted).records():
        found[record.number] = record
        if len(found) == len(wanted):
            break
    return found


class _Walk:
    """One pass over a file, stopping at the wanted records only."""

    def __init__(self, kind: FileKind, source: BinaryIO, wanted: Collection[int]) -> None:
        self.kind, self.wanted = kind, wanted
        self.sequence = Sequence(kind.name)
        self.window = Window(source, (_RECORDS_AT_A_TIME + 8) * kind.record_length)
        self.framing = Framing(self.window, kind, self.sequence)
        self.number = 0

    def records(self) -> Iterator[FoundRecord]:
        yield from self._header()
        while True:
            count, step = self.framing.run()
            if count:
                yield from self._run(count, step)
                continue
            piece = self.framing.one()
            if piece is None:
                return
            raw = self.window.peek(piece.length)
            if is_trailer(self.kind, raw[:HEAD_LENGTH]) or (piece.is_last and raw[:1] == b"T"):
                yield from self._end(raw)
                return
            yield from self._next(raw, self.kind.header if is_header(raw[:9]) else self.kind.data)
            if not is_header(raw[:9]):
                sound = len(raw) == self.kind.record_length
                (self.sequence.follow if sound else self.sequence.follow_misshapen)(raw[1:9])
            self.framing.skip(piece)

    def _next(self, raw: bytes, layout: Layout) -> Iterator[FoundRecord]:
        self.number += 1
        if self.number in self.wanted:
            yield FoundRecord(self.number, raw, layout)

    def _header(self) -> Iterator[FoundRecord]:
        piece = self.framing.one()
        first = self.window.peek(piece.length if piece else 0)
        self.framing.institution = institution_of(first)
        if piece is None or (is_trailer(self.kind, first) and not is_header(first)):
            return
        yield from self._next(first, self.kind.header)
        self.framing.skip(piece)
        following = self.framing.one()
        if following is not None:
            own = first[INSTITUTION]
            if self.framing.institution is None and self.window.peek(len(own), INSTITUTION.start) == own:
                self.framing.institution = own or None
                return
            second = institution_of(self.window.peek(HEAD_LENGTH))
            third = institution_of(self.framing.head_at(following.length))
            if second is not None and second == third:
                self.framing.institution = second

    def _run(self, count: int, step: int) -> Iterator[FoundRecord]:
        """Records that stand one after the other; only the last one's number matters for what comes next."""
        length = self.kind.record_length
        for number in sorted(self.wanted):
            at = number - self.number - 1
            if 0 <= at < count:
                yield FoundRecord(number, self.window.peek(length, at * step), self.kind.data)
        self.number += count
        self.sequence.follow(self.window.peek(8, (count - 1) * step + 1))
        self.window.skip(count * step)

    def _end(self, raw: bytes) -> Iterator[FoundRecord]:
        """The trailer, with a few bytes too many when it has them, and the beginning of what stands after it."""
        window, length = self.window, self.kind.record_length
        rest = window.peek(2 * length).rstrip(BREAKS + END_OF_TEXT)
        if len(raw) == length and window.ended and len(window) < 2 * length and rest[length:].strip(BREAKS):
            raw = rest
        yield from self._next(raw, self.kind.trailer)
        after = window.peek(2 * length, len(raw)).lstrip(BREAKS)
        if after.rstrip(BREAKS + END_OF_TEXT):
            self.number += 1
            if self.number in self.wanted:
                yield FoundRecord(self.number, after[:length], None)


class _Evidence:
    """One pass over EI13 by its own reader, which counts the records; decodes no evidence."""

    def __init__(self, source: BinaryIO, wanted: Collection[int]) -> None:
        self.source, self.wanted = source, wanted
        self.records: dict[int, FoundRecord] = {}
        self.lost: list[int] = []
        self.last = 1
        self.sound_until = BLOCK
        self.is_sound = True

    def found(self) -> dict[int, FoundRecord]:
        from .evidence_file import examine_evidence

        summary = examine_evidence(self.source, self._hear, self._take, check=False)
        if 1 in self.wanted and summary.header:
            self.records[1] = FoundRecord(1, self._at(0, BLOCK), evidence_layouts.HEADER)
        for number in self.lost:
            self.last = max(self.last, number)
            if number in self.wanted:
                raw = self._at(self.sound_until, IDENTIFICATION) if self.is_sound else b""
                self.records[number] = FoundRecord(number, raw, evidence_layouts.DATA)
        if 1 in self.wanted and not summary.header:
            self.records[1] = FoundRecord(1, self._at(0, IDENTIFICATION), evidence_layouts.DATA)
        for after, number in enumerate((self.last + 1, self.last + 2)):
            raw = self._trailer(after) if number in self.wanted and summary.trailer else b""
            if raw.strip(BREAKS + END_OF_TEXT):
                layout = None if after else evidence_layouts.TRAILER
                self.records[number] = FoundRecord(number, raw, layout)
        return self.records

    def _take(self, record: EvidenceRecord) -> None:
        self.last = max(self.last, record.number)
        if record.data is None:
            self.is_sound = False
        elif self.is_sound and not self.lost:
            self.sound_until += blocks_of(record.length) * BLOCK
        if record.number in self.wanted:
            about = (("evidence_length", str(record.length)), ("sha256", record.sha256.hex()))
            told = about if record.data is not None else ()
            self.records[record.number] = FoundRecord(
                record.number, record.identification, evidence_layouts.DATA, told
            )

    def _hear(self, finding: Finding) -> None:
        """Bytes that are no record have a number, and nobody is called with them."""
        if (finding.code, finding.field) in (("0081", "record_type"), ("header_repeated", "")):
            self.lost.append(finding.record or 0)

    def _at(self, offset: int, length: int) -> bytes:
        self.source.seek(offset)
        return self.source.read(length)

    def _trailer(self, after: int) -> bytes:
        """The block of the trailer, or what stands after it; after a broken record only the file's end is known."""
        if self.is_sound and not self.lost:
            return self._at(self.sound_until + after * BLOCK, BLOCK)
        if after:
            return b""
        end = self.source.seek(0, os.SEEK_END)
        start = max(0, end - BLOCK - 4)
        tail = self._at(start, BLOCK + 4).rstrip(BREAKS + END_OF_TEXT)
        return tail[-BLOCK:]

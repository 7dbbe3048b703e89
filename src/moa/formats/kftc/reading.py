"""Reading one KFTC CMS file: every finding, the figures, and the records for whoever wants them, in flat memory.

The source need not be seekable and may be of any size. What a record may say is judged by `record_checks`; this
module judges the file: its kind, header and trailer, the numbers of its records, its totals and pairs.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from moa.formats.fixed_width.finding import Finding, error, warning
from moa.formats.fixed_width.kinds import shown
from moa.formats.fixed_width.window import Window, lies_on_disk, read_into

from .change_pairs import ChangePairs
from .ends import (
    check_header,
    check_trailer,
    header_date,
    institution_of,
    is_header,
    is_trailer,
    named_file,
    names_another_day,
)
from .file_kinds import FileKind
from .file_summary import FileSummary as FileSummary
from .framing import INSTITUTION, Framing, Piece
from .judging import Judge
from .listing import EnoughErrors, Listing
from .mac import FIELD as MAC_FIELD
from .mac import MacMaker, TrailerMac
from .recognise import HEAD_LENGTH, begins_with_data, recognise
from .record_checks import FileFrame
from .sequence import Sequence
from .totals import Totals

if TYPE_CHECKING:
    from .evidence_file import EvidenceRecord
    from .rows import Rows

RECORDS_AT_A_TIME = 8_192
_PEEKED = 4_096


def examine(
    source: BinaryIO,
    found: Callable[[Finding], None],
    rows: Callable[[Rows], None] | Callable[[EvidenceRecord], None] | None = None,
    *,
    mac: MacMaker | None = None,
) -> FileSummary:
    """Read the whole file.

    Shape: `found` is called for each finding, `rows` for each stretch of data records (Rows), or in a file of evidence
    for each piece of it (EvidenceRecord). With `mac` the trailer's MAC must be what it computes, where the kind has one.
    """
    begun_at = source.tell() if lies_on_disk(source) else None
    window = Window(source, _PEEKED)
    window.fill()
    head = window.peek(HEAD_LENGTH)
    kind = recognise(head)
    whole = _Whole(window.peek(len(window)), source)
    if kind is not None and kind.family == "EI13":
        from .evidence_file import examine_evidence

        evidence: BinaryIO = io.BufferedReader(whole)
        if begun_at is not None:
            source.seek(begun_at)
            evidence = source
        return examine_evidence(evidence, found, cast("Callable[[EvidenceRecord], None] | None", rows))
    listing = Listing(found)
    summary = FileSummary()
    if kind is not None:
        _Reading(
            kind, cast(BinaryIO, whole), listing, cast("Callable[[Rows], None] | None", rows), summary, mac
        ).run()
    elif not head:
        listing.take(error("file_empty"))
    elif begins_with_data(head):
        listing.take(error("header_missing", 1))
    else:
        listing.take(error("kind_unknown"))
    summary.errors, summary.warnings = listing.errors, listing.warnings
    summary.warning_counts = dict(listing.warning_counts)
    return summary


class NothingToRead(Exception):
    """The file has no header, so its records can't be judged."""


class _Whole(io.RawIOBase):
    """The source with what was already read from it put back to the front."""

    def __init__(self, head: bytes, source: BinaryIO) -> None:
        self._head = head
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        if not self._head:
            return read_into(self._source, memoryview(room))
        data, self._head = self._head[: len(room)], self._head[len(room) :]
        room[: len(data)] = data
        return len(data)


class _Reading:
    """One pass over a file of a known kind."""

    def __init__(
        self,
        kind: FileKind,
        source: BinaryIO,
        listing: Listing,
        rows: Callable[[Rows], None] | None,
        summary: FileSummary,
        mac: MacMaker | None,
    ) -> None:
        self.kind, self.listing, self.rows, self.summary = kind, listing, rows, summary
        self.sequence = Sequence(kind.name)
        self.totals = Totals(kind)
        self.mac = TrailerMac.of(kind, mac)
        self.pairs = ChangePairs(kind) if ChangePairs.apply_to(kind) else None
        length = kind.record_length
        self.window = Window(source, (RECORDS_AT_A_TIME + 8) * length)
        self.framing = Framing(self.window, kind, self.sequence)
        self.number = 0
        self.file_name: bytes | None = None

    def run(self) -> None:
        try:
            if self.kind.experimental:
                self.listing.take(warning("kind_experimental"))
            judge = self._start()
            trailer = self._body(judge)
            self._tell(self.pairs.finish() if self.pairs else [])
            self._tell(self.sequence.finish())
            self._finish(trailer)
        except (EnoughErrors, NothingToRead):
            pass
        if self.framing.has_line_breaks:
            self.listing.take(warning("line_breaks"))
        self.summary.records = self.totals.figures["total_count"]
        self.summary.totals = dict(self.totals.figures)

    def _tell(self, findings: list[Finding]) -> None:
        for finding in findings:
            self.listing.take(finding)

    def _start(self) -> Judge:
        """The header, when the first record is one, and what every record must agree with."""
        piece = self.framing.one()
        first = self.window.peek(piece.length if piece else 0)
        self.summary.kind = self.kind.name
        self.framing.institution = institution_of(first)
        day = header_date(self.kind, first) if len(first) >= 33 else None
        if is_trailer(self.kind, first) and not is_header(first):
            self._tell([error("header_missing", 1)])
            raise NothingToRead
        if piece is not None:
            self._header(piece, first)
            if names_another_day(self.kind, first):
                day = None
        institution = self.framing.institution
        self.summary.institution = shown(institution) if institution else ""
        return Judge(FileFrame(self.kind, institution, day), self.sequence, self.totals, self.pairs)

    def _header(self, piece: Piece, record: bytes) -> None:
        self.number = 1
        if piece.length == self.kind.record_length:
            self._tell(check_header(self.kind, record))
            self.file_name = named_file(self.kind, record)
            self._of_mac(record)
        else:
            self._tell([error("record_length", 1, "", str(piece.length))])
            self._of_mac(None)
        padded = record.ljust(self.kind.record_length)[: self.kind.record_length]
        self.summary.header = self.kind.header.decode(padded)
        day = header_date(self.kind, padded)
        self.summary.date = day.isoformat() if day else ""
        self.framing.skip(piece)
        self._ask_rows_for_institution(record)

    def _ask_rows_for_institution(self, first: bytes) -> None:
        """A header that names another institution than the two records after it is the one that is wrong.

        One that is no institution's, and that the next record says too, is what the file agrees on: one fault.
        """
        own = self.framing.institution
        following = self.framing.one()
        if following is None:
            return
        named = first[INSTITUTION]
        if own is None and self.window.peek(len(named), INSTITUTION.start) == named:
            self.framing.institution = named
            return
        second = institution_of(self.window.peek(19))
        third = institution_of(self.framing.head_at(following.length))
        if second is not None and second == third and second != own:
            if own is not None:
                self._tell([error("institution_mismatch", 1, "institution_code", own.decode())])
            self.framing.institution = second

    def _body(self, judge: Judge) -> Piece | None:
        """All data records. Shape: the trailer, which is still to be passed, or None when there is none."""
        while True:
            count, step = self.framing.run()
            if count:
                self._judge(judge, count, step)
                self.window.skip(count * step)
                continue
            piece = self.framing.one()
            if piece is None or self._is_trailer(piece):
                return piece
            self.number += 1
            if is_header(self.window.peek(9)):
                self._of_mac(None)
                self.listing.take(error("header_repeated", self.number))
            elif piece.length != self.kind.record_length:
                self._misshapen(piece)
            else:
                self.number -= 1
                self._judge(judge, 1, piece.length)
            self.framing.skip(piece)

    def _is_trailer(self, piece: Piece) -> bool:
        head = self.window.peek(min(piece.length, HEAD_LENGTH))
        return is_trailer(self.kind, head) or (piece.is_last and head[:1] == b"T")

    def _misshapen(self, piece: Piece) -> None:
        self.sequence.follow_misshapen(self.window.peek(piece.length)[1:9])
        self.totals.lose()
        self._of_mac(None)
        if self.pairs:
            self.pairs.excuse(self.number)
        self.listing.take(error("record_length", self.number, "", str(piece.length)))

    def _judge(self, judge: Judge, count: int, step: int) -> None:
        raw = np.ascontiguousarray(self.framing.rows(count, step)[:, : self.kind.record_length])
        judged = judge.rows(raw, self.number + 1, self.listing)
        if self.mac:
            self.mac.take(raw.tobytes())
        if self.rows is not None:
            self.rows(judged)
        self.number += count

    def _finish(self, piece: Piece | None) -> None:
        if piece is None:
            self._tell([error("trailer_missing")])
            return
        self.number += 1
        window, length = self.window, self.kind.record_length
        rest = window.peek(len(window)).rstrip(b"\r\n\x1a") if window.ended else window.peek(2 * length)
        swollen = length < len(rest) < 2 * length and rest[length] not in b"\r\n"
        if piece.length != length or swollen:
            told = piece.length if piece.length != length else len(rest)
            self._tell([error("record_length", self.number, "", str(told))])
            if not swollen:
                self.framing.skip(piece)
                self._after_trailer()
            return
        record = window.peek(length)
        self.summary.trailer = self.kind.trailer.decode(record)
        institution = self.framing.institution
        self._tell(check_trailer(self.kind, record, self.number, institution, self.file_name))
        self._tell(self.totals.compare(record, self.number))
        if self.mac and self.mac.is_known and self.mac.put_into(record) != record:
            value = self.kind.trailer.field(MAC_FIELD).read(record)
            self._tell([error("mac_mismatch", self.number, MAC_FIELD, value)])
        self.framing.skip(piece)
        self._after_trailer()

    def _of_mac(self, record: bytes | None) -> None:
        """A record that the MAC covers; None when it can't be known what its sender computed it from."""
        if self.mac and record is not None:
            self.mac.take(record)
        elif self.mac:
            self.mac.lose()

    def _after_trailer(self) -> None:
        """Whatever follows is one error, and not read further: it may be endless."""
        piece = self.framing.one()
        if piece is not None:
            again = is_trailer(self.kind, self.window.peek(HEAD_LENGTH))
            self._tell([error("trailer_repeated" if again else "after_trailer", self.number + 1)])

"""Reading EI13, the file of consent evidence: every finding and the SHA-256 of each evidence, at constant memory.

A record's stated length is believed when another record, the trailer or the end of the file follows. Where it does not,
the length is what is wrong (`evidence_length`), and reading goes on at the next block that begins a record. Evidence
that is larger than any limit is passed over in pieces. The content is decoded when `check` asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import BinaryIO

from moa.formats.fixed_width.finding import Finding, error, warning
from moa.formats.fixed_width.kinds import as_date, shown
from moa.formats.fixed_width.layout import Layout

from .evidence_alike import SoundShapes
from .evidence_blocks import (
    BREAKS,
    HEADER_TYPE,
    TRAILER_TYPE,
    Blocks,
    blocks_of,
    institution_of_header,
)
from .evidence_judging import check_content, check_form
from .evidence_layouts import BLOCK, DATA, HEADER, IDENTIFICATION, TRAILER, WORK_CODE
from .evidence_read_ahead import EvidenceWindow
from .evidence_record import EvidenceRecord as EvidenceRecord
from .file_kinds import file_kinds
from .file_summary import FileSummary
from .listing import EnoughErrors, Listing
from .record_checks import FileFrame, check_record
from .sequence import Sequence, sequence_error

_END_OF_TEXT = b"\x1a"
_SEQ = slice(8, 15)
_BLOCKS_SEARCHED = 100_000
_LENGTH = DATA.field("evidence_length")


def examine_evidence(
    source: BinaryIO,
    found: Callable[[Finding], None],
    rows: Callable[[EvidenceRecord], None] | None = None,
    *,
    check: bool = True,
) -> FileSummary:
    """Read the whole file. Shape: `found` is called for each finding, `rows` for each data record, broken ones too.

    Without `check` the evidence is measured and hashed but not decoded.
    """
    listing, summary = Listing(found), FileSummary()
    reading = _Reading(source, listing, rows, check, summary)
    with reading.window, suppress(EnoughErrors):
        reading.run()
    reading.sum_up()
    return summary


class _Reading:
    """One pass over one file."""

    def __init__(
        self,
        source: BinaryIO,
        listing: Listing,
        rows: Callable[[EvidenceRecord], None] | None,
        check: bool,
        summary: FileSummary,
    ) -> None:
        self.listing, self.rows, self.check, self.summary = listing, rows, check, summary
        self.window = EvidenceWindow(source, Blocks.room(), hashed=rows is not None)
        self.sequence = Sequence()
        self.blocks = Blocks(self.window, self.sequence)
        self.kind = file_kinds()["EI13"]
        self.frame = FileFrame(self.kind, None, None)
        self.sound = SoundShapes()
        self.header = b""
        self.number = self.records = self.block_count = 0
        self.counts_hold = True
        self.has_line_breaks = self.is_given_up = False

    def run(self) -> None:
        if not self.window.has(1):
            self.listing.take(error("file_empty"))
        elif self.window.peek(6) != WORK_CODE:
            self.listing.take(error("kind_unknown"))
        elif self.window.peek(2, 6) in (b"22", b"33") and self.window.peek(7, 8).strip(b"0"):
            self.summary.kind = self.kind.name
            self.listing.take(error("header_missing", 1))
        else:
            self._start()
            self._body()

    def sum_up(self) -> None:
        if self.has_line_breaks:
            self.listing.take(warning("line_breaks"))
        self.summary.records = self.records
        if self.summary.kind:
            self.summary.totals = {"data_count": self.records, "block_count": self.block_count}
        self.summary.errors, self.summary.warnings = self.listing.errors, self.listing.warnings
        self.summary.warning_counts = self.listing.warning_counts

    def _tell(self, findings: list[Finding]) -> None:
        for finding in findings:
            self.listing.take(finding)

    def _start(self) -> None:
        self.window.has(BLOCK)
        self.number, self.summary.kind = 1, self.kind.name
        block = self.window.peek(BLOCK)
        self.header = block.ljust(BLOCK)
        if len(block) < BLOCK:
            self._tell([error("record_length", 1, "", str(len(block)))])
        else:
            self._tell(HEADER.check(block, 1))
        self.window.skip(len(block))
        told = as_date(HEADER.field("application_date").cut(self.header))
        institution = self._institution(institution_of_header(self.header))
        self.frame = FileFrame(self.kind, institution, told)
        self.blocks.institution = institution
        self.summary.header = HEADER.decode(self.header)
        self.summary.date = told.isoformat() if told else ""
        self.summary.institution = institution.decode("latin-1") if institution else ""

    def _institution(self, named: bytes) -> bytes | None:
        """Whose file it is. A header that names another institution than its first two records is what is wrong."""
        self.window.has(IDENTIFICATION)
        first = self.blocks.institution_of_data(0)
        length = _LENGTH.cut(self.window.peek(IDENTIFICATION))
        after = blocks_of(int(length)) * BLOCK if length.isdigit() else 0
        if self.window.has(after + IDENTIFICATION) and after and first != named:
            second = self.blocks.institution_of_data(after)
            if first == second and first[:2] == b"99" and first.isdigit():
                if HEADER.field("institution_code").fault(self.header) is None:
                    told = named.decode("ascii")
                    self._tell([error("institution_mismatch", 1, "institution_code", told)])
                return first
        return named.strip() or None

    def _body(self) -> None:
        while not self.is_given_up:
            if not self.check:
                self._plain_ones()
            if not self._next_block():
                break
            kind = self.blocks.kind_at(0)
            if kind == TRAILER_TYPE:
                self._trailer()
                return
            self.number += 1
            if kind == HEADER_TYPE:
                self._tell([error("header_repeated", self.number)])
                self.window.skip(BLOCK)
            elif kind is None:
                self._lost()
            else:
                self._data()
        self._tell([error("trailer_missing")])

    def _plain_ones(self) -> None:
        """Pass the records that stand here as long as plainly nothing is wrong: most are like one that was found sound.

        What is not plain is left to be judged part by part.
        """
        window, room = self.window, Blocks.room() - BLOCK
        while True:
            expected, start = self.sequence.expected, window.start
            raw = window.peek(IDENTIFICATION)
            if raw[_SEQ] != b"%07d" % expected[0] or len(expected) > 1 or not self.sound.has(raw):
                return
            length = int(raw[_LENGTH.start :])
            size = blocks_of(length) * BLOCK
            if size > room or not window.has(size + BLOCK) or check_form(raw, length):
                return
            start, used = window.start, IDENTIFICATION + length
            if window.buffer[start + used : start + size].strip(b" "):
                return
            if not window.buffer.startswith(raw[:8] + b"%07d" % (expected[0] + 1), start + size):
                return
            self.sequence.follow(raw[_SEQ])
            self.number += 1
            self.records += 1
            if self.rows is not None:
                hashed = window.hash_of(IDENTIFICATION, length)
                with window.view_of(IDENTIFICATION, length) as data:
                    self.rows(EvidenceRecord(self.number, raw, length, hashed, data))
            self.block_count += size // BLOCK
            window.skip(size)

    def _next_block(self) -> bool:
        """Whether something follows, line breaks passed over."""
        self.window.has(BLOCK + 4)
        breaks = self.blocks.breaks_at(0)
        if breaks and (len(self.window) == breaks or self.blocks.kind_at(breaks) is not None):
            self.has_line_breaks = self.has_line_breaks or len(self.window) > breaks
            self.window.skip(breaks)
        return self.window.has(1)

    def _lost(self) -> None:
        """Bytes that are no record: one error, and on to the next one."""
        self._tell([error("0081", self.number, "record_type")])
        self.counts_hold = False
        self._pass(BLOCK)
        self._pass_to_start()

    def _data(self) -> None:
        self.records += 1
        identification = self.window.peek(IDENTIFICATION).ljust(IDENTIFICATION)
        if len(self.window) < IDENTIFICATION:
            self._cut_off(identification)
            return
        findings = self._identification(identification)
        length = _LENGTH.cut(identification)
        self.sequence.follow(identification[_SEQ])
        if not length.isdigit():
            self._tell(findings)
            self._broken(identification)
        elif (size := blocks_of(int(length)) * BLOCK) + BLOCK > Blocks.room():
            self._tell(findings)
            self._oversized(identification, int(length))
        else:
            self._evidence(identification, int(length), size, findings)

    def _identification(self, raw: bytes) -> list[Finding]:
        findings: list[Finding] = []
        if not self.sound.has(raw):
            findings = self._new_ones(check_record(self.frame, raw, self.number), DATA, raw)
            if not findings:
                self.sound.learn(raw)
        number = raw[_SEQ]
        if number.isdigit() and int(number) not in self.sequence.expected:
            findings.append(sequence_error(self.number, int(number)))
        return findings

    def _new_ones(self, findings: list[Finding], layout: Layout, raw: bytes) -> list[Finding]:
        """Without the institution's when it is the header's, byte for byte: the header's finding has told it."""
        said = layout.field("institution_code").cut(raw)
        if (
            said != HEADER.field("institution_code").cut(self.header)
            and said.rstrip(b" ") != self.frame.institution
        ):
            return findings
        return [finding for finding in findings if finding.field != "institution_code"]

    def _evidence(self, raw: bytes, length: int, size: int, findings: list[Finding]) -> None:
        """Evidence that fits into the window, wherever its length is right."""
        self.window.has(size + BLOCK)
        sound = self.blocks.lands(size) and len(self.window) >= size
        if not sound or not self.blocks.is_next(size, self._is_complete()):
            begun = self.blocks.start_within(BLOCK, min(size, len(self.window)))
            if begun is None and len(self.window) < size and self.window.ended:
                self._tell(findings)
                self._cut_off(raw)
                return
            if begun is not None or not sound:
                self._tell([*findings, self._wrong_length(length)])
                self._broken(raw)
                return
        end = self.window.start + IDENTIFICATION + length
        with memoryview(self.window.buffer) as view, view[end - length : end] as data:
            filler = view[end : self.window.start + size].tobytes()
            judged = self._content(raw, data, findings)
            if filler.strip(b" ") and any(each.severity == "error" for each in judged):
                judged = [self._wrong_length(length)]  # it goes on in the filler
            elif filler.strip(b" "):
                judged.insert(0, error("0089", self.number, "filler", shown(filler.strip(b" "))))
            self._tell(findings + judged)
            if self.rows is not None:
                digest = self.window.hash_of(IDENTIFICATION, length)
                self.rows(EvidenceRecord(self.number, raw, length, digest, data))
        self._pass(size)

    def _is_complete(self) -> bool:
        """Whether the header announces no more evidence than was read."""
        announced = HEADER.field("evidence_count").cut(self.header)
        return not announced.isdigit() or int(announced) <= self.records

    def _content(self, raw: bytes, data: memoryview, findings: list[Finding]) -> list[Finding]:
        told = {finding.field for finding in findings}
        judged = check_content(raw, data) if self.check else check_form(raw, len(data))
        return [each._replace(record=self.number) for each in judged if each.field not in told]

    def _oversized(self, raw: bytes, length: int) -> None:
        """More than any limit: measured and hashed in pieces, unless another record begins before its end."""
        size, hashed, passed = blocks_of(length) * BLOCK, sha256(), 0
        while passed < size and self.window.has(1):
            self.window.has(BLOCK)
            lies = len(self.window)
            # Whole blocks, for records begin at those.
            reach = min(size - passed, lies - lies % BLOCK or lies)
            begun = self.blocks.start_within(0 if passed else BLOCK, reach)
            part = reach if begun is None else begun
            data = self.window.peek(part)
            hashed.update(data[max(IDENTIFICATION - passed, 0) : max(IDENTIFICATION + length - passed, 0)])
            self._pass(part)
            passed += part
            if begun is not None:
                break
        self.window.has(BLOCK)
        if passed < size and not len(self.window):
            self._tell([error("record_length", self.number, "", str(passed))])
        elif passed < size or not self.blocks.lands(0):
            self._tell([self._wrong_length(length)])
            self._pass_to_start()
        else:
            self._tell([each._replace(record=self.number) for each in check_form(raw, length)])
        self._give(raw, min(length, max(passed - IDENTIFICATION, 0)), hashed.digest())

    def _broken(self, raw: bytes) -> None:
        """A record of unknown length: on to the next one."""
        self._give(raw, 0, sha256().digest())
        self._pass(BLOCK)
        self._pass_to_start()

    def _cut_off(self, raw: bytes) -> None:
        """The file ends within a record."""
        self._tell([error("record_length", self.number, "", str(len(self.window)))])
        self._give(raw, 0, sha256().digest())
        self._pass(len(self.window))

    def _wrong_length(self, length: int) -> Finding:
        return error("evidence_length", self.number, "evidence_length", str(length))

    def _give(self, raw: bytes, length: int, digest: bytes) -> None:
        if self.rows is not None:
            self.rows(EvidenceRecord(self.number, raw, length, digest, None))

    def _pass(self, count: int) -> None:
        count = min(count, len(self.window))
        self.block_count += -(-count // BLOCK)
        self.window.skip(count)

    def _pass_to_start(self) -> None:
        """On to the next block that surely begins a record, or to the end of the file.

        No record is longer than ten megabytes, so after many times that nothing more is looked for: a file of gigabytes
        without records is not worth the time.
        """
        last = self.block_count + _BLOCKS_SEARCHED
        while self.window.has(BLOCK) or len(self.window):
            begun = self.blocks.start_within(0, len(self.window))
            self._pass(len(self.window) // BLOCK * BLOCK if begun is None else begun)
            if begun is not None:
                return
            if self.block_count > last:
                self.is_given_up = True
                return
            if self.window.ended and len(self.window) < BLOCK:
                self._pass(len(self.window))

    def _trailer(self) -> None:
        self.number += 1
        block = self.window.peek(BLOCK)
        self.summary.trailer = TRAILER.decode(block.ljust(BLOCK))
        self.window.skip(len(block))
        if len(block) < BLOCK:
            self._tell([error("record_length", self.number, "", str(len(block)))])
            return
        findings = TRAILER.check(block, self.number)
        named = TRAILER.field("institution_code").cut(block)[:10]
        faulty = {finding.field for finding in findings}
        if self.frame.institution and named != self.frame.institution and "institution_code" not in faulty:
            told = named.decode("ascii")
            findings.append(error("institution_mismatch", self.number, "institution_code", told))
        findings = self._new_ones(findings, TRAILER, block)
        self._tell(findings + self._counts(block))
        self._after_trailer()

    def _counts(self, trailer: bytes) -> list[Finding]:
        """What header and trailer count otherwise than the file; nothing where records were lost."""
        compared = [
            (HEADER, self.header, 1, "evidence_count", self.records, "count_mismatch"),
            (TRAILER, trailer, self.number, "data_count", self.records, "count_mismatch"),
            (TRAILER, trailer, self.number, "block_count", self.block_count, "block_count_mismatch"),
        ]
        findings = []
        for layout, raw, number, name, counted, code in compared:
            told = layout.field(name).cut(raw)
            if self.counts_hold and told.isdigit() and int(told) != counted:
                findings.append(error(code, number, name, str(int(told))))
        return findings

    def _after_trailer(self) -> None:
        """Whatever follows is one error, and not read further: it may be endless."""
        self.window.has(BLOCK)
        rest = self.window.peek(BLOCK)
        if rest.strip(BREAKS + _END_OF_TEXT):
            self._tell([error("after_trailer", self.number + 1)])

"""Writing a file of records of one length: a few thousand rows at a time, laid out by columns.

Rows about which the columns leave a doubt, and rows with a hint that is to be told, go to the reference one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import BinaryIO

import numpy as np

from moa.formats.fixed_width.block import Block, Bytes, Flags
from moa.formats.fixed_width.finding import Finding, error
from moa.formats.fixed_width.layout import Unwritten

from .accept import Hints
from .columns import ROWS_AT_A_TIME, ColumnEncoder
from .file_frame import HeaderFacts
from .file_kinds import FileKind
from .listing import WARNINGS_LISTED, Listing
from .mac import MacMaker, TrailerMac
from .row_records import RowEncoder, RowRecord
from .row_twins import HalfPairs, RowTwins
from .totals import Totals

MOST_ROWS = 99_999_998
Row = Mapping[str, str]


class RecordWriter:
    """One file. Shape: `records` counts the rows so far, good or bad."""

    def __init__(
        self,
        kind: FileKind,
        out: BinaryIO,
        listing: Listing,
        facts: HeaderFacts,
        mac: MacMaker | None = None,
    ) -> None:
        self.kind, self.out, self.listing, self.facts = kind, out, listing, facts
        self.rows = RowEncoder(facts.frame(kind))
        self.columns = ColumnEncoder(self.rows)
        self.figures, self.twins, self.halves = Totals(kind), RowTwins(kind), HalfPairs(kind)
        self.mac = TrailerMac.of(kind, mac)
        self.records = 0

    def totals(self) -> dict[str, int]:
        return dict(self.figures.figures)

    def write(self, rows: Iterable[Row]) -> None:
        header, findings = self.facts.header_findings(self.kind)
        self._tell(findings)
        self._put(header)
        waiting = iter(rows)
        while piece := list(islice(waiting, ROWS_AT_A_TIME)):
            self._piece(piece)
        if self.records > MOST_ROWS:
            self._tell([error("rows_too_many", None, "seq", str(self.records))])
        self._tell(self.halves.findings())
        self._tell(self.twins.findings())
        self._trailer()

    def _piece(self, rows: list[Row]) -> None:
        self._tell(self.rows.check_columns(rows[0]))
        columns = _columns(rows)
        if columns is None:
            self._one_by_one(rows)
            return
        raw, flags = self.columns.encode(columns, len(rows), self.records + 1)
        hints = self.columns.filter.hints(self.columns.block)
        doubts = set() if flags is None else set(np.flatnonzero(flags).tolist())
        asked = sorted(doubts | self._to_be_told(hints, flags))
        made = {at: self.rows.encode(rows[at], self.records + at + 1, self.records + at + 1) for at in asked}
        for at in sorted(doubts):
            raw[at] = np.frombuffer(made[at].raw, np.uint8)
        for code, hinted in hints.items():
            others = int(np.count_nonzero(hinted)) - int(np.count_nonzero(hinted[asked]))
            if others:
                self.listing.count_warnings(code, others)
        self._count(raw, made)
        self.records += len(rows)

    def _to_be_told(self, hints: Hints, doubts: Flags | None) -> set[int]:
        """The rows whose hints are told, because fewer of their code were than are listed."""
        told: set[int] = set()
        for code, hinted in hints.items():
            if self.listing.has_room(code):
                sure = hinted if doubts is None else hinted & ~doubts
                told.update(np.flatnonzero(sure)[:WARNINGS_LISTED].tolist())
        return told

    def _one_by_one(self, rows: list[Row]) -> None:
        """Rows of different columns, or with more or fewer cells than the heading."""
        made = {}
        for at, row in enumerate(rows):
            self._tell(self.rows.check_columns(row))
            made[at] = self.rows.encode(row, self.records + at + 1, self.records + at + 1)
        blank = b" " * self.kind.record_length
        joined = b"".join(made[at].raw or blank for at in range(len(rows)))
        raw = np.frombuffer(joined, np.uint8).reshape(len(rows), self.kind.record_length)
        self._count(raw, made)
        self.records += len(rows)

    def _count(self, raw: Bytes, made: dict[int, RowRecord]) -> None:
        """Tells what was found, adds up what is sound, and writes it. Shape: `made` by place in the piece."""
        for row in made.values():
            self._tell(row.findings)
        numbers = np.arange(self.records + 1, self.records + len(raw) + 1)
        bad = [at for at, row in made.items() if row.is_bad]
        for at in bad:
            self.halves.doubt(made[at])
        self.halves.add(raw, numbers)
        if bad:
            sound = np.ones(len(raw), bool)
            sound[bad] = False
            raw, numbers = np.ascontiguousarray(raw[sound]), numbers[sound]
        self.twins.add(raw, numbers)
        if len(raw):
            self.figures.add_many(Block(raw), range(len(raw)) if self.kind.is_result and made else ())
        self._put(raw.tobytes())

    def _trailer(self) -> None:
        try:
            trailer = self.facts.trailer(self.kind, self.totals())
        except Unwritten as unwritten:
            self._tell([] if self.listing.errors else list(unwritten.findings))
            return
        if not self.listing.errors:
            self.out.write(self.mac.put_into(trailer) if self.mac else trailer)

    def _put(self, raw: bytes) -> None:
        if not self.listing.errors:
            self.out.write(raw)
            if self.mac:
                self.mac.take(raw)

    def _tell(self, findings: list[Finding]) -> None:
        for finding in findings:
            self.listing.take(finding)


def _columns(rows: list[Row]) -> dict[str, list[str]] | None:
    """The rows' columns; None when not all rows have the same, or one has no value."""
    names = list(rows[0])
    if any(len(row) != len(names) for row in rows):
        return None
    try:
        columns = {name: [row[name] for row in rows] for name in names}
    except KeyError:
        return None
    return None if None in columns or any(None in column for column in columns.values()) else columns

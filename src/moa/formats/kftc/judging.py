"""What is wrong with a stretch of data records: each one's own faults, its number, its part in a change of account.

Most records are seen to be sound many at a time; only those in doubt, and those whose hints are to be listed, go to
the reference. So what is found is what the reference finds.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Iterable

import numpy as np

from moa.formats.fixed_width.block import Block, Bytes, Flags
from moa.formats.fixed_width.finding import Finding

from .accept import DataFilter, Hints
from .change_pairs import CHANGE, ChangePairs
from .listing import WARNINGS_LISTED, Listing
from .record_checks import FileFrame, check_record
from .rows import Rows
from .sequence import Sequence, sequence_error
from .totals import Totals

_TOO_FEW = 8  # to be worth looking at together
_SEQUENCE = slice(1, 9)


class Judge:
    """Takes the records of one file in their order."""

    def __init__(
        self, frame: FileFrame, sequence: Sequence, totals: Totals, pairs: ChangePairs | None
    ) -> None:
        self.frame = frame
        self._sequence = sequence
        self._totals = totals
        self._pairs = pairs
        self._filter = DataFilter(frame)
        self._doubts: abc.Sequence[int] = ()
        self._branch = frame.kind.data.field("handling_branch").start if pairs else 0

    def rows(self, raw: Bytes, first: int, listing: Listing) -> Rows:
        """Tell everything about these records. Shape: a row of bytes for each record, contiguous."""
        take = self._one_by_one if len(raw) < _TOO_FEW else self._at_a_glance
        faulty = set()
        for finding in take(raw, first, listing):
            listing.take(finding)
            if finding.severity == "error" and finding.record is not None:
                faulty.add(finding.record)
        return Rows(self.frame.kind, raw, first, frozenset(faulty), self._doubts)

    def _one_by_one(self, raw: Bytes, first: int, listing: Listing) -> Iterable[Finding]:
        self._doubts = range(len(raw))
        for number, record in enumerate(map(bytes, raw), first):
            self._totals.add(record)
            findings = check_record(self.frame, record, number)
            yield from findings
            for wrong in self._sequence.follow(record[_SEQUENCE]):
                yield sequence_error(number + wrong.place, wrong.number)
            if self._pairs:
                yield from self._pairs.see(number, record, findings)

    def _at_a_glance(self, raw: Bytes, first: int, listing: Listing) -> Iterable[Finding]:
        block = Block(raw)
        flags, hints = self._filter.doubts(block), self._filter.hints(block)
        self._doubts = doubts = [] if flags is None else np.flatnonzero(flags).tolist()
        self._totals.add_many(block, doubts)
        wrong_numbers = {
            wrong.seen_at: wrong
            for wrong in self._sequence.follow_many(block.number(1, 8), _unreadable(raw, doubts))
        }
        changes = set(self._changes(block))
        referred = {*doubts, *_to_be_listed(hints, flags, listing)}
        for at in sorted(referred | changes | wrong_numbers.keys()):
            record, number = raw[at].tobytes(), first + at
            findings = check_record(self.frame, record, number) if at in referred else []
            yield from findings
            if wrong := wrong_numbers.get(at):
                yield sequence_error(first + wrong.place, wrong.number)
            if self._pairs:
                yield from self._pairs.see(number, record, findings)
        _count_others(hints, list(referred), listing)

    def _changes(self, block: Block) -> list[int]:
        if self._pairs is None:
            return []
        said = block.cells(self._branch, len(CHANGE)).view("<u4")[:, 0]
        return np.flatnonzero(said == int.from_bytes(CHANGE, "little")).tolist()


def _unreadable(raw: Bytes, doubts: list[int]) -> list[int]:
    """The places whose number has something else than digits; such a record is always in doubt."""
    return [at for at in doubts if not raw[at, _SEQUENCE].tobytes().isdigit()]


def _to_be_listed(hints: Hints, doubts: Flags | None, listing: Listing) -> set[int]:
    """The places whose hints must be told, because fewer of their code were told than are listed."""
    told: set[int] = set()
    for code, flags in hints.items():
        if listing.has_room(code):
            sure = flags if doubts is None else flags & ~doubts
            told.update(np.flatnonzero(sure)[:WARNINGS_LISTED].tolist())
    return told


def _count_others(hints: Hints, referred: list[int], listing: Listing) -> None:
    for code, flags in hints.items():
        others = int(np.count_nonzero(flags)) - int(np.count_nonzero(flags[referred]))
        if others:
            listing.count_warnings(code, others)

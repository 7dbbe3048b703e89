"""What is wrong with a stretch of data records: each one's own faults, its number, its part in a change of account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moa.formats.fixed_width.finding import Finding

from .change_pairs import CHANGE, ChangePairs
from .listing import Listing
from .record_checks import FileFrame, check_record
from .sequence import Sequence, sequence_error
from .totals import Totals

if TYPE_CHECKING:
    import numpy as np


class Judge:
    """Takes the records of one file in their order."""

    def __init__(
        self, frame: FileFrame, sequence: Sequence, totals: Totals, pairs: ChangePairs | None
    ) -> None:
        self.frame = frame
        self._sequence = sequence
        self._totals = totals
        self._pairs = pairs

    def rows(self, raw: np.ndarray, first: int, listing: Listing) -> frozenset[int]:
        """The numbers of the records that have an error. Shape: a row of bytes for each record."""
        faulty = set()
        for number, record in enumerate(map(bytes, raw), first):
            self._totals.add(record)
            for finding in self._record(number, record):
                listing.take(finding)
                if finding.severity == "error" and finding.record is not None:
                    faulty.add(finding.record)
        return frozenset(faulty)

    def _record(self, number: int, record: bytes) -> list[Finding]:
        findings = check_record(self.frame, record, number)
        if not self._sequence.follow(record[1:9]):
            findings.append(sequence_error(number, record[1:9]))
        if self._pairs is not None and self.frame.kind.data.field("handling_branch").cut(record) == CHANGE:
            findings += self._pairs.take(number, record)
        return findings

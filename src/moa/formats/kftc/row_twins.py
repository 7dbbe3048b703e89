"""Rows of one file that ask for the same thing twice, and halves of account changes: what no single row shows.

Memory: at most 64 bytes a row for twins (hashes, the row's numbers, its payer); half pairs as change_pairs keeps them.
Two rows that only share a hash would warn wrongly; with 64 bits and ten million rows that happens once in 300,000 files.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from moa.formats.fixed_width.block import Bytes
from moa.formats.fixed_width.finding import Finding, warning
from moa.formats.fixed_width.layout import Field

from .change_pairs import CHANGE, ChangePairs
from .file_kinds import FileKind
from .record_checks import NEW
from .row_records import RowRecord

_MIX = np.uint64(0x9E3779B97F4A7C15)
_FOLD = np.uint64(29)
_PAIR_FIELDS = {"handling_branch", "application_type", "payer_no", "account_no"}
_CHANGE = np.frombuffer(CHANGE, np.uint8)


class Twins:
    """Rows whose named fields are the same, to the byte."""

    def __init__(self, kind: FileKind, names: tuple[str, ...]) -> None:
        self.fields = [kind.data.field(name) for name in names]
        self._hashes: list[NDArray[np.uint64]] = []
        self._numbers: list[NDArray[np.int64]] = []

    def add(self, records: Bytes, numbers: NDArray[np.int64]) -> None:
        self._hashes.append(_hashed(records, self.fields))
        self._numbers.append(numbers)

    def repeated(self) -> list[int]:
        """The numbers of the rows that repeat an earlier one, in order."""
        if not self._hashes:
            return []
        hashes, numbers = np.concatenate(self._hashes), np.concatenate(self._numbers)
        order = np.argsort(hashes, kind="stable")
        again = hashes[order][1:] == hashes[order][:-1]
        return sorted(numbers[order][1:][again].tolist())


class RowTwins:
    """What to look for by kind: a debit asked for twice, an application made twice, a payer new with two accounts."""

    def __init__(self, kind: FileKind) -> None:
        self._kind = kind
        self._payer = kind.data.field("payer_no") if kind.data.has("payer_no") else None
        self._payers: list[Bytes] = []
        self._numbers: list[NDArray[np.int64]] = []
        self._requests = Twins(kind, ("payer_no", "account_no")) if kind.minimum_won else None
        self._applications: Twins | None = None
        self._new_payers: Twins | None = None
        if kind.name == "EB13":
            same = ("application_type", "payer_no", "bank_branch_code", "account_no")
            self._applications, self._new_payers = Twins(kind, same), Twins(kind, ("payer_no",))

    def add(self, records: Bytes, numbers: NDArray[np.int64]) -> None:
        if self._payer is not None and len(numbers) and (self._requests or self._applications):
            self._payers.append(records[:, self._payer.start : self._payer.end].copy())
            self._numbers.append(numbers)
        if self._requests is not None:
            self._requests.add(records, numbers)
        if self._applications is not None and self._new_payers is not None:
            self._applications.add(records, numbers)
            new = records[:, self._kind.data.field("application_type").start] == ord(NEW)
            self._new_payers.add(records[new], numbers[new])

    def findings(self) -> list[Finding]:
        found = []
        if self._requests is not None:
            repeated = self._requests.repeated()
            found += [warning("duplicate_request", row, "payer_no", self._payer_of(row)) for row in repeated]
        if self._applications is not None and self._new_payers is not None:
            again = self._applications.repeated()
            found += [warning("row_repeated", row) for row in again]
            others = set(self._new_payers.repeated()) - set(again)
            found += [
                warning("payer_two_accounts", row, "payer_no", self._payer_of(row)) for row in sorted(others)
            ]
        return found

    def _payer_of(self, row: int) -> str:
        piece = bisect_right(self._numbers, row, key=lambda numbers: int(numbers[0])) - 1
        at = int(np.searchsorted(self._numbers[piece], row))
        raw: bytes = self._payers[piece][at].tobytes()
        return raw.decode("ascii", "replace").rstrip()


class HalfPairs:
    """Account changes in EB11 and EB12 of which only one half is there."""

    def __init__(self, kind: FileKind) -> None:
        self._pairs = ChangePairs(kind) if ChangePairs.apply_to(kind) else None
        self._place = kind.data.field("handling_branch") if self._pairs else None
        self._found: list[Finding] = []
        self._is_sure = True

    def doubt(self, row: RowRecord) -> None:
        """A row with errors may be the other half; when it can't be known whose, no half is called alone."""
        if _PAIR_FIELDS & {finding.field for finding in row.findings} or not row.raw:
            self._is_sure = False

    def add(self, records: Bytes, numbers: NDArray[np.int64]) -> None:
        """Shape: rows with errors among them, as far as they make a record."""
        if self._pairs is None or self._place is None:
            return
        changes = (records[:, self._place.start : self._place.end] == _CHANGE).all(axis=1)
        for at in np.flatnonzero(changes).tolist():
            self._found += self._pairs.take(int(numbers[at]), records[at].tobytes())

    def findings(self) -> list[Finding]:
        """An error for each half, in the order of the rows."""
        if self._pairs is None or not self._is_sure:
            return []
        return sorted(self._found + self._pairs.finish(), key=lambda finding: finding.record or 0)


def _hashed(records: Bytes, fields: list[Field]) -> NDArray[np.uint64]:
    """64 bits of each record's fields, mixed eight bytes at a time."""
    hashes = np.full(len(records), _MIX, np.uint64)
    for field in fields:
        padded = np.zeros((len(records), -(-field.length // 8) * 8), np.uint8)
        padded[:, : field.length] = records[:, field.start : field.end]
        for word in padded.view(np.uint64).T:
            hashes = (hashes ^ word) * _MIX
            hashes ^= hashes >> _FOLD
    return hashes

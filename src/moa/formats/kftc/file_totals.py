"""The totals that a trailer carries, added up from records as they pass."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from .file_kinds import FileKind

Records = NDArray[np.uint8]
"""Records below each other. Shape: one row a record, one column a byte."""

_TYPE_COUNTS = {b"1": "new_count", b"3": "cancel_count", b"7": "arbitrary_cancel_count"}
_FULL_FORM = ord("1")
_DEBIT_TOTALS = ("full_count", "full_amount", "partial_count", "partial_amount")
_FAILURE_TOTALS = ("full_fail_count", "full_fail_amount", "partial_fail_count", "partial_fail_amount")


class FileTotals:
    """Counts and sums by the trailer's own field names. In a result, an amount is what was not debited."""

    def __init__(self, kind: FileKind) -> None:
        self._kind = kind
        self._totals: Counter[str] = Counter()

    def add(self, records: Records) -> None:
        """Shape: sound records only; where a result shows a faulty amount, that counts as nothing."""
        self._totals["total_count"] += len(records)
        if self._kind.family == "EB1x":
            self._add_types(records)
        elif self._kind.family == "EB2x":
            self._add_debits(records)
        else:
            self._totals["request_count"] += len(records)
            self._totals["request_amount"] += int(amounts(self._kind, records).sum())

    def as_fields(self) -> dict[str, int]:
        names = [each.name for each in self._kind.trailer if each.name.endswith(("_count", "_amount"))]
        ours = [name for name in names if self._kind.trailer.field(name).strict]
        return {name: self._totals[name] for name in ours}

    def _add_types(self, records: Records) -> None:
        types = records[:, self._kind.data.field("application_type").start]
        for told, name in _TYPE_COUNTS.items():
            self._totals[name] += int((types == ord(told)).sum())

    def _add_debits(self, records: Records) -> None:
        names = _FAILURE_TOTALS if self._kind.is_result else _DEBIT_TOTALS
        full = records[:, self._kind.data.field("debit_form").start] == _FULL_FORM
        won = amounts(self._kind, records)
        for name, total in zip(
            names, (full.sum(), won[full].sum(), (~full).sum(), won[~full].sum()), strict=True
        ):
            self._totals[name] += int(total)


def amounts(kind: FileKind, records: Records) -> NDArray[np.int64]:
    """The amounts in won, 0 where there are no digits."""
    field = kind.data.field("amount")
    digits = records[:, field.start : field.end].astype(np.int64) - ord("0")
    won = digits @ (10 ** np.arange(field.length - 1, -1, -1, dtype=np.int64))
    return np.where(((digits >= 0) & (digits <= 9)).all(axis=1), won, 0)

"""The figures of a trailer, computed anew from the records, and compared with what the trailer says.

A record whose amount, debit form or type can't be read makes the totals that depend on it unknown: nothing is said
about those, for the record's own finding is the fault. The count of all records is always compared.
Source: KFTC notice of 2015-07-22 and the trailers' layouts; for partial debits DESIGN §9.5.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from moa.formats.fixed_width.block import Block, Flags, Numbers
from moa.formats.fixed_width.finding import Finding, error, warning

from .file_kinds import FileKind

_BY_TYPE = {b"1": "new_count", b"3": "cancel_count", b"7": "arbitrary_cancel_count"}
_FULL = b"1"
_PARTIAL_SUM = "partial_fail_amount"


class Totals:
    """Adds records up. Shape: `figures` by the trailer's own field names, won and counts as int."""

    def __init__(self, kind: FileKind) -> None:
        self.kind = kind
        self.figures = dict.fromkeys(_names(kind), 0)
        self.unknown: set[str] = set()
        # Of results: requests that failed wholly and those debited in part, for the other reading of the trailer.
        self.by_result = {b"N": [0, 0], b"P": [0, 0]}

    def count(self, records: int) -> None:
        self.figures["total_count"] += records

    def lose(self) -> None:
        """A record of which nothing is known but that it is there."""
        self.count(1)
        self.unknown.update(name for name in self.figures if name not in ("total_count", "change_count"))

    def add(self, record: bytes) -> None:
        """One record of the right length."""
        self.count(1)
        if self.kind.family == "EB1x":
            name = _BY_TYPE.get(self._cut(record, "application_type"))
            if name is None:
                self.unknown.update(_BY_TYPE.values())
            else:
                self.figures[name] += 1
        else:
            self._add_amount(record)

    def add_many(self, block: Block, doubts: Sequence[int]) -> None:
        """Records of the right length. Shape: `doubts` are the places of those that may hold anything."""
        self.count(block.count)
        if self.kind.family == "EB1x":
            told = block.byte(self.kind.data.field("application_type").start)
            counts = {name: int(np.count_nonzero(told == ord(kind))) for kind, name in _BY_TYPE.items()}
            for name, count in counts.items():
                self.figures[name] += count
            if sum(counts.values()) != block.count:
                self.unknown.update(counts)
        else:
            self._add_amounts(block, doubts)

    def compare(self, trailer: bytes, number: int) -> list[Finding]:
        """What the trailer says otherwise, at its field and with its value. A field that can't be read is left out."""
        told = {
            field.name: int(field.cut(trailer))
            for field in self.kind.trailer
            if field.name in self.figures and field.cut(trailer).isdigit()
        }
        wrong = [name for name in told if name not in self.unknown and told[name] != self.figures[name]]
        if wrong and self.by_result[b"P"][0]:
            return self._compare_partial(told, wrong, number)
        return [_differs(name, number, told[name]) for name in wrong if name != "change_count"]

    def _compare_partial(self, told: dict[str, int], wrong: list[str], number: int) -> list[Finding]:
        """With partial debits in the file: by the grouping that fits better, and without their sum.

        Records count as partial by their form, or when they are marked P; the sum then is what was not debited or
        what was. The file alone can't decide that: the pair with its request can. A count fits one of the two.
        """
        by_result = self._by_result()
        others = [name for name in told if name in by_result and told[name] != by_result[name]]
        counted = min(
            ([name for name in names if name != _PARTIAL_SUM] for names in (wrong, others)), key=len
        )
        if counted:
            return [_differs(name, number, told[name]) for name in counted]
        partial = next((name for name in wrong if name.startswith("partial")), wrong[0])
        return [warning("partial_reading_undecided", number, partial, str(told[partial]))]

    def _by_result(self) -> dict[str, int]:
        """What the trailer says when only records marked P count as partial; without what can't be known."""
        (refused, refused_won), (part, part_won) = self.by_result[b"N"], self.by_result[b"P"]
        figures = {"total_count": self.figures["total_count"]}
        if refused + part == figures["total_count"]:
            figures |= {"full_fail_count": refused, "partial_fail_count": part}
            if not self.unknown:
                figures |= {"full_fail_amount": refused_won, _PARTIAL_SUM: part_won}
        return figures

    def _cut(self, record: bytes, name: str) -> bytes:
        return self.kind.data.field(name).cut(record)

    def _add_amount(self, record: bytes) -> None:
        raw = self._cut(record, "amount")
        won = int(raw) if raw.isdigit() else None
        if self.kind.family == "EB3x":
            self._put("request", won)
            return
        form = self._cut(record, "debit_form")
        suffix = "_fail" if self.kind.is_result else ""
        if form in (b"0", b"2", b"3", b"4", b"5", b"6"):
            self._put(f"partial{suffix}", won)
        elif form == _FULL:
            self._put(f"full{suffix}", won)
        else:
            self.unknown.update(name for name in self.figures if name != "total_count")
        if self.kind.is_result:
            sums = self.by_result.get(self._cut(record, "result"))
            if sums is not None:
                sums[0] += 1
                sums[1] += won or 0

    def _add_amounts(self, block: Block, doubts: Sequence[int]) -> None:
        layout = self.kind.data
        amount = layout.field("amount")
        won = block.number(amount.start, amount.length)
        lost = np.zeros(block.count, bool)
        for at in doubts:
            lost[at] = not block.raw[at, amount.start : amount.end].tobytes().isdigit()
        if doubts:
            won = np.where(lost, 0, won)
        if self.kind.family == "EB3x":
            self._put_many("request", won, lost, np.ones(block.count, bool))
            return
        form = block.byte(layout.field("debit_form").start)
        suffix = "_fail" if self.kind.is_result else ""
        full = form == ord(_FULL)
        partial = (form - np.uint8(ord("0")) <= 6) & ~full
        self._put_many(f"full{suffix}", won, lost, full)
        self._put_many(f"partial{suffix}", won, lost, partial)
        if not (full | partial).all():
            self.unknown.update(name for name in self.figures if name != "total_count")
        for mark, sums in self.by_result.items() if self.kind.is_result else ():
            marked = block.byte(layout.field("result").start) == ord(mark)
            sums[0] += int(np.count_nonzero(marked))
            sums[1] += int(won[marked].sum())

    def _put_many(self, prefix: str, won: Numbers, lost: Flags, which: Flags) -> None:
        count = int(np.count_nonzero(which))
        self.figures[f"{prefix}_count"] += count
        if count:
            self.figures[f"{prefix}_amount"] += int(won.sum() if count == len(won) else won[which].sum())
        if (lost & which).any():
            self.unknown.add(f"{prefix}_amount")

    def _put(self, prefix: str, won: int | None) -> None:
        self.figures[f"{prefix}_count"] += 1
        if won is None:
            self.unknown.add(f"{prefix}_amount")
        else:
            self.figures[f"{prefix}_amount"] += won


def _names(kind: FileKind) -> tuple[str, ...]:
    if kind.family == "EB1x":
        return ("total_count", "new_count", "change_count", "cancel_count", "arbitrary_cancel_count")
    if kind.family == "EB3x":
        return ("total_count", "request_count", "request_amount")
    fail = "_fail" if kind.is_result else ""
    figures = (f"{part}{fail}_{what}" for part in ("full", "partial") for what in ("count", "amount"))
    return ("total_count", *figures)


def _differs(name: str, number: int, told: int) -> Finding:
    return error("amount_mismatch" if name.endswith("_amount") else "count_mismatch", number, name, str(told))

"""Several debits of one payer and account, and the results for them: which belongs to which, where that is certain.

A failure (N) belongs to a request of its amount, a partial debit (P) to one that asked for more. Certain is what is
the same under every way to give the results to the requests. Of like requests it makes no difference which is which,
so all of them failing is certain, and one of them failing is not. For parts: a part fits every request that a larger
part fits. So they are taken by falling amount, and a block of requests is closed as soon as it has as many parts. Those
that only the smallest of these parts fits have it for certain, the others of the block may have either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby


@dataclass
class Settlement:
    """Shape: all numbers are places in the given lists of requests and results.

    `failed` and `partial` are certain (request, result). `doubtful` are the requests whose outcome is not certain.
    Each of `doubts` is several requests with the results that are for some of them; with more results than requests,
    some are repeated. `strangers` are failures of an amount that nobody asked for, `impossible` parts that are nothing or
    not less than what was asked.
    """

    failed: list[tuple[int, int]] = field(default_factory=list)
    partial: list[tuple[int, int]] = field(default_factory=list)
    doubtful: set[int] = field(default_factory=set)
    doubts: list[tuple[list[int], list[int]]] = field(default_factory=list)
    strangers: list[int] = field(default_factory=list)
    impossible: list[int] = field(default_factory=list)


def settle(asked: Sequence[int], results: Sequence[tuple[bool, int]]) -> Settlement:
    """Shape: `asked` are the requests' amounts; a result is whether it is a part, and its amount."""
    settlement = Settlement()
    slots = _settle_failures(asked, results, settlement)
    slots.sort(key=lambda request: -asked[request])
    parts = [at for at, (is_part, _) in enumerate(results) if is_part]
    parts.sort(key=lambda at: -results[at][1])
    _Parts(asked, results, slots, settlement).settle(parts)
    return settlement


def _settle_failures(
    asked: Sequence[int], results: Sequence[tuple[bool, int]], settlement: Settlement
) -> list[int]:
    """Shape: as many requests as have not failed; where like ones failed in part, any of them stand for the rest."""
    rows: dict[int, list[int]] = defaultdict(list)
    failures: dict[int, list[int]] = defaultdict(list)
    for request, amount in enumerate(asked):
        rows[amount].append(request)
    for at, (is_part, amount) in enumerate(results):
        if not is_part:
            failures[amount].append(at)
    for amount, its in failures.items():
        if amount not in rows:
            settlement.strangers += its
        elif len(its) == len(rows[amount]):
            settlement.failed += zip(rows.pop(amount), its, strict=True)
        else:
            settlement.doubtful.update(rows[amount])
            settlement.doubts.append((list(rows[amount]), its))
            del rows[amount][: len(its)]
    return [request for like in rows.values() for request in like]


class _Parts:
    """Gives the parts to the requests that are left, the one that asked for most first."""

    def __init__(
        self,
        asked: Sequence[int],
        results: Sequence[tuple[bool, int]],
        slots: list[int],
        settlement: Settlement,
    ) -> None:
        self.asked, self.results, self.slots, self.settlement = asked, results, slots, settlement
        self.block: list[int] = []
        self.waiting: list[int] = []
        self.taken = 0

    def settle(self, parts: list[int]) -> None:
        for amount, alike in groupby(parts, key=lambda at: self.results[at][1]):
            its = list(alike)
            fresh = self._widen(amount)
            if amount == 0 or (not self.block and self.taken < len(self.slots)):
                self.settlement.impossible += its
                self.settlement.doubtful.update(self.slots[self.taken :])
                continue
            self.waiting += its
            if len(self.waiting) >= len(self.block):
                self._close(fresh, its)
        if self.waiting:
            self._leave_in_doubt(self.block, self.waiting)

    def _widen(self, amount: int) -> list[int]:
        """The block grows by the requests that this part fits and larger ones did not. Shape: those requests."""
        before = len(self.block)
        while amount and self.taken < len(self.slots) and self.asked[self.slots[self.taken]] > amount:
            self.block.append(self.slots[self.taken])
            self.taken += 1
        return self.block[before:]

    def _close(self, fresh: list[int], its: list[int]) -> None:
        """As many parts as requests; or more, then some are repeated. Shape: `its` are the smallest parts."""
        if len(self.waiting) == len(self.block):
            self._give(fresh, its)
            self.block = self.block[: len(self.block) - len(fresh)]
            self.waiting = self.waiting[: -len(its)] + its[len(fresh) :]
        if self.waiting:
            self._leave_in_doubt(self.block, self.waiting)
        self.block, self.waiting = [], []

    def _give(self, rows: list[int], its: list[int]) -> None:
        """Like parts for requests that can have no other; those of like requests that failed in part stay in doubt."""
        settlement = self.settlement
        pairs = list(zip(rows, its, strict=False))
        settlement.partial += [(row, at) for row, at in pairs if row not in settlement.doubtful]
        unclear = [(row, at) for row, at in pairs if row in settlement.doubtful]
        if unclear:
            settlement.doubts.append(([row for row, _ in unclear], [at for _, at in unclear]))

    def _leave_in_doubt(self, rows: list[int], results: list[int]) -> None:
        self.settlement.doubtful.update(rows)
        self.settlement.doubts.append((sorted(rows), sorted(results)))

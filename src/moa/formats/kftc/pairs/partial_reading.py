"""What the amount of a partial debit means in one result file: what was debited, or what was not.

Sources conflict, but the trailer decides: its amounts are what was not debited. It counts either over the requests that
allowed a part, or over the partial debits alone. Of these candidates, each under both readings, those that equal all
four figures of the trailer are kept; when they agree on one reading, that is this institution's. When none does, or
both do, nobody guesses: a person decides, by the sum that arrived. Source: DESIGN §9.5.
Example: asked 100,000, debited 60,000, shown 40,000, trailer 40,000: not-debited; shown 60,000, trailer 40,000: debited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from moa.formats.fixed_width.finding import Finding, error, warning

from .columns import Flags, Numbers, summed
from .verdict import READINGS, PartialReading

FIGURES = ("full_fail_count", "full_fail_amount", "partial_fail_count", "partial_fail_amount")
_PARTIAL_AMOUNT = FIGURES[3]


@dataclass
class Failures:
    """All rows of a result with their requests.

    Shape: `is_part` marks partial debits (P), `allows_part` requests of a debit form other than 1; `asked` and
    `shown` are the amounts of the request and of the result, won.
    """

    is_part: Flags
    allows_part: Flags
    asked: Numbers
    shown: Numbers

    def not_debited(self, reading: PartialReading) -> Numbers:
        """What each row leaves open: all that was asked, or the part that the reading gives."""
        left = self.shown if reading == "not-debited" else self.asked - self.shown
        return np.where(self.is_part, left, self.asked)

    def figures(self, counted_as_part: Flags, reading: PartialReading) -> dict[str, int]:
        """The trailer's figures, were it made over these rows under this reading."""
        left = self.not_debited(reading)
        full, part = ~counted_as_part, counted_as_part
        told = (int(full.sum()), summed(left[full]), int(part.sum()), summed(left[part]))
        return dict(zip(FIGURES, told, strict=True))


@dataclass
class Decision:
    """Shape: `reading` is None when there are no partial debits or it is not decided. `findings` are about the trailer and
    have no record yet. `is_sound` says whether the trailer agrees with the rows, at least under one reading."""

    reading: PartialReading | None = None
    findings: list[Finding] = field(default_factory=list)
    is_sound: bool = True


def decide(failures: Failures, trailer: Mapping[str, str], chosen: PartialReading | None) -> Decision:
    """Shape: `trailer` has the four figures as texts; `chosen` is what a person or the institution's profile says."""
    told = {name: int(trailer[name]) for name in FIGURES}
    candidates = [
        (reading, failures.figures(counted, reading))
        for counted, reading in product((failures.allows_part, failures.is_part), READINGS)
    ]
    agreeing = {reading for reading, figures in candidates if figures == told}
    if not failures.is_part.any():
        return Decision() if agreeing else _mismatch(told, candidates)
    if chosen is not None:
        return _as_chosen(chosen, agreeing, candidates, told)
    if len(agreeing) == 1:
        return Decision(agreeing.pop())
    if agreeing or _all_but_amount(told, [figures for _, figures in candidates]):
        undecided = error("partial_reading_undecided", None, _PARTIAL_AMOUNT, str(told[_PARTIAL_AMOUNT]))
        return Decision(None, [undecided], is_sound=bool(agreeing))
    return _mismatch(told, candidates)


def _as_chosen(
    chosen: PartialReading,
    agreeing: set[PartialReading],
    candidates: list[tuple[PartialReading, dict[str, int]]],
    told: dict[str, int],
) -> Decision:
    """What was chosen holds unless the trailer shows that only the other reading can be right.

    Where the trailer's partial amount fits neither, the choice holds too, and the difference is a warning.
    """
    if chosen in agreeing:
        return Decision(chosen)
    if agreeing:
        differs = error("partial_reading_differs", None, _PARTIAL_AMOUNT, agreeing.pop())
        return Decision(None, [differs], is_sound=False)
    own = [figures for reading, figures in candidates if reading == chosen]
    if _all_but_amount(told, own):
        return Decision(
            chosen, [warning("amount_mismatch", None, _PARTIAL_AMOUNT, str(told[_PARTIAL_AMOUNT]))]
        )
    return _mismatch(told, candidates)


def _all_but_amount(told: dict[str, int], candidates: list[dict[str, int]]) -> bool:
    """Whether one candidate equals the trailer in all but the amount left open of partial debits."""
    others = FIGURES[:3]
    return any(all(told[name] == figures[name] for name in others) for figures in candidates)


def _mismatch(told: dict[str, int], candidates: list[tuple[PartialReading, dict[str, int]]]) -> Decision:
    """What is wrong in the trailer, by the candidate that comes nearest to it."""
    differing = ([name for name in FIGURES if told[name] != figures[name]] for _, figures in candidates)
    findings = [
        error(
            "amount_mismatch" if name.endswith("_amount") else "count_mismatch", None, name, str(told[name])
        )
        for name in min(differing, key=len)
    ]
    return Decision(None, findings, is_sound=False)

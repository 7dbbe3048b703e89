"""Two files in, one verdict out."""

from __future__ import annotations

from collections import Counter
from typing import BinaryIO

from moa.formats.fixed_width.finding import Finding

from .applications import judge_applications
from .changes import judge_changes
from .consents import judge_consents
from .debits import judge_debits
from .frame import FrameFinding, check_frame, in_order, label
from .hint import Hint
from .judgement import Judgement, Rules
from .sides import Side, examined
from .verdict import PairFinding, PairVerdict, PartialReading

_RULES: dict[str, Rules] = {
    "EB12": judge_changes,
    "EB13": judge_consents,
    "EB14": judge_applications,
    "EB22": judge_debits,
    "EC22": judge_debits,
}


def check_pair(
    first: BinaryIO, second: BinaryIO, *, partial_reading: PartialReading | None = None
) -> PairVerdict:
    """Would the centre take these two files, or what became of each request; and if not, why.

    The files may come in either order; what they are stands in their headers. Each is examined first, and whatever is
    wrong with it stands against the pair. A fault of a request that its own result names is answered, and is a warning.
    `partial_reading` is what is known of the institution: it decides where the trailer of a result does not.
    Shape: binary files at their start; each is read once. Memory: some hundred bytes a row.
    """
    sides = examined(first, "FILE1"), examined(second, "FILE2")
    label(*sides)
    ordered = in_order(*sides)
    sides = ordered or sides
    against = check_frame(*sides)
    judgement = None
    if ordered is not None and not against:
        judgement = _RULES[sides[1].summary.kind](sides[0], sides[1], partial_reading)
    return _verdict(sides, against, judgement)


def _verdict(
    sides: tuple[Side, Side], against: list[FrameFinding], judgement: Judgement | None
) -> PairVerdict:
    found: list[tuple[Side | None, Finding, Hint | None]] = [(None, *each) for each in against]
    found += [(side, finding, None) for side in sides for finding in side.findings]
    found += judgement.findings if judgement else []
    found.sort(key=lambda each: _place(sides, *each[:2]))
    told = [PairFinding(side.label if side else None, finding, hint) for side, finding, hint in found]
    errors = tuple(each for each in told if each.finding.severity == "error")
    warnings: Counter[str] = sum((side.warning_counts for side in sides), Counter())
    unlisted = 0
    if judgement is not None:
        warnings.update(judgement.warning_counts)
        unlisted = judgement.error_count - len([each for each in judgement.findings if _is_error(each[1])])
    return PairVerdict(
        kinds=(sides[0].summary.kind, sides[1].summary.kind),
        accepted=judgement is not None and not errors,
        errors=errors,
        warnings=tuple(each for each in told if each.finding.severity == "warning"),
        outcomes=judgement.outcomes if judgement else (),
        partial_reading=judgement.partial_reading if judgement else None,
        totals=judgement.totals if judgement else {},
        error_count=len(errors) + max(0, unlisted),
        warning_counts=dict(warnings),
        codes=judgement.codes if judgement else (),
    )


def _is_error(finding: Finding) -> bool:
    return finding.severity == "error"


def _place(sides: tuple[Side, Side], side: Side | None, finding: Finding) -> tuple[int, bool, int]:
    """The pair as a whole first, then the files in their order, each from its first record on; what was left out last."""
    of_file = 0 if side is None else 1 + (side is sides[1])
    return (of_file, finding.code == "too_many_errors", finding.record or 0)

"""Whether two files belong together at all: their kinds, their institution, their date."""

from __future__ import annotations

from typing import NamedTuple

from moa.formats.fixed_width.finding import Finding, error

from .hint import Hint
from .sides import Side

# The request or evidence first, then what answers it.
PAIRS = (("EB11", "EB12"), ("EI13", "EB13"), ("EB13", "EB14"), ("EB21", "EB22"), ("EC21", "EC22"))


def in_order(first: Side, second: Side) -> tuple[Side, Side] | None:
    """The two in the order of their pair, or None when they are none."""
    for one, other in ((first, second), (second, first)):
        if (one.summary.kind, other.summary.kind) in PAIRS:
            return one, other
    return None


def label(first: Side, second: Side) -> None:
    """Names each file in findings by its kind, where that tells them apart."""
    if first.summary.kind and second.summary.kind and first.summary.kind != second.summary.kind:
        first.label, second.label = first.summary.kind, second.summary.kind


class FrameFinding(NamedTuple):
    """Shape: the finding's value is that of the second file, the hint's that of the first."""

    finding: Finding
    hint: Hint | None = None


def check_frame(first: Side, second: Side) -> list[FrameFinding]:
    """What shows that the rows need not be compared, for nothing in them could agree."""
    if not (first.summary.kind and second.summary.kind):
        return []
    if in_order(first, second) is None:
        return [FrameFinding(error("pair_kinds", value=f"{first.summary.kind}, {second.summary.kind}"))]
    findings: list[FrameFinding] = []
    one, other = first.summary, second.summary
    if one.institution and other.institution and one.institution != other.institution:
        findings.append(_differ("pair_institutions", ("institution_code",) * 2, first, second, "institution"))
    if one.date and other.date and one.date != other.date:
        fields = first.kind.date_field, second.kind.date_field
        findings.append(_differ("pair_dates", fields, first, second, "date"))
    return findings


def _differ(code: str, fields: tuple[str, str], first: Side, second: Side, fact: str) -> FrameFinding:
    """Shape: `fields` are those of the two headers; a header is record 1."""
    hint = Hint(first.label, 1, fields[0], getattr(first.summary, fact))
    return FrameFinding(error(code, None, fields[1], getattr(second.summary, fact)), hint)

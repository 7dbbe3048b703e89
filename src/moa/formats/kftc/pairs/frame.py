"""Whether two files belong together at all: their kinds, their institution, their date."""

from __future__ import annotations

from moa.formats.fixed_width.finding import Finding, error

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


def check_frame(first: Side, second: Side) -> list[Finding]:
    """What shows that the rows need not be compared, for nothing in them could agree."""
    if not (first.summary.kind and second.summary.kind):
        return []
    if in_order(first, second) is None:
        return [error("pair_kinds", value=f"{first.summary.kind}, {second.summary.kind}")]
    findings = []
    one, other = first.summary, second.summary
    if one.institution and other.institution and one.institution != other.institution:
        findings.append(_differ("pair_institutions", "institution_code", first, second, "institution"))
    if one.date and other.date and one.date != other.date:
        findings.append(_differ("pair_dates", second.kind.date_field, first, second, "date"))
    return findings


def _differ(code: str, field: str, first: Side, second: Side, fact: str) -> Finding:
    told = (f"{side.label} {getattr(side.summary, fact)}" for side in (first, second))
    return error(code, None, field, ", ".join(told))

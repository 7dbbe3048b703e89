"""What is wrong with one piece of evidence in EI13, as its identification describes it."""

from __future__ import annotations

from moa.formats.fixed_width.finding import Finding, error

from .evidence.limits import EVIDENCE_KINDS, READING, Limit
from .evidence.refusal import EMPTY
from .evidence_layouts import DATA

_TYPE, _EXTENSION = DATA.field("evidence_type"), DATA.field("extension")


def check_form(identification: bytes, length: int, limit: Limit = READING) -> list[Finding]:
    """Type, extension and size, without a look at the content.

    Where type and extension do not fit each other, either may be the wrong one, so the larger limit holds.
    """
    evidence_type, extension = _TYPE.read(identification), _EXTENSION.read(identification)
    kind = EVIDENCE_KINDS.get(evidence_type)
    if kind is None:
        return [error("0101", None, "evidence_type", evidence_type)]
    findings = []
    judged = [kind]
    if extension.lower() not in kind.extensions:
        findings.append(error("0102", None, "extension", extension))
        judged += [each for each in EVIDENCE_KINDS.values() if extension.lower() in each.extensions]
    if not length:
        findings.append(error("0105", None, "evidence", EMPTY))
    elif length > max(each.largest(limit) for each in judged):
        findings.append(error("0103", None, "evidence_length", str(length)))
    return findings


def check_content(identification: bytes, data: memoryview | bytes, limit: Limit = READING) -> list[Finding]:
    """Type, extension and size, and when they are right the content, decoded to its end."""
    findings = check_form(identification, len(data), limit)
    if findings:
        return findings
    from .evidence import check_evidence

    return check_evidence(
        _TYPE.read(identification), _EXTENSION.read(identification), bytes(data), limit=limit
    )

"""What is wrong with one piece of evidence in EI13, as its identification describes it."""

from __future__ import annotations

from functools import lru_cache

from moa.formats.fixed_width.finding import Finding, error

from .evidence.limits import EVIDENCE_KINDS, READING, Limit
from .evidence.refusal import EMPTY
from .evidence_layouts import DATA

_TYPE, _EXTENSION = DATA.field("evidence_type"), DATA.field("extension")


def check_form(identification: bytes, length: int, limit: Limit = READING) -> list[Finding]:
    """Type, extension and size, without a look at the content.

    Where type and extension do not fit each other, either may be the wrong one, so the larger limit holds.
    """
    most, found = _most(_TYPE.cut(identification), _EXTENSION.cut(identification), limit)
    if most is None:
        return list(found)
    findings = list(found)
    if not length:
        findings.append(error("0105", None, "evidence", EMPTY))
    elif length > most:
        findings.append(error("0103", None, "evidence_length", str(length)))
    return findings


@lru_cache(maxsize=1_000)
def _most(evidence_type: bytes, extension: bytes, limit: Limit) -> tuple[int | None, tuple[Finding, ...]]:
    """The largest evidence of this type and extension, and what is wrong with the two; None when the type is none."""
    told, ending = _TYPE.kind.read(evidence_type), _EXTENSION.kind.read(extension)
    kind = EVIDENCE_KINDS.get(told)
    if kind is None:
        return None, (error("0101", None, "evidence_type", told),)
    if ending.lower() in kind.extensions:
        return kind.largest(limit), ()
    judged = [kind, *(each for each in EVIDENCE_KINDS.values() if ending.lower() in each.extensions)]
    return max(each.largest(limit) for each in judged), (error("0102", None, "extension", ending),)


def check_content(identification: bytes, data: memoryview | bytes, limit: Limit = READING) -> list[Finding]:
    """Type, extension and size, and when they are right the content, decoded to its end."""
    findings = check_form(identification, len(data), limit)
    if findings:
        return findings
    from .evidence import check_evidence

    return check_evidence(
        _TYPE.read(identification), _EXTENSION.read(identification), bytes(data), limit=limit
    )

"""The files of Korea's CMS direct debits, as the KFTC (금융결제원) defines them: read, checked, written, compared.

Usable alone, without Django and without a database:

    from moa.formats.kftc import examine, sentence

    findings = []
    with open("EB21", "rb") as source:
        summary = examine(source, findings.append)
    print(summary.kind, summary.date, summary.records, summary.totals)
    for finding in findings:
        print(finding.code, sentence(finding, "en"))

Promises: memory does not grow with the file; every fault is told, with the code that the centre would give; positions
and codes stand once, as data with their source; hints about account numbers warn, never refuse; a resident number is
never shown. Five words: kind, record, field, finding, evidence. More: docs/kftc.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moa.formats.fixed_width.finding import Finding

    from .codes import result_code
    from .evidence import check_evidence
    from .evidence.shrinking import shrink
    from .evidence.signed_data import read_signed_data
    from .faults import sentence
    from .file_kinds import file_kinds as kinds
    from .institution_codes import institution
    from .pairs import check_pair
    from .reading import examine
    from .ruler import measure
    from .writing import build

# Imported when first asked for: whoever only looks up a code does not wait for numpy. A name here is never that of a
# module beside this one, which would hide it.
_PLACES = {
    "Finding": ("moa.formats.fixed_width.finding", "Finding"),
    "build": (".writing", "build"),
    "check_evidence": (".evidence", "check_evidence"),
    "check_pair": (".pairs", "check_pair"),
    "examine": (".reading", "examine"),
    "institution": (".institution_codes", "institution"),
    "kinds": (".file_kinds", "file_kinds"),
    "measure": (".ruler", "measure"),
    "read_signed_data": (".evidence.signed_data", "read_signed_data"),
    "result_code": (".codes", "result_code"),
    "sentence": (".faults", "sentence"),
    "shrink": (".evidence.shrinking", "shrink"),
}

__all__ = [
    "Finding",
    "build",
    "check_evidence",
    "check_pair",
    "examine",
    "institution",
    "kinds",
    "measure",
    "read_signed_data",
    "result_code",
    "sentence",
    "shrink",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    return getattr(import_module(module, __name__), attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

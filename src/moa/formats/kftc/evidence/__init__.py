"""Evidence that a payer agreed to be debited: is this file what KFTC takes, and if it is too big, can it be made smaller?

Promises: a file is judged by decoding it to its end, never by its first bytes; whatever the bytes, the answer is a
list of findings, in bounded memory; no finding holds anything of what the file says about a person.
Five words: evidence type, extension, limit, reason, shrink.

    from moa.formats.kftc.evidence import check_evidence
    findings = check_evidence("1", "jpg", data)

    from moa.formats.kftc.evidence.shrinking import shrink
    smaller = shrink(data, "jpg").data

    from moa.formats.kftc.evidence.signed_data import read_signed_data
    agreement = read_signed_data(data).content
"""

from moa.formats.kftc.evidence.check import check_evidence
from moa.formats.kftc.evidence.limits import EVIDENCE_KINDS, READING, WRITING, EvidenceKind, Limit
from moa.formats.kftc.evidence.refusal import EvidenceFault

__all__ = [
    "EVIDENCE_KINDS",
    "READING",
    "WRITING",
    "EvidenceFault",
    "EvidenceKind",
    "Limit",
    "check_evidence",
]

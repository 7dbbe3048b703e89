"""The check of one piece of evidence: type × extension × size, then the content itself."""

from __future__ import annotations

from moa.formats.fixed_width.finding import Finding, error, warning
from moa.formats.kftc.evidence.limits import EVIDENCE_KINDS, WRITING, Limit
from moa.formats.kftc.evidence.refusal import EMPTY, UNDECODABLE, EvidenceFault

UNKNOWN_TYPE = "0101"
WRONG_EXTENSION = "0102"
WRONG_SIZE = "0103"
OTHER_FAULT = "0105"
OUTSIDE_CERTIFICATE_PERIOD = "evidence_certificate_period"


def check_evidence(
    evidence_type: str, extension: str, data: bytes, *, limit: Limit = WRITING
) -> list[Finding]:
    """Everything that is wrong with one piece of evidence; an empty list when KFTC can take it.

    Shape: findings have no record, the caller knows it. 0105 carries its reason as `value`.

    An empty file is 0105 with the reason "empty": it is over no limit, and there is no content to judge. A file over the
    limit is 0103 alone, because what is not going to be sent need not be decoded, and so no caller can make us decode
    more than the limit. A signature made outside its certificate's period is a warning: the time is the signer's own word,
    and neither trust nor revocation is checked here.
    """
    kind = EVIDENCE_KINDS.get(evidence_type)
    if kind is None:
        return [error(UNKNOWN_TYPE, field="evidence_type", value=evidence_type[:8])]
    findings = []
    name = extension.lower()
    largest = kind.largest(limit)
    if name not in kind.extensions:
        findings.append(error(WRONG_EXTENSION, field="extension", value=_shown(extension)))
        # Either of the two may be the wrong one, so the larger of their limits holds.
        others = (each.largest(limit) for each in EVIDENCE_KINDS.values() if name in each.extensions)
        largest = max(largest, *others, 0)
    if not data:
        findings.append(error(OTHER_FAULT, field="evidence", value=EMPTY))
    elif len(data) > largest:
        findings.append(error(WRONG_SIZE, field="evidence_length", value=str(len(data))))
    return findings or _check_content(name, data)


def _check_content(extension: str, data: bytes) -> list[Finding]:
    try:
        if extension == "der":
            return _check_signed_data(data)
        if extension in ("mp3", "wav"):
            from moa.formats.kftc.evidence.recordings import check_recording

            check_recording(extension, data)
        else:
            from moa.formats.kftc.evidence.pictures import check_picture

            check_picture(extension, data)
    except EvidenceFault as fault:
        return [error(OTHER_FAULT, field="evidence", value=fault.reason)]
    except (MemoryError, RecursionError):
        return [error(OTHER_FAULT, field="evidence", value=UNDECODABLE)]
    return []


def _check_signed_data(data: bytes) -> list[Finding]:
    from moa.formats.kftc.evidence.signed_data import read_signed_data

    if read_signed_data(data).signed_within_period:
        return []
    return [warning(OUTSIDE_CERTIFICATE_PERIOD, field="evidence")]


def _shown(extension: str) -> str:
    """The extension as it stands; a longer text than the field's is no extension and is not repeated."""
    return extension if len(extension) <= 5 else extension[:5] + "…"

"""Which evidence type takes which extensions, and up to which size."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Limit(IntEnum):
    """How many bytes a KB has.

    The specification says 300, 5 and 200 KByte and not which ones. What we write keeps to the smaller reading, which
    is right under both; what others wrote is refused only when it breaks the larger one too.
    """

    WRITING = 1000
    READING = 1024


WRITING = Limit.WRITING
READING = Limit.READING


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """One evidence type. Shape: `code` as field 10 of EI13 has it; `kilobytes` as printed."""

    code: str
    name: str
    extensions: tuple[str, ...]
    kilobytes: int

    def largest(self, limit: Limit) -> int:
        return self.kilobytes * limit


_PICTURES = ("jpg", "jpeg", "gif", "tif")
_RECORDINGS = ("mp3", "wav")

# Source: EI13 design of 2015-07-22, notes on fields 10 and 11. The printed list has "tif" and not "tiff".
# A later vendor's list adds 6 (other electronic document) and 7 (document signed with a private certificate), but no
# source gives their extensions or sizes: a file with them cannot be checked, so it is refused like any other type.
EVIDENCE_KINDS: dict[str, EvidenceKind] = {
    kind.code: kind
    for kind in (
        EvidenceKind("1", "paper", _PICTURES, 300),
        EvidenceKind("2", "document with a certified signature", ("der",), 5),
        EvidenceKind("3", "document with a plain electronic signature", _PICTURES, 300),
        EvidenceKind("4", "recorded call", _RECORDINGS, 200),
        EvidenceKind("5", "automatic response system", _RECORDINGS, 200),
    )
}

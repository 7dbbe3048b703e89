"""Why a piece of evidence is refused, as a reason that a program can compare."""

from __future__ import annotations

from moa.kernel.errors import DomainError

EMPTY = "empty"
TRUNCATED = "truncated"
DATA_AFTER_END = "data after the end"
UNDECODABLE = "cannot be decoded"
TOO_MANY_PIXELS = "too many pixels"


class EvidenceFault(DomainError):
    """The content is not what its type and extension promise: KFTC's 0105, "other evidence error".

    Shape: `reason` is one of a fixed set of short English phrases; it never quotes the content.
    """

    code = "0105"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason

"""One data record of EI13, as the reader gives it."""

from __future__ import annotations

from dataclasses import dataclass

from .evidence_layouts import DATA


@dataclass(slots=True)
class EvidenceRecord:
    """One data record, for whoever is called with it.

    Shape: `data` are the evidence's bytes while the call lasts, None where the file is broken or the evidence larger than
    any limit; `length` and `sha256` are then those of what could be read, 0 and the hash of nothing when nothing could.
    """

    number: int
    identification: bytes
    length: int
    sha256: bytes
    data: memoryview | None

    @property
    def fields(self) -> dict[str, str]:
        return DATA.decode(self.identification)

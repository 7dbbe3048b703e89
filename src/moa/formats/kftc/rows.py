"""A stretch of data records of one file, as bytes, as texts, and as lines for a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from moa.formats.fixed_width.block import Block, Bytes
from moa.formats.fixed_width.copying import copy_line, copy_lines
from moa.formats.fixed_width.texts import column_texts, read_together, shown_together

from .field_kinds import BankCode, HandlingBranch, HolderId, InstitutionCode
from .file_kinds import FileKind

_HARMLESS_DIGITS = 10  # more of them in a holder's field are masked


class Rows:
    """Data records that follow each other, each of the right length; also those in which something was found.

    Shape: `raw` has a row of `record_length` bytes for each record and holds only until the callback that was given
    it returns: the reader uses its buffer again. `first_record` is the number of the first one (the header is 1),
    `faulty` the numbers of those with an error, `doubts` the places of those that may hold what no sound record holds.
    """

    def __init__(
        self, kind: FileKind, raw: Bytes, first_record: int, faulty: frozenset[int], doubts: Sequence[int]
    ) -> None:
        self.kind = kind
        self.raw = raw
        self.first_record = first_record
        self.faulty = faulty
        self.doubts = doubts

    def __len__(self) -> int:
        return len(self.raw)

    def record(self, at: int) -> bytes:
        return self.raw[at].tobytes()

    def column(self, name: str) -> list[str]:
        """One field of every record as text without padding."""
        return column_texts(self.kind.data.field(name), Block(self.raw))

    def decoded(self) -> Iterator[dict[str, str]]:
        """Each record's fields as texts without padding; a resident number is already masked."""
        block = Block(self.raw)
        names = [field.name for field in self.kind.data]
        columns = [column_texts(field, block) for field in self.kind.data]
        for values in zip(*columns, strict=True):
            yield dict(zip(names, values, strict=True))

    def table_bytes(self, names: Sequence[str]) -> bytes:
        """These fields of every record as lines for `copy … from stdin (encoding 'UHC')`."""
        fields = [self.kind.data.field(name) for name in names]
        ends = [-1, *self.doubts, len(self)]
        parts = []
        for before, doubt in pairwise(ends):
            stretch = self.raw[before + 1 : doubt]
            sound = copy_lines(stretch, fields) if len(stretch) else b""
            places = [doubt] if sound is not None else [*range(before + 1, doubt), doubt]
            parts.append(sound or b"")
            for at in places:
                if at < len(self):
                    record = self.record(at)
                    parts.append(copy_line(field.read(record) for field in fields))
        return b"".join(parts)


@read_together.register(BankCode)
@read_together.register(InstitutionCode)
@read_together.register(HandlingBranch)
def _(kind: BankCode | InstitutionCode | HandlingBranch, cells: Bytes) -> list[str] | None:
    return shown_together(cells)


@read_together.register
def _(kind: HolderId, cells: Bytes) -> list[str] | None:
    """Not where a record may hold a resident number, which each reading masks."""
    said = np.count_nonzero(cells != ord(" "), axis=1)
    return None if said.max() > _HARMLESS_DIGITS else shown_together(cells)

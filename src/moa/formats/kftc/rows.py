"""A stretch of data records of one file, as bytes and as texts."""

from __future__ import annotations

from collections.abc import Iterator

from moa.formats.fixed_width.block import Bytes

from .file_kinds import FileKind


class Rows:
    """Data records that follow each other, each of the right length; also those in which something was found.

    Shape: `raw` has a row of `record_length` bytes for each record and holds only until the callback that was given
    it returns: the reader uses its buffer again. `first_record` is the number of the first one (the header is 1),
    `faulty` the numbers of those with an error.
    """

    def __init__(self, kind: FileKind, raw: Bytes, first_record: int, faulty: frozenset[int]) -> None:
        self.kind = kind
        self.raw = raw
        self.first_record = first_record
        self.faulty = faulty

    def __len__(self) -> int:
        return len(self.raw)

    def record(self, at: int) -> bytes:
        return self.raw[at].tobytes()

    def decoded(self) -> Iterator[dict[str, str]]:
        """Each record's fields as texts without padding; a resident number is already masked."""
        layout, length = self.kind.data, self.kind.record_length
        everything = self.raw.tobytes()
        for at in range(0, len(everything), length):
            yield layout.decode(everything[at : at + length])

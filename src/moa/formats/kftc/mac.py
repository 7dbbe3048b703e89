"""The MAC of a trailer, by whoever knows how it is computed: that is not public, so by default it is spaces.

A caller passes a `MacMaker`, which is asked for a fresh `Mac` for each file. The Mac is given every record of the file in
its order, each of the kind's record length: the header, the data records, and the trailer with spaces for its MAC. The KFTC
notice of 2015-07-22 marks the account number as what enters it: `kind.data.field("account_no").cut(record)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .file_kinds import FileKind

FIELD = "mac"


class Mac(Protocol):
    """Shape: `digest` gives ten printable ASCII characters, after the last record."""

    def update(self, record: bytes) -> None: ...

    def digest(self) -> bytes: ...


MacMaker = Callable[[FileKind], Mac]


class TrailerMac:
    """The MAC of one file while its records go by. Shape: `is_known` is False once bytes went by that are no record."""

    def __init__(self, kind: FileKind, maker: MacMaker) -> None:
        self._mac = maker(kind)
        self._field = kind.trailer.field(FIELD)
        self._length = kind.record_length
        self.is_known = True

    @staticmethod
    def of(kind: FileKind, maker: MacMaker | None) -> TrailerMac | None:
        return TrailerMac(kind, maker) if maker is not None and kind.trailer.has(FIELD) else None

    def take(self, records: bytes) -> None:
        """Whole records, one after the other."""
        for start in range(0, len(records), self._length):
            self._mac.update(records[start : start + self._length])

    def lose(self) -> None:
        self.is_known = False

    def put_into(self, trailer: bytes) -> bytes:
        """The trailer with its MAC. Raises: ValueError when the caller's Mac gives what can't stand there."""
        field = self._field
        blank = trailer[: field.start] + b" " * field.length + trailer[field.end :]
        self._mac.update(blank)
        mac = self._mac.digest()
        if len(mac) != field.length or not (mac.isascii() and mac.decode("ascii").isprintable()):
            raise ValueError(f"a MAC is {field.length} printable ASCII characters")
        return trailer[: field.start] + mac + trailer[field.end :]

"""The part of a file that is looked at: one buffer that moves along the file and never grows."""

from __future__ import annotations

import os
import stat
from io import BufferedReader, FileIO
from typing import BinaryIO


class Window:
    """Shape: `start` and `end` bound in `buffer` what was read and not yet passed; `passed` counts what was.

    The source is read in pieces of the buffer's size; it need not be seekable. Only `fill` moves bytes, so places in
    the buffer hold between two calls of it.
    """

    def __init__(self, source: BinaryIO, capacity: int) -> None:
        self._source = source
        self.buffer = bytearray(capacity)
        self._view = memoryview(self.buffer)
        self.start = 0
        self.end = 0
        self.passed = 0
        self.ended = False

    def __len__(self) -> int:
        return self.end - self.start

    def fill(self, wanted: int = 0) -> None:
        """Move what is left to the front and read until the buffer is full or the source ends.

        Shape: `wanted` is what the caller needs, for windows that read less at once.
        """
        left = len(self)
        if self.start and left:
            self._view[:left] = bytes(self._view[self.start : self.end])
        self.start, self.end = 0, left
        while not self.ended and self.end < len(self.buffer):
            got = read_into(self._source, self._view[self.end :])
            self.ended = got == 0
            self.end += got

    def has(self, count: int) -> bool:
        """Whether so many bytes lie ahead; reads on when they do not lie in the buffer yet."""
        if len(self) < count and not self.ended:
            self.fill(count)
        return len(self) >= count

    def peek(self, count: int, offset: int = 0) -> bytes:
        """Up to so many bytes from the start (and `offset`), which must have been asked for with `has`."""
        return bytes(
            self._view[min(self.start + offset, self.end) : min(self.start + offset + count, self.end)]
        )

    def find(self, wanted: bytes, start: int, end: int) -> int:
        """The place of some bytes between two places counted from the start, or -1."""
        found = self.buffer.find(wanted, self.start + start, min(self.start + end, self.end))
        return found - self.start if found >= 0 else -1

    def skip(self, count: int) -> None:
        self.start += count
        self.passed += count


def read_into(source: BinaryIO, room: memoryview) -> int:
    """Read what the source gives at once, 0 at its end; also of a source that can only `read`."""
    readinto = getattr(source, "readinto", None)
    if readinto is not None:
        return readinto(room) or 0
    data = source.read(len(room))
    room[: len(data)] = data
    return len(data)


def lies_on_disk(source: BinaryIO) -> bool:
    """Whether its bytes are those of a file, at the places where the file has them."""
    if type(source) not in (FileIO, BufferedReader) or not hasattr(os, "preadv"):
        return False
    if isinstance(source, BufferedReader) and type(source.raw) is not FileIO:
        return False
    return stat.S_ISREG(os.fstat(source.fileno()).st_mode)

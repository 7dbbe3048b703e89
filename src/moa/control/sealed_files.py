"""Files sealed with AES-256-GCM in chunks, readable from any place without unsealing the rest.

A file is a header (magic, key version, nonce prefix, size) and chunks of 64 KiB, each with its own tag. Each tag
covers the header, the chunk's number, whether it is the last, and the label of the file (the name it is stored
under), so a file that was cut, reordered, joined or put in another one's place does not open.
"""

from __future__ import annotations

import io
import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from moa.kernel.errors import DomainError

CHUNK = 64 * 1024
_MAGIC = b"MOA1"
_HEADER = struct.Struct(">4sI8sQ")
_TAG = 16


class DocumentDamaged(DomainError):
    """The stored bytes are not those that were sealed."""

    code = "document_damaged"


def _nonce(prefix: bytes, index: int) -> bytes:
    return prefix + index.to_bytes(4, "big")


def _bound_to(header: bytes, label: bytes, *, last: bool) -> bytes:
    return header + (b"L" if last else b"-") + label


def seal(
    source: BinaryIO, target: BinaryIO, *, key: bytes, key_version: int, size: int, label: bytes
) -> None:
    """Write `size` bytes of `source` to `target`, sealed under `key` and bound to `label`."""
    prefix = os.urandom(8)
    header = _HEADER.pack(_MAGIC, key_version, prefix, size)
    target.write(header)
    cipher, index, left = AESGCM(key), 0, size
    while True:
        chunk = source.read(min(CHUNK, left)) if left else b""
        if len(chunk) != min(CHUNK, left):
            raise DocumentDamaged(reason="source shorter than its size")
        left -= len(chunk)
        bound = _bound_to(header, label, last=not left)
        target.write(cipher.encrypt(_nonce(prefix, index), chunk, bound))
        index += 1
        if not left:
            return


def key_version_of(source: BinaryIO) -> int:
    """The version of the key that a sealed file needs."""
    source.seek(0)
    raw = source.read(_HEADER.size)
    if len(raw) != _HEADER.size or not raw.startswith(_MAGIC):
        raise DocumentDamaged(reason="header")
    return int(_HEADER.unpack(raw)[1])


class SealedReader(io.RawIOBase):
    """The plain bytes of a sealed file, seekable, one chunk in memory. Raises: document_damaged."""

    def __init__(self, source: BinaryIO, key: bytes, label: bytes) -> None:
        super().__init__()
        self._source, self._cipher, self._label = source, AESGCM(key), label
        key_version_of(source)
        source.seek(0)
        self._header = source.read(_HEADER.size)
        _, _, self._prefix, self._size = _HEADER.unpack(self._header)
        self._last = max(0, self._size - 1) // CHUNK
        self._at, self._held, self._chunk = 0, -1, b""
        if source.seek(0, os.SEEK_END) != _HEADER.size + self._size + (self._last + 1) * _TAG:
            raise DocumentDamaged(reason="length")
        # An empty file has no chunk that a reader would open, and a header changed to size 0 must not pass for one.
        if not self._size:
            self._open_chunk(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._at >= self._size:
            return 0
        index, inside = divmod(self._at, CHUNK)
        if index != self._held:
            self._chunk, self._held = self._open_chunk(index), index
        piece = self._chunk[inside : inside + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _open_chunk(self, index: int) -> bytes:
        self._source.seek(_HEADER.size + index * (CHUNK + _TAG))
        raw = self._source.read(CHUNK + _TAG)
        bound = _bound_to(self._header, self._label, last=index == self._last)
        try:
            return self._cipher.decrypt(_nonce(self._prefix, index), raw, bound)
        except InvalidTag:
            raise DocumentDamaged(chunk=index) from None

    def close(self) -> None:
        self._source.close()
        super().close()

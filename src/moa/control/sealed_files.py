"""Files sealed with AES-256-GCM in chunks, readable from any place without unsealing the rest.

A file is a header (magic, key version, nonce prefix) and chunks of 64 KiB, each with its own tag. The chunk's
number and whether it is the last are authenticated, so a file that was cut, reordered or joined does not open.
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


def seal(source: BinaryIO, target: BinaryIO, *, key: bytes, key_version: int, size: int) -> None:
    """Write `size` bytes of `source` sealed under `key` to `target`."""
    prefix = os.urandom(8)
    header = _HEADER.pack(_MAGIC, key_version, prefix, size)
    target.write(header)
    cipher, index, left = AESGCM(key), 0, size
    while True:
        chunk = source.read(min(CHUNK, left)) if left else b""
        if len(chunk) != min(CHUNK, left):
            raise DocumentDamaged(reason="source shorter than its size")
        left -= len(chunk)
        target.write(cipher.encrypt(_nonce(prefix, index), chunk, header + (b"L" if not left else b"-")))
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

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        super().__init__()
        self._source, self._cipher = source, AESGCM(key)
        key_version_of(source)
        source.seek(0)
        self._header = source.read(_HEADER.size)
        _, _, self._prefix, self._size = _HEADER.unpack(self._header)
        self._last = max(0, (self._size - 1) // CHUNK) if self._size else 0
        self._at, self._held, self._chunk = 0, -1, b""

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
        last = b"L" if index == self._last else b"-"
        try:
            return self._cipher.decrypt(_nonce(self._prefix, index), raw, self._header + last)
        except InvalidTag:
            raise DocumentDamaged(chunk=index) from None

    def close(self) -> None:
        self._source.close()
        super().close()

"""The bytes that are sealed: one way to write a line, the tree over a day's lines, the hex of a seal.

docs/proof/format.md specifies them; docs/proof/verify_proof.py reads them without importing anything of this.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

VERSION = 1
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def body_of(values: Sequence[Any]) -> str:
    """A line without its check: the JSON list, written in the one way there is, and a line feed."""
    return _encode(values) + "\n"


def text_of(facts: dict[str, Any]) -> str:
    """The JSON object of a seal as it is hashed."""
    return _encode(facts)


def hex_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def leaf_of(body: str) -> bytes:
    return sha256(b"\x00" + body.encode()).digest()


class Tree:
    """The root over leaves that come one by one: a node is SHA-256(01 left right), one left over goes up unchanged."""

    def __init__(self, bodies: Iterable[str] = ()) -> None:
        # The whole trees so far with the number of their leaves, largest first.
        self._roots: list[tuple[int, bytes]] = []
        for body in bodies:
            self.add(body)

    def add(self, body: str) -> None:
        size, digest = 1, leaf_of(body)
        while self._roots and self._roots[-1][0] == size:
            digest = _node(self._roots.pop()[1], digest)
            size *= 2
        self._roots.append((size, digest))

    def root(self) -> str:
        """Raises: nothing; a day has at least the line that begins it."""
        digest = self._roots[-1][1]
        for _, left in reversed(self._roots[:-1]):
            digest = _node(left, digest)
        return digest.hex()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Chain:
    """The running check over a file's lines: eight signs of it stand before each."""

    def __init__(self) -> None:
        self._digest = b""
        self.lines = 0

    def line(self, body: str) -> bytes:
        """The line as it stands in the file."""
        self._digest = sha256(self._digest + leaf_of(body)).digest()
        self.lines += 1
        return f"{self._digest[:4].hex()} {body}".encode()

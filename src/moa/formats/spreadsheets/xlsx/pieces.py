"""The XML of a worksheet, or of the shared strings, as pieces of whole elements: one piece in memory at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moa.formats.spreadsheets.refusals import broken, too_large
from moa.formats.spreadsheets.xlsx.package import PartStream, refuse_entities

PIECE_BYTES = 1 << 20
_LONGEST_HEAD = 4 << 20
_LONGEST_ELEMENT = 8 << 20


def pieces(stream: PartStream, container: str, element: str) -> Iterator[str]:
    """The children `element` of the part's `container`, as XML without namespace prefix and with plain line ends.

    Raises: WorkbookRefused for a part that ends early, declares a document type, is no UTF-8, or holds an element
    beyond any cell's size.
    """
    opening = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)" + container.encode() + rb"(?:\s[^<>]*?)?(/?)>")
    buffer = b""
    found = None
    while found is None:
        block = stream.read(PIECE_BYTES)
        if not block or len(buffer) > _LONGEST_HEAD:
            raise broken(f"no {container}")
        buffer += block
        found = opening.search(buffer)
    refuse_entities(buffer[: found.start()])
    if not found[2]:
        for piece in _cut(stream, buffer[found.end() :], found[1], container.encode(), element.encode()):
            yield _as_text(piece, found[1])
    # The checksum is compared where the part ends.
    while stream.read(PIECE_BYTES):
        pass


def _cut(
    stream: PartStream, buffer: bytes, prefix: bytes, container: bytes, element: bytes
) -> Iterator[bytes]:
    child, end = b"<" + prefix + element, b"</" + prefix + container
    while True:
        over = buffer.find(end)
        if over >= 0:
            if over:
                yield buffer[:over]
            return
        # What stands before the last element's start is whole.
        cut = buffer.rfind(child)
        if cut > 0:
            yield buffer[:cut]
            buffer = buffer[cut:]
        elif len(buffer) > _LONGEST_ELEMENT:
            raise too_large(element.decode())
        block = stream.read(PIECE_BYTES)
        if not block:
            raise broken(f"{container.decode()} ends early")
        buffer += block


def _as_text(piece: bytes, prefix: bytes) -> str:
    if prefix:
        # A bare "<" stands in no text, so these are tags.
        piece = piece.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        raise broken("bytes that are no UTF-8") from None
    if "\0" in text:
        raise broken("NUL")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

"""Cut a SWIFT file into its fields, block by block, so that a file of any size takes the memory of one block."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from moa.formats.text_encoding import BLOCK, decode_line
from moa.kernel.errors import Problem, warning
from moa.kernel.masking import mask_text

# The longest legal field, a :86:, has six lines of 65; a field beyond this is not a field at all.
LONGEST_FIELD = 1 << 16
# Swedish banks send braces as the letters that stand at their places in the national 7-bit code.
MESSAGE_END = re.compile(r"-(?:\}.*|å|[A-Z]{3})?\s*\Z")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffd]")
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
# Framing that some gateways leave around a message; it carries no content.
_FRAMING = {ord(sign): None for sign in "\x01\x02\x03\x1a\x00"}


@dataclass(slots=True)
class Block:
    """The fields of one stretch of the file. Shape: each of `fields` starts after its first colon ("61:…");
    `line` is the number of the first one's line; `headed` is false when the first one is text before any tag;
    `plain` says that no line in it can be the end or the beginning of a message."""

    line: int
    fields: list[str]
    headed: bool = True
    plain: bool = False
    problems: list[Problem] = field(default_factory=list)


def read_blocks(source: BinaryIO, encoding: str) -> Iterator[Block]:
    """The whole file as blocks of complete fields, all line ends alike. Problems: encoding_mixed, character_unreadable."""
    line, headed, rest = 1, False, b""
    if encoding == "utf-16" or encoding == "utf-32":
        source, encoding = _Transcoded(source, encoding), "utf-8"  # type: ignore[assignment]
    first = True
    while chunk := source.read(BLOCK):
        # A carriage return at the edge waits for the line feed that may follow it.
        if chunk.endswith(b"\r"):
            chunk += source.read(1)
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if first:
            chunk = chunk.removeprefix(codecs.BOM_UTF8)
            # A tag is recognised by the line feed before it; the first line has none.
            line, chunk, first = line - 1, b"\n" + chunk, False
        data = rest + chunk
        cut = data.rfind(b"\n:")
        if cut < 0 and len(data) > LONGEST_FIELD:
            cut, skip = max(data.rfind(b"\n"), 0) or len(data), 1
        elif cut < 0:
            rest = data
            continue
        else:
            skip = 2
        block = _block(data[:cut], encoding, line, headed)
        yield block
        line += data.count(b"\n", 0, cut) + 1
        rest, headed = data[cut + skip :], skip == 2
    if rest:
        yield _block(rest, encoding, line, headed)


def is_plain(part: str) -> bool:
    """Whether no line of the field can be the end or the beginning of a message."""
    return "\n-" not in part and "\n{" not in part


def split_field(text: str, *, single: bool) -> tuple[str, str]:
    """A field's own lines, and what stands below them: the end of the message, the next one's envelope."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if (at and single) or MESSAGE_END.match(line) or line.startswith("{1:"):
            return "\n".join(lines[:at]).strip(), "\n".join(lines[at:])
    return text.strip(), ""


def _block(data: bytes, encoding: str, line: int, headed: bool) -> Block:
    problems: list[Problem] = []
    try:
        text = data.decode(encoding)
        doubtful = not data.isascii() and "\ufffd" in text
    except UnicodeDecodeError:
        text, doubtful = _decode_by_line(data, encoding, line, problems), True
    # Taking them out and comparing lengths is ten times as fast as looking for one.
    if doubtful or len(data.translate(None, _CONTROLS)) != len(data):
        text = _mark_controls(text, line, problems)
    plain = headed and "\n-" not in text and "\n{" not in text
    return Block(line, text.split("\n:"), headed, plain, problems)


def _decode_by_line(data: bytes, encoding: str, line: int, problems: list[Problem]) -> str:
    texts = []
    for number, raw in enumerate(data.split(b"\n"), line):
        text, fits = decode_line(raw, encoding)
        if not fits:
            problems.append(warning("encoding_mixed", f"line {number}", "", mask_text(text[:80])))
        texts.append(text)
    return "\n".join(texts)


def _mark_controls(text: str, line: int, problems: list[Problem]) -> str:
    """Characters that no screen and no database can hold become U+FFFD, and each such line is named."""
    lines = text.split("\n")
    for at, old in enumerate(lines):
        kept = old.translate(_FRAMING) if old[:1] in "\x01\x02\x03\x1a\x00" or "}" in old else old
        if _CONTROL.search(kept):
            kept = _CONTROL.sub("\ufffd", kept)
            problems.append(warning("character_unreadable", f"line {line + at}", "", mask_text(kept[:80])))
        lines[at] = kept
    return "\n".join(lines)


class _Transcoded:
    """A UTF-16 or UTF-32 stream read as UTF-8."""

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def read(self, size: int) -> bytes:
        while chunk := self._source.read(size):
            if text := self._decoder.decode(chunk):
                return text.encode("utf-8", "replace")
        return self._decoder.decode(b"", True).encode("utf-8", "replace")

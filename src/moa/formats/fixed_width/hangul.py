"""Full-width Korean text: two bytes a character, all of KS X 1001, padded with the full-width space.

Python's euc-kr codec does not refuse a syllable outside KS X 1001; it writes eight bytes of make-up letters. Here it is
refused: each character must become exactly two bytes, and come back as itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .kinds import SPACE, Unwritable

WIDE_SPACE = b"\xa1\xa1"
# The Hangul filler, with which make-up syllables begin: a character of the set, but never one of a text.
_FILLER = b"\xa4\xd4"


@dataclass(frozen=True, slots=True)
class Hangul:
    """Full-width characters of KS X 1001 and nothing else.

    `low_code` answers a byte below the space, `code` everything else that is no such character: half-width letters, half
    a character at the edge, syllables of the larger code page 949.
    """

    low_code: str
    code: str

    def fault(self, raw: bytes) -> str | None:
        if min(raw) < SPACE:
            return self.low_code
        pairs = wide_characters()
        if len(raw) % 2 or any(raw[at : at + 2] not in pairs for at in range(0, len(raw), 2)):
            return self.code
        return None

    def read(self, raw: bytes) -> str:
        return raw.decode("cp949", errors="backslashreplace").rstrip(" \u3000")

    def write(self, text: str, length: int) -> bytes:
        if any(character < " " for character in text):
            raise Unwritable(self.low_code)
        encoded = b"".join(encode_wide(character, self.code) for character in widened(text))
        if len(encoded) > length:
            raise Unwritable("value_too_long")
        return encoded + WIDE_SPACE * ((length - len(encoded)) // 2)

    def describe(self) -> str:
        return "full-width characters of KS X 1001, left, A1A1 after"


def widened(text: str) -> str:
    """Half-width ASCII as the full-width characters that a passbook prints: "A-1 " becomes "Ａ－１　"."""
    return "".join("\u3000" if c == " " else chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def encode_wide(character: str, code: str) -> bytes:
    """The two bytes of one character. Raises Unwritable(code) when KS X 1001 has no such character."""
    try:
        encoded = character.encode("euc_kr")
    except UnicodeEncodeError:
        raise Unwritable(code) from None
    if encoded not in wide_characters():
        raise Unwritable(code)
    return encoded


@cache
def wide_characters() -> frozenset[bytes]:
    """All two-byte characters of KS X 1001 in EUC-KR."""
    pairs = (bytes((lead, trail)) for lead in range(0xA1, 0xFF) for trail in range(0xA1, 0xFF))
    return frozenset(pair for pair in pairs if pair != _FILLER and _decodes(pair))


def _decodes(pair: bytes) -> bool:
    try:
        return len(pair.decode("euc_kr")) == 1
    except UnicodeDecodeError:
        return False

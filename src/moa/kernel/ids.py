"""Identifiers that sort by the moment they were made. The moment and the randomness are given, never taken here.

Source: RFC 9562 §5.7 (UUID version 7); Crockford base 32 for the short text form.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from moa.kernel.errors import DomainError

# No I, L, O, U: a person reads these to support over the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_REFERENCE = re.compile(r"([A-Z]{2,4})-(\d{2})(\d{2})(\d{2})-(\d{4,})")


class IdentifierInvalid(DomainError):
    code = "identifier_invalid"


def time_ordered_id(at: datetime, randomness: bytes) -> UUID:
    """A UUID version 7 made at `at`; of two ids the later millisecond sorts last.

    Shape: `at` timezone-aware, `randomness` exactly 10 bytes. Raises: identifier_invalid.
    """
    if at.tzinfo is None or at < _EPOCH or len(randomness) != 10:
        raise IdentifierInvalid(at=at.isoformat(), randomness_bytes=len(randomness))
    milliseconds = (at - _EPOCH) // _MILLISECOND
    number = milliseconds << 80 | int.from_bytes(randomness, "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=number)


def made_at(identifier: UUID) -> datetime:
    """The millisecond that a time-ordered id was made in. Raises: identifier_invalid."""
    if identifier.version != 7:
        raise IdentifierInvalid(identifier=str(identifier))
    return _EPOCH + (identifier.int >> 80) * _MILLISECOND


def short_text(identifier: UUID) -> str:
    """The id as 26 characters that sort the same way and survive being read aloud."""
    number, characters = identifier.int, []
    for _ in range(26):
        number, digit = divmod(number, 32)
        characters.append(_ALPHABET[digit])
    return "".join(reversed(characters))


def from_short_text(text: str) -> UUID:
    """The id of `short_text`; small letters and the usual misreadings (O, I, L) are taken. Raises: identifier_invalid."""
    cleaned = text.strip().upper().replace("O", "0").replace("I", "1").replace("L", "1")
    if len(cleaned) != 26 or any(character not in _ALPHABET for character in cleaned) or cleaned[0] > "7":
        raise IdentifierInvalid(identifier=text)
    number = 0
    for character in cleaned:
        number = number * 32 + _ALPHABET.index(character)
    return UUID(int=number)


def request_id(at: datetime, randomness: bytes) -> str:
    """The name of one request in logs, audit lines and on an error page. Raises: identifier_invalid."""
    return short_text(time_ordered_id(at, randomness))


def reference(prefix: str, day: date, number: int) -> str:
    """A document's public number: reference("PO", date(2026, 6, 24), 31) is "PO-260624-0031".

    Shape: two to four capitals; `number` counts from 1 within the day and may outgrow four digits.
    Raises: identifier_invalid.
    """
    text = f"{prefix}-{day:%y%m%d}-{number:04d}"
    if number < 1 or not _REFERENCE.fullmatch(text) or not text.isascii():
        raise IdentifierInvalid(prefix=prefix, number=number)
    return text

"""The kinds of field that only firm-banking messages have: strict EUC-KR text, secrets, moments, numbers left empty.

Every kind reads and writes so that sound bytes come back as they were. The codes are words, for the specification
gives none for a message that can't be read.
"""

from __future__ import annotations

from dataclasses import dataclass

from moa.formats.fixed_width.hangul import wide_characters
from moa.formats.fixed_width.kinds import DIGITS, SPACE, Unwritable, as_date, shown
from moa.formats.kftc.identifiers import holder_fault, masked_holder

TEXT_INVALID = "text_invalid"
NOT_DIGITS = "not_digits"
HIGHEST_OWN_NUMBER = 950_000
_PRINTABLE = range(SPACE, 0x7F)
_PRINTABLE_BYTES = bytes(_PRINTABLE)


@dataclass(frozen=True, slots=True)
class StrictText:
    """Printable ASCII and the two-byte characters of KS X 1001 in EUC-KR, left, spaces after; may be empty."""

    blank_code: str | None = None

    def fault(self, raw: bytes) -> str | None:
        if raw.isascii():
            # Nearly all fields: one look instead of one a byte.
            if raw.translate(None, _PRINTABLE_BYTES):
                return TEXT_INVALID
            return None if raw.strip(b" ") else self.blank_code
        at = 0
        while at < len(raw):
            if raw[at] in _PRINTABLE:
                at += 1
            elif raw[at : at + 2] in wide_characters():
                at += 2
            else:
                return TEXT_INVALID
        return None if raw.strip(b" ") else self.blank_code

    def read(self, raw: bytes) -> str:
        # Only spaces are padding here: what stands in the field must come back as the same bytes.
        return raw.decode("euc_kr").rstrip(" ") if self.fault(raw) is None else shown(raw)

    def write(self, text: str, length: int) -> bytes:
        try:
            encoded = text.encode("euc_kr")
        except UnicodeEncodeError:
            raise Unwritable(TEXT_INVALID) from None
        if len(encoded) > length:
            raise Unwritable("value_too_long")
        encoded = encoded.ljust(length)
        if fault := self.fault(encoded):
            raise Unwritable(fault)
        return encoded

    def describe(self) -> str:
        return "text in EUC-KR, left, spaces after"


@dataclass(frozen=True, slots=True)
class Secret:
    """A password or a sign code: printable ASCII that no finding and no stored copy shows."""

    def fault(self, raw: bytes) -> str | None:
        return None if all(byte in _PRINTABLE for byte in raw) else "secret_invalid"

    def read(self, raw: bytes) -> str:
        return raw.decode("ascii").rstrip(" ") if self.fault(raw) is None else "*"

    def write(self, text: str, length: int) -> bytes:
        encoded = text.encode("ascii", errors="replace")
        if len(encoded) > length:
            raise Unwritable("value_too_long", "*")
        if not text.isascii() or self.fault(encoded) is not None:
            raise Unwritable("secret_invalid", "*")
        return encoded.ljust(length)

    def describe(self) -> str:
        return "a secret: printable ASCII, left; blank in every stored copy"


@dataclass(frozen=True, slots=True)
class OptionalNumber:
    """A number that only the other direction fills: digits with zeros before them, or spaces."""

    def fault(self, raw: bytes) -> str | None:
        return None if DIGITS.issuperset(raw) or not raw.strip(b" ") else NOT_DIGITS

    def read(self, raw: bytes) -> str:
        text = shown(raw)
        return text.lstrip("0") or "0" if text.isascii() and text.isdigit() else text

    def write(self, text: str, length: int) -> bytes:
        if text == "":
            return b" " * length
        encoded = text.encode("ascii", errors="replace")
        if not DIGITS.issuperset(encoded):
            raise Unwritable(NOT_DIGITS)
        if len(encoded.lstrip(b"0")) > length:
            raise Unwritable("value_too_long")
        return encoded.lstrip(b"0").rjust(length, b"0")

    def describe(self) -> str:
        return "digits, right, zeros before; or spaces"


@dataclass(frozen=True, slots=True)
class Won:
    """A sum that must be given: digits at the right, zeros before them, more than nothing."""

    def fault(self, raw: bytes) -> str | None:
        if not DIGITS.issuperset(raw):
            return NOT_DIGITS
        return None if raw.strip(b"0") else "amount_missing"

    def read(self, raw: bytes) -> str:
        text = shown(raw)
        return text.lstrip("0") or "0" if text.isascii() and text.isdigit() else text

    def write(self, text: str, length: int) -> bytes:
        encoded = text.encode("ascii", errors="replace").lstrip(b"0")
        if len(encoded) > length:
            raise Unwritable("value_too_long")
        encoded = encoded.rjust(length, b"0")
        if fault := self.fault(encoded):
            raise Unwritable(fault)
        return encoded

    def describe(self) -> str:
        return "digits, right, zeros before; more than zero"


@dataclass(frozen=True, slots=True)
class MessageNumber:
    """A message's number within its day, bank and company: six digits, from 1. Ours end at 950000."""

    highest: int = 999_999

    def fault(self, raw: bytes) -> str | None:
        if not DIGITS.issuperset(raw):
            return NOT_DIGITS
        return None if 1 <= int(raw) <= self.highest else "message_number_invalid"

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        encoded = text.encode("ascii", errors="replace").rjust(length, b"0")
        if len(encoded) != length or (fault := self.fault(encoded)) is not None:
            raise Unwritable("value_too_long" if len(encoded) != length else fault or NOT_DIGITS)
        return encoded

    def describe(self) -> str:
        return f"six digits from 000001 to {self.highest:06}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day HHMMSS that a clock can show; where it is optional, spaces or zeros too."""

    optional: bool = False

    def fault(self, raw: bytes) -> str | None:
        if self.optional and not raw.strip(b" "):
            return None
        if not DIGITS.issuperset(raw) or len(raw) != 6:
            return "time_invalid"
        return None if int(raw[:2]) < 24 and int(raw[2:4]) < 60 and int(raw[4:]) < 60 else "time_invalid"

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        encoded = text.encode("ascii", errors="replace").ljust(length)
        if len(encoded) != length or self.fault(encoded) is not None:
            raise Unwritable("time_invalid")
        return encoded

    def describe(self) -> str:
        return "a time, HHMMSS" + (", or spaces" if self.optional else "")


@dataclass(frozen=True, slots=True)
class OptionalDate:
    """A day YYYYMMDD that exists, or spaces, or zeros."""

    def fault(self, raw: bytes) -> str | None:
        if not raw.strip(b" ") or not raw.strip(b"0"):
            return None
        return None if as_date(raw) is not None else "date_invalid"

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        encoded = text.encode("ascii", errors="replace").ljust(length)
        if len(encoded) != length or self.fault(encoded) is not None:
            raise Unwritable("date_invalid")
        return encoded

    def describe(self) -> str:
        return "a day, YYYYMMDD, or spaces"


@dataclass(frozen=True, slots=True)
class Identity:
    """A holder's birth date YYMMDD or business number of ten digits, or nothing. A resident number is refused."""

    def fault(self, raw: bytes) -> str | None:
        said = raw.rstrip(b" ").decode("latin-1")
        fault = holder_fault(said) if said else None
        return None if fault in (None, "business_number_check") else "identity_invalid"

    def read(self, raw: bytes) -> str:
        return masked_holder(shown(raw))

    def write(self, text: str, length: int) -> bytes:
        encoded = text.encode("ascii", errors="replace").ljust(length)
        if len(encoded) != length or self.fault(encoded) is not None:
            raise Unwritable("identity_invalid", masked_holder(text))
        return encoded

    def describe(self) -> str:
        return "birth date YYMMDD or business number of ten digits, left, spaces after, or spaces"

"""What may stand in a field: one small class a kind, each the reference of what it accepts, gives and writes.

Every kind answers four questions about the bytes of one field: what is wrong with them (`fault`, a finding code or
None), what text they say (`read`), which bytes a text becomes (`write`), and how a person would describe it
(`describe`). The codes are given where the layout is written, for the engine knows no bank.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

DIGITS = frozenset(b"0123456789")
ALPHANUMERICS = DIGITS | frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
SPACE = 0x20


class Unwritable(ValueError):
    """A text that the field can't carry.

    Shape: `code` is the finding's code, `shown` what may be shown instead of a text that is somebody's number.
    """

    def __init__(self, code: str, shown: str | None = None) -> None:
        self.code = code
        self.shown = shown
        super().__init__(code)


class Kind(Protocol):
    """The four answers. Shape: `raw` is always exactly as long as the field."""

    def fault(self, raw: bytes) -> str | None: ...

    def read(self, raw: bytes) -> str: ...

    def write(self, text: str, length: int) -> bytes: ...

    def describe(self) -> str: ...


def shown(raw: bytes) -> str:
    """The bytes as a person can read them: Korean where it is Korean, \\xNN where it is nothing, no padding after.

    Control characters too become \\xNN: what is shown may go to a terminal.
    """
    text = raw.decode("cp949", errors="backslashreplace").rstrip(" \u3000")
    return text if text.isprintable() else "".join(_visible(sign) for sign in text)


def _visible(sign: str) -> str:
    return f"\\x{ord(sign):02x}" if ord(sign) < SPACE or ord(sign) == 0x7F else sign


def _ascii(text: str, code: str) -> bytes:
    try:
        return text.encode("ascii")
    except UnicodeEncodeError:
        raise Unwritable(code) from None


def _fitting(encoded: bytes, length: int) -> bytes:
    if len(encoded) > length:
        raise Unwritable("value_too_long")
    return encoded


@dataclass(frozen=True, slots=True)
class Literal:
    """The same bytes in every record."""

    value: bytes
    code: str

    def fault(self, raw: bytes) -> str | None:
        return None if raw == self.value else self.code

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        if text and text.encode() != self.value:
            raise Unwritable(self.code)
        return self.value

    def describe(self) -> str:
        return f'always "{self.value.decode("ascii")}"'


@dataclass(frozen=True, slots=True)
class Blank:
    """Spaces and nothing else."""

    code: str

    def fault(self, raw: bytes) -> str | None:
        return None if raw == b" " * len(raw) else self.code

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        if text.strip(" "):
            raise Unwritable(self.code)
        return b" " * length

    def describe(self) -> str:
        return "spaces"


@dataclass(frozen=True, slots=True)
class Zeros:
    """Zeros and nothing else."""

    code: str

    def fault(self, raw: bytes) -> str | None:
        return None if raw == b"0" * len(raw) else self.code

    def read(self, raw: bytes) -> str:
        return shown(raw).lstrip("0") or "0"

    def write(self, text: str, length: int) -> bytes:
        if text.strip("0"):
            raise Unwritable(self.code)
        return b"0" * length

    def describe(self) -> str:
        return "zeros"


@dataclass(frozen=True, slots=True)
class Number:
    """A count or an amount: digits at the right, zeros before them, no sign. Its text has no leading zeros."""

    code: str

    def fault(self, raw: bytes) -> str | None:
        return None if DIGITS.issuperset(raw) else self.code

    def read(self, raw: bytes) -> str:
        text = shown(raw)
        return text.lstrip("0") or "0" if text.isdigit() else text

    def write(self, text: str, length: int) -> bytes:
        encoded = _ascii(text or "0", self.code)
        if not DIGITS.issuperset(encoded):
            raise Unwritable(self.code)
        return _fitting(encoded.lstrip(b"0"), length).rjust(length, b"0")

    def describe(self) -> str:
        return "digits, right, zeros before"


@dataclass(frozen=True, slots=True)
class Digits:
    """A code that fills its field with digits; leading zeros belong to it."""

    code: str

    def fault(self, raw: bytes) -> str | None:
        return None if DIGITS.issuperset(raw) else self.code

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        encoded = _fitting(_ascii(text, self.code), length)
        if len(encoded) != length or not DIGITS.issuperset(encoded):
            raise Unwritable(self.code)
        return encoded

    def describe(self) -> str:
        return "digits, all places filled"


@dataclass(frozen=True, slots=True)
class LeftAligned:
    """Characters of one set at the left, spaces after them and only there.

    `gap_code` answers spaces before or between the characters, `blank_code` an empty field (None: it may be empty).
    """

    characters: frozenset[int]
    code: str
    gap_code: str
    blank_code: str | None = None

    def fault(self, raw: bytes) -> str | None:
        said = raw.rstrip(b" ")
        if not said:
            return self.blank_code
        if self.characters.issuperset(said):
            return None
        return self.gap_code if (self.characters | {SPACE}).issuperset(said) else self.code

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        encoded = _ascii(text, self.code).ljust(length)
        fault = self.fault(encoded)
        if fault is not None:
            raise Unwritable(fault)
        return _fitting(encoded, length)

    def describe(self) -> str:
        of = "digits" if self.characters == DIGITS else "letters and digits"
        return f"{of}, left, spaces after" + ("" if self.blank_code else ", or spaces")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values that fill the field."""

    values: tuple[bytes, ...]
    code: str

    def fault(self, raw: bytes) -> str | None:
        return None if raw in self.values else self.code

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        encoded = _ascii(text, self.code).ljust(length)
        if encoded not in self.values:
            raise Unwritable(self.code)
        return encoded

    def describe(self) -> str:
        return "one of " + ", ".join(value.decode("ascii").strip() or "space" for value in self.values)


@dataclass(frozen=True, slots=True)
class Text:
    """Printable ASCII or Korean, left, spaces after; for areas that the sender uses freely. It may be empty."""

    code: str

    def fault(self, raw: bytes) -> str | None:
        if min(raw) < SPACE or 0x7F in raw:
            return self.code
        try:
            raw.decode("cp949")
        except UnicodeDecodeError:
            return self.code
        return None

    def read(self, raw: bytes) -> str:
        return raw.decode("cp949", errors="backslashreplace").rstrip(" ")

    def write(self, text: str, length: int) -> bytes:
        try:
            encoded = text.encode("cp949")
        except UnicodeEncodeError:
            raise Unwritable(self.code) from None
        # What code page 949 has beyond KS X 1001 is read, never written: centre and banks may not know it.
        if self.fault(encoded.ljust(length)) is not None or encoded.decode("euc_kr", "ignore") != text:
            raise Unwritable(self.code)
        return _fitting(encoded, length).ljust(length)

    def describe(self) -> str:
        return "free text, left, spaces after"


@dataclass(frozen=True, slots=True)
class Date:
    """A day that exists: six digits YYMMDD (of this century) or eight digits YYYYMMDD, by the field's length."""

    code: str

    def fault(self, raw: bytes) -> str | None:
        return None if as_date(raw) is not None else self.code

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        encoded = _ascii(text, self.code)
        if len(encoded) != length or as_date(encoded) is None:
            raise Unwritable(self.code)
        return encoded

    def describe(self) -> str:
        return "a day, YYMMDD or YYYYMMDD by length"


def as_date(raw: bytes) -> date | None:
    """The day that six or eight digits say, or None when there is none."""
    if not DIGITS.issuperset(raw) or len(raw) not in (6, 8):
        return None
    year = int(raw[:-4]) + (2000 if len(raw) == 6 else 0)
    try:
        return date(year, int(raw[-4:-2]), int(raw[-2:]))
    except ValueError:
        return None

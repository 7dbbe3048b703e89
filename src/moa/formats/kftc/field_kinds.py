"""The kinds of field that only KFTC files have: file names, bank and branch codes, the holder's identity."""

from __future__ import annotations

from dataclasses import dataclass

from moa.formats.fixed_width.kinds import DIGITS, Unwritable, as_date, shown

from .identifiers import holder_fault, institution_code_fault, masked_holder, names_a_bank


@dataclass(frozen=True, slots=True)
class FileName:
    """The kind of the file and a day of the year: EB130716."""

    kind: str

    def fault(self, raw: bytes) -> str | None:
        named = raw[:4] == self.kind.encode() and as_date(b"2000" + raw[4:]) is not None
        return None if named else "file_name_invalid"

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        encoded = text.encode("ascii", errors="replace")
        if self.fault(encoded) is not None:
            raise Unwritable("file_name_invalid")
        return encoded

    def describe(self) -> str:
        return f'"{self.kind}" and the month and day, MMDD'


@dataclass(frozen=True, slots=True)
class InstitutionCode:
    """The billing institution: ten digits that begin with 99, left, spaces after where the field is longer."""

    code: str = "institution_invalid"

    def fault(self, raw: bytes) -> str | None:
        return self.code if institution_code_fault(raw.decode("latin-1").rstrip(" ")) else None

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        return _filling(self, text.ljust(length), length)

    def describe(self) -> str:
        return "ten digits that begin with 99, left, spaces after"


@dataclass(frozen=True, slots=True)
class BankCode:
    """A bank's three digits, with four of its branch or zeros where the field has seven places.

    Source: KFTC-132 (0011); which banks there are is in institution_codes.
    """

    code: str = "0011"

    def fault(self, raw: bytes) -> str | None:
        return None if names_a_bank(raw.decode("latin-1")) else self.code

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        return _filling(self, text, length)

    def describe(self) -> str:
        return "bank code of three digits, then the branch or zeros, all places filled"


@dataclass(frozen=True, slots=True)
class HandlingBranch:
    """Where an application was taken: four digits of a branch, CHNG for a change of account, CNCL from payinfo.

    Source: KFTC notice 2015-07-22, examples of EB11.
    """

    code: str = "0088"

    def fault(self, raw: bytes) -> str | None:
        return None if raw in (b"CHNG", b"CNCL") or DIGITS.issuperset(raw) else self.code

    def read(self, raw: bytes) -> str:
        return shown(raw)

    def write(self, text: str, length: int) -> bytes:
        if len(text) > length:
            raise Unwritable("value_too_long")
        return _filling(self, text, length)

    def describe(self) -> str:
        return "four digits, CHNG or CNCL"


@dataclass(frozen=True, slots=True)
class HolderId:
    """A birth date YYMMDD or a business number of ten digits, left, spaces after; or nothing.

    A resident number is refused, and shown with stars wherever the field is shown. Whether it may be empty depends on
    the record, so an empty one is no fault here. Source: KFTC layout of 2015, field 9; codes 0091 and 0014.
    """

    def fault(self, raw: bytes) -> str | None:
        said = raw.rstrip(b" ").decode("latin-1")
        fault = holder_fault(said) if said else None
        return None if fault == "business_number_check" else fault

    def read(self, raw: bytes) -> str:
        return masked_holder(shown(raw))

    def write(self, text: str, length: int) -> bytes:
        encoded = text.encode("ascii", errors="replace")
        fault = self.fault(encoded.ljust(length))
        if fault is None and len(encoded) > length:
            fault = "value_too_long"
        if fault is not None:
            raise Unwritable(fault, masked_holder(text))
        return encoded.ljust(length)

    def describe(self) -> str:
        return "birth date YYMMDD or business number of ten digits, left, spaces after, or spaces"


def _filling(kind: InstitutionCode | BankCode | HandlingBranch, text: str, length: int) -> bytes:
    """The bytes of a code that fills its field. Raises Unwritable when it does not, or is none of its kind."""
    encoded = text.encode("ascii", errors="replace")
    if len(encoded) != length or kind.fault(encoded) is not None:
        raise Unwritable(kind.code)
    return encoded

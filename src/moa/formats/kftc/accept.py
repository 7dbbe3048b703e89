"""Which data records of a KFTC file are surely sound, and which of those only carry hints.

The rules of the fields come from the layout; here stand those of the kinds that only KFTC files have, and of what
`record_checks` asks of a record as a whole. A hint must be exact: it is counted without asking the reference again.
"""

from __future__ import annotations

from datetime import date
from functools import cache, reduce

import numpy as np
from numpy.typing import NDArray

from moa.formats.fixed_width.accept import (
    ByteRules,
    RecordFilter,
    byte_rules,
    doubted,
    left_aligned,
    ranged,
    rows_with,
)
from moa.formats.fixed_width.block import Block, Flags
from moa.formats.fixed_width.kinds import SPACE
from moa.formats.fixed_width.layout import Field

from .codes import result_codes
from .field_kinds import BankCode, HandlingBranch, HolderId, InstitutionCode
from .identifiers import account_warnings, birth_date_fault, business_check_digit
from .institution_codes import institutions
from .record_checks import INSTITUTIONS_OWN, FileFrame

Hints = dict[str, Flags]
_BIRTH_DIGITS, _BUSINESS_DIGITS = 6, 10
_DIGITS_A_BANK = 32  # room for each count of digits of an account number
_LEGACY = "bank_code_legacy"


@byte_rules.register
def _(kind: InstitutionCode, length: int) -> ByteRules | None:
    return ranged(length, ord("0"), ord("9")) if length == 10 else None


@byte_rules.register
def _(kind: BankCode, length: int) -> ByteRules:
    return ranged(length, ord("0"), ord("9"))


@byte_rules.register
def _(kind: HolderId, length: int) -> ByteRules:
    return left_aligned(length, letters=False, optional=True)


@byte_rules.register
def _(kind: HandlingBranch, length: int) -> ByteRules:
    return ranged(length, ord("0"), ord("Z"))


@doubted.register
def _(kind: InstitutionCode, field: Field, block: Block) -> Flags:
    return block.number(field.start, 2) != 99


@doubted.register
def _(kind: BankCode, field: Field, block: Block) -> Flags:
    return np.take(_unknown_banks(), block.number(field.start, 3), mode="clip")


@doubted.register
def _(kind: HolderId, field: Field, block: Block) -> Flags | None:
    wrong = np.take(_impossible_birthdays(), block.number(field.start + 2, 4), mode="clip")
    wrong |= ~_has_digits(block, field, _BIRTH_DIGITS)
    if not wrong.any():
        return None
    wrong &= ~_has_digits(block, field, _BUSINESS_DIGITS)
    wrong &= block.byte(field.start) != SPACE
    return wrong


def _has_digits(block: Block, field: Field, count: int) -> Flags:
    """Whether so many digits stand at the left: the last of them is a digit and the next byte a space."""
    flags: Flags = block.byte(field.start + count) == SPACE
    flags &= block.byte(field.start + count - 1) != SPACE
    return flags


@doubted.register
def _(kind: HandlingBranch, field: Field, block: Block) -> Flags | None:
    cells = block.cells(field.start, field.length)
    wrong = rows_with(cells > ord("9"))
    if wrong is None:
        return None
    said = cells.view("<u4")[:, 0]
    for word in (b"CHNG", b"CNCL"):
        wrong &= said != int.from_bytes(word, "little")
    return wrong


class DataFilter:
    """The filter of one file's data records."""

    def __init__(self, frame: FileFrame) -> None:
        self.frame = frame
        self._layout = frame.kind.data
        same = {} if frame.institution is None else {"institution_code": frame.institution}
        self._fields = RecordFilter(self._layout, same)
        self._last_day = None if frame.date is None else _six_digits(frame.date)

    def doubts(self, block: Block) -> Flags | None:
        """The records that only the reference can judge; None when all are surely sound."""
        doubts = self._fields.doubts(block)
        for more in self._of_record(block):
            if more.any():
                doubts = more if doubts is None else doubts | more
        return doubts

    def hints(self, block: Block) -> Hints:
        """By code, the records that carry a hint. Shape: meaningless for records in doubt."""
        found = {**self._account_hints(block), **self._holder_hints(block)}
        if self.frame.kind.is_result:
            found |= self._result_hints(block)
        return {code: flags for code, flags in found.items() if flags.any()}

    def _of_record(self, block: Block) -> list[Flags]:
        kind, layout = self.frame.kind, self._layout
        if kind.family == "EB1x":
            holder, told = layout.field("holder_id"), layout.field("application_type")
            nameless = block.byte(holder.start) == SPACE
            nameless &= block.byte(told.start) == ord("1")
            if self._last_day is None:
                return [nameless]
            applied = layout.field("application_date")
            return [nameless, block.number(applied.start, applied.length) > self._last_day]
        if kind.family in ("EB2x", "EB3x"):
            amount = layout.field("amount")
            return [block.number(amount.start, amount.length) < max(kind.minimum_won, 1)]
        return []

    def _account_hints(self, block: Block) -> Hints:
        bank, account = self._layout.field("bank_branch_code"), self._layout.field("account_no")
        at = block.number(bank.start, 3) * _DIGITS_A_BANK
        at += block.digits(account.start, account.length)
        table, codes = _account_table()
        flags = np.take(table, at, mode="clip")
        if not flags.any():
            return {}
        return {code: (flags & (1 << bit)) != 0 for bit, code in enumerate(codes)}

    def _holder_hints(self, block: Block) -> Hints:
        field = self._layout.field("holder_id")
        business = _has_digits(block, field, _BUSINESS_DIGITS)
        if not business.any():
            return {}
        parts = [block.number(field.start + at, length) for at, length in ((0, 4), (4, 4), (8, 2))]
        weights = _business_weights()
        total = sum(np.take(table, part, mode="clip") for table, part in zip(weights, parts, strict=True))
        business &= total % 10 != 0
        return {"business_number_check": business}

    def _result_hints(self, block: Block) -> Hints:
        kind, layout = self.frame.kind, self._layout
        told = block.cells(layout.field("error_code").start, 4).view("<u4")[:, 0]
        unknown = ~_stands_in(told, _known_codes())
        found = {"error_code_unknown": unknown}
        if kind.name == "EB12":
            found["error_code_unusual"] = ~unknown & ~_stands_in(told, _as_words(INSTITUTIONS_OWN))
        if kind.family == "EB2x":
            form, result = layout.field("debit_form"), layout.field("result")
            whole = block.byte(form.start) == ord("1")
            found["partial_for_full"] = whole & (block.byte(result.start) == ord("P"))
        return found


def _six_digits(day: date) -> int:
    return day.year % 100 * 10_000 + day.month * 100 + day.day


def _stands_in(words: NDArray[np.uint32], known: NDArray[np.uint32]) -> Flags:
    at = np.searchsorted(known, words)
    found: Flags = known[np.minimum(at, len(known) - 1)] == words
    return found


def _as_words(codes: frozenset[str]) -> NDArray[np.uint32]:
    return np.array(sorted(int.from_bytes(code.encode(), "little") for code in codes), np.uint32)


@cache
def _known_codes() -> NDArray[np.uint32]:
    return _as_words(frozenset(each.code for each in result_codes()))


@cache
def _unknown_banks() -> Flags:
    unknown = np.ones(1_000, bool)
    unknown[[int(code) for code in institutions()]] = False
    return unknown


@cache
def _impossible_birthdays() -> Flags:
    """For every MMDD whether there is no such day in any year."""
    impossible = np.ones(10_000, bool)
    for day in range(101, 1232):
        impossible[day] = birth_date_fault(f"00{day:04}") is not None
    return impossible


@cache
def _account_table() -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """For every bank and count of digits a bit for each hint, and the hints' codes."""
    codes = [_LEGACY]
    table = np.zeros((1_000, _DIGITS_A_BANK), np.uint8)
    for bank, known in institutions().items():
        if not known.is_representative:
            table[int(bank)] |= 1
        for digits in range(1, 17):
            for hint in account_warnings(bank, "0" * digits):
                if hint.code not in codes:
                    codes.append(hint.code)
                table[int(bank), digits] |= 1 << codes.index(hint.code)
    return table.reshape(-1), tuple(codes)


@cache
def _business_weights() -> list[NDArray[np.uint8]]:
    """For the digits 1 to 4, 5 to 8, and 9 and 10 their part of a sum that ends in 0 when the number holds.

    Built from the rule itself: what a digit adds is what the check digit of zeros and this digit lacks to ten.
    """

    def adds(place: int) -> NDArray[np.uint8]:
        numbers = ("0" * place + str(digit) + "0" * (8 - place) for digit in range(10))
        return np.array([10 - int(business_check_digit(number)) for number in numbers], np.uint8)

    last = np.arange(10, dtype=np.uint8)
    parts = [[adds(place) for place in range(4)], [adds(place) for place in range(4, 8)], [adds(8), last]]
    return [reduce(np.add.outer, part).reshape(-1) for part in parts]

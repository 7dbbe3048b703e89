"""Numbers that name an institution, a payer, an account or its holder: what is wrong with one, as a code or None.

A holder is named by a birth date (YYMMDD) or a business registration number. Whoever writes a resident number there
is refused, and the number is never shown: six digits and stars.

Day rule: a birth date has no century here, so any month and day that exists in a leap year is possible.
Source: KFTC CMS notice of 2015-07-22 (data record, codes 0091 and 0098, the guide to evidence); the check digit of
business registration numbers as the tax office's numbers carry it.
"""

from __future__ import annotations

import re
from enum import StrEnum

from moa.formats.fixed_width.finding import Finding, warning
from moa.formats.kftc.institution_codes import account_hint, institutions
from moa.kernel.masking import is_date

PAYER_NUMBER_SIZE = 20
ACCOUNT_NUMBER_SIZE = 16
# Shown of a person's number; a business number has ten digits, so what is longer may be a person's.
_SHOWN_DIGITS, _HARMLESS_DIGITS = 6, 10
_BUSINESS_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_ALPHANUMERIC = re.compile(r"[0-9A-Za-z]+")
_DIGITS = re.compile(r"[0-9]+")
# The second form may have lost its last digit: a 13-byte field holds no hyphen beside 13 digits.
_RESIDENT = re.compile(r"[0-9]{13}|[0-9]{6}[ -][0-9]{6,7}")
# A year before 1900 (9, 0), Koreans (1 to 4), foreigners (5 to 8): every digit is a gender and a century.
_CENTURIES = {"9": 18, "0": 18, "1": 19, "2": 19, "5": 19, "6": 19, "3": 20, "4": 20, "7": 20, "8": 20}


class HolderKind(StrEnum):
    """What a holder's number is by its form; `resident_number` also covers a corporation's 13 digits."""

    BIRTH_DATE = "birth_date"
    BUSINESS_NUMBER = "business_number"
    RESIDENT_NUMBER = "resident_number"
    OTHER = "other"


def institution_code_fault(text: str) -> str | None:
    """An institution's code has 10 digits and begins with 99."""
    right = len(text) == 10 and _DIGITS.fullmatch(text) and text.startswith("99")
    return None if right else "institution_invalid"


def payer_number_fault(text: str) -> str | None:
    """A payer number has up to 20 digits and letters, without spaces or signs."""
    if not text:
        return "value_missing"
    if not _ALPHANUMERIC.fullmatch(text):
        return "0088"
    return "value_too_long" if len(text) > PAYER_NUMBER_SIZE else None


def account_number_fault(text: str, size: int = ACCOUNT_NUMBER_SIZE) -> str | None:
    """An account number consists of digits, without hyphens; spaces may only follow it."""
    text = text.rstrip(" ")
    if not text:
        return "0012"
    if " " in text:
        return "0098"
    if not _DIGITS.fullmatch(text):
        return "0088"
    return "value_too_long" if len(text) > size else None


def account_warnings(bank_code: str, number: str, field: str = "account_no") -> list[Finding]:
    """What looks unusual about an account of this bank; always warnings. An unknown bank has no hints."""
    if bank_code not in institutions():
        return []
    return [warning(hint.code, field=field, value=number) for hint in account_hint(bank_code, number)]


def bank_branch_code_fault(text: str) -> str | None:
    """Seven digits, of which the first three are an institution that is or was."""
    return None if len(text) == 7 and names_a_bank(text) else "0011"


def names_a_bank(text: str) -> bool:
    """Whether a code of digits begins with an institution that is or was, of a branch or not."""
    return _DIGITS.fullmatch(text) is not None and text[:3] in institutions()


def holder_kind(text: str) -> HolderKind:
    if _RESIDENT.fullmatch(text):
        return HolderKind.RESIDENT_NUMBER
    if _DIGITS.fullmatch(text) and len(text) == 6:
        return HolderKind.BIRTH_DATE
    if _DIGITS.fullmatch(text) and len(text) == 10:
        return HolderKind.BUSINESS_NUMBER
    return HolderKind.OTHER


def holder_fault(text: str) -> str | None:
    """What is wrong with a holder's number; whether it may be absent is the caller's rule.

    Thirteen digits are refused also when the first six are no date: they may be a corporation's registration number,
    but CMS takes none of 13 digits, and to guess would mean to show a person's number now and then.
    `business_number_check` is a warning, all others are errors.
    """
    kind = holder_kind(text)
    if kind == HolderKind.RESIDENT_NUMBER:
        return "0091"
    if kind == HolderKind.BIRTH_DATE:
        return birth_date_fault(text)
    if kind == HolderKind.BUSINESS_NUMBER:
        return business_number_fault(text)
    if _DIGITS.fullmatch(text) or not text:
        return "holder_id_invalid"
    return "0098" if _DIGITS.fullmatch(text.replace(" ", "")) else "0088"


def birth_date_fault(text: str) -> str | None:
    """YYMMDD whose month and day exist; 29 February always does, for the century is not known."""
    if len(text) != 6 or not _DIGITS.fullmatch(text):
        return "holder_id_invalid"
    return None if is_date(2000, text[2:4], text[4:6]) else "0014"


def business_number_fault(text: str) -> str | None:
    """Ten digits of which the last is the check digit; numbers with a wrong one are rare but seen, hence a warning."""
    if len(text) != 10 or not _DIGITS.fullmatch(text):
        return "holder_id_invalid"
    return None if business_number_holds(text) else "business_number_check"


def business_number_holds(ten_digits: str) -> bool:
    """Whether the last of ten digits is the check digit of the others."""
    return business_check_digit(ten_digits[:9]) == ten_digits[9]


def business_check_digit(first_nine: str) -> str:
    """The last digit of a business registration number: the weighted sum, with the tens of the ninth product."""
    digits = [int(digit) for digit in first_nine]
    total = sum(digit * weight for digit, weight in zip(digits, _BUSINESS_WEIGHTS, strict=True))
    return str(-(total + digits[8] * 5 // 10) % 10)


def is_plausible_resident_number(text: str) -> bool:
    """Whether 13 digits, plain or 6-7, begin with a date that the seventh digit's century had.

    The check digit is not asked for: numbers given since October 2020 have none.
    """
    digits = text.replace("-", "").replace(" ", "")
    if len(digits) != 13 or not _RESIDENT.fullmatch(text):
        return False
    return is_date(_CENTURIES[digits[6]] * 100 + int(digits[:2]), digits[2:4], digits[4:6])


def masked_holder(text: str) -> str:
    """The text as a message may show it: with more than ten digits, the first six and a star for each that follows.

    Any text with so many digits is masked, not only one of the right form: a slip of the keyboard in a resident
    number must not bring it into a log.
    """
    digits = [sign for sign in text if sign.isdigit()]
    if len(digits) <= _HARMLESS_DIGITS:
        return text
    return "".join(digits[:_SHOWN_DIGITS]) + "*" * (len(digits) - _SHOWN_DIGITS)

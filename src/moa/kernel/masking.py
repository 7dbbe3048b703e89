"""Resident, passport and card numbers inside free text, shown as six digits and stars.

A value that stands in an account-number field is an account number, whatever it looks like: never pass one here.

Source: DESIGN §4 "Secrets and persons"; KR resident registration number (YYMMDD-SBBBBNC), CN GB 11643-1999
(18 characters, check character by ISO 7064 MOD 11-2), ISO/IEC 7812 (Luhn).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

SHOWN = 6

# Nearly all text leaves here: it has no digits in such numbers, grouped or not.
_LONG = re.compile(r"(?<!\d)\d[\d ‐‑–—-]{12}")
_LETTERED = re.compile(r"\b[MSRGDEPH][A-Z\d]\d\d[A-Z\d]\d{4}\b", re.ASCII)
_RESIDENT = re.compile(r"(?<!\d)(\d{6})( ?[-‐‑–—] ?|[ ]?)(\d{7})(?!\d)")
_CITIZEN = re.compile(r"(?<![0-9A-Za-z])(\d{6})(\d{8})(\d{3}[\dXx])(?![0-9A-Za-z])")
_CARD = re.compile(
    r"(?<![\d-])(\d{4}(?:[ -]?\d{4}){2}[ -]?\d{3,4}(?:[ -]?\d{1,3})?|3[47]\d\d[ -]?\d{6}[ -]?\d{5})(?![\d-])"
)
# Korean (M, S, R, G, D and the newer M123A4567) and Chinese (E, G, D, S, P, H, and E with a second letter).
_PASSPORT = re.compile(
    r"(?<![0-9A-Za-z])([MSRGDEPH]\d{5})(\d{3})(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])(M\d{3}[A-Z]\d)(\d{3})(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])(E[A-HJ-NP-Z]\d{4})(\d{3})(?![0-9A-Za-z])"
)
# The century that the seventh digit of a Korean number stands for.
_CENTURIES = {"0": 1800, "9": 1800, "1": 1900, "2": 1900, "5": 1900, "6": 1900}
_RESIDENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


# Bytes of UTF-8 as classes: what a run of a number may be made of as "0" (digits, spaces, dashes, and every sign beyond
# ASCII but Korean and Chinese letters, for there are digits in many scripts), and for passports capitals as "A", digits
# as "0", other letters as "a".
_RUNS = bytes(
    ord("0") if chr(byte) in "0123456789 -" or (byte >= 0x80 and not 0xE3 <= byte <= 0xEE) else ord("x")
    for byte in range(256)
)
_LETTERS = bytes(
    ord("A") if chr(byte).isupper() and byte < 128
    else ord("0") if chr(byte).isdigit() and byte < 128
    else ord("a") if chr(byte).islower() and byte < 128
    else ord(" ")
    for byte in range(256)
)  # fmt: skip
_RUN = b"0" * 13


def may_hold_number(raw: bytes) -> bool:
    """Whether a text, given in UTF-8, could hold a number that is to be masked; a no is certain, a yes is not.

    A tenth of the time that masking takes, for nearly all texts hold none.
    """
    if _RUN in raw.translate(_RUNS):
        return True
    letters = b" " + raw.translate(_LETTERS) + b" "
    return (
        b" A00000000 " in letters or b" A000A0000 " in letters or b" AA0000000 " in letters or b" AA00A0000 " in letters
    )  # fmt: skip


def mask_text(text: str) -> str:
    """`text` with every resident, passport and card number reduced to its first six digits and stars."""
    if _LONG.search(text) is not None:
        text = _CARD.sub(_card, _CITIZEN.sub(_citizen, _RESIDENT.sub(_resident, text)))
    if _LETTERED.search(text) is not None:
        text = _PASSPORT.sub(_passport, text)
    return text


def mask_residents(text: str) -> str:
    """As `mask_text`, for residents' numbers only: for references, where sixteen digits are seldom a card."""
    if _LONG.search(text) is None:
        return text
    return _CITIZEN.sub(_citizen, _RESIDENT.sub(_resident, text))


def _resident(found: re.Match[str]) -> str:
    born, joint, rest = found.groups()
    hyphened = joint.strip() != ""
    if not is_resident_number(_plain(born + rest), checked=not hyphened):
        return found[0]
    return f"{born}{joint}{'*' * len(rest)}"


def is_resident_number(digits: str, *, checked: bool) -> bool:
    """Whether 13 digits are a Korean resident or foreigner number.

    Numbers given since October 2020 have no check digit, so the hyphened form counts with a valid birth date;
    thirteen bare digits are more often an account number, and count only if they are `checked`.
    """
    century = _CENTURIES.get(digits[6], 2000)
    if not is_date(century + int(digits[:2]), digits[2:4], digits[4:6]):
        return False
    if not checked:
        return True
    total = sum(int(digit) * weight for digit, weight in zip(digits, _RESIDENT_WEIGHTS, strict=False))
    foreign = 2 if digits[6] in "5678" else 0
    return ((11 - total % 11) % 10 + foreign) % 10 == int(digits[12])


def _citizen(found: re.Match[str]) -> str:
    area, _, _ = found.groups()
    return area + "*" * 12 if is_citizen_number(_plain(found[0])) else found[0]


def is_citizen_number(text: str) -> bool:
    """Whether 18 characters are a Chinese citizen identification number with a right check character."""
    if not is_date(int(text[6:10]), text[10:12], text[12:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _CITIZEN_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()


def _card(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", _plain(found[0]))
    if not is_card_number(digits):
        return found[0]
    seen, shown = 0, []
    for sign in found[0]:
        seen += sign.isdigit()
        shown.append("*" if sign.isdigit() and seen > SHOWN else sign)
    return "".join(shown)


def is_card_number(digits: str) -> bool:
    """Whether the digits are a payment card: a known issuer's prefix, its length, and a right Luhn digit."""
    if digits.startswith(("34", "37")):
        fits = len(digits) == 15
    elif digits.startswith("62"):
        fits = 16 <= len(digits) <= 19
    else:
        fits = len(digits) == 16 and digits[0] in "234569"
    return fits and _luhn(digits)


def _luhn(digits: str) -> bool:
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _passport(found: re.Match[str]) -> str:
    kept = next(group for group in found.groups() if group)
    return kept + "***"


def _plain(digits: str) -> str:
    """Full-width digits, as Korean and Chinese keyboards make them, in their plain form."""
    return digits if digits.isascii() else unicodedata.normalize("NFKC", digits)


def is_date(year: int, month: str, day: str) -> bool:
    """Whether there is such a day; month and day as the digits of a number say them."""
    try:
        date(year, int(month), int(day))
    except ValueError:
        return False
    return True

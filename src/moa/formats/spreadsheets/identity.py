"""Columns that hold who a person is: a resident's, citizen's or passport number there refuses the file."""

from __future__ import annotations

import re
import unicodedata

from moa.formats.spreadsheets.cells import Cell, cell_text, readable
from moa.kernel.masking import is_resident_number, mask_text

_CORPORATE_WEIGHTS = (1, 2) * 6


def personal_number(cell: Cell) -> str:
    """The masked value when an identity cell holds a person's number, else an empty string.

    A business number (10 digits) and a company's registration number (13 digits, own check digit) are no person's.
    """
    text = readable(unicodedata.normalize("NFKC", cell_text(cell)))
    digits = re.sub(r"[\s-]", "", text)
    if not isinstance(cell, str) and digits.isdigit() and len(digits) in (11, 12):
        # The leading noughts of a birth year 00 to 09 go when the cell becomes a number.
        digits = digits.zfill(13)
    if len(digits) == 13 and digits.isascii() and digits.isdigit():
        if not is_resident_number(digits, checked=False):
            return ""
        if is_corporate_number(digits) and not is_resident_number(digits, checked=True):
            return ""
        return digits[:6] + "*" * 7
    masked = mask_text(text)
    return masked if masked != text else ""


def is_corporate_number(digits: str) -> bool:
    """Whether 13 digits are a Korean corporate registration number: weights 1, 2, 1, 2 …, sum and check to ten."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _CORPORATE_WEIGHTS, strict=False))
    return (10 - total % 10) % 10 == int(digits[12])

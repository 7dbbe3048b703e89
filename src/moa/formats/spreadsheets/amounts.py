"""Amounts as people and banks write them in a cell, read exactly into minor units.

What is not plainly an amount is refused, never repaired: a letter O, commas in odd places, more decimals than the
currency has, a sign of another currency. A number cell is binary: it counts as the decimal of at most 15 digits
that Excel shows for it, and is refused where it could have been another amount.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Context, Decimal
from typing import Literal

from moa.formats.spreadsheets.cells import Cell, cell_text
from moa.kernel.money import CURRENCIES, minor_digits

# The largest figure that a signed 64-bit column holds.
LARGEST_MINOR = 2**63 - 1
_EXACT_BINARY = 2**53
_EXCEL_DIGITS = 10**15
_EXCEL = Context(prec=15)

_PLAIN = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,24})(?:\.(\d{1,12}))?", re.ASCII)
_NEGATIVE = ("-", "△", "▲", "−", "–", "—", "▵", "⊿")
_SIGNS = {
    "₩": ("KRW",),
    "\\": ("KRW",),
    "원": ("KRW",),
    "元": ("CNY", "CNH"),
    "¥": ("CNY", "CNH", "JPY"),
    "円": ("JPY",),
    "€": ("EUR",),
    "£": ("GBP",),
    "$": ("USD", "AUD", "CAD", "HKD", "NZD", "SGD", "TWD"),
}


# How a table writes thousands and decimals, by an example.
Figures = Literal["1,234.56", "1.234,56", "1 234,56", "1'234.56"]
_BETWEEN = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d)")
# A mark that has no place in a way of writing becomes one that no amount has, so that it is refused.
_MARKS = {
    "1.234,56": str.maketrans({".": ",", ",": "."}),
    "1 234,56": str.maketrans({",": ".", ".": "?"}),
    "1'234.56": str.maketrans({"'": ",", "\u2019": ",", ",": "?"}),
}


class AmountUnreadable(Exception):
    """The cell is no exact amount of the currency."""


def read_minor(cell: Cell, currency: str) -> int | None:
    """The cell in minor units of `currency`, signed; None for a blank cell or a lone dash. Raises: AmountUnreadable."""
    if isinstance(cell, str):
        found = _PLAIN.fullmatch(cell)
        if found is not None:
            return _whole(found, currency)
        return _read_text(cell_text(cell), currency)
    if cell is None:
        return None
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return _read_number(cell, currency)
    raise AmountUnreadable


def plain_figures(cell: Cell, figures: Figures) -> Cell:
    """A text cell of a table that writes its figures so, as 1,234.56 would be; other cells as they are."""
    marks = _MARKS.get(figures)
    if marks is None or not isinstance(cell, str):
        return cell
    text = cell.translate(marks)
    return _BETWEEN.sub(",", text) if figures == "1 234,56" else text


def _read_text(text: str, currency: str) -> int | None:
    if not text.isascii():
        # Full-width digits and signs; the triangle and the dashes stay what they are.
        text = unicodedata.normalize("NFKC", text)
    if not text or text in _NEGATIVE:
        return None
    negative = False
    text, parted = _strip_currency(text, currency)
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    elif text.startswith(_NEGATIVE):
        negative, text = True, text[1:].lstrip()
    elif text.endswith("-"):
        negative, text = True, text[:-1].rstrip()
    elif text.startswith("+"):
        text = text[1:].lstrip()
    if not parted:
        text, _ = _strip_currency(text, currency)
    found = _PLAIN.fullmatch(text)
    if found is None:
        raise AmountUnreadable
    minor = _whole(found, currency)
    return -minor if negative else minor


def _strip_currency(text: str, currency: str) -> tuple[str, bool]:
    """`text` without a currency's sign or code at either end. Raises: AmountUnreadable for another currency's."""
    for sign in (text[0], text[-1]) if text else ():
        if sign in _SIGNS:
            if currency not in _SIGNS[sign]:
                raise AmountUnreadable
            return (text[1:] if text[0] == sign else text[:-1]).strip(), True
    for code, rest in ((text[:3], text[3:]), (text[-3:], text[:-3])):
        if code in CURRENCIES:
            if code != currency:
                raise AmountUnreadable
            return rest.strip(), True
    return text, False


def _whole(found: re.Match[str], currency: str) -> int:
    digits = minor_digits(currency)
    whole, decimals = found[1], found[2] or ""
    if len(decimals) > digits and decimals[digits:].strip("0"):
        raise AmountUnreadable
    minor = int(whole.replace(",", "") + decimals[:digits].ljust(digits, "0"))
    if minor > LARGEST_MINOR:
        raise AmountUnreadable
    return minor


def _read_number(number: int | Decimal, currency: str) -> int:
    digits = minor_digits(currency)
    if isinstance(number, int):
        if abs(number) * 10**digits >= _EXACT_BINARY:
            raise AmountUnreadable
        return number * 10**digits
    if not number.is_finite() or abs(number) * 10**digits >= _EXCEL_DIGITS:
        raise AmountUnreadable
    shown = _EXCEL.plus(number).scaleb(digits)
    minor = int(shown)
    if minor != shown:
        raise AmountUnreadable
    return minor

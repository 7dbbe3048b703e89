"""Amounts as files write them: decimal strings in major units, exact or refused."""

from __future__ import annotations

import re

from moa.kernel.money import CURRENCIES, minor_digits

_AMOUNT = re.compile(r"(-?)(\d{1,18})(?:\.(\d{1,6}))?", re.ASCII)


def read_minor(text: str, currency: str) -> int | None:
    """`text` in minor units of `currency`; None when it is no amount, or one finer than the currency.

    Shape: digits with at most one point, a minus before them where it is negative; no separators, no exponent.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None or currency not in CURRENCIES:
        return None
    sign, whole, part = found.groups()
    digits = minor_digits(currency)
    part = (part or "").rstrip("0")
    if len(part) > digits:
        return None
    minor = int(whole) * 10**digits + int(part.ljust(digits, "0") or 0)
    return -minor if sign else minor


def is_amount(text: str) -> bool:
    """Whether it is written as an amount of some currency."""
    return _AMOUNT.fullmatch(text) is not None

"""Dates, amounts and balances as SWIFT writes them: YYMMDD, a decimal comma, C or D in front."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from moa.kernel.money import CURRENCIES, minor_digits

# Two digits of a year: 80 to 99 are the last century's. Source: SWIFT user handbook, field 61 subfield 1.
PIVOT = 80
# Some banks fill an amount with zeros beyond the fifteen digits of the standard.
_BALANCE = re.compile(r"(R?[CD])(\d{6})([A-Z]{3})?\s?0{0,17}(\d{1,15})(?:,(\d{0,14}))?\s*\Z")
_TOTAL = re.compile(r"(\d{0,9})([A-Z]{3})0{0,17}(\d{1,15})(?:,(\d{0,14}))?\s*\Z")
_FLOOR = re.compile(r"([A-Z]{3})([CD ])?(\d{1,15}(?:,\d{0,14})?)?\s*\Z")


class Balance(NamedTuple):
    """Shape: `minor` signed; `currency` is empty where the file leaves it out."""

    minor: int
    day: date
    currency: str


class Total(NamedTuple):
    entries: int | None
    minor: int
    currency: str


class Unreadable(ValueError):
    """The text is not what the field asks for. `code` says in which way."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def day_of(text: str) -> date | None:
    """The date of YYMMDD, None if the calendar has no such day."""
    year = int(text[:2])
    return _date(year + (1900 if year >= PIVOT else 2000), int(text[2:4]), int(text[4:6]))


def end_of_february(text: str) -> date | None:
    """The last day of February for "YY0230", the value date that banks with 30-day months send; else None."""
    if text[2:] != "0230":
        return None
    first_of_march = day_of(text[:2] + "0301")
    return first_of_march - timedelta(days=1) if first_of_march else None


def entry_day(value_day: date, text: str) -> date | None:
    """The date of MMDD in the year that brings it nearest to the value date; None if there is none within half a year."""
    month, day = int(text[:2]), int(text[2:])
    years = (value_day.year, value_day.year - 1, value_day.year + 1)
    found = [near for year in years if (near := _date(year, month, day))]
    nearest = min(found, key=lambda near: abs(near - value_day), default=None)
    return nearest if nearest is not None and abs(nearest - value_day) <= timedelta(days=184) else None


def minor_of(whole: str, fraction: str | None, digits: int) -> int:
    """Minor units of "whole,fraction" in a currency of `digits` decimals.

    Raises: Unreadable amount_too_fine for a fraction finer than the currency; zeros beyond it are no fraction.
    """
    fraction = fraction or ""
    if len(fraction) > digits:
        if fraction[digits:].strip("0"):
            raise Unreadable("amount_too_fine")
        fraction = fraction[:digits]
    return int(whole + fraction.ljust(digits, "0"))


def balance_of(text: str, currency: str = "") -> Balance:
    """A balance field such as "C261120KRW1500000,". `currency` stands in where the field has none.

    Raises: Unreadable balance_unreadable, date_impossible, currency_unknown, currency_missing, amount_too_fine.
    """
    found = _BALANCE.match(text)
    if not found or found[1][0] == "R":
        raise Unreadable("balance_unreadable")
    mark, day_text, stated, whole, fraction = found.groups()
    day = day_of(day_text)
    if day is None:
        raise Unreadable("date_impossible")
    minor = minor_of(whole, fraction, digits_of(stated or currency))
    return Balance(-minor if mark == "D" else minor, day, stated or "")


def total_of(text: str) -> Total:
    """A :90C: or :90D: field such as "3KRW2500000,".

    Raises: Unreadable total_unreadable, currency_unknown, amount_too_fine.
    """
    found = _TOTAL.match(text)
    if not found:
        raise Unreadable("total_unreadable")
    count, currency, whole, fraction = found.groups()
    return Total(int(count) if count else None, minor_of(whole, fraction, digits_of(currency)), currency)


def floor_currency(text: str) -> str:
    """The currency of a :34F: floor limit. Raises: Unreadable floor_limit_unreadable, currency_unknown."""
    found = _FLOOR.match(text)
    if not found:
        raise Unreadable("floor_limit_unreadable")
    digits_of(found[1])
    return found[1]


def digits_of(currency: str) -> int:
    """Decimals of `currency`. Raises: Unreadable currency_missing, currency_unknown."""
    if not currency:
        raise Unreadable("currency_missing")
    if currency not in CURRENCIES:
        raise Unreadable("currency_unknown")
    return minor_digits(currency)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

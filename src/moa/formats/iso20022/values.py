"""Amounts and dates as XML Schema writes them, turned into minor units and dates. Unreadable text gives None."""

from __future__ import annotations

import calendar
import re
from datetime import date, time

# ISO 20022 allows 18 digits; more would also not fit the column that minor units are stored in.
MOST_DIGITS = 18
_DECIMAL = re.compile(r"\+?(\d*)(?:\.(\d*))?", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII
)
_DAYS_KEPT = 4096
_days: dict[str, tuple[date, time | None]] = {}


def amount_minor(text: str, digits: int) -> int | None:
    """An unsigned decimal in minor units of a currency with `digits` decimals.

    Signs, exponents, grouping, more than 18 digits and decimals finer than the currency are not amounts; zeros
    beyond the currency's decimals are.
    Source: ISO 20022 ActiveOrHistoricCurrencyAndAmount (totalDigits 18, minInclusive 0).
    """
    if len(text) <= MOST_DIGITS and text.isascii():
        # The usual form needs no pattern: exactly the currency's decimals.
        whole, _, fraction = text.partition(".")
        figure = whole + fraction
        if len(fraction) == digits and figure.isdigit():
            return int(figure)
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return None
    whole, fraction = match[1], match[2] or ""
    if not whole and not fraction:
        return None
    fraction = fraction.rstrip("0")
    if len(fraction) > digits:
        return None
    figure = (whole + fraction.ljust(digits, "0")).lstrip("0")
    return int(figure or "0") if len(figure) <= MOST_DIGITS else None


def moment(text: str) -> tuple[date, time | None] | None:
    """The day, and the time of day where one is written. Day rule: the day as written, whatever its zone."""
    known = _days.get(text)
    if known is not None:
        return known
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = match.groups()
    try:
        clock = time(int(hour), int(minute), int(second or 0)) if hour else None
        found = (date(int(year), int(month), int(day)), clock)
    except ValueError:
        return None
    if clock is None:
        if len(_days) >= _DAYS_KEPT:
            _days.clear()
        _days[text] = found
    return found


def february_end(text: str) -> date | None:
    """The last day of February where `text` is the 30th of it, which some banks write as a value date."""
    match = _MOMENT.fullmatch(text)
    if match is None or match[2] != "02" or match[3] != "30" or match[1] == "0000":
        return None
    year = int(match[1])
    return date(year, 2, calendar.monthrange(year, 2)[1])

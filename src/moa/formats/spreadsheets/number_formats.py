"""Which cell styles of a workbook show a number as a day or a time.

Source: ECMA-376 part 1, 18.8.30 (built-in formats) and 18.8.31 (format codes).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from moa.formats.spreadsheets.cells import Cell

Kind = Literal["day", "time", ""]

_SECONDS = 86_400
_LAST_DAY = 2_958_466
# Built-in formats, the Korean and Chinese ones included; 18 to 21 and 45 to 47 show a time only.
_DAYS = frozenset((14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58))
_TIMES = frozenset((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56))
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


def kind_of(format_id: int, code: str) -> Kind:
    """Whether a number format shows a day, a time of day, or a plain number."""
    if format_id in _DAYS:
        return "day"
    if format_id in _TIMES:
        return "time"
    bare = _LITERALS.sub("", code.split(";")[0]).lower()
    if bare == "general":
        return ""
    if re.search(r"[dye]|(?<![a-z])m{3,5}", bare.replace("e+", "").replace("e-", "")):
        return "day"
    return "time" if re.search(r"[hs]", bare) else ""


def moment_of(number: Decimal, kind: Kind, base: date) -> Cell:
    """A serial number as the day, moment or time that its style shows; the number itself when it is none."""
    if not 0 <= number < _LAST_DAY:
        return number
    days = int(number)
    seconds = round((number - days) * _SECONDS)
    if kind == "time" and not days:
        return (datetime.combine(base, time()) + timedelta(seconds=min(seconds, _SECONDS - 1))).time()
    moment = datetime.combine(base, time()) + timedelta(days=days, seconds=seconds)
    return moment if seconds else moment.date()

"""Columns of a written table and the XML of their cells.

Source: ECMA-376 part 1, 18.3.1.4 (cells), 18.4.7 (xml:space), 22.9.2.19 (ST_Xstring: `_xHHHH_`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from moa.formats.spreadsheets.writing import styles
from moa.formats.spreadsheets.writing.formulas import is_formula_like
from moa.kernel.errors import DomainError

TEXT, DATE, MOMENT, AMOUNT, NUMBER = "text", "date", "moment", "amount", "number"
LONGEST_TEXT = 32_767
# A spreadsheet counts in binary with 15 sure digits; beyond them an amount stands as text rather than rounded.
SURE = 10**15
_DAY_ZERO = date(1899, 12, 30).toordinal()
# Excel believes that 1900 was a leap year, so serial numbers agree with the calendar from 1 March 1900 on.
_FIRST_SERIAL = 61
_SPECIAL = re.compile(
    r"[<>&\x00-\x1f\ufffe\uffff\ud800-\udfff]|^[\s\"=+\-@\uff1d\uff0b\uff0d\uff20\u2212\ufeff]|\s$|\s\s|_x[0-9A-Fa-f]{4}_"
)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")

# A cell's XML from the row's number and the value.
Encoder = Callable[[str, Any], str]


class CellTooLong(DomainError):
    """A text longer than a cell of a workbook holds; it is refused rather than cut."""

    code = "cell_too_long"


@dataclass(frozen=True, slots=True)
class Column:
    """Shape: `digits` of an AMOUNT column are those of its one currency; None where each cell brings its own."""

    label: str
    kind: str = TEXT
    width: int = 14
    digits: int | None = None


def letters(index: int) -> str:
    """The name of a column from its place: 0 → "A", 26 → "AA"."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def plain_amount(minor: int, digits: int) -> str:
    """ "-1234.50": no separators, a point, all minor digits."""
    if not digits:
        return str(minor)
    whole, rest = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}.{rest:0{digits}d}"


def encoder(column: Column, index: int, *, strong: bool = False) -> Encoder:
    """The function that writes this column's cells. `strong`: in bold, for sums."""
    name = letters(index)
    made: dict[str, Callable[[], Encoder]] = {
        TEXT: lambda: _texts(name, strong),
        DATE: lambda: _dates(name, strong),
        MOMENT: lambda: _moments(name, strong),
        AMOUNT: lambda: _amounts(name, column.digits, strong),
        NUMBER: lambda: _numbers(name, strong),
    }
    return made[column.kind]()


def text_cell(reference: str, text: str, style: int, quoted_style: int) -> str:
    """A text as it stands, whatever is in it. A formula's beginning is marked as quoted, so that it stays text even
    when somebody edits the cell."""
    if len(text) > LONGEST_TEXT:
        raise CellTooLong(cell=reference, length=len(text))
    if is_formula_like(text):
        style = quoted_style
    safe = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    safe = safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def _texts(name: str, strong: bool) -> Encoder:
    style, quoted = (styles.STRONG, styles.STRONG_QUOTED) if strong else (styles.PLAIN, styles.QUOTED)
    search = _SPECIAL.search
    shown = f' s="{style}"' if style else ""

    def encode(row: str, value: Any) -> str:
        if not value:
            return ""
        if search(value) or len(value) > LONGEST_TEXT:
            return text_cell(name + row, value, style, quoted)
        return f'<c r="{name}{row}"{shown} t="inlineStr"><is><t>{value}</t></is></c>'

    return encode


def _dates(name: str, strong: bool) -> Encoder:
    style = styles.STRONG_DATE if strong else styles.DATE

    def encode(row: str, value: date | None) -> str:
        if value is None:
            return ""
        serial = value.toordinal() - _DAY_ZERO
        if serial < _FIRST_SERIAL:
            return text_cell(name + row, value.isoformat(), styles.PLAIN, styles.QUOTED)
        return f'<c r="{name}{row}" s="{style}"><v>{serial}</v></c>'

    return encode


def _moments(name: str, strong: bool) -> Encoder:
    style = styles.STRONG_MOMENT if strong else styles.MOMENT

    def encode(row: str, value: datetime | None) -> str:
        if value is None:
            return ""
        serial = value.toordinal() - _DAY_ZERO
        if serial < _FIRST_SERIAL:
            return text_cell(name + row, value.isoformat(" ", "seconds"), styles.PLAIN, styles.QUOTED)
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return (
            f'<c r="{name}{row}" s="{style}"><v>{serial}.{(seconds * 10**10 + 43_200) // 86_400:010d}</v></c>'
        )

    return encode


def _amounts(name: str, digits: int | None, strong: bool) -> Encoder:
    by_digits = styles.STRONG_AMOUNTS if strong else styles.AMOUNTS

    def encode_pair(row: str, value: tuple[int, int] | str | None) -> str:
        if isinstance(value, str):
            # A word where there is no amount, so that nobody reads an empty cell as a zero.
            return text_cell(name + row, value, styles.PLAIN, styles.QUOTED)
        return "" if value is None else encode(row, value[0], value[1])

    def encode(row: str, minor: int | None, places: int) -> str:
        if minor is None:
            return ""
        if not -SURE < minor < SURE:
            return text_cell(name + row, plain_amount(minor, places), styles.PLAIN, styles.QUOTED)
        return f'<c r="{name}{row}" s="{by_digits[places]}"><v>{plain_amount(minor, places)}</v></c>'

    if digits is None:
        return encode_pair
    style = by_digits[digits]

    def encode_fixed(row: str, minor: int | None) -> str:
        if minor is None or not -SURE < minor < SURE:
            return encode(row, minor, digits)
        return f'<c r="{name}{row}" s="{style}"><v>{plain_amount(minor, digits)}</v></c>'

    return encode_fixed


def _numbers(name: str, strong: bool) -> Encoder:
    style = styles.STRONG_NUMBER if strong else styles.NUMBER
    whole = (styles.STRONG_AMOUNTS if strong else styles.AMOUNTS)[0]

    def encode(row: str, value: int | Decimal | None) -> str:
        if value is None:
            return ""
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        if sum(letter.isdigit() for letter in text.strip("-0.")) > 15:
            return text_cell(name + row, text, styles.PLAIN, styles.QUOTED)
        return f'<c r="{name}{row}" s="{whole if isinstance(value, int) else style}"><v>{text}</v></c>'

    return encode

"""The cells that every kind of table is made of, and the text that a person sees in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from moa.kernel.errors import Problem
from moa.kernel.masking import mask_text

# Never a float: whatever a file holds in binary comes in as the decimal that it shows.
Cell = str | int | Decimal | bool | datetime | date | time | timedelta | None

# Half of a kibibyte names a value well enough; a stray megabyte must not travel into an error list.
SHOWN_CHARACTERS = 200
_SPACES = re.compile(r"\s\s+|[^\S ]")
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_WRAPPED = frozenset("=\ufeff\u200b")


class Row(NamedTuple):
    """One row. Shape: `number` counts from 1 as the sheet shows it; `damage` lists cells with undecodable bytes."""

    number: int
    cells: Sequence[Cell]
    damage: Sequence[int] = ()


@dataclass(slots=True)
class Sheet:
    """One table of rows. Shape: `name` is empty where a file has one only; `exact_width` says that rows have as
    many cells as their header, so that one more or less is a fault and not an empty cell."""

    name: str
    rows: Iterator[Row | Problem]
    exact_width: bool = False
    serial_base: date = date(1899, 12, 30)


def cell_text(cell: Cell) -> str:
    """The cell as trimmed text: whole numbers without decimals, moments in ISO form.

    Banks write ="0123" into CSV so that Excel keeps the nought; the text inside is what they mean.
    """
    if isinstance(cell, str):
        text = cell.strip()
        if text[:1] in _WRAPPED:
            text = text.strip("\ufeff\u200b")
            if text.startswith('="') and text.endswith('"') and len(text) > 2:
                text = text[2:-1].strip()
        return text
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}" if abs(cell.adjusted()) < SHOWN_CHARACTERS else str(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def shown(cell: Cell) -> str:
    """The cell as it stood, for an error: not trimmed, bytes that were no text as \\xNN, cut when very long.

    Persons' numbers are masked here too: an error is stored and sent around.
    """
    text = cell if isinstance(cell, str) else cell_text(cell)
    return mask_text(readable(text[:SHOWN_CHARACTERS] + "…" if len(text) > SHOWN_CHARACTERS else text))


def readable(text: str) -> str:
    """`text` with undecodable bytes, which the decoder keeps as lone surrogates, and NUL written as \\xNN."""
    return _UNREADABLE.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02X}", text)


def is_damaged(text: str) -> bool:
    """Whether the text holds what no database and no document takes: undecodable bytes or NUL."""
    return _UNREADABLE.search(text) is not None


def one_line(text: str) -> str:
    """`text` with every run of spaces and line ends as one space."""
    return _SPACES.sub(" ", text) if _SPACES.search(text) else text


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether nothing stands in the row."""
    return not any(cell is not None and cell != "" and cell_text(cell) for cell in cells)

"""Stars over what could be a person's number, where it is not known which bytes are a field.

A resident number is thirteen digits, or six and seven with a hyphen or a space between. A run of digits that is longer
is several fields in a row; in it the seven digits after each possible birth date are covered, for better an account
that is hard to read than a person's number that is not. Six digits stay, as everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_BORN = r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_EXACT = re.compile(r"(?<!\d)\d{6}(\d{7})(?!\d)")
_WITHIN = re.compile(rf"(?={_BORN}(\d{{7}}))")
_JOINED = re.compile(r"(?=\d{6}(?:[ \t\r\n]?[-‐‑–—][ \t\r\n]?|[ \t\r\n]{1,2})(\d{7})(?!\d))")
# What is shown of a file may end within a number.
_CUT_OFF = re.compile(r"\d{6}[ \t\r\n]{0,2}[-‐‑–—]?[ \t\r\n]?(\d{1,6})\Z")
_NUMBERS = (_EXACT, _WITHIN, _JOINED, _CUT_OFF)
# The pictures by which a ruler shows the breaks of lines.
_BREAKS = str.maketrans("\u2409\u240a\u240d", "\t\n\r")


def cover_numbers(cells: list[str]) -> None:
    """Covers them in place, also where a line of the file breaks within one.

    Shape: one text a byte; of a wide character the sign and then "".
    """
    places = [at for at, cell in enumerate(cells) if cell]
    text = "".join(_plain(cells[at]) for at in places).translate(_BREAKS)
    unbroken = [at for at, sign in enumerate(text) if sign not in "\r\n"]
    folded = _WITHIN.finditer("".join(text[at] for at in unbroken))
    over_breaks = (unbroken[at] for found in folded for at in range(*found.span(1)))
    for at in {*_covered(text), *over_breaks}:
        cover(cells, places[at])


def cover(cells: list[str], at: int) -> None:
    """A star as wide as what it covers."""
    cells[at] = "\uff0a" if cells[at + 1 : at + 2] == [""] else "*"


def _covered(text: str) -> Iterator[int]:
    for number in _NUMBERS:
        for found in number.finditer(text):
            yield from range(*found.span(1))


def _plain(cell: str) -> str:
    """One sign for one cell: a full-width digit or hyphen counts as a plain one."""
    plain = unicodedata.normalize("NFKC", cell)
    return plain if len(plain) == 1 else cell[0]

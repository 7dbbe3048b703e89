"""What the text of a cell's element is worth: a shared string, text, a number, a day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from moa.formats.spreadsheets.cells import Cell
from moa.formats.spreadsheets.number_formats import Kind, moment_of
from moa.formats.spreadsheets.refusals import broken

_NUMBER = re.compile(r"[+-]?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_ENTITY = re.compile(r"&(#\d{1,7}|#x[0-9A-Fa-f]{1,6}|lt|gt|amp|quot|apos);")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class Book:
    """What every sheet of a workbook shares: its strings, its styles, and the day that serial days count from."""

    def __init__(self, strings: Sequence[str], styles: Sequence[Kind], base: date) -> None:
        self.strings = strings
        self.styles = styles
        self.base = base

    def kind(self, style: str) -> Kind:
        """What a style index shows a number as."""
        if not style:
            return self.styles[0] if self.styles else ""
        index = int(style) if style.isdecimal() and len(style) < 7 else -1
        return self.styles[index] if 0 <= index < len(self.styles) else ""

    def shared(self, index: str) -> str:
        """A shared string. Raises: WorkbookRefused where there is none."""
        if not index.isdecimal() or len(index) > 9 or int(index) >= len(self.strings):
            raise broken(f"shared string {index[:20]}")
        return self.strings[int(index)]

    def number(self, text: str, kind: Kind) -> Cell:
        """A number cell's text: exact, or the day that its style shows; what is no number stays text."""
        if text.isdecimal() and not kind and len(text) < 400:
            return int(text)
        if not _NUMBER.fullmatch(text):
            return text
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        return moment_of(number, kind, self.base) if kind else number

    def typed(self, kind: str, text: str, style: str) -> Cell:
        """A cell by its type attribute, as ECMA-376 18.18.11 lists them."""
        if not text and kind != "s":
            return ""
        if kind == "s":
            return self.shared(text)
        if kind in ("", "n"):
            return self.number(text, self.kind(style))
        if kind == "b":
            return text == "1"
        if kind == "d":
            return _iso(text)
        # Text, and errors such as #VALUE!, which must not pass for an empty cell.
        return without_escapes(text)


def without_escapes(text: str) -> str:
    """Text with _x000D_ and its like as the characters that they stand for, where those are characters."""
    return _ESCAPED.sub(lambda found: _sign(int(found[1], 16), found[0]), text) if "_x" in text else text


def without_entities(text: str) -> str:
    """Text with XML's own five entities and numbered characters; any other entity stays and is seen."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name[0] != "#":
        return _NAMED[name]
    code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    return _sign(code, found[0])


def _sign(code: int, written: str) -> str:
    """The character of a number; NUL and halves of characters are none, and stay as they are written."""
    return chr(code) if 0 < code < 0xD800 or 0xE000 <= code < 0x110000 else written


def _iso(text: str) -> Cell:
    try:
        moment = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return text
    return moment if moment.time() or "T" in text else moment.date()

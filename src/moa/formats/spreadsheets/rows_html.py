"""Rows of the HTML tables that banks name .xls, as a browser or Excel would lay them out.

The page is pushed block by block through libxml2's forgiving HTML parser, which fetches nothing and knows no
entities but HTML's own; rows come out as their tags close, no tree is built.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from moa.formats.spreadsheets.cells import Row, Sheet
from moa.formats.spreadsheets.encoding import BLOCK, UNDECODABLE, canonical, detect
from moa.kernel.errors import Problem, error

# Far beyond any statement; a browser would keep spans of 1000 columns and 65534 rows (HTML standard, 4.9.11).
_MOST_COLUMNS = 256
_MOST_ROWS = 65_534
_LONGEST_CELL = 1 << 17
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_HIDDEN = frozenset(("script", "style", "title"))


def html_encoding(source: BinaryIO) -> str:
    """The page's encoding: by its bytes where they prove one, else as its meta tag says."""
    found = detect(source)
    source.seek(0)
    named = _CHARSET.search(source.read(4096))
    source.seek(0)
    declared = canonical(named[1].decode("ascii")) if named else ""
    # Many pages say euc-kr and are UTF-8: valid UTF-8 with Hangul in it is never anything else.
    return found if found in ("utf-8", "utf-16") or not declared else declared


def html_sheet(source: BinaryIO, encoding: str) -> Sheet:
    """All tables of the page as one sheet, one below the other as Excel opens them."""
    return Sheet("", _read_rows(source, encoding), exact_width=True)


def _read_rows(source: BinaryIO, encoding: str) -> Iterator[Row | Problem]:
    grid = _Grid()
    parser = etree.HTMLParser(target=grid, encoding="utf-8", no_network=True, recover=True, huge_tree=False)
    decoder = codecs.getincrementaldecoder(encoding)(errors=UNDECODABLE)
    source.seek(0)
    try:
        while block := source.read(BLOCK):
            text = decoder.decode(block)
            if text:
                parser.feed(_portable(text))
            yield from grid.take()
        rest = decoder.decode(b"", final=True)
        if rest:
            parser.feed(_portable(rest))
        parser.close()
    except (etree.LxmlError, ValueError, AssertionError):
        # Nesting beyond the parser's limit, or a page without any element.
        yield from grid.take()
        yield error("page_unreadable", f"row {grid.number + 1}")
        return
    grid.end("tr")
    yield from grid.take()


def _portable(text: str) -> bytes:
    """Text as the parser takes it: NUL and lone surrogates (undecodable bytes) as private characters."""
    if not text.isascii():
        text = _SURROGATE.sub(lambda found: chr(ord(found[0]) - 0xDC00 + _PRIVATE), text)
    return text.replace("\0", chr(_PRIVATE)).encode("utf-8", "replace")


_PRIVATE = 0x10F000
_SURROGATE = re.compile("[\ud800-\udfff]")
_PRIVATE_SIGNS = re.compile("[\U0010f000-\U0010f0ff]")


class _Grid:
    """The parser's target: lays cells into rows, with the columns that spans from above take up."""

    def __init__(self) -> None:
        self.number = 0
        self._rows: list[Row | Problem] = []
        self._cells: list[str] | None = None
        self._text: list[str] | None = None
        self._length = 0
        self._span = 1
        self._down = 1
        self._hidden = 0
        # Column → rows below that a cell from above still covers.
        self._covered: dict[int, int] = {}
        self._outer: list[tuple[list[str] | None, list[str] | None, dict[int, int]]] = []

    def take(self) -> Iterator[Row | Problem]:
        rows, self._rows = self._rows, []
        yield from rows

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("td", "th"):
            self._end_cell()
            if self._cells is None:
                self._cells = []
            self._text, self._length = [], 0
            self._span = _span(attributes.get("colspan"), _MOST_COLUMNS)
            self._down = _span(attributes.get("rowspan"), _MOST_ROWS)
        elif tag == "tr":
            self._end_row()
            self._cells = []
        elif tag == "table":
            # A table inside a cell gives rows of its own; the outer row goes on after it.
            self._outer.append((self._cells, self._text, self._covered))
            self._cells, self._text, self._covered = None, None, {}
        elif tag in ("br", "p", "div") and self._text:
            self._text.append(" ")
        elif tag in _HIDDEN:
            self._hidden += 1

    def end(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._end_row()
            if self._outer:
                self._cells, self._text, self._covered = self._outer.pop()
        elif tag in _HIDDEN and self._hidden:
            self._hidden -= 1

    def data(self, text: str) -> None:
        if self._text is None or self._hidden:
            return
        self._length += len(text)
        if self._length <= _LONGEST_CELL:
            self._text.append(text)

    def comment(self, text: str) -> None:
        """Comments say nothing."""

    def close(self) -> None:
        """The parser's end; the rows were taken as they came."""

    def _end_cell(self) -> None:
        if self._text is None or self._cells is None:
            return
        self._fill_covered()
        text = "".join(self._text).replace("\xa0", " ").strip()
        at = len(self._cells)
        if at < _MOST_COLUMNS:
            span = min(self._span, _MOST_COLUMNS - at)
            self._cells.extend([text] + [""] * (span - 1))
            if self._down > 1:
                self._covered.update(dict.fromkeys(range(at, at + span), self._down))
        if self._length > _LONGEST_CELL:
            self._rows.append(error("cell_too_long", f"row {self.number + 1}"))
        self._text = None

    def _fill_covered(self) -> None:
        assert self._cells is not None
        while self._covered.get(len(self._cells)):
            self._cells.append("")

    def _end_row(self) -> None:
        self._end_cell()
        if self._cells is None:
            return
        self._fill_covered()
        self.number += 1
        self._covered = {column: rows - 1 for column, rows in self._covered.items() if rows > 1}
        cells = self._cells
        self._cells = None
        damage = tuple(index for index, cell in enumerate(cells) if _PRIVATE_SIGNS.search(cell))
        for index in damage:
            cells[index] = _PRIVATE_SIGNS.sub(
                lambda found: chr(ord(found[0]) - _PRIVATE + 0xDC00), cells[index]
            )
        self._rows.append(Row(self.number, cells, damage))


def _span(text: str | None, most: int) -> int:
    return min(int(text), most) or 1 if text and text.isascii() and text.isdigit() and len(text) < 9 else 1

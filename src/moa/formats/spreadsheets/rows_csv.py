"""Rows of a text table: fields parted by comma, semicolon, tab or bar, quoted as spreadsheets quote them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from moa.formats.spreadsheets.cells import Row, Sheet, is_damaged
from moa.formats.spreadsheets.encoding import Lines
from moa.formats.spreadsheets.header import HEADER_WITHIN_ROWS, find_header
from moa.formats.spreadsheets.profiles import Profile
from moa.kernel.errors import Problem, error

DELIMITERS = (",", "\t", ";", "|")
# A cell of more lines than this is a quotation mark that was never closed.
_MOST_LINES = 20


def csv_sheet(source: BinaryIO, encoding: str, profiles: Sequence[Profile]) -> Sheet:
    """The table in a text file; the delimiter is the one that gives it a header."""
    return Sheet(
        "", read_rows(Lines(source, encoding), choose_delimiter(source, encoding, profiles)), exact_width=True
    )


def choose_delimiter(source: BinaryIO, encoding: str, profiles: Sequence[Profile]) -> str:
    """The delimiter under which the first rows hold the header with the most known columns, else the one that most
    lines have equally often: a comma inside amounts or words comes and goes."""
    lines = list(islice(Lines(source, encoding), HEADER_WITHIN_ROWS))
    best, most = DELIMITERS[0], (0, 0, 0)
    for delimiter in DELIMITERS:
        rows = [
            Row(number, cells)
            for number, cells in enumerate(csv.reader(_bounded(lines), delimiter=delimiter), 1)
        ]
        header = find_header(rows, profiles)
        known = sum(1 for column in header.columns if column.field) if header else 0
        counts = Counter(found for line in lines if (found := line.count(delimiter)))
        times, even = max(((even, times) for times, even in counts.items()), default=(0, 0))[::-1]
        score = (known, even, times)
        if score > most:
            best, most = delimiter, score
    return best


def _bounded(lines: list[str]) -> Iterator[str]:
    """Lines without quotation marks: an unclosed one must not join the whole sample to one field."""
    return (line.replace('"', "") for line in lines)


def read_rows(lines: Lines, delimiter: str) -> Iterator[Row | Problem]:
    """Every row, numbered as a spreadsheet would show it. Problems: line_too_long, quote_unclosed."""
    reader = csv.reader(lines, delimiter=delimiter)
    number = before = 0
    while True:
        number += 1
        place = f"row {number}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.damaged = lines.overlong = False
            before = reader.line_num
            yield error("quote_unclosed", place)
            continue
        spanned, before = reader.line_num - before, reader.line_num
        if spanned > _MOST_LINES:
            yield error("quote_unclosed", place)
        if lines.overlong:
            lines.overlong = False
            yield error("line_too_long", place)
        if lines.damaged:
            lines.damaged = False
            yield Row(number, cells, tuple(index for index, cell in enumerate(cells) if is_damaged(cell)))
        else:
            yield Row(number, cells)

"""Small CSV files with named columns: read strictly, one row a line, every fault with its line and column.

A quotation mark that nothing closes is a fault of its own row and never swallows the rows after it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from moa.formats.spreadsheets.cells import is_damaged, shown
from moa.kernel.errors import DomainError, Problem, error

Row = TypeVar("Row")


class FileUnreadable(DomainError):
    """The file is not text, or lacks a column; facts: `place`, `value`."""

    code = "file_unreadable"


class NamedRow(NamedTuple):
    """Shape: `cells` by the names of the columns that were asked for, as they stand; `place` is "line 12"."""

    place: str
    cells: dict[str, str]


def read_named_rows(path: Path, columns: Sequence[str]) -> Iterator[NamedRow | Problem]:
    """Every row that says something, in UTF-8. The head may name further columns, and in any order.

    Problems: row_invalid (a cell too few, with the column that is missing, or too many), quote_unclosed,
    character_unreadable. Raises: file_unreadable (a column is missing or stands twice).
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline=None) as source:
        head = _cells(next(source, ""))
        header = [name.strip() for name in head] if head is not None else []
        missing = [name for name in columns if header.count(name) != 1]
        if missing:
            raise FileUnreadable(place="line 1", value=", ".join(missing))
        at = [(name, header.index(name)) for name in columns]
        for number, line in enumerate(source, 2):
            if line.strip():
                row = _row(f"line {number}", line, header)
                yield (
                    row
                    if isinstance(row, Problem)
                    else NamedRow(f"line {number}", {name: row[index] for name, index in at})
                )


def sort_out(
    path: Path, columns: Sequence[str], read: Callable[[str, dict[str, str]], Row | Problem]
) -> tuple[list[Row], list[Problem]]:
    """What `read` makes of each row's place and cells, and what is wrong with the others. Raises: file_unreadable."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for found in read_named_rows(path, columns):
        row = found if isinstance(found, Problem) else read(found.place, found.cells)
        if isinstance(row, Problem):
            problems.append(row)
        else:
            rows.append(row)
    return rows, problems


def _row(place: str, line: str, header: Sequence[str]) -> list[str] | Problem:
    cells = _cells(line)
    if cells is None:
        at, cell = _open_cell(line)
        return error("quote_unclosed", place, _name(header, at), shown(cell))
    damaged = next((at for at, cell in enumerate(cells) if is_damaged(cell)), None)
    if damaged is not None:
        return error("character_unreadable", place, _name(header, damaged), shown(cells[damaged]))
    if len(cells) < len(header):
        return error("row_invalid", place, header[len(cells)], "")
    if len(cells) > len(header):
        return error("row_invalid", place, _name(header, len(header)), shown(cells[len(header)]))
    return cells


def _cells(line: str) -> list[str] | None:
    """The cells of one line; None where a quotation mark stays open, or something stands behind a closed one."""
    try:
        return next(csv.reader([line.rstrip("\r\n")], strict=True), [])
    except csv.Error:
        return None


def _open_cell(line: str) -> tuple[int, str]:
    """Which cell, counted from 0, cannot be read, and how it stands: the one behind the longest beginning that reads."""
    parts = line.rstrip("\r\n").split(",")
    for end in range(len(parts) - 1, 0, -1):
        whole = _cells(",".join(parts[:end]))
        if whole is not None:
            return len(whole), ",".join(parts[end:])
    return 0, ",".join(parts)


def _name(header: Sequence[str], at: int) -> str:
    return header[at] if at < len(header) else f"column {at + 1}"

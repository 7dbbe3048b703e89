"""The table of rows that `moa kftc build` is given: CSV in UTF-8 or CP949, without holding it.

Spreadsheets of many countries separate by semicolons, and what is copied from one by tabs: both are taken when the
heading leaves no doubt.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Mapping, Set
from itertools import chain
from typing import BinaryIO, cast

from moa.formats.fixed_width.finding import Finding, error
from moa.formats.kftc.file_kinds import FileKind
from moa.kernel.masking import mask_text

_BLOCK = 1 << 18
# No row of any kind of file comes near; a "line" beyond it is no table, and must not fill the memory.
_LONGEST_LINE = 1 << 16
_SHOWN = 60
_OTHER_SEPARATORS = ";\t"
# What else stands between cells where somebody took it for a table.
_NO_SEPARATORS = ";\t|"


def rows_of(
    source: BinaryIO, kind: FileKind, found: Callable[[Finding], None]
) -> Iterator[Mapping[str, str]]:
    """Each row by the names of the heading; what is wrong with the table as such is told.

    Shape: `source` is seekable, and closed with the last row. A row with too many or too few cells is given as
    csv.DictReader gives it, with None as a name or a value, for the one who numbers the rows to refuse.
    """
    read = 0
    try:
        encoding = encoding_of(source)
        if encoding is None:
            found(error("rows_encoding"))
            return
        first, lines = _with_heading(_lines(io.TextIOWrapper(source, encoding=encoding, newline="")))
        names = {field.name for field in kind.data} | {"evidence_file"}
        table = csv.DictReader(lines, strict=True, delimiter=_separator(first, names))
        heading = list(table.fieldnames or [])
        if faults := list(_heading_faults(heading)):
            for finding in faults:
                found(finding)
            if faults[0].code != "column_repeated":
                return
        for row in table:
            read += 1
            yield cast(Mapping[str, str], row)
        if not read:
            # With rows their writer tells it; a file that is no table at all has only a heading.
            for name in dict.fromkeys(heading):
                if name not in names:
                    found(error("column_unknown", None, _shown(name)))
    except csv.Error:
        # After a broken quote nothing tells where the next row begins.
        found(error("row_invalid", read + 1))


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE and line[-1] not in "\r\n":
            raise csv.Error("a line without end")
        yield line


def _with_heading(lines: Iterator[str]) -> tuple[str, Iterator[str]]:
    """The first line that says anything, and the lines from there."""
    first = next((line for line in lines if line.strip()), "")
    return first, chain([first] if first else [], lines)


def _separator(heading: str, names: Set[str]) -> str:
    """The comma, unless the heading has none and another sign parts it into names of this kind of file."""
    if "," not in heading:
        for sign in _OTHER_SEPARATORS:
            cells = [cell.strip('" \r\n') for cell in heading.split(sign)]
            if len(cells) > 1 and sum(cell in names for cell in cells) * 2 > len(cells):
                return sign
    return ","


def _heading_faults(heading: list[str]) -> Iterator[Finding]:
    if not heading:
        yield error("rows_empty")
    if len(heading) == 1 and any(sign in heading[0] for sign in _NO_SEPARATORS):
        yield error("rows_separator", None, "", _shown(heading[0]))
    for name in dict.fromkeys(heading):
        if heading.count(name) > 1:
            yield error("column_repeated", None, _shown(name))


def _shown(name: str) -> str:
    """A name as a message may repeat it: what was taken for a heading may be a whole file."""
    return mask_text(name[:_SHOWN]) + ("…" if len(name) > _SHOWN else "")


def encoding_of(source: BinaryIO) -> str | None:
    """UTF-8 when every byte is UTF-8, else CP949 when every byte is CP949, else None; the source is left at its start.

    Raises: csv.Error for a line so long that the whole can't be a table, before the rest is read.
    """
    for encoding, codec in (("utf-8", "utf-8-sig"), ("cp949", "cp949")):
        if _decodes(source, encoding):
            source.seek(0)
            return codec
    return None


def _decodes(source: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    source.seek(0)
    try:
        while block := source.read(_BLOCK):
            if len(block) > _LONGEST_LINE and b"\n" not in block and b"\r" not in block:
                raise csv.Error("a line without end")
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True

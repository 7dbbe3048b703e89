"""Lines of a stored raw file as text: the record that a transaction came from, the lines around an error."""

from __future__ import annotations

import re
from typing import BinaryIO

from moa.accounts.own_profiles import own_profiles
from moa.control.context import Context
from moa.control.documents import DocumentNotKept, open_document
from moa.formats.spreadsheets.one_row import RowSeen, one_row
from moa.formats.spreadsheets.profiles import PROFILES
from moa.formats.statements import ReadOptions
from moa.kernel.masking import mask_text

_LINE = re.compile(r"(?:line|row) (\d+)")
_ENTRY_END = re.compile(r"</(?:\w+:)?Ntry>")
_LONGEST = 2000
_LONGEST_RECORD = 60
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def raw_record(ctx: Context, document_id: int, place: str, encoding: str) -> str:
    """The text of the record at `place` ("line 47"); "" where the file has no lines of text."""
    found = _LINE.search(place)
    if found is None:
        return ""
    number = int(found.group(1))
    lines = [text for _, text in raw_lines(ctx, document_id, number, number + _LONGEST_RECORD, encoding)]
    return "\n".join(_record(lines))


def raw_cells(ctx: Context, document_id: int, place: str, profile: str) -> RowSeen | None:
    """The cells of a workbook's row, under the words of the header that they were read by; None where the file is text."""
    asked, own = own_profiles(ctx, profile)
    # A profile that is gone by now leaves the cells without words.
    options = ReadOptions(profile=asked if own or asked in PROFILES else "", own_profiles=own)
    try:
        with open_document(ctx, document_id) as source:
            return one_row(source, place, options)
    except DocumentNotKept:
        return None


def _record(lines: list[str]) -> list[str]:
    """The lines of one record, from the first of `lines`: an XML entry or an MT940 entry with its narrative, or a row."""
    if not lines:
        return []
    first = lines[0].strip()
    record = lines[:1]
    if "Ntry" in first and first.startswith("<"):
        for line in lines[1:]:
            if _ENTRY_END.search(record[-1]):
                break
            record.append(line)
    elif first.startswith(":61:"):
        for line in lines[1:]:
            if line.startswith((":61:", ":62", ":64:", "-")):
                break
            record.append(line)
    return record


def raw_lines(ctx: Context, document_id: int, first: int, last: int, encoding: str) -> list[tuple[int, str]]:
    """The lines `first` to `last` (from 1) of a text file, masked as every understood copy is. Empty for workbooks."""
    try:
        with open_document(ctx, document_id) as source:
            if source.read(4) in _WORKBOOK:
                return []
            source.seek(0)
            return _read(source, first, last, encoding)
    except DocumentNotKept:
        return []


def _read(source: BinaryIO, first: int, last: int, encoding: str) -> list[tuple[int, str]]:
    found = []
    for number, line in enumerate(source, 1):
        if number > last:
            break
        if number >= first:
            text = line[:_LONGEST].decode(_codec(encoding), errors="backslashreplace").rstrip("\r\n")
            found.append((number, mask_text(text)))
    return found


def _codec(encoding: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        return "utf-8"
    return encoding

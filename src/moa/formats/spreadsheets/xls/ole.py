"""The streams inside a compound file (.xls, and .xlsx behind a password)."""

from __future__ import annotations

import struct
from typing import BinaryIO

import olefile

from moa.formats.spreadsheets.refusals import broken, too_large, unsupported

# What olefile lets through from its own parsing of damaged files.
OLE_FAULTS = (
    OSError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    struct.error,
    RecursionError,
    MemoryError,
    AssertionError,
)
_FILEPASS = 0x002F
# The first record of Excel 2, 3, 4 and 5, which also wrote workbooks without a compound file around them.
BIFF_BEGINNINGS = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")


def open_ole(source: BinaryIO) -> olefile.OleFileIO:
    """The compound file. Raises: WorkbookRefused."""
    source.seek(0)
    try:
        return olefile.OleFileIO(source)
    except OLE_FAULTS as problem:
        raise broken(str(problem)[:200]) from None


def read_stream(ole: olefile.OleFileIO, name: str, most: int) -> bytes | None:
    """A stream, whole, or None when there is none. Raises: WorkbookRefused."""
    try:
        if not ole.exists(name):
            return None
        if ole.get_size(name) > most:
            raise too_large(name)
        content: bytes = ole.openstream(name).read()
    except OLE_FAULTS as problem:
        raise broken(str(problem)[:200]) from None
    return content


def workbook_stream(source: BinaryIO, most: int) -> bytes:
    """The BIFF stream of an .xls: inside its compound file, or the file itself. Raises: WorkbookRefused."""
    source.seek(0)
    if source.read(2) in BIFF_BEGINNINGS:
        if source.seek(0, 2) > most:
            raise too_large(str(source.tell()))
        source.seek(0)
        return source.read()
    ole = open_ole(source)
    for name in ("Workbook", "Book"):
        content = read_stream(ole, name, most)
        if content is not None:
            return content
    raise unsupported("ole")


def is_locked(source: BinaryIO, most: int) -> bool:
    """Whether a password closes the compound file: a package inside, or a BIFF stream that says so at its start."""
    ole = open_ole(source)
    try:
        if ole.exists("EncryptionInfo"):
            return True
    except OLE_FAULTS as problem:
        raise broken(str(problem)[:200]) from None
    content = read_stream(ole, "Workbook", most) or b""
    at = 0
    # FILEPASS comes right after the beginning, before anything that it hides.
    for _ in range(8):
        if at + 4 > len(content):
            return False
        kind, length = struct.unpack_from("<HH", content, at)
        if kind == _FILEPASS:
            return True
        at += 4 + length
    return False

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
_BOF = 0x0809


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
    """The BIFF stream of an .xls. Raises: WorkbookRefused."""
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

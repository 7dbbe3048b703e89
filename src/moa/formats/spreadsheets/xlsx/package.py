"""The zip of an xlsx workbook: its parts by name, measured before anything is unpacked.

Only the parts that hold rows are ever unpacked, each no further than the size that was checked: `zipfile` stops at
the size in the directory, so a directory that lies gives a checksum error and not gigabytes. Declarations of
entities are refused wherever they stand.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, BinaryIO
from xml.parsers import expat

from moa.formats.spreadsheets.number_formats import Kind, kind_of
from moa.formats.spreadsheets.refusals import broken, too_large, unsupported

# Sheet lists, relations and styles of any real workbook fit well.
_SMALL_PART = 8_000_000
_MOST_PARTS = 10_000
_MOST_DIRECTORY_BYTES = 4_000_000
_UNPACKABLE = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
_FORBIDDEN = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_END = b"PK\x05\x06"
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet. Shape: `path` inside the package."""

    name: str
    path: str


class Package:
    """An opened workbook package. Raises: WorkbookRefused from every method."""

    def __init__(self, source: BinaryIO, max_sheet_bytes: int) -> None:
        _measure_directory(source)
        try:
            self._zip = zipfile.ZipFile(source)
        except _ZIP_FAULTS as problem:
            raise broken(str(problem)) from None
        workbook = self._workbook_path()
        relations = self._relations(workbook)
        self.date1904, listed = _sheets_of(self.small(workbook))
        self.sheets = [
            SheetPart(name, relations[key][1])
            for name, key in listed
            if key in relations and relations[key][0] == "worksheet"
        ]
        self.strings_path = _target(relations, "sharedStrings")
        self.styles_path = _target(relations, "styles")
        if not self.sheets:
            raise broken("no sheet")
        self._measure(max_sheet_bytes)

    def _measure(self, limit: int) -> None:
        """The rows of all sheets and their shared strings together, by the directory. Raises: workbook_too_large."""
        paths = {sheet.path for sheet in self.sheets}
        total = sum(self._info(path).file_size for path in paths)
        if self.strings_path and self.has(self.strings_path):
            total += self._info(self.strings_path).file_size
        if total > limit:
            raise too_large(str(total))

    def has(self, path: str) -> bool:
        return path in self._zip.NameToInfo

    def _info(self, path: str) -> zipfile.ZipInfo:
        try:
            info = self._zip.getinfo(path)
        except KeyError:
            raise broken(f"{path} is missing") from None
        if info.compress_type not in _UNPACKABLE or info.flag_bits & 1:
            raise broken(path)
        return info

    def open(self, path: str) -> PartStream:
        """A part as a stream that cannot give more than its checked size."""
        try:
            return PartStream(self._zip.open(self._info(path)))
        except _ZIP_FAULTS as problem:
            raise broken(str(problem)) from None

    def small(self, path: str) -> bytes:
        """A part that is small in every real workbook, whole."""
        if self._info(path).file_size > _SMALL_PART:
            raise too_large(path)
        content = self.open(path).read(_SMALL_PART + 1)
        refuse_entities(content)
        return content

    def _workbook_path(self) -> str:
        if not self.has("_rels/.rels"):
            raise unsupported("zip")
        relations = _read_relations(self.small("_rels/.rels"), "")
        path = _target(relations, "officeDocument")
        if not path or not path.endswith(".xml"):
            raise unsupported(path or "zip")
        return path

    def _relations(self, workbook: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(workbook)
        return _read_relations(self.small(posixpath.join(folder, "_rels", f"{name}.rels")), folder)


class PartStream:
    """Reads one part; faults of the zip come out as WorkbookRefused."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except _ZIP_FAULTS as problem:
            raise broken(str(problem)) from None


def refuse_entities(content: bytes) -> None:
    """No part of a workbook declares a document type. Raises: workbook_entities."""
    found = _FORBIDDEN.search(content)
    if found:
        refusal = broken(found[0].decode("ascii", "replace"))
        refusal.code = "workbook_entities"
        raise refusal
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:4]:
        raise unsupported("xml encoding")


def _measure_directory(source: BinaryIO) -> None:
    """The zip's directory must be small itself, for it is read whole. Raises: workbook_broken, workbook_too_large."""
    size = source.seek(0, 2)
    tail_at = max(0, size - 65_557)
    source.seek(tail_at)
    tail = source.read()
    at = len(tail) - 22 if tail[-22:-18] == _END and tail.endswith(b"\0\0") else tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise broken("no directory")
    parts, length = struct.unpack_from("<HI", tail, at + 10)
    if tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        (offset,) = struct.unpack_from("<Q", tail, at - 12)
        source.seek(min(offset, size))
        record = source.read(56)
        if len(record) < 56:
            raise broken("no directory")
        parts, length = struct.unpack_from("<QQ", record, 32)
    if parts > _MOST_PARTS or length > _MOST_DIRECTORY_BYTES:
        raise too_large(f"{parts} parts")
    source.seek(0)


def _target(relations: dict[str, tuple[str, str]], kind: str) -> str:
    return next((path for found, path in relations.values() if found == kind), "")


def _elements(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every element's local name and attributes (local names too), in order. Raises: workbook_broken."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        local = {
            key.rpartition(":")[2]: value for key, value in attributes.items() if not key.startswith("xmlns")
        }
        found.append((name.rpartition(":")[2], local))

    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler = start
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as problem:
        raise broken(str(problem)) from None
    return found


def _read_relations(content: bytes, folder: str) -> dict[str, tuple[str, str]]:
    """Relation id → (kind, path in the package)."""
    relations = {}
    for name, given in _elements(content):
        if name == "Relationship" and given.get("TargetMode") != "External":
            target = given.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = given.get("Type", "").rpartition("/")[2]
            relations[given.get("Id", "")] = (kind, posixpath.normpath(path))
    return relations


def _sheets_of(content: bytes) -> tuple[bool, list[tuple[str, str]]]:
    """Whether days count from 1904, and the sheets' names with their relation ids."""
    date1904, sheets = False, []
    for name, given in _elements(content):
        if name == "workbookPr":
            date1904 = given.get("date1904") in ("1", "true")
        elif name == "sheet":
            sheets.append((given.get("name", ""), given.get("id", "")))
    return date1904, sheets


def style_kinds(content: bytes) -> tuple[Kind, ...]:
    """For every cell style of styles.xml, what it shows a number as."""
    codes: dict[str, str] = {}
    kinds: list[Kind] = []
    inside = False
    for name, given in _elements(content):
        if name == "numFmt":
            codes[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif name in ("cellXfs", "cellStyles", "dxfs"):
            # cellStyleXfs stands before, cellStyles after: only the xf between are what cells point at.
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            number = given.get("numFmtId", "0")
            kinds.append(
                kind_of(int(number) if number.isdecimal() and len(number) < 7 else 0, codes.get(number, ""))
            )
    return tuple(kinds) or ("",)

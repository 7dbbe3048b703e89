"""The first and the last record of a file: what they must say, and that they agree with each other."""

from __future__ import annotations

from datetime import date

from moa.formats.fixed_width.finding import Finding, error
from moa.formats.fixed_width.kinds import as_date

from .file_kinds import FileKind
from .framing import FIRST_SEQUENCE, INSTITUTION, LAST_SEQUENCE
from .recognise import FILE_NAME
from .record_checks import without


def is_header(record: bytes) -> bool:
    return record[:1] == b"H" and record[1:9] == FIRST_SEQUENCE


def is_trailer(kind: FileKind, record: bytes) -> bool:
    """Two of three: the type, the number, the file's name where data records have none; one may be garbled."""
    signs = (record[:1] == b"T") + (record[1:9] == LAST_SEQUENCE) + (record[19:23] == kind.name.encode())
    return signs >= 2


def institution_of(head: bytes) -> bytes | None:
    """The institution that a record's head names, when it is one."""
    raw = head[INSTITUTION]
    return raw if len(raw) == 10 and raw.isdigit() and raw.startswith(b"99") else None


def header_date(kind: FileKind, record: bytes) -> date | None:
    return as_date(kind.header.field(kind.date_field).cut(record))


def names_another_day(kind: FileKind, record: bytes) -> bool:
    """Whether header's file name and date are both readable and say different days."""
    told = header_date(kind, record)
    named = kind.header.field("file_name").fault(record) is None
    return told is not None and named and record[23:27] != f"{told:%m%d}".encode()


def check_header(kind: FileKind, record: bytes) -> list[Finding]:
    """Every finding of a header of the right length."""
    findings = kind.header.check(record, 1)
    if names_another_day(kind, record):
        findings.append(error("date_mismatch", 1, "file_name", kind.header.field("file_name").read(record)))
    return findings


def check_trailer(
    kind: FileKind, record: bytes, number: int, institution: bytes | None, file_name: bytes | None
) -> list[Finding]:
    """Every finding of a trailer of the right length but its totals. Shape: `file_name` is the header's, None
    where it could not be read, as the institution."""
    findings = kind.trailer.check(record, number)
    own, named = kind.trailer.field("institution_code"), kind.trailer.field("file_name")
    if institution is not None and own.cut(record) == institution:
        findings = without(findings, own.name)  # what is wrong with it, the header has told
    elif institution is not None and own.fault(record) is None:
        findings.append(error("institution_mismatch", number, own.name, own.read(record)))
    if file_name is not None and named.cut(record) != file_name:
        differs = error("file_name_mismatch", number, named.name, named.read(record))
        findings = [*without(findings, named.name), differs]
    return findings


def named_file(kind: FileKind, record: bytes) -> bytes | None:
    """The header's file name when it is one; not when it differs from the date beside it, for that is told already."""
    sound = kind.header.field("file_name").fault(record) is None and not names_another_day(kind, record)
    return record[FILE_NAME] if sound else None

"""A record under a ruler: which byte belongs to which field, what it says, and what is wrong with it there.

Pure: bytes and findings in, rows of text out; who shows them chooses the width. One byte is one column; a Korean
character is two bytes and two columns, so the ruler stays aligned. Where a holder's number stands, what could be a
person's number is shown with stars, also in a record that lost or gained bytes; without a layout it is so everywhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import BinaryIO

from moa.formats.fixed_width.finding import Finding
from moa.formats.fixed_width.layout import Field, Layout

from .field_kinds import HolderId
from .number_cover import cover, cover_numbers
from .record_search import find_records

# What has no sign of its own: control characters have pictures, half a character and foreign bytes a box.
BOX = "\u25af"
_PICTURES = {**{code: chr(0x2400 + code) for code in range(0x20)}, 0x7F: "\u2421"}
_SHOWN_DIGITS, _HARMLESS_DIGITS = 6, 10
_LEAST_WIDTH = 20
_LONG = 200


@dataclass(frozen=True, slots=True)
class MeasuredField:
    """One field of a record. Shape: `first` and `last` count bytes from 1; `value` is the text without padding."""

    name: str
    first: int
    last: int
    value: str
    filler: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class MeasuredRecord:
    """A record with its fields.

    Shape: `cells` has one text a byte: a sign, or for a wide character the sign and then "". `findings` are those of
    the record as a whole; those of a field stand at the field, those of the whole file in `file_findings`. `expected` is
    the length the layout asks for.
    """

    number: int
    name: str
    cells: tuple[str, ...]
    expected: int
    fields: tuple[MeasuredField, ...]
    findings: tuple[Finding, ...]
    evidence: dict[str, str] = dataclass_field(default_factory=dict)
    file_findings: tuple[Finding, ...] = ()

    @property
    def length(self) -> int:
        return len(self.cells)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        of_fields = tuple(found for field in self.fields for found in field.findings)
        return self.file_findings + self.findings + of_fields


@dataclass(frozen=True, slots=True)
class RulerRow:
    """A stretch of a record, five lines to be set below each other.

    Shape: `edges` has a bar where a field begins, `marks` stands below the bytes of faulty fields; "" without any.
    """

    first: int
    last: int
    tens: str
    units: str
    text: str
    edges: str
    marks: str


def rule(source: BinaryIO, number: int | None = None) -> MeasuredRecord | None:
    """The record of this number, else the first with an error, else the header; None when the file has no such record.

    Shape: `source` is seekable. The whole file is examined, for a record's fault may lie in its neighbours, and what is
    wrong with the file as a whole is told beside any record.
    """
    from .reading import examine

    hearing = _Hearing(number)
    source.seek(0)
    examine(source, hearing)
    wanted = 1 if hearing.wanted is None else hearing.wanted
    found = next(iter(rule_records(source, [wanted], hearing.heard)), None)
    of_file = tuple(finding for finding in hearing.heard if finding.record is None)
    return None if found is None else replace(found, file_findings=of_file)


def rule_records(
    source: BinaryIO, numbers: Collection[int], findings: Sequence[Finding]
) -> list[MeasuredRecord]:
    """The records of these numbers that the file has, in their order. Shape: `findings` as the reader told them."""
    found = find_records(source, numbers)
    ruled = []
    for number in sorted(set(numbers)):
        record = found.get(number)
        if record is not None:
            measured = measure(record.raw, number, record.layout, findings)
            ruled.append(replace(measured, evidence=dict(record.evidence)))
        elif any(finding.record == number for finding in findings):
            ruled.append(measure(b"", number, None, findings))
    return ruled


class _Hearing:
    """Keeps the findings of the file as a whole and of one record: the wanted one, else that of the first error."""

    def __init__(self, wanted: int | None) -> None:
        self.wanted = wanted
        self.heard: list[Finding] = []

    def __call__(self, finding: Finding) -> None:
        if self.wanted is None and finding.severity == "error":
            self.wanted = finding.record
        # Warnings before the first error may be that record's.
        if self.wanted is None or finding.record in (self.wanted, None):
            self.heard.append(finding)


def measure(
    raw: bytes, number: int, layout: Layout | None, findings: Iterable[Finding] = ()
) -> MeasuredRecord:
    """The record cut into its fields; findings of other records are left out. Without a layout there are only bytes."""
    own = [found for found in findings if found.record == number]
    if layout is None:
        bare = _cells(raw)
        cover_numbers(bare)
        return MeasuredRecord(number, "", tuple(bare), len(raw), (), tuple(own))
    cells: list[str] = []
    for field in layout:
        cells += _cells(field.cut(raw))
    beyond = _cells(raw[layout.length :])
    cover_numbers(beyond)
    cells += beyond
    _cover(cells, layout, abs(len(raw) - layout.length))
    fields = tuple(
        _measured(field, raw, cells, len(raw) == layout.length, own)
        for field in layout
        if field.start < len(raw)
    )
    named = {field.name for field in fields}
    others = tuple(found for found in own if found.field not in named)
    return MeasuredRecord(number, layout.name, tuple(cells), layout.length, fields, others)


def rows(record: MeasuredRecord, width: int) -> list[RulerRow]:
    """The record in rows of about the same length, at most `width` columns, broken at tens but never inside a wide
    character. Of a block of 1,024 bytes the spaces at its end are left out.
    """
    most = max(_LEAST_WIDTH, width - width % 10)
    count = -(-record.length // most) or 1
    per_row = -(-record.length // (count * 10)) * 10
    made, start = [], 0
    while start < record.length:
        end = min(start + per_row, record.length)
        if end < record.length and not record.cells[end]:
            end -= 1
        made.append(_row(record, start, end))
        start = end
    while record.length > _LONG and made and not (made[-1].text + made[-1].marks).strip():
        made.pop()
    return made


def _measured(
    field: Field, raw: bytes, cells: Sequence[str], whole: bool, findings: Sequence[Finding]
) -> MeasuredField:
    """In a record of a wrong length a person's number may stand in any field: then the value is what the cells show."""
    own = tuple(found for found in findings if found.field == field.name)
    last = min(field.end, len(raw))
    seen = "".join(cells[field.start : last])
    is_read = whole or (field.end <= len(raw) and _cells(field.cut(raw)) == list(cells[field.start : last]))
    value = field.read(raw) if is_read else seen.strip(" \u3000")
    return MeasuredField(field.name, field.position, last, value, field.filler, own)


def _cells(raw: bytes) -> list[str]:
    """One text a byte. A pair of bytes that is no character is two boxes; a narrow one of two bytes gets a space."""
    cells: list[str] = []
    at = 0
    while at < len(raw):
        if raw[at] < 0x80:
            cells.append(_PICTURES.get(raw[at], chr(raw[at])))
            at += 1
            continue
        pair = _character(raw[at : at + 2])
        if pair is None:
            cells.append(BOX)
            at += 1
            continue
        wide = unicodedata.east_asian_width(pair) in "WF"
        cells += [pair, ""] if wide else [pair, " "]
        at += 2
    return cells


def _character(pair: bytes) -> str | None:
    try:
        text = pair.decode("cp949")
    except UnicodeDecodeError:
        return None
    return text if len(text) == 1 and len(pair) == 2 else None


def _cover(cells: list[str], fields: Iterable[Field], shift: int) -> None:
    """Star what may be a person's number: from the seventh digit, once a field of holders has more than ten digits.

    In a record of a wrong length the number may stand beside its field, at most as far as bytes are missing or added.
    """
    reach = min(shift, 16)
    for field in fields:
        if not isinstance(field.kind, HolderId):
            continue
        digits = [
            at
            for at in range(max(field.start - reach, 0), min(field.end + reach, len(cells)))
            if cells[at].isdigit()
        ]
        if len(digits) > _HARMLESS_DIGITS:
            for at in digits[_SHOWN_DIGITS:]:
                cover(cells, at)


def _row(record: MeasuredRecord, start: int, end: int) -> RulerRow:
    places = range(start + 1, end + 1)
    edges = [" "] * (end - start)
    marks = [" "] * (end - start)
    for field in record.fields:
        for at in range(max(field.first - 1, start), min(field.last, end)):
            edges[at - start] = "|" if at + 1 == field.first else "-"
            if field.findings:
                marks[at - start] = "^"
    return RulerRow(
        start + 1,
        end,
        _tens(start, end),
        "".join(str(place % 10) for place in places),
        "".join(record.cells[start:end]),
        "".join(edges).rstrip(),
        "".join(marks).rstrip(),
    )


def _tens(start: int, end: int) -> str:
    """The tens, each number ending above the byte that it counts."""
    line = [" "] * (end - start)
    for place in range(start - start % 10 + 10, end + 1, 10):
        text = str(place)
        if place - start >= len(text):
            line[place - start - len(text) : place - start] = text
    return "".join(line).rstrip()

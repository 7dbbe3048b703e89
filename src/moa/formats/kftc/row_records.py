"""One row of a table as one record of a file, with everything that is wrong with it: the reference, row by row.

A row names its values as the layout names its fields. What is ours is never taken from a row: the record type and the
sequence are numbered anew, the institution is the file's and a row may only agree with it. An empty cell is a value
that the row does not give, so the layout's default stands there; the day of an application is then the file's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from moa.formats.fixed_width.finding import Finding, error
from moa.formats.fixed_width.kinds import Date, Number, Unwritable
from moa.formats.fixed_width.layout import Field

from .record_checks import FileFrame, check_record

NUMBERED_BY_US = frozenset({"work_code", "record_type", "seq"})
INSTITUTION = "institution_code"
_DEFAULTS_TO_FILE_DATE = "application_date"
_SHOWN = 100
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(slots=True)
class RowRecord:
    """A record and what is wrong with it. Shape: `raw` has the right length also when there are errors."""

    raw: bytes
    findings: list[Finding]

    @property
    def is_bad(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


@dataclass
class RowEncoder:
    """Makes the data records of one file.

    Shape: `frame` with institution and date known. `extra` are columns that are no fields, `found_out` fields that the
    caller finds out itself when no column gives them. `without` are fields about which it has been said already that
    all rows miss them.
    """

    frame: FileFrame
    extra: frozenset[str] = frozenset()
    found_out: frozenset[str] = frozenset()
    without: set[str] = field(default_factory=set)
    _unknown: set[str] = field(default_factory=set)

    def check_columns(self, names: Iterable[str]) -> list[Finding]:
        """Columns that this kind of file has not, and those that it can't be without; each is told once."""
        known = {each.name for each in self.frame.kind.data} | self.extra
        given = set(names)
        unknown = [name for name in names if name and name not in known | self._unknown]
        self._unknown.update(unknown)
        missing = [
            each.name
            for each in self.frame.kind.data
            if each.name not in given and not self._has_default(each)
        ]
        missing = [name for name in missing if name not in self.without]
        self.without.update(missing)
        return [error("column_unknown", None, name) for name in unknown] + [
            error("column_missing", None, name) for name in missing
        ]

    def encode(self, row: Mapping[str, str], seq: int, number: int) -> RowRecord:
        """The record with this sequence number, and its findings with the row's number."""
        if (
            None in row or None in row.values()
        ):  # what csv.DictReader makes of a row that is too long or too short
            return RowRecord(b"", [error("row_invalid", number)])
        told = row.get("error_code", "") if self.frame.kind.is_result else ""
        parts, findings = [], self._other_institution(row, number)
        for each in self.frame.kind.data:
            text = str(seq) if each.name == "seq" else self.text(each, row)
            raw, fault = _written(each, text, told)
            parts.append(raw)
            if fault is not None and each.name != INSTITUTION:  # the file's own: the header tells it, once
                findings.append(fault._replace(record=number))
        record = b"".join(parts)
        unwritten = {finding.field for finding in findings} | self.without | {INSTITUTION}
        findings += [f for f in check_record(self.frame, record, number) if f.field not in unwritten]
        return RowRecord(record, [finding for finding in findings if finding.field not in self.without])

    def text(self, each: Field, row: Mapping[str, str]) -> str:
        """What is to be written in a field: the row's text, else what stands there by default."""
        if each.name == INSTITUTION:
            return (self.frame.institution or b"").decode("ascii")
        if each.name in NUMBERED_BY_US:
            return ""
        given = row.get(each.name, "")
        return self.date_text(each, given) if given else self.default(each)

    def default(self, each: Field) -> str:
        if each.name == _DEFAULTS_TO_FILE_DATE and self.frame.date is not None:
            return f"{self.frame.date:%Y%m%d}"[-each.length :]
        return each.default or ""

    def date_text(self, each: Field, text: str) -> str:
        """A day of the calendar as the record writes it; a row may give it as 2026-07-16."""
        iso = _ISO_DATE.fullmatch(text) if isinstance(each.kind, Date) else None
        if iso is None or (each.length == 6 and iso[1][:2] != "20"):
            return text
        return "".join(iso.groups())[-each.length :]

    def _has_default(self, each: Field) -> bool:
        if each.name in NUMBERED_BY_US | self.found_out | {INSTITUTION}:
            return True
        return _written(each, self.default(each), "")[1] is None

    def _other_institution(self, row: Mapping[str, str], number: int) -> list[Finding]:
        given = row.get(INSTITUTION, "")
        if not given or given.encode("ascii", "replace") == self.frame.institution:
            return []
        return [error("institution_mismatch", number, INSTITUTION, given)]


def is_said_by_rows(each: Field) -> bool:
    """A sum: its kind writes zeros for nothing, but nobody asks for nothing."""
    return each.default is None and isinstance(each.kind, Number) and each.name not in NUMBERED_BY_US


def _written(each: Field, text: str, told: str) -> tuple[bytes, Finding | None]:
    """The bytes of one field; when its kind refuses the text, bytes that merely keep the record's length.

    A result reports a fault of its request, and may show it (`told` is its error code): then it is written as it stands.
    """
    try:
        raw = each.kind.write(text, each.length)
        return raw, error("value_missing", None, each.name) if not text and is_said_by_rows(each) else None
    except Unwritable as refused:
        as_it_stands = text.encode("cp949", "replace")[: each.length].ljust(each.length)
        if refused.code == told and as_it_stands.decode("cp949", "replace").rstrip() == text:
            return as_it_stands, None
        shown = text if refused.shown is None else refused.shown
        return as_it_stands, error(refused.code, None, each.name, short(shown))


def short(text: str) -> str:
    """A value as a message repeats it: a cell may hold a whole book."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"

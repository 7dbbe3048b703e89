"""One look into a CMS file: what it is, what is wrong with it, and the records in question under a ruler."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc import examine
from moa.formats.kftc.reading import FileSummary
from moa.formats.kftc.ruler import MeasuredRecord, rule_records

ERRORS_SHOWN, WARNINGS_SHOWN, RECORDS_SHOWN = 200, 100, 8


@dataclass
class CheckedFile:
    """What a page shows. Shape: `records` are the one asked for, else those with errors, else the first two."""

    summary: FileSummary
    errors: list[Finding]
    warnings: list[Finding]
    records: list[MeasuredRecord]
    absent: int | None = None


@dataclass
class _Kept:
    """The first findings, and all of the records that will be shown."""

    asked: int | None
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    records: list[int] = field(default_factory=list)
    of_records: list[Finding] = field(default_factory=list)

    def __call__(self, finding: Finding) -> None:
        kept, most = (
            (self.errors, ERRORS_SHOWN) if finding.severity == "error" else (self.warnings, WARNINGS_SHOWN)
        )
        if len(kept) < most:
            kept.append(finding)
        if finding.record is None:
            return
        if self.asked is None and finding.severity == "error" and len(self.records) < RECORDS_SHOWN:
            self.records = list(dict.fromkeys([*self.records, finding.record]))
        if finding.record in (self.asked, *self.records) or finding in kept:
            self.of_records.append(finding)


def check_file(source: BinaryIO, record: int | None = None) -> CheckedFile:
    """Read a seekable file to its end, in flat memory. Shape: `record` is the one to show, the header being 1."""
    kept = _Kept(record)
    source.seek(0)
    summary = examine(source, kept)
    wanted = [record] if record is not None else kept.records or [1, 2]
    shown = rule_records(source, wanted, kept.of_records)
    absent = record if record is not None and not shown else None
    return CheckedFile(summary, kept.errors, kept.warnings, shown, absent)

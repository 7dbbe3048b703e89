"""One file of a pair: examined as `inspect` would, with the fields kept by which the pair is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import BinaryIO

from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc.evidence_file import EvidenceRecord
from moa.formats.kftc.file_kinds import FileKind, file_kinds
from moa.formats.kftc.reading import FileSummary, examine
from moa.formats.kftc.rows import Rows

from .columns import Table, TableMaker

# A row that is wrong in one of these can't be recognised by its partner.
_KEYS = frozenset(
    ("payer_no", "account_no", "amount", "application_type", "application_date", "bank_branch_code", "bank_code")
)  # fmt: skip
# After these some rows may not have been read at all.
_ROWS_LOST = frozenset(
    ("file_empty", "kind_unknown", "header_missing", "record_length", "trailer_missing", "too_many_errors")
)


@dataclass
class Side:
    """One file. Shape: `label` names it in findings; `findings` are its own, faulty or merely unusual."""

    label: str
    summary: FileSummary
    findings: list[Finding]
    table: Table
    warning_counts: Counter[str] = field(default_factory=Counter)

    @property
    def kind(self) -> FileKind:
        """Raises: KeyError when the kind is not known, which frame.py rules out."""
        return file_kinds()[self.summary.kind]

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def is_faulty(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def trailer_record(self) -> int:
        return self.summary.records + 2

    def unrecognisable(self) -> frozenset[int]:
        """The records that are wrong in a field by which a partner is found."""
        return frozenset(
            finding.record
            for finding in self.findings
            if finding.severity == "error" and finding.record is not None and finding.field in _KEYS
        )

    def rows_of(self, records: Collection[int]) -> list[int]:
        """The rows with these record numbers; a record that is no row is left out."""
        found = (self.table.row_of(record) for record in records)
        return [row for row in found if row is not None]

    def drop(self, codes: Collection[str], fields: Collection[str]) -> None:
        """Forgets findings of these codes in these fields, which the pair judges better than the file alone."""
        kept = [each for each in self.findings if each.code not in codes or each.field not in fields]
        gone = Counter(each.code for each in self.findings if each.severity == "warning")
        gone.subtract(each.code for each in kept if each.severity == "warning")
        self.warning_counts -= gone
        self.findings = kept

    def excuse(self, at: int) -> None:
        """Makes a warning of an error."""
        self.findings[at] = self.findings[at]._replace(severity="warning")
        self.warning_counts[self.findings[at].code] += 1

    def lost_rows(self) -> bool:
        """Whether rows may be missing that were once in the file."""
        return any(
            finding.code in _ROWS_LOST or (finding.code == "0081" and finding.field == "record_type")
            for finding in self.findings
        )


def examined(source: BinaryIO, label: str) -> Side:
    """The file from where it stands to its end; everything wrong with it is kept in the side, nothing is raised."""
    findings: list[Finding] = []
    makers: list[TableMaker] = []

    def keep(rows: Rows | EvidenceRecord) -> None:
        if isinstance(rows, EvidenceRecord):
            if not makers:
                makers.append(TableMaker(file_kinds()["EI13"]))
            makers[0].add_one(rows.identification, rows.number)
            return
        if not makers:
            makers.append(TableMaker(rows.kind))
        makers[0].add(rows.raw, rows.first_record)

    summary = examine(source, findings.append, keep)
    if not makers:
        makers.append(TableMaker(file_kinds()[summary.kind or "EB11"]))
    return Side(label, summary, findings, makers[0].table(), Counter(summary.warning_counts))

"""Writing EI13 from rows that name their evidence: a dozen in memory at a time, and each exactly as its file is.

What is sent keeps the smaller reading of the limits (a KB of 1,000 bytes). The header counts the records, so it is
written first without the count, and again at its place when the last record stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os.path import splitext
from pathlib import Path
from typing import BinaryIO

from moa.formats.fixed_width.finding import Finding, error, warning
from moa.formats.fixed_width.layout import Unwritten

from .evidence.limits import EVIDENCE_KINDS, WRITING
from .evidence_ahead import EvidenceAhead, Loaded
from .evidence_alike import QuickRows
from .evidence_folder import EvidenceFolder
from .evidence_judging import check_content, check_form
from .evidence_layouts import BLOCK, DATA, IDENTIFICATION
from .file_frame import HeaderFacts
from .file_kinds import file_kinds
from .listing import Listing
from .row_records import RowEncoder, short

FILE_COLUMN = "evidence_file"
MOST_EVIDENCE = 9_999_998
_LARGEST = max(kind.largest(WRITING) for kind in EVIDENCE_KINDS.values())
# Payer, bank, account and date, which stand side by side: what EB13 is matched by.
_MATCHED = slice(DATA.field("payer_no").start, DATA.field("application_date").end)


class EvidenceWriter:
    """One file of evidence. Shape: `out` can seek; `check` decodes each content, without it only form and size count."""

    def __init__(
        self,
        out: BinaryIO,
        listing: Listing,
        facts: HeaderFacts,
        folder: Path | None,
        *,
        check: bool = True,
    ) -> None:
        self.out, self.listing, self.facts, self.check = out, listing, facts, check
        self.kind = file_kinds()["EI13"]
        self.encoder = RowEncoder(
            facts.frame(self.kind),
            extra=frozenset({FILE_COLUMN}),
            found_out=frozenset({"extension", "evidence_length"}),
        )
        self.folder = EvidenceFolder(folder) if folder is not None else None
        self.records = self.blocks = 0
        self._start = 0
        self._columns: tuple[str, ...] = ()
        self._matched: set[int] = set()
        self._quick = QuickRows(self.encoder)

    def totals(self) -> dict[str, int]:
        return {"data_count": self.records, "block_count": self.blocks}

    def write(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._start = self.out.tell() if self.out.seekable() else 0
        header, findings = self.facts.header_findings(self.kind)
        self._tell(findings)
        self._put(header)
        # One byte more than the largest, so that what is too large is seen without reading all of it.
        ahead = EvidenceAhead(self.folder, FILE_COLUMN, room=_LARGEST + 1, before=IDENTIFICATION, after=BLOCK)
        for loaded in ahead.over(rows):
            self._row(loaded)
        if self.records > MOST_EVIDENCE:
            self._tell([error("rows_too_many", None, "seq", str(self.records))])
        self._finish()

    def _row(self, loaded: Loaded) -> None:
        row, view = loaded.row, loaded.room
        if tuple(row) != self._columns:
            self._columns, self._quick = tuple(row), QuickRows(self.encoder)
            self._tell(self._check_columns())
        self.records += 1
        name = row.get(FILE_COLUMN) or ""
        length, findings = self._length(name, loaded)
        made = self._quick.encode(_completed(row, name, length or 0), self.records)
        # Without its file a row has no extension unless it gives one; the file is then what is wrong.
        unknown = "extension" if length is None and not row.get("extension") else ""
        findings = [*(each for each in made.findings if each.field != unknown), *findings]
        if made.raw and length is not None:
            findings += self._judge(made.raw, row, view[IDENTIFICATION : IDENTIFICATION + length], findings)
            if not any(each.severity == "error" for each in findings):
                findings += self._twin(made.raw)
        self._tell(findings)
        if not self.listing.errors and length is not None:
            self._record(made.raw, length, view)

    def _check_columns(self) -> list[Finding]:
        findings = self.encoder.check_columns(self._columns)
        if FILE_COLUMN not in self._columns and FILE_COLUMN not in self.encoder.without:
            self.encoder.without.add(FILE_COLUMN)
            findings.append(error("column_missing", None, FILE_COLUMN))
        elif self.folder is None and not self.records:
            findings.append(error("value_missing", None, "evidence_dir"))
        return findings

    def _length(self, name: str, loaded: Loaded) -> tuple[int | None, list[Finding]]:
        """The size of the row's evidence, or what is wrong with it."""
        if self.folder is None or FILE_COLUMN in self.encoder.without:
            return None, []
        if not name:
            return None, [error("value_missing", self.records, FILE_COLUMN)]
        if loaded.size is None:
            return None, [error(loaded.code, self.records, FILE_COLUMN, short(name))]
        if loaded.size > _LARGEST:
            return None, [error("0103", self.records, "evidence_length", str(loaded.size))]
        return loaded.size, []

    def _judge(
        self, raw: bytes, row: Mapping[str, str], data: memoryview, told: list[Finding]
    ) -> list[Finding]:
        fields = {finding.field for finding in told}
        if self.check and not fields & {"evidence_type", "extension"}:
            judged = check_content(raw, data, WRITING)
        else:
            judged = check_form(raw, len(data), WRITING)
        findings = [each._replace(record=self.records) for each in judged if each.field not in fields]
        stated = row.get("evidence_length") or ""
        if stated and stated.lstrip("0") != str(len(data)) and "evidence_length" not in fields:
            findings.append(error("evidence_length", self.records, "evidence_length", short(stated)))
        return findings

    def _twin(self, raw: bytes) -> list[Finding]:
        """Evidence of an application that had its evidence already."""
        key = hash(raw[_MATCHED])
        if key in self._matched:
            return [warning("duplicate_evidence", self.records, "payer_no", DATA.field("payer_no").read(raw))]
        self._matched.add(key)
        return []

    def _record(self, raw: bytes, length: int, view: memoryview) -> None:
        used = IDENTIFICATION + length
        size = -(-used // BLOCK) * BLOCK
        view[:IDENTIFICATION] = raw
        view[used:size] = b" " * (size - used)
        self.blocks += size // BLOCK
        self.out.write(view[:size])

    def _finish(self) -> None:
        try:
            trailer = self.facts.trailer(self.kind, self.totals())
            header = self.facts.header(self.kind, evidence_count=str(self.records))
        except Unwritten as unwritten:
            self._tell([] if self.listing.errors else list(unwritten.findings))
            return
        self._put(trailer)
        if self.records and not self.listing.errors:
            end = self.out.tell()
            self.out.seek(self._start)
            self.out.write(header)
            self.out.seek(end)

    def _put(self, raw: bytes) -> None:
        if not self.listing.errors:
            self.out.write(raw)

    def _tell(self, findings: list[Finding]) -> None:
        for finding in findings:
            self.listing.take(finding)


def _completed(row: Mapping[str, str], name: str, length: int) -> dict[str, str]:
    """The row with what is found out from its file: its length, and its extension where no column gives it."""
    extension = row.get("extension") or splitext(name)[1][1:].lower()
    return {**row, "extension": extension, "evidence_length": str(length)}

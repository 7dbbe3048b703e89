"""Building a file from rows: header, numbering, padding, totals and trailer are ours, the values are the rows'.

Columns have the field names of the layouts. A column that is absent, or a cell that is empty, takes the layout's
default; a field that has none is missed once for the whole file (`column_missing`) or in each row. Half-width text for
a passbook is widened to full-width characters, days may be written 2026-07-16; nothing else is mended and nothing cut.
Every bad row is told, with all that is wrong with it; the caller throws the output away when there were errors.

In the trailer of EB22 and EC22 the counts and fees that only the centre knows are zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from moa.formats.fixed_width.finding import Finding, error, warning
from moa.formats.fixed_width.layout import Unwritten

from .file_frame import HeaderFacts
from .file_kinds import FileKind, file_kinds
from .row_records import RowEncoder
from .tally import Tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .file_totals import Records

ROWS_AT_A_TIME = 4096
MOST_ROWS = 99_999_998


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What was built. Shape: `records` are data records; `totals` by the trailer's field names."""

    kind: str
    records: int
    errors: int
    warnings: int
    totals: dict[str, int]


def build(
    kind: str,
    rows: Iterable[Mapping[str, str]],
    out: BinaryIO,
    found: Callable[[Finding], None],
    *,
    institution: str,
    date: date,
    account: str = "",
    bank_branch: str = "",
    evidence_dir: Path | None = None,
) -> BuildSummary:
    """Writes the file to `out`, telling what is wrong as it goes. A finding's record is the row, the first being 1.

    Shape: `account` and `bank_branch` (seven digits) are the institution's own, for EB21, EC21 and their results, EB31
    and EB32; the other kinds have no place for them and refuse them. EI13 reads its evidence from `evidence_dir` and
    needs an `out` that can seek. After an error nothing more is written, but everything is still checked.
    """
    tally = Tally(found)
    facts = HeaderFacts(institution, date, account, bank_branch)
    if kind not in file_kinds():
        tally.tell([error("kind_unknown", None, "", kind)])
        return BuildSummary(kind, 0, tally.errors, 0, {})
    chosen = file_kinds()[kind]
    if chosen.experimental:
        tally.tell([warning("kind_experimental", None, "", kind)])
    if kind == "EI13":
        from .evidence_writing import write_rows

        records, totals = write_rows(rows, out, tally, facts, evidence_dir)
    else:
        if evidence_dir is not None:
            tally.tell([error("value_not_taken", None, "evidence_dir", evidence_dir.name)])
        writer = _FileWriter(chosen, out, tally, facts)
        records, totals = writer.write(rows)
    if not records and not tally.errors:
        tally.tell([warning("rows_empty")])
    return BuildSummary(kind, records, tally.errors, tally.warnings, totals)


class _FileWriter:
    """One file of records, in pieces of a few thousand rows."""

    def __init__(self, kind: FileKind, out: BinaryIO, tally: Tally, facts: HeaderFacts) -> None:
        from .file_totals import FileTotals
        from .row_twins import ChangePairs, RowTwins

        self.kind, self.out, self.tally, self.facts = kind, out, tally, facts
        self.encoder = RowEncoder(facts.frame(kind))
        self.totals, self.twins, self.pairs = FileTotals(kind), RowTwins(kind), ChangePairs(kind)
        self.seen = 0

    def write(self, rows: Iterable[Mapping[str, str]]) -> tuple[int, dict[str, int]]:
        header, findings = self.facts.header_findings(self.kind)
        self.tally.tell(findings)
        self._put(header)
        waiting = iter(rows)
        while (piece := list(islice(waiting, ROWS_AT_A_TIME))) and not self.tally.is_full:
            self._piece(piece)
        if self.seen > MOST_ROWS:
            self.tally.tell([error("rows_too_many", None, "seq", str(self.seen))])
        if not self.tally.is_full:
            self.tally.tell(self.pairs.findings())
            self.tally.tell(self.twins.findings())
        totals = self.totals.as_fields()
        self._trailer(totals)
        return self.seen, totals

    def _piece(self, rows: list[Mapping[str, str]]) -> None:
        import numpy as np

        sound, records, numbers = [], [], []
        for row in rows:
            self.tally.tell(self.encoder.check_columns(row))
            self.seen += 1
            made = self.encoder.encode(row, self.seen, self.seen)
            self.tally.tell(made.findings)
            if made.is_bad:
                self.pairs.doubt(made)
            if made.raw:
                records.append(made.raw)
                numbers.append(self.seen)
                sound.append(not made.is_bad)
        raw = b"".join(records)
        self._put(raw)
        self._count(
            np.frombuffer(raw, np.uint8).reshape(len(records), self.kind.record_length),
            np.array(numbers, np.int64),
            np.array(sound, bool),
        )

    def _count(self, records: Records, numbers: NDArray[np.int64], sound: NDArray[np.bool_]) -> None:
        self.pairs.add(records, numbers)
        self.twins.add(records[sound], numbers[sound])
        self.totals.add(records[sound])

    def _trailer(self, totals: dict[str, int]) -> None:
        try:
            self._put(self.facts.trailer(self.kind, totals))
        except Unwritten as unwritten:
            self.tally.tell(() if self.tally.errors else unwritten.findings)

    def _put(self, raw: bytes) -> None:
        if not self.tally.errors:
            self.out.write(raw)

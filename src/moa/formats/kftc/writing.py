"""Building a file from rows: header, numbering, padding, totals and trailer are ours, the values are the rows'.

Columns have the field names of the layouts. A column that is absent, or a cell that is empty, takes the layout's
default; a field that has none, such as a sum, is missed once for the whole file (`column_missing`) or in each row.
Half-width text for a passbook is widened to full-width characters, days may be written 2026-07-16; nothing else is
mended and nothing cut.
Every bad row is told, with all that is wrong with it; the caller throws the output away when there were errors.

In the trailer of EB22 and EC22 the counts and fees that only the centre knows are zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Protocol

from moa.formats.fixed_width.finding import Finding, error, warning

from .file_frame import HeaderFacts
from .file_kinds import FileKind, file_kinds
from .listing import EnoughErrors, Listing
from .mac import FIELD as MAC_FIELD
from .mac import MacMaker


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
    mac: MacMaker | None = None,
) -> BuildSummary:
    """Writes the file to `out`, telling what is wrong as it goes. A finding's record is the row, the first being 1.

    Shape: `account` and `bank_branch` (seven digits) are the institution's own, for EB21, EC21 and their results, EB31
    and EB32; the other kinds have no place for them and refuse them. EI13 reads its evidence from `evidence_dir` and
    needs an `out` that can seek. `mac` computes what stands in the trailer for it; without it that is spaces. After an
    error nothing more is written, but everything is still checked.
    """
    listing = Listing(found)
    if kind not in file_kinds():
        listing.take(error("kind_unknown", None, "", kind))
        return BuildSummary(kind, 0, 1, 0, {})
    facts = HeaderFacts(institution, date, account, bank_branch)
    writer = _writer(file_kinds()[kind], out, listing, facts, evidence_dir, mac)
    with suppress(EnoughErrors):
        if file_kinds()[kind].experimental:
            listing.take(warning("kind_experimental", None, "", kind))
        if evidence_dir is not None and kind != "EI13":
            listing.take(error("value_not_taken", None, "evidence_dir", evidence_dir.name))
        if mac is not None and not file_kinds()[kind].trailer.has(MAC_FIELD):
            listing.take(error("value_not_taken", None, MAC_FIELD))
        writer.write(rows)
        if not writer.records and not listing.errors:
            listing.take(warning("rows_empty"))
    return BuildSummary(kind, writer.records, listing.errors, listing.warnings, writer.totals())


class Writer(Protocol):
    """Whoever writes one file. Shape: `records` counts the rows so far, good or bad."""

    records: int

    def write(self, rows: Iterable[Mapping[str, str]]) -> None: ...

    def totals(self) -> dict[str, int]: ...


def _writer(
    kind: FileKind,
    out: BinaryIO,
    listing: Listing,
    facts: HeaderFacts,
    evidence_dir: Path | None,
    mac: MacMaker | None,
) -> Writer:
    """Each writer is imported when it is needed: evidence takes no columns, and records no evidence."""
    if kind.family == "EI13":
        from .evidence_writing import EvidenceWriter

        return EvidenceWriter(out, listing, facts, evidence_dir)
    from .record_writing import RecordWriter

    return RecordWriter(kind, out, listing, facts, mac)

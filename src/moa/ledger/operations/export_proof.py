"""Write the proof of closed days into one file that a stranger can check without us."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.ledger.models import Book, Seal
from moa.ledger.permissions import EXPORT_PROOF
from moa.ledger.proof_file import proof_of, seals_of


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written. Shape: `seals` by date, the last of each day."""

    path: Path
    lines: int
    first: date
    last: date
    seals: dict[date, str]


def export_proof(ctx: Context, book: Book, *, first: date, last: date, path: Path) -> Exported:
    """Write the proof of the days from `first` to `last`, both included, to `path`: whole or not at all.

    Only what is sealed is read, so nothing that happens meanwhile changes the file, and nobody waits for it.
    Raises: forbidden, day_not_closed, nothing_closed.
    """
    require(ctx, EXPORT_PROOF, book.unit_id)
    seals = seals_of(ctx, book, first, last)
    lines = 0
    beside = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    try:
        with beside.open("xb") as file:
            for line in proof_of(book, seals):
                file.write(line)
                lines += 1
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    note_export(ctx, book, seals)
    return Exported(
        path, lines, seals[0].business_date, seals[-1].business_date, {one.business_date: one.hex for one in seals}
    )  # fmt: skip


def note_export(ctx: Context, book: Book, seals: list[Seal]) -> None:
    """The line of the audit trail: which days somebody took out, up to which seal."""
    after = {
        "first": str(seals[0].business_date),
        "last": str(seals[-1].business_date),
        "seal": seals[-1].hex,
    }
    record(ctx, "ledger.proof.exported", "book", book.id, after=after)

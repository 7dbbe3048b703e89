"""Hand the proof of closed days out in pieces, as a browser takes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from moa.control.access import require
from moa.control.context import Context
from moa.ledger.models import Book
from moa.ledger.operations.export_proof import note_export
from moa.ledger.permissions import EXPORT_PROOF
from moa.ledger.proof_file import proof_of, seals_of

# About as much as goes over the wire at once.
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class SentProof:
    """Shape: `pieces` of bytes, which read in a Context of their own while they are sent; a broken one lacks its last line,
    and the verifier says so."""

    first: date
    last: date
    pieces: Iterator[bytes]


def send_proof(ctx: Context, book: Book, *, first: date, last: date) -> SentProof:
    """The days from `first` to `last`, both included. Who took it out is recorded before its first line.

    Raises: forbidden, day_not_closed, nothing_closed.
    """
    require(ctx, EXPORT_PROOF, book.unit_id)
    seals = seals_of(ctx, book, first, last)
    note_export(ctx, book, seals)

    def pieces() -> Iterator[bytes]:
        with ctx.open():
            kept, size = [], 0
            for line in proof_of(book, seals):
                kept.append(line)
                size += len(line)
                if size >= _PIECE:
                    yield b"".join(kept)
                    kept, size = [], 0
            yield b"".join(kept)

    return SentProof(seals[0].business_date, seals[-1].business_date, pieces())

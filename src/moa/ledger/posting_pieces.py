"""How a posting is read for, decided and written: a few vouchers at once, a batch in pieces.

While the server writes one piece of a batch and reads what the one after the next must know, another is decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, repeat
from typing import Any, Protocol

import psycopg

from moa.control.driver import driver_cursor
from moa.ledger.posting_rows import Sheet, line_of_posting, piece_of, write_at_once
from moa.ledger.posting_state import PieceFacts, read_piece
from moa.ledger.rules.decision import Decider, Decision
from moa.ledger.rules.vouchers import NewVoucher, accounts_of, content_of, keys_of

# Up to here they go at once: a thread beside costs more than it saves.
FEW = 500
# Vouchers in the pieces of a batch, the last size for all that follow. While the first is decided the server has little to
# do, so it is short; many short ones would be many statements.
PIECES = (700, 1_500, 2_600)
# Pieces that are read before the first one is decided.
_AHEAD = 2
# Vouchers that are decided and then written together, each with what its key stands for.
Pieces = Iterator[tuple[Sequence[NewVoucher], list[str]]]


class Writer(Protocol):
    """Gives the vouchers of one posting in their order and writes what is decided on them."""

    # Its stamp is the moment under which the last rows are recorded.
    sheet: Sheet

    def pieces(self, vouchers: Sequence[NewVoucher], decider: Decider) -> Pieces:
        """Of each the decider knows what it must when it is given."""

    def write(self, decisions: Sequence[Decision], ids: Sequence[int]) -> None:
        """Shape: `decisions` booked or refused, all new; `ids` as many as are booked, in the same order."""

    def finish(self, line: Mapping[str, Any]) -> None:
        """Write the line of the audit trail, once. All rows are in the database when it ends."""


@contextmanager
def posting_writer(sheet: Sheet, vouchers: int, *, last: bool = False) -> Iterator[Writer]:
    """What reads and writes a posting of so many vouchers. Shape: may be left without `finish` only by an exception or with
    nothing written.

    `last`: nothing comes after it in its transaction, so that a few are committed by the message that writes them.
    """
    if last and vouchers <= FEW:
        yield _AtOnce(None, sheet)
        return
    with driver_cursor() as cursor:
        if vouchers <= FEW:
            yield _AtOnce(cursor, sheet)
            return
        if sheet.people:
            raise ValueError("so many vouchers are written under one authority")
        with ThreadPoolExecutor(1, "posting-pieces") as pool:
            yield _InPieces(cursor, sheet, pool)


class _AtOnce:
    """All that must be known was read when the posting was opened."""

    def __init__(self, cursor: psycopg.Cursor[Any] | None, sheet: Sheet) -> None:
        self._cursor, self.sheet = cursor, sheet
        self._decided: tuple[Sequence[Decision], Sequence[int]] = ((), ())

    def pieces(self, vouchers: Sequence[NewVoucher], decider: Decider) -> Pieces:
        yield vouchers, [content_of(voucher) for voucher in vouchers]

    def write(self, decisions: Sequence[Decision], ids: Sequence[int]) -> None:
        self._decided = decisions, ids

    def finish(self, line: Mapping[str, Any]) -> None:
        write_at_once(self._cursor, self.sheet, *self._decided, line)


class _InPieces:
    """The server is spoken to by a thread of its own; the connection is its alone until `finish` has waited for it."""

    def __init__(self, cursor: psycopg.Cursor[Any], sheet: Sheet, pool: ThreadPoolExecutor) -> None:
        self._cursor, self.sheet, self._pool = cursor, sheet, pool
        self._written: list[Future[Any]] = []
        self._asked: set[str] = set()

    def pieces(self, vouchers: Sequence[NewVoucher], decider: Decider) -> Pieces:
        waiting = list(_cut(vouchers))
        reading = [self._read(some) for some in waiting[:_AHEAD]]
        for number, some in enumerate(waiting):
            contents = [content_of(voucher) for voucher in some]
            facts = self._facts(reading[number])
            decider.learn(facts.known, facts.accounts)
            if facts.earliest is not None and facts.earliest > self.sheet.stamp:
                # The clock stepped back since one of them was stamped: what is written from here on is recorded after it.
                self.sheet = replace(self.sheet, stamp=facts.earliest)
            yield some, contents
            reading += [self._read(later) for later in waiting[len(reading) : len(reading) + 1]]

    def _facts(self, reading: Future[PieceFacts]) -> PieceFacts:
        """What was read. Raises: what a piece before it failed of, for after that nothing is read any more."""
        try:
            return reading.result()
        except psycopg.Error:
            for piece in self._written:
                if piece.done():
                    piece.result()
            raise

    def _read(self, vouchers: Sequence[NewVoucher]) -> Future[PieceFacts]:
        codes = accounts_of(vouchers) - self._asked
        self._asked |= codes
        return self._pool.submit(read_piece, self._cursor, self.sheet.book_id, keys_of(vouchers), codes)

    def write(self, decisions: Sequence[Decision], ids: Sequence[int]) -> None:
        statement, values = piece_of(self.sheet, decisions, ids)
        self._written.append(self._pool.submit(lambda: self._cursor.execute(statement, values)))

    def finish(self, line: Mapping[str, Any]) -> None:
        for piece in self._written:
            piece.result()
        self._cursor.execute(*line_of_posting(self.sheet, line))


def _cut(vouchers: Sequence[NewVoucher]) -> Iterator[Sequence[NewVoucher]]:
    begin = 0
    for size in chain(PIECES, repeat(PIECES[-1])):
        yield vouchers[begin : begin + size]
        begin += size
        if begin >= len(vouchers):
            return

"""Book a stream of vouchers in batches, each in a transaction of its own, and let single vouchers through between them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from moa.control.context import Context
from moa.ledger.book_lock import hold_book, somebody_waits
from moa.ledger.models import Book
from moa.ledger.operations.post_vouchers import Answer, post_vouchers
from moa.ledger.rules.acts import FILE
from moa.ledger.rules.batches import FIRST, next_size
from moa.ledger.rules.vouchers import NewVoucher


@dataclass(slots=True)
class FileAnswer:
    """What became of the rows of a file. Shape: `rejected` one (place, answer) a refused row, in the file's order."""

    accepted: int = 0
    known: int = 0
    rejected: list[tuple[str, Answer]] = field(default_factory=list)


def post_file(
    ctx: Context, book: Book, rows: Iterable[tuple[str, NewVoucher]], answer: FileAnswer | None = None
) -> FileAnswer:
    """Book the rows in their order under a standing order; to be called with the Context closed.

    A row is booked and answered with its batch, so a file that was cut off is given again and goes on where it was.
    Who gives `answer` finds there what was booked before a fault.
    Raises: forbidden, standing_order_missing, and what reading the rows raises.
    """
    answer = FileAnswer() if answer is None else answer
    stream = iter(rows)
    size = FIRST
    while batch := list(islice(stream, size)):
        with ctx.open():
            hold_book(book.id)
            # What is measured is how long the book is held, not how long others held it before.
            begun = time.perf_counter()
            posting = post_vouchers(
                ctx, book, [voucher for _, voucher in batch], origin=FILE, source_kind="file"
            )
            waited = somebody_waits(book.id)
        held_seconds = time.perf_counter() - begun
        answer.accepted += posting.accepted
        answer.known += posting.known
        answer.rejected += _refused(batch, posting.answers)
        size = next_size(len(batch), held_seconds, waited)
    return answer


def _refused(batch: list[tuple[str, NewVoucher]], answers: list[Answer]) -> Iterator[tuple[str, Answer]]:
    return ((place, one) for (place, _), one in zip(batch, answers, strict=True) if one.code)

"""Book a stream of vouchers in batches, each in a transaction of its own, and let single vouchers through between them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from moa.control.context import Context
from moa.ledger.book_lock import hold_book, somebody_waits
from moa.ledger.models import Book
from moa.ledger.operations.post_vouchers import SHARED_UP_TO, Answer, Posting, post_at_once, post_vouchers
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
        vouchers = [voucher for _, voucher in batch]
        if len(batch) <= SHARED_UP_TO:
            posting = post_at_once(ctx, book, vouchers, origin=FILE, source_kind="file")
        else:
            posting, size = _hold_and_post(ctx, book, vouchers)
        answer.accepted += posting.accepted
        answer.known += posting.known
        answer.rejected += _refused(batch, posting.answers)
    return answer


def _hold_and_post(ctx: Context, book: Book, vouchers: list[NewVoucher]) -> tuple[Posting, int]:
    """Book a batch, and say how many go into the next one."""
    with ctx.open():
        hold_book(book.id)
        # What is measured is how long the book is held, not how long others held it before.
        begun = time.perf_counter()
        posting = post_vouchers(ctx, book, vouchers, origin=FILE, source_kind="file")
        waited = somebody_waits(book.id)
    return posting, next_size(len(vouchers), time.perf_counter() - begun, waited)


def _refused(batch: list[tuple[str, NewVoucher]], answers: list[Answer]) -> Iterator[tuple[str, Answer]]:
    return ((place, one) for (place, _), one in zip(batch, answers, strict=True) if one.code)

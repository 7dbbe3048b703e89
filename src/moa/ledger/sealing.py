"""Take the seal of a closing: over every line of the day, every balance, and the seal before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.control.queries import the_group_of
from moa.ledger.bank_side import bank_lines
from moa.ledger.models import Book, Seal, SealedLine
from moa.ledger.proof_lines import (
    Closing,
    Moved,
    Standing,
    Sums,
    day_lines,
    moment_text,
    moved_accounts,
    standing_at,
    sums_of,
)
from moa.ledger.rules.seals import Tree, body_of, hex_of, text_of

# After every stamp in the book and every moment answered for, also when the clock steps back.
_MOMENT = """
select greatest(clock_timestamp(), c.last_at + interval '1 microsecond', c.answered_until + interval '1 microsecond',
                (select max(b.last_at) from ledger_balance b where b.book_id = c.book_id) + interval '1 microsecond')
  from ledger_bookclock c where c.book_id = %s
"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal that was taken, and how many vouchers and entries stand under it."""

    hex: str
    closed_at: datetime
    vouchers: int
    entries: int


def take_seal(ctx: Context, closing: Closing, previous: Seal | None) -> Sealed:
    """Seal the day; its closings are set down already, and the book is held alone."""
    book = closing.book
    standing = standing_at(book, closing.day, closing.revision)
    moved = moved_accounts(closing)
    tree, counts = Tree(), {"vouchers": 0, "entries": 0}
    for line in day_lines(closing, moved, _before(moved, sums_of(standing))):
        if line[0] == "voucher":
            counts["vouchers"] += 1
            counts["entries"] += len(line[-1])
        tree.add(body_of(line))
    for body in _keep_bank_lines(ctx, closing, standing):
        tree.add(body)
    closed_at = closing_moment(book)
    facts = {
        "group": the_group_of(ctx).code, "book": book.code, "currency": book.functional_currency,
        "date": str(closing.day), "revision": closing.revision, "previous": previous.hex if previous else None,
        "closed_at": moment_text(closed_at), **counts, "root": tree.root(), "balances": digest_of(standing),
    }  # fmt: skip
    text = text_of(facts)
    made = Seal.objects.create(
        group_id=ctx.group_id, book_id=book.id, business_date=closing.day, revision=closing.revision,
        previous=facts["previous"], hex=hex_of(text), facts=text, closed_at=closed_at, closed_by_id=ctx.actor.person_id,
    )  # fmt: skip
    return Sealed(made.hex, closed_at, **counts)


def digest_of(standing: list[Standing]) -> str:
    """The SHA-256 over one line for each account: what it is, its last entry's number, and its balance."""
    digest = sha256()
    for one in standing:
        digest.update(body_of(one).encode())
    return digest.hexdigest()


def _before(moved: list[Moved], sums: Sums) -> Sums:
    """The sums by subject before the day."""
    for one in moved:
        sums[one.subject, one.currency] -= one.debit + one.credit
    return sums


def _keep_bank_lines(ctx: Context, closing: Closing, standing: list[Standing]) -> list[str]:
    """What the banks said, kept as it is sealed."""
    balances = {one.code: one.balance for one in standing}
    bodies = [body_of(line) for line in bank_lines(ctx, closing.book, closing.day, balances)]
    SealedLine.objects.bulk_create(
        SealedLine(
            group_id=ctx.group_id, book_id=closing.book.id, business_date=closing.day, revision=closing.revision,
            place=place, body=body,
        )
        for place, body in enumerate(bodies, 1)
    )  # fmt: skip
    return bodies


def closing_moment(book: Book) -> datetime:
    """A stamp after every one in the book; to be asked for while the book is held alone."""
    with driver_cursor() as cursor:
        cursor.execute(_MOMENT, [book.id])
        row = cursor.fetchone()
    assert row is not None, "a book has a clock"
    moment: datetime = row[0]
    return moment

"""The lock of a book. One or a few vouchers share it; a batch, a closing, a change of accounts holds it alone.

Waiters queue in order, so neither starves the other. Always taken in this order: the book, the keys, the balances;
for a posting the function `ledger_open_posting` of the database takes all three.
"""

from __future__ import annotations

from datetime import datetime

from moa.control.driver import driver_cursor

# The class of advisory locks that the books use, as in `ledger_open_posting`; the object is the book's id.
_CLASS = 0x4C44


def hold_book(book_id: int) -> None:
    """Until the transaction ends nobody else books in the book."""
    with driver_cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_CLASS, book_id])


def share_book(book_id: int) -> None:
    """Until the transaction ends nobody holds the book alone: for who locks rows of an upper context before it books."""
    with driver_cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(%s, %s)", [_CLASS, book_id])


def somebody_waits(book_id: int) -> bool:
    """Whether another transaction waits for this book at this moment."""
    with driver_cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from pg_locks where locktype = 'advisory' and not granted and objsubid = 2"
            " and database = (select oid from pg_database where datname = current_database())"
            " and classid = %s::int::oid and objid = %s::int::oid)",
            [_CLASS, book_id],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def stamp_book(book_id: int, at: datetime) -> None:
    """Who holds the book alone leaves its stamp, and no later one is before it."""
    with driver_cursor() as cursor:
        cursor.execute(
            "update ledger_bookclock set last_at = greatest(last_at, %s::timestamptz) where book_id = %s",
            [at, book_id],
        )


def answer_until(book_id: int, moment: datetime) -> None:
    """What is recorded from now on is recorded after `moment`, also when a clock steps back.

    Called before a question "as known at" is answered: whoever was booking has then ended.
    """
    with driver_cursor() as cursor:
        cursor.execute(
            "select 1 from ledger_bookclock where book_id = %s and answered_until >= %s::timestamptz",
            [book_id, moment],
        )
        if cursor.fetchone():
            return
    hold_book(book_id)
    with driver_cursor() as cursor:
        cursor.execute(
            "update ledger_bookclock set answered_until = greatest(answered_until, %s::timestamptz)"
            " where book_id = %s",
            [moment, book_id],
        )

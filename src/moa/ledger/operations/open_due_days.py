"""Open the days that are due: books with an hour of their own open by themselves, and never close so."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.ledger.book_lock import hold_book
from moa.ledger.models import Book, BusinessDay
from moa.ledger.operations.open_business_day import open_business_day
from moa.ledger.permissions import OPEN_DAY
from moa.ledger.queries import day_under_way, list_books, waiting_day


def open_due_days(ctx: Context) -> list[BusinessDay]:
    """Open the waiting day of every book whose hour has come on that date, or on a later one if nothing ran then.

    Safe to run twice and by two at once: a book is looked at again under its lock. Raises: forbidden.
    """
    opened = []
    for book in list_books(ctx, OPEN_DAY):
        if book.opens_at is None or not _is_due(ctx, book):
            continue
        hold_book(book.id)
        waiting = waiting_day(book)
        if waiting is not None and _is_due(ctx, book):
            opened.append(open_business_day(ctx, book, waiting.business_date))
    return opened


def _is_due(ctx: Context, book: Book) -> bool:
    waiting = waiting_day(book)
    if waiting is None or book.opens_at is None or day_under_way(book) is not None:
        return False
    now = ctx.at.astimezone(ZoneInfo(the_group_of(ctx).time_zone))
    return (waiting.business_date, book.opens_at) <= (now.date(), now.time())

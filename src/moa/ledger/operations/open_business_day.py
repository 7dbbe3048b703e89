"""Open a business day of a book: from then on its vouchers are of this day."""

from __future__ import annotations

from datetime import date

from django.db import connection

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.book_lock import hold_book
from moa.ledger.day_events import run_once_open
from moa.ledger.lifecycle import BUSINESS_DAY
from moa.ledger.models import Book, BusinessDay
from moa.ledger.permissions import OPEN_DAY
from moa.ledger.queries import day_under_way
from moa.ledger.rules.vouchers import period_of


class DayUnderWay(DomainError):
    """Another day of the book is not closed yet; facts: `day`."""

    code = "day_under_way"


def open_business_day(ctx: Context, book: Book, day: date) -> BusinessDay:
    """Open a day that waits. Raises: forbidden, not_found, day_under_way, move_not_allowed."""
    require(ctx, OPEN_DAY, book.unit_id)
    hold_book(book.id)
    found = BusinessDay.objects.filter(book_id=book.id, business_date=day).first()
    if found is None:
        raise NotFound(day=day)
    state = BUSINESS_DAY.after(found.state, "open")
    other = day_under_way(book)
    if other is not None:
        raise DayUnderWay(day=other.business_date)
    make_period(period_of(day))
    BusinessDay.objects.filter(id=found.id).update(
        state=state, opened_at=ctx.at, opened_by=ctx.actor.person_id
    )
    found.refresh_from_db()
    record(
        ctx, "ledger.day.opened", "book", book.id,
        before={"day": str(day), "state": "waiting"}, after={"day": str(day), "state": state.value},
    )  # fmt: skip
    run_once_open(ctx, book, day)
    return found


def make_period(period: int) -> bool:
    """The month's partitions are there, made now if need be; says whether they were made."""
    with connection.cursor() as cursor:
        cursor.execute("select ledger_make_period(%s)", [period])
        return bool(cursor.fetchone()[0])

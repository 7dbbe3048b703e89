"""End a standing order: from now on no machine books under it. One person may take leave away that two gave."""

from __future__ import annotations

from datetime import date

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.book_lock import hold_book
from moa.ledger.models import Book, StandingOrder
from moa.ledger.permissions import FILE_ORDER
from moa.ledger.queries import day_under_way, waiting_day


class OrderIsEnded(DomainError):
    """It ended before; facts: `order`, `day` since when."""

    code = "standing_order_ended"


def end_standing_order(ctx: Context, book: Book, code: str) -> StandingOrder:
    """The book is held alone, so every later posting sees it. What was booked under it stays.

    Day rule: it is in force on no business day from the one under way on. Raises: forbidden, not_found, standing_order_ended.
    """
    require(ctx, FILE_ORDER, book.unit_id)
    hold_book(book.id)
    order = StandingOrder.objects.filter(book_id=book.id, code=code).first()
    if order is None:
        raise NotFound(standing_order=code)
    ends = _day(ctx, book)
    if order.ended_on is not None and order.ended_on <= ends:
        raise OrderIsEnded(order=code, day=str(order.ended_on))
    StandingOrder.objects.filter(id=order.id).update(ended_on=ends, ended_by_id=ctx.actor.person_id)
    record(
        ctx, "ledger.standing_order.ended", "standing_order", order.id, before={"code": code}, after={"ended_on": str(ends)}
    )  # fmt: skip
    order.refresh_from_db()
    return order


def _day(ctx: Context, book: Book) -> date:
    """A day that is open or waits may lie before today."""
    days = [one.business_date for one in (day_under_way(book), waiting_day(book)) if one is not None]
    return min(ctx.today, *days)

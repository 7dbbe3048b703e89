"""Which months and years of a book are closed now."""

from __future__ import annotations

from datetime import date

from moa.ledger.lifecycle import DayState
from moa.ledger.models import Book, BusinessDay, PeriodClosing, Seal
from moa.ledger.models.period import MONTH, YEAR
from moa.ledger.rules.periods import month_bounds, year_bounds


def latest_closing(book: Book, kind: str, *, before: int | None = None) -> PeriodClosing | None:
    """The newest closing of a month or a year, or the newest of a period before the one that is named."""
    found = PeriodClosing.objects.filter(book_id=book.id, kind=kind)
    if before is not None:
        found = found.filter(period__lt=before)
    return found.order_by("-period", "-revision").first()


def stands(closing: PeriodClosing) -> bool:
    """Whether the closing still stands on the newest seal of its last day, which was not reopened since."""
    day = BusinessDay.objects.filter(book_id=closing.book_id, business_date=closing.last_day).first()
    newest = (
        Seal.objects.filter(book_id=closing.book_id, business_date=closing.last_day)
        .order_by("-revision")
        .values_list("hex", flat=True)
        .first()
    )
    return day is not None and day.state == DayState.CLOSED and newest == closing.seal


def closed_until(book: Book) -> tuple[date | None, date | None]:
    """The last day of the closed months, and that of the closed years."""
    return _closed_until(book, MONTH), _closed_until(book, YEAR)


def _closed_until(book: Book, kind: str) -> date | None:
    bounds = month_bounds if kind == MONTH else year_bounds
    latest = latest_closing(book, kind)
    if latest is not None and not stands(latest):
        latest = latest_closing(book, kind, before=latest.period)
    return bounds(latest.period)[1] if latest else None

"""Set up the books of a settlement centre or a company: its chart from a template, and its first business day open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Unit
from moa.control.rules import code_fits
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.money import minor_digits
from moa.ledger.charts import SETTLEMENT_CENTRE, SubjectRow, chart_template
from moa.ledger.models import Book, BookClock, BusinessDay, Subject
from moa.ledger.operations.open_business_day import open_business_day
from moa.ledger.permissions import SET_UP


class BookExists(DomainError):
    """There is a book with this code, or a default book, already."""

    code = "book_exists"


class BookCodeUnfit(DomainError):
    """A code of a book has 1 to 32 characters and no spaces."""

    code = "code_unfit"


@dataclass(frozen=True, slots=True)
class NewBook:
    """`first_day` is the first business day; `unit_id` the company or centre whose books they are."""

    code: str
    name: str
    unit_id: int
    functional_currency: str
    first_day: date
    chart: str = SETTLEMENT_CENTRE
    kind: str = Book.SETTLEMENT_CENTRE
    calendar: str = "KR"
    names: dict[str, str] = field(default_factory=dict)
    is_default: bool = False


def set_up_book(ctx: Context, *, new: NewBook) -> Book:
    """Raises: forbidden, code_unfit, currency_unknown, chart_unknown, not_found (unit), book_exists."""
    require(ctx, SET_UP, new.unit_id)
    if not code_fits(new.code):
        raise BookCodeUnfit(book=new.code)
    minor_digits(new.functional_currency)
    rows = chart_template(new.chart)
    if not Unit.objects.filter(id=new.unit_id).exists():
        raise NotFound(unit=new.unit_id)
    try:
        with transaction.atomic():
            book = Book.objects.create(
                group_id=ctx.group_id, unit_id=new.unit_id, kind=new.kind, code=new.code, name=new.name,
                names=new.names, functional_currency=new.functional_currency, chart=new.chart,
                calendar=new.calendar, is_default=new.is_default,
            )  # fmt: skip
    except IntegrityError:
        raise BookExists(book=new.code) from None
    BookClock.objects.create(book_id=book.id, group_id=book.group_id)
    _make_subjects(book, rows)
    BusinessDay.objects.create(group_id=ctx.group_id, book_id=book.id, business_date=new.first_day)
    after = {
        "code": book.code,
        "chart": book.chart,
        "currency": book.functional_currency,
        "subjects": len(rows),
    }
    record(ctx, "ledger.book.set_up", "book", book.id, after=after)
    open_business_day(ctx, book, new.first_day)
    return book


def _make_subjects(book: Book, rows: list[SubjectRow]) -> None:
    """Level by level, because a subject points at the one above it."""
    made: dict[str, int] = {}
    while waiting := [row for row in rows if row.code not in made]:
        level = [row for row in waiting if not row.parent or row.parent in made]
        for subject in Subject.objects.bulk_create([_subject(book, row, made) for row in level]):
            made[subject.code] = subject.id


def _subject(book: Book, row: SubjectRow, made: dict[str, int]) -> Subject:
    return Subject(
        group_id=book.group_id, book_id=book.id, parent_id=made[row.parent] if row.parent else None, code=row.code,
        name=row.names["ko"], names=row.names, english=row.term, nature=row.nature, normal_side=row.normal_side,
    )  # fmt: skip

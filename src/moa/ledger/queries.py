"""Reads of the books: which there are, and where their days stand."""

from __future__ import annotations

from datetime import date

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.kernel.errors import NotFound
from moa.ledger.lifecycle import UNDER_WAY, DayState
from moa.ledger.models import Book, BusinessDay, Seal
from moa.ledger.permissions import VIEW


def access_book(ctx: Context, code: str = "", permission: str = VIEW) -> Book:
    """The book named `code`, or the group's default book, if the actor has the right in it. Raises: not_found."""
    allowed = permitted_units(ctx, permission)
    if "\0" in code:
        # What no text of the database can hold is no book's code.
        raise NotFound(book="")
    books = Book.objects.filter(code=code) if code else Book.objects.filter(is_default=True)
    book = books.first()
    if book is None or (allowed is not None and book.unit_id not in allowed):
        raise NotFound(book=code or "default")
    return book


def list_books(ctx: Context, permission: str = VIEW) -> list[Book]:
    """The books that the actor may see, the default one first."""
    allowed = permitted_units(ctx, permission)
    books = Book.objects.order_by("-is_default", "code")
    return list(books if allowed is None else books.filter(unit_id__in=allowed))


def day_under_way(book: Book) -> BusinessDay | None:
    """The one day of the book that is open, closing or reopened."""
    return BusinessDay.objects.filter(book_id=book.id, state__in=UNDER_WAY).first()


def open_day(book: Book) -> date | None:
    """The day that takes vouchers now."""
    day = day_under_way(book)
    return day.business_date if day is not None and day.state in (DayState.OPEN, DayState.REOPENED) else None


def last_seal(book: Book) -> Seal | None:
    """The newest seal of the book."""
    return Seal.objects.filter(book_id=book.id).order_by("-business_date", "-revision").first()


def last_closed_day(book: Book) -> BusinessDay | None:
    """The latest day of the book that is closed now."""
    return (
        BusinessDay.objects.filter(book_id=book.id, state=DayState.CLOSED).order_by("-business_date").first()
    )


def waiting_day(book: Book) -> BusinessDay | None:
    """The first day of the book that waits to be opened."""
    return (
        BusinessDay.objects.filter(book_id=book.id, state=DayState.WAITING).order_by("business_date").first()
    )


# From one currency to the next by an index: a book has few, and may have a hundred thousand accounts. No account's code is
# empty; the index says so, that no check of a foreign key may take it for its own.
_CURRENCIES = """
with recursive codes as (
    (select a.currency from ledger_account a
      where a.group_id = %(group)s and a.book_id = %(book)s and a.code <> '' order by a.currency limit 1)
    union all
    select (select a.currency from ledger_account a
             where a.group_id = %(group)s and a.book_id = %(book)s and a.code <> '' and a.currency > c.currency
             order by a.currency limit 1)
      from codes c where c.currency is not null)
select currency from codes where currency is not null
"""


def currencies_of_book(book: Book) -> list[str]:
    """Those in which the book has accounts, in order."""
    with driver_cursor() as cursor:
        found = cursor.execute(_CURRENCIES, {"group": book.group_id, "book": book.id})
        return [code for (code,) in found]

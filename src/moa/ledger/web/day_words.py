"""The business day of the books in words, for the top of every page and for the closing page."""

from __future__ import annotations

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from moa.control.context import Context
from moa.ledger.close_checks import day_to_check
from moa.ledger.queries import list_books

# The colour of the state and its word.
STATES: dict[str, tuple[str, str | Promise]] = {
    "waiting": ("draft", pgettext_lazy("day", "waiting to be opened")),
    "open": ("approved", pgettext_lazy("day", "open")),
    "closing": ("pending", pgettext_lazy("day", "closing")),
    "closed": ("paid", pgettext_lazy("day", "closed")),
    "reopened": ("pending", pgettext_lazy("day", "reopened")),
}


def book_day_of(ctx: Context) -> tuple[date | None, str | Promise]:
    """The day of the first book that the actor may see, and its state; nothing without one. Raises: forbidden."""
    books = list_books(ctx)
    day = day_to_check(books[0]) if books else None
    return (day.business_date, STATES[day.state][1]) if day is not None else (None, "")

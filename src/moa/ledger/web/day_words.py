"""The business day of the books in words, for the top of every page and for the closing page."""

from __future__ import annotations

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from moa.control.context import Context
from moa.ledger.close_checks import day_to_check
from moa.ledger.queries import list_books

# The colour of the state and its word.
STATES: dict[str, tuple[str, str | Promise]] = {
    "waiting": ("draft", gettext_lazy("waiting to be opened")),
    "open": ("approved", gettext_lazy("open")),
    "closing": ("pending", gettext_lazy("closing")),
    "closed": ("paid", gettext_lazy("closed")),
    "reopened": ("pending", gettext_lazy("reopened")),
}


def book_day_of(ctx: Context) -> tuple[date | None, str | Promise]:
    """The day of the first book that the actor may see, and its state; nothing without one. Raises: forbidden."""
    books = list_books(ctx)
    day = day_to_check(books[0]) if books else None
    return (day.business_date, STATES[day.state][1]) if day is not None else (None, "")

"""The business day of the books in words, for the top of every page and for the closing page."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from moa.control.access import may, permitted_units
from moa.control.asked_together import Question, answer_to
from moa.control.context import Context
from moa.ledger.lifecycle import UNDER_WAY, DayState
from moa.ledger.permissions import VIEW

# The colour of the state and its word.
STATES: dict[str, tuple[str, str | Promise]] = {
    "waiting": ("draft", pgettext_lazy("day", "waiting to be opened")),
    "open": ("approved", pgettext_lazy("day", "open")),
    "closing": ("pending", pgettext_lazy("day", "closing")),
    "closed": ("paid", pgettext_lazy("day", "closed")),
    "reopened": ("pending", pgettext_lazy("day", "reopened")),
}


# Stands on every page, so it is a prepared statement: where there are books, and the day of `close_checks.day_to_check`
# of the first one that the actor may see.
_BOOKS = """
select json_build_array(array(select distinct unit_id from ledger_book), d.business_date, d.state)
  from (values (1)) one
  left join lateral (
    select d.business_date, d.state
      from (select id from ledger_book where %(everywhere)s or unit_id = any(%(units)s)
             order by is_default desc, code limit 1) b
      join ledger_businessday d on d.book_id = b.id
     order by case when d.state = any(%(under_way)s) then 0 when d.state = %(waiting)s then 1 else 2 end,
              case when d.state = %(waiting)s then d.business_date end, d.business_date desc
     limit 1) d on true
"""
_UNDER_WAY = [str(state) for state in UNDER_WAY]


class BooksOfPage(NamedTuple):
    """Shape: `units` of all books of the group, None among them for a book of the whole group; `day` that of the first
    book that the actor may see, None without one, with its state."""

    units: tuple[int | None, ...]
    day: date | None = None
    state: str | Promise = ""


def books_question(ctx: Context) -> Question:
    units = permitted_units(ctx, VIEW) if may(ctx, VIEW) else frozenset()
    facts = {
        "everywhere": units is None, "units": list(units or ()), "under_way": _UNDER_WAY, "waiting": str(DayState.WAITING),
    }  # fmt: skip
    return Question("ledger.books_of_page", _BOOKS, facts, _books)


def _books(answer: list[Any]) -> BooksOfPage:
    units, day, state = answer
    if day is None:
        return BooksOfPage(tuple(units))
    return BooksOfPage(tuple(units), date.fromisoformat(day), STATES[state][1])


def books_of_page(ctx: Context) -> BooksOfPage:
    """Asked once while a page is made: the menu and the top of every page draw on it."""
    found: BooksOfPage = answer_to(ctx, books_question(ctx))
    return found

"""The business day of the books in words, for the top of every page and for the closing page."""

from __future__ import annotations

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.control.driver import driver_cursor
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


# Stands on every page, so it is a prepared statement: the day of `close_checks.day_to_check` of the first book.
_BOOK_DAY = """
select d.business_date, d.state
  from (select id from ledger_book where %(everywhere)s or unit_id = any(%(units)s)
         order by is_default desc, code limit 1) b
  join ledger_businessday d on d.book_id = b.id
 order by case when d.state = any(%(under_way)s) then 0 when d.state = %(waiting)s then 1 else 2 end,
          case when d.state = %(waiting)s then d.business_date end, d.business_date desc
 limit 1
"""


def book_day_of(ctx: Context) -> tuple[date | None, str | Promise]:
    """The day of the first book that the actor may see, and its state; nothing without one. Raises: forbidden."""
    units = permitted_units(ctx, VIEW)
    facts = {
        "everywhere": units is None, "units": list(units or ()), "under_way": [str(state) for state in UNDER_WAY],
        "waiting": str(DayState.WAITING),
    }  # fmt: skip
    with driver_cursor() as cursor:
        row = cursor.execute(_BOOK_DAY, facts).fetchone()
    return (row[0], STATES[row[1]][1]) if row is not None else (None, "")

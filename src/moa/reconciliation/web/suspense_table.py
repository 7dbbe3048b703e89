"""가수금: what stands in suspense, how old it is, who must clear it by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moa.control.access import may
from moa.control.context import Context
from moa.control.web.tables import Around
from moa.reconciliation.lifecycle import SuspenseState
from moa.reconciliation.models import SuspenseItem
from moa.reconciliation.permissions import ASSIGN, VIEW
from moa.reconciliation.queries import ageing, list_suspense
from moa.reconciliation.web.cells import amount, of_units, plain_who, who
from moa.reconciliation.web.choosing import asked_day, asked_share
from moa.ui.problems import problem_text
from moa.ui.tables.spec import AMOUNT, CHOICE, DATE, NUMBER, STATE, Batch, Column, Empty, Table

# The day of the book that is under way, else the last one: what is due is due by it.
_DAY = """join lateral (select d.business_date as day from ledger_businessday d where d.book_id = i.book_id
 order by case when d.state in ('open', 'closing', 'reopened') then 0 else 1 end, d.business_date desc limit 1) d on true"""
_STATE = "case when i.state <> 'open' then i.state when i.due_on < d.day then 'overdue' else 'open' end"
_NOBODY = "0"
CAUSES = {"unknown": _("No rule knows it"), "unconfirmed": _("Not confirmed by business end")}


def cause_word(code: str) -> str:
    return str(CAUSES[code]) if code in CAUSES else str(problem_text(code, "", "").what)


def _causes(ctx: Context) -> Sequence[tuple[str, Any]]:
    codes = SuspenseItem.objects.order_by("cause").values_list("cause", flat=True).distinct()
    return [(code, cause_word(code)) for code in codes]


def _owners(ctx: Context) -> Sequence[tuple[str, Any]]:
    found = (
        SuspenseItem.objects.exclude(owner=None)
        .order_by("owner__name")
        .values_list("owner_id", "owner__name")
    )
    return [(_NOBODY, _("Nobody yet")), *((str(number), name) for number, name in dict(found).items())]


def _currencies(ctx: Context) -> Sequence[tuple[str, Any]]:
    codes = SuspenseItem.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return [(code, code) for code in codes]


SUSPENSE = Table(
    name="reconciliation.suspense",
    label=_("Suspense"),
    right=VIEW,
    here="suspense",
    source="reconciliation_suspenseitem i",
    joins={
        "d": _DAY,
        "l": "join reconciliation_bankline l on l.id = i.line_id",
        "t": "join accounts_transaction t on t.id = l.line_id and t.booked_on = l.booked_on",
        "a": "join accounts_bankaccount a on a.id = t.account_id",
        "u": "left join control_unit u on u.id = i.unit_id",
    },
    key="i.line_id",
    order="since",
    further=("book", "day"),
    said=("given",),
    limits=lambda ctx: of_units(ctx, "i"),
    search=("t.counterparty", "t.description", "t.reference"),
    search_needs=("l", "t"),
    row_url="reconciliation:line",
    batch=(Batch("assign", _("Say who clears them, and by when"), "reconciliation:suspense_assign", ASSIGN, "pen"),),
    row_class=lambda row: "" if row.state in ("open", "overdue") else "is-gone",
    empty=Empty(
        _("Nothing stands in suspense"), _("What is unconfirmed or unknown when a day is closed comes here."), picture="match"
    ),
    columns=(
        Column("since", pgettext_lazy("suspense", "Since"), DATE, "i.opened_on", sortable=True, not_null=True, filterable=True),
        Column("age", _("Age in days"), NUMBER, "greatest(d.day - i.opened_on, 0)", ("d",), sortable=True, filterable=True),
        Column("counterparty", _("Counterparty"), sql="coalesce(nullif(t.counterparty, ''), t.description)",
               needs=("l", "t"), link=True, filterable=True, cell=who, plain=plain_who),
        Column("text", _("Description"), sql="t.description", needs=("l", "t"), filterable=True, asks=("description",),
               css="mo-el mo-2 w-txt"),
        Column("account", _("Account"), sql="coalesce(nullif(a.nickname, ''), a.number)", needs=("l", "t", "a"),
               filterable=True),
        Column("amount", _("Amount"), AMOUNT, "i.amount_minor", currency="currency", summed=True, sortable=True,
               filterable=True, cell=amount),
        Column("currency", _("Currency"), CHOICE, "i.currency", choices=_currencies, filterable=True, shown=False),
        Column("cause", _("Why"), CHOICE, "i.cause", choices=_causes, filterable=True),
        Column("unit", _("Responsible unit"), sql="coalesce(u.name, '')", needs=("u",), filterable=True),
        Column("owner", _("Responsible"), CHOICE, f"coalesce(i.owner_id::text, '{_NOBODY}')", choices=_owners, filterable=True),
        Column("due", _("Clear by"), DATE, "i.due_on", sortable=True, filterable=True),
        Column("state", _("State"), STATE, _STATE, ("d",), filterable=True, states={
            "overdue": ("failed", _("overdue"), "stale"), "open": ("pending", _("In suspense"), "hold"),
            "cleared": ("paid", _("Cleared from suspense")),
        }),
    ),
)  # fmt: skip


def asked_count(request: HttpRequest) -> int:
    """How many items were given to somebody just now, as the address says."""
    said = request.GET.get("given", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 5 else 0


def settle(request: HttpRequest, ctx: Context) -> Around:
    """Of one book; what is cleared comes when it is asked for. Above the list stand the sums by age."""
    book, units = asked_share(request, ctx)
    day = asked_day(request, ctx, book)
    cleared = request.GET.get("state") == SuspenseState.CLEARED
    given: list[tuple[str, Mapping[str, Any]]] = [
        ("i.book_id = %(book_id)s", {"book_id": book.id}),
        ("i.state = %(stands)s", {"stands": str(SuspenseState.CLEARED if cleared else SuspenseState.OPEN)}),
    ]
    values = {
        "book": book, "day": day, "whole": units is None, "ageing": ageing(list_suspense(ctx, book, day)),
        "may_change": may(ctx, ASSIGN, book.unit_id), "done": asked_count(request),
    }  # fmt: skip
    return Around(given=given, template="reconciliation/suspense.html", values=values)

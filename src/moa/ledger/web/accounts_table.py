"""The accounts of a book as a list: what each stands at now, what of it is held, under which subject it hangs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from markupsafe import Markup, escape

from moa.control.context import Context
from moa.control.web.tables import Around
from moa.ledger.lifecycle import AccountState
from moa.ledger.permissions import VIEW
from moa.ledger.queries import access_book, currencies_of_book, day_under_way, last_closed_day, list_books
from moa.ui.formatting import amount
from moa.ui.ground import as_figure, why_address
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import AMOUNT, CHOICE, DATE, STATE, Column, Empty, Row, Table

STATES = {
    AccountState.OPEN: ("paid", _("in use")), AccountState.FROZEN: ("pending", _("frozen")),
    AccountState.CLOSED: ("draft", pgettext_lazy("account", "closed")),
}  # fmt: skip
# Of a subject and of all below it.
_BELOW = """a.subject_id in (with recursive below as (
    select t.id from ledger_subject t where t.code = %(value)s and t.book_id = a.book_id
    union all select c.id from ledger_subject c join below on c.parent_id = below.id) select id from below)"""


def _code(facts: PageFacts) -> Callable[[Row], str]:
    page = reverse("ledger:sheet", args=["account-ledger"])
    book = urlencode({"book": facts.ctx.memo["accounts.book"]})
    return lambda row: (
        f'<a class="mo-rowa" href="{page}?{book}&amp;{urlencode({"account": row.code})}">{escape(row.code)}</a>'
    )


def _plain_code(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: row.code


def _balance(facts: PageFacts) -> Callable[[Row], str]:
    book, day = facts.ctx.memo["accounts.book"], facts.ctx.memo["accounts.day"]

    def cell(row: Row) -> str:
        shown: Markup = amount(row.balance, row.currency)
        if not day:
            return str(shown)
        asked = {
            "book": book,
            "account": row.code,
            "currency": row.currency,
            "from": day,
            "to": day,
            "what": "closing",
        }
        return str(as_figure(shown, why_address("books", **asked)))

    return cell


def _currencies(ctx: Context) -> Sequence[tuple[str, Any]]:
    return [(code, code) for code in ctx.memo.get("accounts.currencies", ())]


ACCOUNTS = Table(
    name="ledger.accounts",
    label=_("Accounts of the book"),
    right=VIEW,
    here="chart",
    source="ledger_account a",
    joins={
        "b": "join ledger_balance b on b.account_id = a.id",
        "s": "join ledger_subject s on s.id = a.subject_id",
        "u": "left join control_unit u on u.id = a.unit_id",
    },
    key="a.id",
    order="code",
    further=("book",),
    search=("a.code", "a.name"),
    row_class=lambda row: "is-gone" if row.state == "closed" else "",
    empty=Empty(_("No account yet"), _("Accounts are loaded from a file (moa ledger accounts load).")),
    columns=(
        Column("code", pgettext_lazy("books", "Account"), sql="a.code", sortable=True, not_null=True, filterable=True,
               cell=_code, plain=_plain_code, css="mo-nw"),
        Column("name", _("Name"), sql="a.name", filterable=True, css="mo-el w-txt", width=30),
        Column("subject", pgettext_lazy("books", "Subject"), sql="s.code", needs=("s",), filterable=True, condition=_BELOW,
               css="mo-nw mo-2", term="subject"),
        Column("subject_name", _("Name of the subject"), sql="s.name", needs=("s",), filterable=True, css="mo-el mo-2 w-txt"),
        Column("currency", _("Currency"), CHOICE, "a.currency", choices=_currencies, filterable=True, css="mo-nw mo-2 w-cur"),
        Column("balance", _("Balance"), AMOUNT, "b.current_minor * a.normal_side", ("b",), currency="currency", sortable=True,
               filterable=True, cell=_balance),
        Column("held", _("Held"), AMOUNT, "nullif(b.held_minor, 0)", ("b",), currency="currency", filterable=True),
        Column("floor", _("Lowest balance"), AMOUNT, "a.floor_minor", currency="currency", filterable=True, term="floor"),
        Column("unit", _("Unit"), sql="coalesce(u.name, '')", needs=("u",), filterable=True, shown=False),
        Column("opened", _("Opened on"), DATE, "a.opened_on", filterable=True, shown=False),
        Column("state", _("State"), STATE, "a.state", states={str(code): look for code, look in STATES.items()}, filterable=True),
    ),
)  # fmt: skip


def settle(request: HttpRequest, ctx: Context) -> Around:
    """The list is of one book: the one named, else the default one."""
    book = access_book(ctx, request.GET.get("book", ""))
    day = day_under_way(book) or last_closed_day(book)
    ctx.memo["accounts.book"], ctx.memo["accounts.day"] = book.code, str(day.business_date) if day else ""
    ctx.memo["accounts.currencies"] = currencies_of_book(book)
    given: Sequence[tuple[str, Mapping[str, Any]]] = [("a.book_id = %(book_id)s", {"book_id": book.id})]
    return Around(
        given=given, template="ledger/accounts.html", values={"book": book, "books": list_books(ctx)}
    )

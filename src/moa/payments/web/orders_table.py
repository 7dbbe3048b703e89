"""The list of payments: those of the person's units, and the person's own drafts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moa.control.access import may, permitted_units
from moa.control.context import Context
from moa.control.web.tables import Around
from moa.ledger.models import Book
from moa.ledger.queries import currencies_of_book
from moa.payments.lifecycle import OrderState
from moa.payments.models import PaymentOrder
from moa.payments.permissions import ENTER, PROPOSE_LIMIT, VIEW
from moa.payments.web.order_words import PURPOSES, STATES
from moa.ui.formatting import named
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import AMOUNT, CHOICE, DATE, MOMENT, STATE, Column, Empty, Row, Table

_PAYEE = "coalesce(e.name, nullif(o.to_name, ''), o.form ->> 'payee')"
_STATE = "case when o.state = 'pending' and q.state <> 'open' then 'draft' else o.state end"


def _limits(ctx: Context) -> Sequence[tuple[str, dict[str, Any]]]:
    """A draft that was never submitted is its maker's alone."""
    mine = ("(o.request_id is not null or o.maker_id = %(me)s)", {"me": ctx.actor.person_id})
    units = permitted_units(ctx, VIEW)
    if units is None:
        return (mine,)
    return (mine, ("(o.unit_id = any(%(units)s) or o.request_id is null)", {"units": list(units)}))


def _payee(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: named(row.payee or "—")


def _plain_payee(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: row.payee


def _purposes(ctx: Context) -> Sequence[tuple[str, Any]]:
    return list(PURPOSES.items())


def _kinds(ctx: Context) -> Sequence[tuple[str, Any]]:
    return [("internal", _("the books")), ("bank", _("a bank"))]


def _currencies(ctx: Context) -> Sequence[tuple[str, Any]]:
    codes = {code for book in Book.objects.all() for code in currencies_of_book(book)}
    return [(code, code) for code in sorted(codes)]


ORDERS = Table(
    name="payments.orders",
    label=_("Payments"),
    right=VIEW,
    here="payments",
    source="payments_paymentorder o",
    joins={
        "q": "left join control_approvalrequest q on q.id = o.request_id",
        "p": "left join ledger_account p on p.id = o.payer_id",
        "e": "left join ledger_account e on e.id = o.payee_id",
        "m": "join control_person m on m.id = o.maker_id",
        "u": "left join control_unit u on u.id = o.unit_id",
    },
    key="o.id",
    order="-made",
    limits=_limits,
    search=("o.memo", "o.document_no", _PAYEE),
    search_needs=("e",),
    # What a draft will pay is not understood yet.
    sum_where="o.amount_minor is not null",
    row_url="payments:order",
    row_class=lambda row: "is-gone" if row.state in ("withdrawn", "cancelled") else "",
    empty=Empty(_("No payment yet"), _("Enter the first one."), "payments:new", _("Enter a payment"), "pen"),
    columns=(
        Column("made", _("Entered at"), MOMENT, "o.made_at", sortable=True, not_null=True, filterable=True),
        Column("number", pgettext_lazy("payment", "Number"), sql="'P' || o.id", filterable=True, css="mo-nw mo-2 w-num"),
        Column("day", _("Day of payment"), DATE, "o.pay_on", sortable=True, filterable=True),
        Column("payee", _("Payee"), sql=_PAYEE, needs=("e",), link=True, filterable=True,
               cell=_payee, plain=_plain_payee),
        Column("payer", _("Paying account"), sql="coalesce(p.name, o.form ->> 'payer')", needs=("p",), filterable=True),
        Column("amount", _("Amount"), AMOUNT, "o.amount_minor", currency="currency", summed=True, sortable=True,
               filterable=True),
        Column("over", _("Over"), CHOICE, "o.kind", choices=_kinds, filterable=True, shown=False),
        Column("bank", _("Payee's bank"), sql="o.to_bank", filterable=True, shown=False),
        Column("account", _("Payee's account"), sql="o.to_account", filterable=True, shown=False),
        Column("currency", _("Currency"), CHOICE, "o.currency", choices=_currencies, filterable=True, css="mo-nw mo-2 w-cur"),
        Column("purpose", _("Purpose"), CHOICE, "o.purpose", choices=_purposes, filterable=True),
        Column("memo", _("Memo"), sql="o.memo", filterable=True, shown=False),
        Column("document", _("Document number"), sql="o.document_no", filterable=True, shown=False),
        Column("plan", _("Decided on with"), sql="coalesce('B' || o.bundle_id, 'S' || o.series_id, '')", filterable=True, shown=False),
        Column("maker", _("Maker"), sql="m.name", needs=("m",), filterable=True),
        Column("unit", _("Unit"), sql="coalesce(u.name, '')", needs=("u",), filterable=True, shown=False),
        Column("state", _("State"), STATE, _STATE, needs=("q",), states=dict(STATES), filterable=True),
    ),
)  # fmt: skip


def settle(request: HttpRequest, ctx: Context) -> Around:
    values = {
        "may_enter": may(ctx, ENTER) and Book.objects.exists(), "may_propose": may(ctx, PROPOSE_LIMIT),
        "unknowns": PaymentOrder.objects.filter(state=OrderState.UNKNOWN).count(),
    }  # fmt: skip
    return Around(template="payments/orders.html", values=values)

"""The list of series: those of the person's units."""

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
from moa.payments.permissions import ENTER, VIEW
from moa.payments.plan_words import rhythm
from moa.payments.web.plan_state_words import SERIES_STATES
from moa.ui.formatting import named
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import AMOUNT, DATE, MOMENT, NUMBER, STATE, Column, Empty, Row, Table

_STATE = "case when s.state = 'pending' and q.state <> 'open' then 'withdrawn' else s.state end"


def _limits(ctx: Context) -> Sequence[tuple[str, dict[str, Any]]]:
    units = permitted_units(ctx, VIEW)
    return () if units is None else (("s.unit_id = any(%(units)s)", {"units": list(units)}),)


def _payee(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: named(row.payee)


def _plain_payee(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: row.payee


def _rhythm(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: rhythm(row.every, row.on_day)


SERIES = Table(
    name="payments.series",
    label=_("Series of payments"),
    right=VIEW,
    here="payments",
    source="payments_paymentseries s",
    joins={
        "q": "left join control_approvalrequest q on q.id = s.request_id",
        "p": "join ledger_account p on p.id = s.payer_id",
        "m": "join control_person m on m.id = s.maker_id",
        "n": """left join lateral (select min(o.pay_on) filter (where o.state = 'waiting') as next_on,
                                          count(*) filter (where o.state = 'made') as made
                                     from payments_paymentoccurrence o where o.series_id = s.id) n on true""",
    },
    key="s.id",
    order="-made",
    limits=_limits,
    search=("s.payee_name",),
    row_url="payments:series_one",
    row_class=lambda row: "is-gone" if row.state in ("withdrawn", "cancelled") else "",
    fields={"every": "s.every", "on_day": "s.on_day"},
    empty=Empty(_("No series yet"), _("What is paid again and again is entered once."), "payments:series_new", _("Enter a series"), "pen"),
    columns=(
        Column("made", _("Entered at"), MOMENT, "s.made_at", sortable=True, not_null=True, filterable=True),
        Column("number", pgettext_lazy("payment", "Number"), sql="'S' || s.id", filterable=True, css="mo-nw mo-2 w-num"),
        Column("payee", _("Payee"), sql="s.payee_name", link=True, filterable=True, cell=_payee, plain=_plain_payee),
        Column("payer", _("Paying account"), sql="p.name", needs=("p",), filterable=True),
        Column("amount", _("Amount"), AMOUNT, "s.amount_minor", currency="currency", sortable=True, filterable=True),
        Column("currency", _("Currency"), sql="s.currency", css="mo-nw mo-2 w-cur"),
        Column("rhythm", pgettext_lazy("series", "When"), cell=_rhythm, plain=_rhythm),
        Column("next", pgettext_lazy("series", "Next"), DATE, "n.next_on", needs=("n",)),
        Column("done", pgettext_lazy("series", "Made"), NUMBER, "n.made", needs=("n",)),
        Column("count", pgettext_lazy("series", "Of"), NUMBER, "s.count"),
        Column("last", _("Last day"), DATE, "s.last_on", sortable=True, filterable=True),
        Column("maker", _("Maker"), sql="m.name", needs=("m",), filterable=True),
        Column("state", _("State"), STATE, _STATE, needs=("q",), states=dict(SERIES_STATES), filterable=True),
    ),
)  # fmt: skip


def settle(request: HttpRequest, ctx: Context) -> Around:
    return Around(
        template="payments/series.html", values={"may_enter": may(ctx, ENTER) and Book.objects.exists()}
    )

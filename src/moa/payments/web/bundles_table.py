"""The list of bundles: those of the person's units, each where its transfers together stand, and the person's own drafts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moa.control.access import may, permitted_units
from moa.control.context import Context
from moa.control.web.tables import Around
from moa.ledger.models import Book
from moa.payments.permissions import ENTER, VIEW
from moa.payments.web.order_words import STATES
from moa.payments.web.plan_state_words import STANDINGS
from moa.ui.tables.spec import AMOUNT, DATE, MOMENT, NUMBER, STATE, Column, Empty, Table

# What rules/several.stand says of the states of all transfers, for the database to sort out; a test holds the two together.
STANDING = """case when 'unknown' = any(n.states) then 'unknown'
    when n.states && array['paid', 'reconciled'] then
        case when n.states <@ array['paid', 'reconciled'] then 'paid' else 'partly_paid' end
    when n.states && array['sent', 'processing'] then 'sent'
    when n.states && array['approved', 'ready'] then 'approved'
    when n.states && array['failed', 'returned_by_bank'] then 'failed'
    when 'pending' = any(n.states) then 'pending'
    when 'returned' = any(n.states) then 'returned'
    when 'draft' = any(n.states) then 'draft'
    else 'withdrawn' end"""


# Rows of drafts stand above every number that a bundle can have, so that one key tells both apart.
DRAFTS_FROM = 2**62
_SOURCE = f"""(
 select b.id, b.group_id, b.unit_id, b.maker_id, b.made_at, 'B' || b.id as number, b.count, b.total_minor, b.currency,
        false as is_draft
   from payments_paymentbundle b
 union all
 select d.id + {DRAFTS_FROM}, d.group_id, null, d.maker_id, d.made_at, 'BD' || d.id, d.count, d.total_minor, d.currency, true
   from payments_bundledraft d where d.bundle_id is null and d.discarded_at is null
) b"""
# A bundle whose request was taken back stands as "draft" too; this one was never asked for.
TYPED = "typed"
_STATE = f"case when b.is_draft then '{TYPED}' else {STANDING} end"


def _limits(ctx: Context) -> Sequence[tuple[str, dict[str, Any]]]:
    """A draft is its maker's alone."""
    mine = ("(not b.is_draft or b.maker_id = %(me)s)", {"me": ctx.actor.person_id})
    units = permitted_units(ctx, VIEW)
    if units is None:
        return (mine,)
    return (mine, ("(b.is_draft or b.unit_id = any(%(units)s))", {"units": list(units)}))


BUNDLES = Table(
    name="payments.bundles",
    label=_("Several payments"),
    right=VIEW,
    here="payments",
    source=_SOURCE,
    joins={
        "m": "join control_person m on m.id = b.maker_id",
        "n": """left join lateral (
            select array_agg(distinct case when o.state = 'pending' and q.state <> 'open' then 'draft' else o.state end::text) as states,
                   coalesce(sum(o.amount_minor) filter (where o.state in ('paid', 'reconciled')), 0)::bigint as paid,
                   min(o.pay_on) as first_on, count(*) as transfers
              from payments_paymentorder o left join control_approvalrequest q on q.id = o.request_id
             where o.group_id = b.group_id and o.bundle_id = b.id) n on true""",
    },
    key="b.id",
    order="-made",
    limits=_limits,
    row_url="payments:bundle_row",
    row_class=lambda row: "is-gone" if row.state in ("withdrawn", "draft") else "",
    empty=Empty(_("No bundle yet"), _("Several payments that are decided on as one stand here."), "payments:bundle_new", _("Enter several payments"), "pen"),
    columns=(
        Column("made", _("Entered at"), MOMENT, "b.made_at", sortable=True, not_null=True, filterable=True),
        Column("number", pgettext_lazy("payment", "Number"), sql="b.number", link=True, filterable=True, css="mo-nw w-num"),
        Column("count", pgettext_lazy("bundle", "Number of payments"), NUMBER, "b.count", sortable=True),
        Column("transfers", _("Transfers"), NUMBER, "n.transfers", needs=("n",), shown=False),
        Column("total", _("Total"), AMOUNT, "b.total_minor", currency="currency", sortable=True, filterable=True),
        Column("paid", pgettext_lazy("bundle", "Proven paid"), AMOUNT, "case when not b.is_draft then n.paid end", currency="currency", needs=("n",)),
        Column("currency", _("Currency"), sql="b.currency", css="mo-nw mo-2 w-cur"),
        Column("first", _("Day of payment"), DATE, "n.first_on", needs=("n",)),
        Column("maker", _("Maker"), sql="m.name", needs=("m",), filterable=True),
        Column("state", _("State"), STATE, _STATE, needs=("n",), states={**STANDINGS, TYPED: STATES["draft"]}, filterable=True),
    ),
)  # fmt: skip


def settle(request: HttpRequest, ctx: Context) -> Around:
    return Around(
        template="payments/bundles.html", values={"may_enter": may(ctx, ENTER) and Book.objects.exists()}
    )

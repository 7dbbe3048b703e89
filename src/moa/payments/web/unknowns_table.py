"""The desk of payments whose outcome is not known: what was sent and when, what is known, when the bank is asked next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.control.web.tables import Around
from moa.payments.permissions import VIEW
from moa.payments.web.bank_parts import bank_name
from moa.payments.web.last_words import known_words, open_words
from moa.payments.web.order_words import ATTEMPTS
from moa.payments.web.totals_shown import totals_shown
from moa.ui.formatting import named
from moa.ui.problems import problem_text
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import AMOUNT, CHOICE, DATE, MOMENT, STATE, Column, Empty, Row, Table

# When the socket took it; where nobody knows whether it did, when it was stored to leave.
_LEFT_AT = "coalesce(m.sent_at, m.recorded_at, a.made_at)"
# What was said last, and how many questions were answered.
_LAST_WORD = """left join lateral (
    select e.kind, coalesce(e.facts ->> 'code', '') as code, coalesce(e.facts ->> 'said', '') as said, e.recorded_at as at,
           count(*) filter (where e.kind = 'inquiry') over () as answered
      from payments_evidence e where e.attempt_id = a.id and e.group_id = a.group_id order by e.id desc limit 1) k on true"""


def _limits(ctx: Context) -> Sequence[tuple[str, dict[str, Any]]]:
    open_ones: tuple[str, dict[str, Any]] = (
        "(a.state in ('sent', 'processing', 'unknown') or a.problem not in ('', 'withdrawn', 'debited_twice', 'paid_after_return')"
        " or (a.problem in ('debited_twice', 'paid_after_return') and a.state = 'paid' and not exists (select 1 from reconciliation_suspenseitem i"
        " where i.group_id = a.group_id and i.line_id = a.line_id and i.state = 'cleared')))", {}
    )  # fmt: skip
    units = permitted_units(ctx, VIEW)
    if units is None:
        return (open_ones,)
    return (open_ones, ("o.unit_id = any(%(units)s)", {"units": list(units)}))


def _payee(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: named(row.payee)


def _plain_payee(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: row.payee


def _problem(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: named(str(problem_text(row.problem).what)) if row.problem else ""


def _plain_problem(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: str(problem_text(row.problem).what) if row.problem else ""


def _known(facts: PageFacts) -> Callable[[Row], str]:
    def cell(row: Row) -> str:
        said = [named(one) for one in known_words(row, facts.ctx.language, facts.now)]
        still = [named(one) for one in open_words(row, facts.now)]
        return " · ".join(said) + (f'<div class="mo-3">{" · ".join(still)}</div>' if still else "")

    return cell


def _plain_known(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: " · ".join(
        [*known_words(row, facts.ctx.language, facts.now), *open_words(row, facts.now)]
    )


def _banks(ctx: Context) -> Sequence[tuple[str, Any]]:
    from moa.channels.models import Connection

    codes = sorted(set(Connection.objects.values_list("bank_code", flat=True)))
    return [(code, bank_name(ctx, code)) for code in codes]


UNKNOWNS = Table(
    name="payments.unknowns",
    label=_("Outcome not known"),
    right=VIEW,
    here="payments",
    source="payments_paymentattempt a join payments_paymentorder o on o.id = a.order_id",
    joins={
        "c": "join channels_connection c on c.id = a.connection_id",
        "m": "left join channels_channelmessage m on m.id = a.message_id",
        "k": _LAST_WORD,
    },
    fields={
        "word_kind": "k.kind", "word_code": "k.code", "word_said": "k.said", "word_at": "k.at", "answered": "coalesce(k.answered, 0)",
        "sent_at": "m.sent_at", "line": "c.state", "line_at": "c.state_at",
    },
    field_needs=("c", "m", "k"),
    key="a.id",
    order="sent",
    limits=_limits,
    search=("o.to_name", "a.reference", "o.to_account"),
    # What ended and is to be looked at is no longer open.
    sum_where="a.state in ('sent', 'processing', 'unknown')",
    row_url="payments:evidence",
    empty=Empty(_("The outcome of every payment is known"), _("What a bank does not answer stands here until it is proven."), "payments:orders", _("To the payments"), "shield"),
    columns=(
        Column("sent", _("Sent at"), MOMENT, _LEFT_AT, needs=("m",), sortable=True, not_null=True, filterable=True),
        Column("payment", _("Payment"), sql="'P' || a.order_id", filterable=True, css="mo-nw mo-2 w-num"),
        Column("payee", _("Payee"), sql="o.to_name", link=True, filterable=True, cell=_payee, plain=_plain_payee),
        Column("account", _("Payee's account"), sql="o.to_bank || ' ' || o.to_account", filterable=True, css="mo-nw"),
        Column("amount", _("Amount"), AMOUNT, "a.amount_minor", currency="currency", summed=True, sortable=True, filterable=True),
        Column("currency", _("Currency"), sql="o.currency", css="mo-nw mo-2 w-cur"),
        Column("bank", _("Bank"), CHOICE, "c.bank_code", needs=("c",), choices=_banks, filterable=True),
        Column("day", _("Day"), DATE, "a.day", filterable=True, shown=False),
        Column("number", _("Message"), sql="lpad(coalesce(a.msg_no, 0)::text, 6, '0')", filterable=True, css="mo-nw mo-2"),
        Column("reference", pgettext_lazy("payment", "Reference"), sql="a.reference", filterable=True, shown=False),
        Column("known", _("What is known"), sql="coalesce(k.kind, '')", needs=("k",), cell=_known, plain=_plain_known, css="w-known", width=60),
        Column("asked", _("Times asked"), sql="a.inquiries::text", css="mo-n"),
        Column("next", _("Asked next"), MOMENT, "a.ask_at", filterable=True),
        Column("problem", _("To be looked at"), sql="a.problem", filterable=True, cell=_problem, plain=_plain_problem),
        Column("state", _("State"), STATE, "a.state", states=dict(ATTEMPTS), filterable=True),
    ),
)  # fmt: skip


def settle(request: HttpRequest, ctx: Context) -> Around:
    """The banks' totals stand below the list, for whoever sees all units."""
    totals = totals_shown(ctx) if permitted_units(ctx, VIEW) is None else []
    return Around(template="payments/unknowns.html", values={"totals": totals})

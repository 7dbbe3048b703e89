"""The bank lines of a book as a list: those of a day, or all of them, with where each stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from markupsafe import escape

from moa.control.context import Context
from moa.reconciliation.models import BankLink
from moa.reconciliation.permissions import VIEW
from moa.reconciliation.web.cells import amount, of_units, plain_who, who
from moa.ui.environment import state as state_of
from moa.ui.formatting import day
from moa.ui.problems import problem_text
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import AMOUNT, CHOICE, DATE, STATE, Column, Empty, Row, Table

_STATE = "case when l.state = 'unposted' and l.problem <> '' then 'parked' else l.state end"
STATES = {
    "posted": ("paid", _("Posted")), "waiting": ("pending", _("Waits for confirmation")),
    "suspense": ("pending", _("In suspense"), "hold"), "cleared": ("paid", _("Cleared from suspense")),
    "ignored": ("draft", _("Ignored")), "superseded": ("draft", _("Taken back by the bank")), "parked": ("failed", _("Parked")),
    "unposted": ("draft", _("Not posted")),
}  # fmt: skip


def _voucher(facts: PageFacts) -> Callable[[Row], str]:
    page = reverse("ledger:voucher_row", args=[0])[:-1]

    def cell(row: Row) -> str:
        if not row.voucher:
            return ""
        return f'<a class="mo-rowa" href="{page}{row.voucher}">{row.voucher}</a> <span class="mo-s mo-3">{escape(row.memo)}</span>'

    return cell


def _rule(facts: PageFacts) -> Callable[[Row], str]:
    def cell(row: Row) -> str:
        if not row.rule:
            return ""
        return f'<a href="{reverse("reconciliation:rule", args=[row.rule])}">{escape(row.rule)}.{row.rule_number}</a>'

    return cell


def _plain_rule(facts: PageFacts) -> Callable[[Row], Any]:
    return lambda row: f"{row.rule}.{row.rule_number}" if row.rule else ""


def _accounts(ctx: Context) -> Sequence[tuple[str, Any]]:
    found = BankLink.objects.select_related("account").order_by("name")
    return [(str(one.id), one.account.nickname or one.account.number) for one in found]


def _currencies(ctx: Context) -> Sequence[tuple[str, Any]]:
    codes = BankLink.objects.order_by().values_list("account__currency", flat=True).distinct()
    return [(code, code) for code in sorted(codes)]


def _problem(facts: PageFacts) -> Callable[[Row], str]:
    said = _plain_problem(facts)
    return lambda row: str(escape(said(row)))


def _plain_problem(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: str(problem_text(row.problem, "", "").what) if row.problem else ""


def _late(facts: PageFacts) -> Callable[[Row], str]:
    mark = " " + str(state_of("pending", _("after the close"), shape="stale"))
    return lambda row: day(row.booked, facts.now) + (mark if row.late else "")


LINES = Table(
    name="reconciliation.lines",
    label=_("Bank lines"),
    right=VIEW,
    here="reconciliation",
    source="reconciliation_bankline l",
    joins={
        "t": "join accounts_transaction t on t.id = l.line_id and t.booked_on = l.booked_on",
        "a": "join accounts_bankaccount a on a.id = t.account_id",
        "r": "left join reconciliation_ruleversion r on r.id = l.rule_id",
        "v": "left join ledger_voucher v on v.id = l.voucher_id and v.period = l.period",
        "u": "left join control_unit u on u.id = l.unit_id",
    },
    key="l.id",
    order="-booked",
    further=("book", "day", "days"),
    fields={"late": "coalesce(l.business_date, l.due_on) > l.bank_day", "rule_number": "r.number", "memo": "coalesce(v.memo, '')"},
    field_needs=("r", "v"),
    limits=lambda ctx: of_units(ctx, "l"),
    search=("t.counterparty", "t.description", "t.reference"),
    search_needs=("t",),
    row_url="reconciliation:line",
    row_class=lambda row: "is-gone" if row.state in ("superseded", "ignored") else "",
    empty=Empty(_("No bank line on this day"), picture="match"),
    columns=(
        Column("booked", _("Bank's date"), DATE, "l.booked_on", sortable=True, not_null=True, filterable=True, cell=_late, term="booked_on"),
        Column("account", _("Account"), CHOICE, "l.link_id::text", choices=_accounts, filterable=True, css="mo-nw mo-2"),
        Column("counterparty", _("Counterparty"), sql="coalesce(nullif(t.counterparty, ''), t.description)", needs=("t",),
               link=True, filterable=True, cell=who, plain=plain_who),
        Column("text", _("Description"), sql="t.description", needs=("t",), filterable=True, asks=("description",),
               css="mo-el mo-2 w-txt"),
        Column("amount", _("Amount"), AMOUNT, "l.amount_minor", currency="currency", summed=True, sortable=True,
               filterable=True, cell=amount),
        Column("state", _("State"), STATE, _STATE, states=STATES, filterable=True),
        Column("currency", _("Currency"), CHOICE, "a.currency", ("t", "a"), choices=_currencies, filterable=True, shown=False),
        Column("rule", _("Rule"), sql="coalesce(r.code, '')", needs=("r",), filterable=True, cell=_rule, plain=_plain_rule, css="mo-nw", term="rule"),
        Column("voucher", _("Voucher"), sql="l.voucher_id", cell=_voucher),
        Column("business", _("Business day"), DATE, "coalesce(l.business_date, l.due_on)", filterable=True, shown=False),
        Column("unit", _("Responsible unit"), sql="coalesce(u.name, '')", needs=("u",), filterable=True, shown=False),
        Column("problem", _("What hinders it"), sql="l.problem", cell=_problem, plain=_plain_problem, shown=False),
    ),
)  # fmt: skip

"""The bank lines of a book as a list: those of a day, or all of them, with where each stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from markupsafe import escape

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.reconciliation.models import BankLink
from moa.reconciliation.permissions import VIEW
from moa.ui.environment import state as state_of
from moa.ui.formatting import day, named, signed
from moa.ui.ground import as_figure, why_address
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


def _limits(ctx: Context) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Lines of units that the person may see; who may see a book's unit sees all of the book."""
    units = permitted_units(ctx, VIEW)
    if units is None:
        return ()
    seen = "(l.unit_id = any(%(units)s) or exists (select 1 from ledger_book k where k.id = l.book_id and k.unit_id = any(%(units)s)))"
    return [(seen, {"units": list(units)})]


def _who(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: named(row.counterparty or "—")


def _plain_who(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: row.counterparty


def _amount(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: str(as_figure(signed(row.amount, row.currency), why_address("bank-line", line=row.id)))


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
    fields={"late": "coalesce(l.business_date, l.due_on) > l.bank_day", "rule_number": "r.number", "memo": "coalesce(v.memo, '')"},
    field_needs=("r", "v"),
    limits=_limits,
    search=("t.counterparty", "t.description", "t.reference"),
    search_needs=("t",),
    row_url="reconciliation:line",
    row_class=lambda row: "is-gone" if row.state in ("superseded", "ignored") else "",
    empty=Empty(_("No bank line on this day"), picture="match"),
    columns=(
        Column("booked", _("Bank's date"), DATE, "l.booked_on", sortable=True, not_null=True, filterable=True, cell=_late),
        Column("account", _("Account"), CHOICE, "l.link_id::text", choices=_accounts, filterable=True, css="mo-nw mo-2"),
        Column("counterparty", _("Counterparty"), sql="coalesce(nullif(t.counterparty, ''), t.description)", needs=("t",),
               link=True, filterable=True, cell=_who, plain=_plain_who),
        Column("text", _("Description"), sql="t.description", needs=("t",), filterable=True, css="mo-el mo-2 w-txt"),
        Column("amount", _("Amount"), AMOUNT, "l.amount_minor", currency="currency", summed=True, sortable=True,
               filterable=True, cell=_amount),
        Column("state", _("State"), STATE, _STATE, states=STATES, filterable=True),
        Column("currency", _("Currency"), CHOICE, "a.currency", ("t", "a"), choices=_currencies, filterable=True, shown=False),
        Column("rule", _("Rule"), sql="coalesce(r.code, '')", needs=("r",), filterable=True, cell=_rule, plain=_plain_rule, css="mo-nw"),
        Column("voucher", _("Voucher"), sql="l.voucher_id", cell=_voucher),
        Column("business", _("Business day"), DATE, "coalesce(l.business_date, l.due_on)", filterable=True, shown=False),
        Column("unit", _("Responsible unit"), sql="coalesce(u.name, '')", needs=("u",), filterable=True, shown=False),
        Column("problem", _("What hinders it"), sql="l.problem", cell=_problem, plain=_plain_problem, shown=False),
    ),
)  # fmt: skip

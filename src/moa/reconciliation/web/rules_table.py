"""Rules for bank lines as a list: the newest version of each, in the order in which they are asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import escape

from moa.control.access import may
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.web.tables import Around
from moa.ledger.models import Book
from moa.reconciliation.operations.propose_rule import SUBJECT
from moa.reconciliation.permissions import PROPOSE_RULE, VIEW
from moa.reconciliation.queries import list_links
from moa.reconciliation.web.choosing import asked_book, bank_choices
from moa.ui.formatting import amount, named
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import CHOICE, DATE, NUMBER, STATE, Column, Empty, Row, Table

_NEWEST = """(select distinct on (v.book_id, v.code) v.*, v.content -> 'conditions' as conditions
  from reconciliation_ruleversion v order by v.book_id, v.code, v.number desc) r"""
_WAITING_SHOWN = 20


def _title(facts: PageFacts) -> Callable[[Row], str]:
    page, book = reverse("reconciliation:rule", args=["_"])[:-1], facts.ctx.memo["rules.book"]
    query = escape(urlencode({"book": book.code}))
    return lambda row: f'<a class="mo-rowa" href="{page}{escape(row.code)}?{query}">{named(row.title)}</a>'


def _plain_title(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: row.title


def _conditions(facts: PageFacts) -> Callable[[Row], str]:
    said = _plain_conditions(facts)
    return lambda row: str(escape(said(row)))


def _plain_conditions(facts: PageFacts) -> Callable[[Row], str]:
    book: Book = facts.ctx.memo["rules.book"]
    names = facts.ctx.memo["rules.names"] | {"direction": {"in": _("In"), "out": _("Out")}}
    labels = {
        "account_id": _("Bank account"), "bank": _("Bank"), "direction": _("Direction"), "kind": _("Bank's reference contains"),
        "text": _("Description contains"), "counterparty": _("Counterparty contains"),
        "counterparty_account": _("Counterparty account"), "least_minor": _("Amount from"), "most_minor": _("Amount to"),
    }  # fmt: skip

    def word(name: str, value: str) -> str:
        if name.endswith("_minor"):
            value = str(amount(int(value), book.functional_currency))
        return f"{labels.get(name, name)} {names.get(name, {}).get(value, value)}"

    order = list(labels)
    return lambda row: " · ".join(
        word(name, str(value))
        for name, value in sorted(
            json.loads(row.conditions).items(),
            key=lambda one: order.index(one[0]) if one[0] in order else len(order),
        )
    )


RULES = Table(
    name="reconciliation.rules",
    label=gettext_lazy("Rules for bank lines"),
    scope=gettext_lazy("The first rule that fits takes the line."),
    right=VIEW,
    here="reconciliation",
    source=_NEWEST,
    joins={"u": "left join control_unit u on u.id = r.unit_id", "m": "join control_person m on m.id = r.maker_id",
           "k": "join control_person k on k.id = r.checker_id"},
    key="r.id",
    order="position",
    further=("book",),
    said=("sent",),
    search=("r.title", "r.code"),
    row_class=lambda row: "" if row.state == "on" else "is-gone",
    empty=Empty(
        gettext_lazy("No rule yet"), gettext_lazy("Until there is one, every line waits for a person or goes to suspense."),
        picture="rule",
    ),
    columns=(
        Column("position", gettext_lazy("Order"), NUMBER, "r.position", sortable=True, not_null=True, filterable=True),
        Column("title", gettext_lazy("Rule"), sql="r.title", filterable=True, cell=_title, plain=_plain_title),
        Column("code", gettext_lazy("Code"), sql="r.code", filterable=True, css="mo-nw mo-2"),
        Column("number", gettext_lazy("Version"), NUMBER, "r.number", shown=False),
        Column("conditions", gettext_lazy("Conditions"), sql="r.conditions::text", cell=_conditions, plain=_plain_conditions, width=50),
        Column("counter", gettext_lazy("Account of the book"), sql="r.counter", filterable=True, css="mo-nw"),
        Column("mode", gettext_lazy("When it posts"), CHOICE, "r.mode", filterable=True, choices=(
            ("post", gettext_lazy("At once")), ("confirm", gettext_lazy("After the responsible unit has confirmed")))),
        Column("unit", gettext_lazy("Responsible unit"), sql="coalesce(u.name, '')", needs=("u",), filterable=True, shown=False),
        Column("since", gettext_lazy("In force from"), DATE, "r.valid_from", sortable=True, filterable=True),
        Column("maker", gettext_lazy("Maker"), sql="m.name", needs=("m",), filterable=True, shown=False),
        Column("checker", gettext_lazy("Checker"), sql="k.name", needs=("k",), filterable=True, shown=False),
        Column("state", gettext_lazy("State"), STATE, "case when r.is_on then 'on' else 'off' end", filterable=True, states={
            "on": ("paid", gettext_lazy("Switched on")), "off": ("draft", gettext_lazy("switched off"))}),
    ),
)  # fmt: skip


def settle(request: HttpRequest, ctx: Context) -> Around:
    book = asked_book(request, ctx)
    links = list_links(book)
    ctx.memo["rules.book"], ctx.memo["rules.names"] = book, {
        "account_id": {str(one.account_id): one.account.nickname or one.account.number for one in links},
        "bank": dict(bank_choices(ctx, links)),
    }  # fmt: skip
    waiting = ApprovalRequest.objects.filter(
        subject_type=SUBJECT, subject_id__startswith=f"{book.id}:", state="open"
    )
    given: list[tuple[str, Mapping[str, Any]]] = [("r.book_id = %(book_id)s", {"book_id": book.id})]
    values = {
        "book": book, "waiting": list(waiting.order_by("-id")[:_WAITING_SHOWN]),
        "may_propose": may(ctx, PROPOSE_RULE, book.unit_id),
    }  # fmt: skip
    return Around(given=given, template="reconciliation/rules.html", values=values)

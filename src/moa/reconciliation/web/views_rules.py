"""One rule for bank lines with its form, tried on history before it is proposed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from moa.control.access import may, require
from moa.control.approvals import AlreadyOpen
from moa.control.context import Context
from moa.control.queries import list_units
from moa.control.web.page import page
from moa.kernel.errors import NotFound
from moa.kernel.money import to_text
from moa.ledger.models import Book
from moa.reconciliation.models import RuleVersion
from moa.reconciliation.operations.propose_rule import RuleInvalid, propose_rule
from moa.reconciliation.permissions import PROPOSE_RULE, VIEW
from moa.reconciliation.queries import list_links, rule_of
from moa.reconciliation.rule_templates import templates_for_lines
from moa.reconciliation.trial import Trial, try_rule
from moa.reconciliation.web.choosing import account_choices, asked_book, bank_choices
from moa.reconciliation.web.forms import RuleForm
from moa.ui.problems import problem_text

_TRIED_DAYS = 90


@require_http_methods(["GET", "POST"])
@page(VIEW)
def rule_page(request: HttpRequest, ctx: Context, code: str = "") -> HttpResponse:
    book = asked_book(request, ctx)
    if request.method == "POST" or not code:
        require(ctx, PROPOSE_RULE, book.unit_id)
    versions = (
        list(RuleVersion.objects.filter(book_id=book.id, code=code).order_by("-number")) if code else []
    )
    if code and not versions:
        raise NotFound(rule=code)
    links = list_links(book)
    form = RuleForm(
        request.POST or None, initial=_initial(versions[0], book) if versions else {"valid_from": ctx.today},
        accounts=[(str(one.account_id), one.account.nickname or one.account.number) for one in links],
        books=account_choices(book), banks=bank_choices(ctx, links),
        templates=[(one.code, f"{one.name} ({one.code})") for one in templates_for_lines(book)],
        units=[(str(one.id), one.names.get(ctx.language) or one.name) for one in list_units(ctx)],
    )  # fmt: skip
    tried: Trial | None = None
    if request.method == "POST" and form.is_valid():
        new = form.new_rule(book.functional_currency)
        if request.POST.get("act") == "try":
            tried = try_rule(ctx, book, new, ctx.today - timedelta(days=_TRIED_DAYS), ctx.today)
        else:
            try:
                with ctx.open():
                    propose_rule(ctx, book, new=new)
                return HttpResponseRedirect(f"{reverse('reconciliation:rules')}?book={book.code}&sent=1")
            except (RuleInvalid, AlreadyOpen) as refusal:
                if not form.tell(str(refusal.facts.get("problem", ""))):
                    words = problem_text(refusal.code, "", "")
                    form.add_error(None, words.whole)
    return render(
        request, "reconciliation/rule.html",
        {
            "book": book, "code": code, "versions": versions, "form": form, "tried": tried, "days": _TRIED_DAYS,
            "may_propose": may(ctx, PROPOSE_RULE, book.unit_id),
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def _initial(version: RuleVersion, book: Book) -> dict[str, Any]:
    asked = rule_of(version).conditions

    def major(minor: int | None) -> Decimal | None:
        return None if minor is None else Decimal(to_text(minor, book.functional_currency))

    return {
        "code": version.code, "title": version.title, "position": version.position,
        "bank": asked.bank, "account": str(asked.account_id or ""), "direction": asked.direction, "text": asked.text,
        "counterparty_account": asked.counterparty_account,
        "counterparty": asked.counterparty, "kind": asked.kind, "least": major(asked.least_minor),
        "most": major(asked.most_minor), "counter": version.counter, "memo": version.content["memo"],
        "template": version.content.get("template", ""), "mode": version.mode, "unit": str(version.unit_id or ""), "valid_from": version.valid_from, "is_on": version.is_on,
    }  # fmt: skip

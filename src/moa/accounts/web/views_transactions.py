"""Transactions of all accounts or of one, with the panel that explains a line."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from moa.accounts.explanation import explained
from moa.accounts.overview import AccountRow, list_accounts
from moa.accounts.permissions import ENTER, VIEW
from moa.accounts.statements_of import day_strip, provisional_lines, statement_rows
from moa.accounts.web.transactions_table import TRANSACTIONS, provisional_rows
from moa.control.access import may
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.control.web.page import page
from moa.control.web.tables import Around, table_answer, table_view
from moa.kernel.errors import NotFound

_TEMPLATE = "accounts/transactions.html"
# What the page of one account has settled.
_SETTLED = frozenset(("account", "company", "bank", "currency"))


def _settle(request: HttpRequest, ctx: Context, account_id: int | None = None) -> Around:
    account = _account(ctx, account_id) if account_id is not None else None
    opened = request.GET.get("open", "")
    selected = explained(ctx, opened) if opened else None
    return _around(request, ctx, account, selected)


def _around(
    request: HttpRequest, ctx: Context, account: AccountRow | None, selected: dict[str, Any] | None
) -> Around:
    values: dict[str, Any] = {"selected": selected, "base_currency": the_group_of(ctx).base_currency}
    chosen = str(selected["id"]) if selected else ""
    if account is None:
        return Around(
            selected_id=chosen, template=_TEMPLATE, values=values | {"account": None, "tab": "lines"}
        )
    tab = request.GET.get("tab", "lines")
    intraday = provisional_lines(ctx, account.id)
    values |= {
        "account": account_facts(ctx, account, len(intraday)), "tab": tab, "strip": day_strip(ctx, account),
        "statements": statement_rows(ctx, account.id) if tab == "statements" else [],
    }  # fmt: skip
    return Around(
        given=[("t.account_id = %(account)s", {"account": account.id})], hidden=_SETTLED, currency=account.currency,
        above=lambda: provisional_rows(intraday, account), selected_id=chosen, template=_TEMPLATE, values=values,
        path=reverse("accounts:account", args=[account.id]),
    )  # fmt: skip


transactions = table_view(TRANSACTIONS, _settle)
account_page = transactions


@require_GET
@page(VIEW)
def transaction_panel(request: HttpRequest, ctx: Context, line_key: str) -> HttpResponse:
    """The panel alone for htmx; without JavaScript, the account's page with the panel open."""
    selected = explained(ctx, line_key)
    if selected is None:
        raise NotFound(transaction=line_key)
    if request.headers.get("HX-Request"):
        return render(request, "accounts/fragments/transaction.html", {"selected": selected})
    account = _account(ctx, selected["account_id"])
    place = request.GET.copy()
    place["from"] = place["to"] = str(selected["booked_on"])
    request.GET = place  # type: ignore[assignment]
    return table_answer(request, ctx, TRANSACTIONS, _around(request, ctx, account, selected))


def _account(ctx: Context, account_id: int) -> AccountRow:
    account = next(iter(list_accounts(ctx, ids=[account_id])), None)
    if account is None:
        raise NotFound(account=account_id)
    return account


def account_facts(ctx: Context, account: AccountRow, provisional: int | None = None) -> dict[str, Any]:
    """What an account's head shows. Shape: `provisional` the number of its intraday lines, counted where it is None."""
    if provisional is None:
        provisional = len(provisional_lines(ctx, account.id))
    return {
        "id": account.id, "name": account.name, "bank": account.bank, "number": account.number,
        "account_end": account.account_end, "kind": account.kind, "currency": account.currency,
        "company": account.company, "unit": account.unit, "holder": account.holder, "opened_on": account.opened_on,
        "closed_on": account.closed_on, "balance_minor": account.balance_minor, "balance_date": account.balance_date,
        "received_at": account.received_at, "freshness": account.freshness, "missing": list(account.missing),
        "provisional_count": provisional, "may_enter": may(ctx, ENTER),
    }  # fmt: skip

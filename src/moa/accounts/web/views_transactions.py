"""Transactions of all accounts or of one, with the panel that explains a line."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from moa.accounts.choices import Choices, choices
from moa.accounts.explanation import explained
from moa.accounts.lines import (
    PAGE_SIZE,
    LinePage,
    LineRow,
    Place,
    count_lines,
    list_lines,
    sum_lines,
    superseded_ids,
)
from moa.accounts.overview import AccountRow, list_accounts
from moa.accounts.permissions import ENTER, VIEW
from moa.accounts.queries import AccountName, account_names
from moa.accounts.statements_of import day_strip, provisional_lines, statement_rows
from moa.accounts.web.filters import Conditions, read_conditions
from moa.accounts.web.line_rows import RowMaker, ShownLine
from moa.control.access import may
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.control.web.page import page
from moa.kernel.errors import NotFound


@require_GET
@page(VIEW)
def transactions(request: HttpRequest, ctx: Context) -> HttpResponse:
    known = choices(ctx)
    asked = read_conditions(request.GET, known)
    return _answer(request, ctx, known, asked, None, reverse("accounts:transactions"))


@require_GET
@page(VIEW)
def account_page(request: HttpRequest, ctx: Context, account_id: int) -> HttpResponse:
    account = _account(ctx, account_id)
    known = choices(ctx)
    asked = read_conditions(request.GET, known, account_id=account.id, currency=account.currency)
    return _answer(request, ctx, known, asked, account, reverse("accounts:account", args=[account_id]))


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
    place = QueryDict(mutable=True)
    place.update({"from": str(selected["booked_on"]), "to": str(selected["booked_on"])})
    known = choices(ctx)
    asked = read_conditions(place, known, account_id=account.id, currency=account.currency)
    return _answer(
        request, ctx, known, asked, account, reverse("accounts:account", args=[account.id]), selected
    )


def _account(ctx: Context, account_id: int) -> AccountRow:
    account = next(iter(list_accounts(ctx, ids=[account_id])), None)
    if account is None:
        raise NotFound(account=account_id)
    return account


def _answer(
    request: HttpRequest, ctx: Context, known: Choices, asked: Conditions, account: AccountRow | None, base_url: str,
    selected: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    if request.GET.get("part") == "sums":
        return render(
            request,
            "accounts/fragments/sums.html",
            {"sums": sum_lines(ctx, asked.wanted), "account": account},
        )
    older, newer = _place(request.GET.get("older", "")), _place(request.GET.get("newer", ""))
    found = list_lines(ctx, asked.wanted, older_than=older, newer_than=newer)
    by_id = account_names(ctx, [row.account_id for row in found.rows])
    count, capped = count_lines(ctx, asked.wanted)
    if selected is None and request.GET.get("open"):
        selected = explained(ctx, request.GET["open"])
    tab = request.GET.get("tab", "lines") if account else "lines"
    # Sums over more than the cap may take a while; then they come after the page by themselves.
    later = capped and account is None
    values: dict[str, Any] = {
        "account": account_facts(ctx, account) if account else None, "tab": tab,
        "rows": _rows(ctx, found.rows, by_id, account, older is None and newer is None),
        "sums": None if later else sum_lines(ctx, asked.wanted),
        "sums_url": f"{base_url}?{_query(request, part='sums')}" if later else None,
        "page": _page_facts(request, found, base_url, count, capped), "filters": asked.filters, "query": asked.query,
        "errors": asked.errors, "selected": selected, "choices": known,
        "base_currency": the_group_of(ctx).base_currency,
        "statements": statement_rows(ctx, account.id) if account and tab == "statements" else [],
        "strip": day_strip(ctx, account) if account else [],
    }  # fmt: skip
    return render(request, "accounts/transactions.html", values)


def _place(text: str) -> Place | None:
    day, _, number = text.partition("_")
    try:
        return Place(date.fromisoformat(day), int(number))
    except ValueError:
        return None


def _rows(
    ctx: Context,
    found: list[LineRow],
    by_id: dict[int, AccountName],
    account: AccountRow | None,
    provisional: bool,
) -> list[ShownLine]:
    """The rows of the page, with the intraday lines of the account above them on its first page."""
    gone = superseded_ids([row.id for row in found])
    maker = RowMaker(ctx.today, account.currency if account else the_group_of(ctx).base_currency)
    rows = [maker.row(row, by_id[row.account_id], _state(row, gone)) for row in found]
    if account is not None and provisional:
        rows[:0] = [maker.row(row, account, "provisional") for row in provisional_lines(ctx, account.id)]
    return rows


def _state(row: LineRow, gone: set[int]) -> str:
    if row.id in gone:
        return "superseded"
    return "manual" if row.manual else "booked"


def _page_facts(
    request: HttpRequest, found: LinePage, base_url: str, count: int, capped: bool
) -> dict[str, Any]:
    """The first number of a page travels in the address, for a page by key does not know it."""
    number = request.GET.get("n", "")
    first = int(number) if number.isdigit() and len(number) < 12 else 1
    rows = found.rows
    next_url = previous_url = None
    if rows and found.has_older:
        next_url = f"{base_url}?{_query(request, older=_key(rows[-1]), n=str(first + len(rows)))}"
    if rows and found.has_newer:
        previous = max(1, first - PAGE_SIZE)
        previous_url = (
            f"{base_url}?{_query(request, newer=_key(rows[0]), n=str(previous))}"
            if previous > 1
            else (f"{base_url}?{_query(request)}")
        )
    return {
        "first": first if rows else 0, "last": first + len(rows) - 1 if rows else 0, "count": count, "capped": capped,
        "next_url": next_url, "previous_url": previous_url,
    }  # fmt: skip


def _key(row: LineRow) -> str:
    return f"{row.booked_on}_{row.id}"


def _query(request: HttpRequest, **more: str) -> str:
    left = request.GET.copy()
    for name in ("older", "newer", "n", "open", "part"):
        left.pop(name, None)
    for name, value in more.items():
        left[name] = value
    return left.urlencode()


def account_facts(ctx: Context, account: AccountRow) -> dict[str, Any]:
    return {
        "id": account.id, "name": account.name, "bank": account.bank, "number": account.number,
        "account_end": account.account_end, "kind": account.kind, "currency": account.currency,
        "company": account.company, "unit": account.unit, "holder": account.holder, "opened_on": account.opened_on,
        "closed_on": account.closed_on, "balance_minor": account.balance_minor, "balance_date": account.balance_date,
        "received_at": account.received_at, "freshness": account.freshness, "missing": list(account.missing),
        "provisional_count": len(provisional_lines(ctx, account.id)), "may_enter": may(ctx, ENTER),
    }  # fmt: skip

"""The first page."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from moa.accounts.overview import list_accounts
from moa.control.context import Context
from moa.control.web.page import page
from moa.reports.dashboard import (
    banks_board,
    curve_board,
    missing_board,
    refused_files,
    summary,
    todo_board,
)
from moa.reports.permissions import VIEW_POSITION

_GROUPINGS = ("bank", "company", "currency")


@require_GET
@page(VIEW_POSITION)
def dashboard(request: HttpRequest, ctx: Context) -> HttpResponse:
    accounts = list_accounts(ctx)
    if not accounts:
        return render(request, "reports/dashboard.html", {"first_use": True})
    asked = request.GET.get("by", "bank")
    by = asked if asked in _GROUPINGS else "bank"
    names = {
        "bank": {account.bank_key: account.bank for account in accounts},
        "company": {account.company_key: account.company for account in accounts},
        "currency": {},
    }[by]
    day = ctx.today
    ends = [account.covered_until for account in accounts if account.covered_until is not None]
    until = min(day, max(ends, default=day))
    whole = summary(ctx, accounts, day=until)
    refused = refused_files(ctx)
    missing: dict[date, str] = {}
    for account in accounts:
        for gap in account.missing:
            known = missing.get(gap, "")
            missing[gap] = known if account.bank in known else f"{known}, {account.bank}".lstrip(", ")
    values = {
        "first_use": False, "position": whole,
        "curve": curve_board(ctx, until=until, by=by, names=dict(names), missing=missing),
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        return render(request, "reports/fragments/curve.html", values)
    values |= {
        "banks": banks_board(ctx, accounts, day=until),
        "missing": missing_board(ctx, accounts, refused),
        "todo": todo_board(ctx, refused, whole),
    }
    return render(request, "reports/dashboard.html", values)

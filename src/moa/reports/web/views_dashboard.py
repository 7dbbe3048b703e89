"""The first page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from moa.accounts.gathered import gather_accounts, gather_gaps
from moa.accounts.overview import list_accounts
from moa.control.access import may
from moa.control.asked_together import around_page, ask_together
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.control.web.page import page
from moa.directory.permissions import VIEW_RATES
from moa.directory.queries import calendar_for
from moa.reports.curve import position_by_day
from moa.reports.dashboard import (
    CURVE_DAYS,
    banks_board,
    curve_board,
    missing_board,
    oldest_first,
    questions_of_board,
    refused_files,
    summary,
    todo_board,
)
from moa.reports.kept_boards import boards, stamp_question
from moa.reports.news import moved_entries, movements, notice_entries
from moa.reports.permissions import VIEW_POSITION

_GROUPINGS = ("bank", "company", "currency")


def ask_for_dashboard(ctx: Context) -> None:
    """All that does not depend on what the boards say, in one statement."""
    ask_together(ctx, [*around_page(ctx), stamp_question(ctx), *questions_of_board(ctx)])


def dashboard_page(request: HttpRequest, ctx: Context) -> HttpResponse:
    """In the open Context of who may see the position."""
    ask_for_dashboard(ctx)
    asked = request.GET.get("by", "bank")
    by = asked if asked in _GROUPINGS else "bank"
    values = boards(ctx, by, lambda: _boards(ctx, by))
    if values["first_use"]:
        return render(request, "reports/dashboard.html", values)
    if "curve_markup" not in values:
        # Thirty days of figures as they were made with these boards: nothing in them depends on the hour or the person.
        values["curve_markup"] = mark_safe(render_to_string("reports/fragments/curve.html", values, request))  # noqa: S308
    if request.headers.get("HX-Request"):
        return HttpResponse(values["curve_markup"])
    todo = todo_board(ctx, refused_files(ctx), values["position"])
    news = notice_entries(ctx, told={one["url"] for one in todo})
    return render(
        request,
        "reports/dashboard.html",
        values | _written(request, ctx, values) | {"todo": [*oldest_first([*todo, *news]), *values["moved"]]},
    )


def _written(request: HttpRequest, ctx: Context, values: dict[str, Any]) -> dict[str, str]:
    """The boards as text. What they say of the hour ("9 min ago") changes with the minute, nothing else before the boards
    are made anew; whether rates lead anywhere is the person's right."""
    may_rates = may(ctx, VIEW_RATES)
    key = (ctx.at.replace(second=0, microsecond=0), may_rates)
    kept: dict[Any, dict[str, str]] = values.get("written", {})
    if key not in kept:
        shown = values | {"may_rates": may_rates}
        pieces = {
            f"{name}_markup": mark_safe(render_to_string(f"reports/fragments/{name}.html", shown, request))  # noqa: S308
            for name in ("boards", "missing")
        }
        # Those of other minutes go; another request may do the same meanwhile, and either is right.
        kept = values["written"] = {one: text for one, text in kept.items() if one[0] == key[0]} | {
            key: pieces
        }
    return kept[key]


dashboard = require_GET(page(VIEW_POSITION)(dashboard_page))


def _boards(ctx: Context, by: str) -> dict[str, Any]:
    """What is the same for all who see the same accounts, until something changes."""
    accounts = gather_accounts(ctx)
    if not accounts:
        return {"first_use": True}
    gaps = gather_gaps(ctx)
    names: dict[str, str] = {
        "bank": {one.bank_key: one.bank for one in accounts},
        "company": {one.company_key: one.company for one in accounts},
        "currency": {},
    }[by]
    ends = [one.covered_until for one in accounts if one.covered_until is not None]
    until = min(ctx.today, max(ends, default=ctx.today))
    before = calendar_for(ctx, the_group_of(ctx).country).previous_business_day(until)
    found = position_by_day(ctx, until=until, days=CURVE_DAYS, by=by)
    # The day before is one of them but where a holiday is a month long.
    former = found if before in found.rates else position_by_day(ctx, until=before, days=1, by=by)
    whole = summary(
        accounts, found.on(until), former.on(before), found.rates[until], base=found.base_currency, day=until,
        previous_day=before,
    )  # fmt: skip
    missing: dict[date, str] = {}
    for gap in gaps:
        for day in gap.days:
            known = missing.get(day, "")
            missing[day] = known if gap.bank in known else f"{known}, {gap.bank}".lstrip(", ")
    by_bank = found if by == "bank" else position_by_day(ctx, until=until, days=1, by="bank")
    moved, largest = movements(ctx, after=before, until=until, base=whole.base_currency)
    by_id = {one.id: one for one in list_accounts(ctx, ids=[line.account_id for line in largest])}
    return {
        "first_use": False, "position": whole,
        "curve": curve_board(found, until=until, by=by, names=names, missing=missing),
        "banks": banks_board(accounts, gaps, by_bank.held(until), whole.total_minor),
        "missing": missing_board(ctx, {one.bank_key[:2] for one in accounts}, gaps, refused_files(ctx)),
        "moved": moved_entries(moved, largest, by_id, before),
    }  # fmt: skip

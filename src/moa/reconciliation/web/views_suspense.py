"""가수금: what stands in suspense, how old it is, and who must clear it by when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from moa.control.context import Context
from moa.control.web.page import page
from moa.reconciliation.permissions import VIEW
from moa.reconciliation.queries import ageing, list_suspense
from moa.reconciliation.stored_lines import what_they_say
from moa.reconciliation.web.choosing import asked_book, asked_day


@require_GET
@page(VIEW)
def suspense_page(request: HttpRequest, ctx: Context) -> HttpResponse:
    book = asked_book(request, ctx)
    day = asked_day(request, ctx, book)
    found = list_suspense(ctx, book, day)
    said = what_they_say([one.item.line_id for one in found])
    rows = [
        {
            "line": one.item.line_id, "opened_on": one.item.opened_on, "due_on": one.item.due_on, "days": one.days,
            "overdue": one.overdue, "amount_minor": one.item.amount_minor, "currency": one.item.currency,
            "cause": one.item.cause, "account": said[one.item.line_id].account,
            "counterparty": said[one.item.line_id].facts.counterparty, "text": said[one.item.line_id].description,
            "unit": (one.item.unit.names.get(ctx.language) or one.item.unit.name) if one.item.unit else "",
            "owner": one.item.owner.name if one.item.owner else "",
        }
        for one in found
    ]  # fmt: skip
    return render(
        request,
        "reconciliation/suspense.html",
        {"book": book, "day": day, "rows": rows, "ageing": ageing(found)},
    )

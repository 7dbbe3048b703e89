"""The address "/": each person's first job, which is what the menu begins with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from moa.control.access import may
from moa.control.context import Context
from moa.control.web.page import page
from moa.entry.shell import start_page
from moa.reports.permissions import VIEW_POSITION
from moa.reports.web.views_dashboard import ask_for_dashboard, dashboard_page


@require_GET
@page()
def first_page(request: HttpRequest, ctx: Context) -> HttpResponseBase:
    if may(ctx, VIEW_POSITION):
        ask_for_dashboard(ctx)
    target = start_page(ctx)
    if target == reverse("reports:dashboard"):
        return dashboard_page(request, ctx)
    return HttpResponseRedirect(target or reverse("control:menu"))

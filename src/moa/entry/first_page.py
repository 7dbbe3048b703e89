"""The address "/": each person's first job, which is what the menu begins with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from moa.control.context import Context
from moa.control.web.page import page
from moa.entry.shell import start_page
from moa.reports.web.views_dashboard import dashboard_page


@require_GET
@page()
def first_page(request: HttpRequest, ctx: Context) -> HttpResponseBase:
    target = start_page(ctx)
    if target == reverse("reports:dashboard"):
        return dashboard_page(request, ctx)
    return HttpResponseRedirect(target or reverse("control:menu"))

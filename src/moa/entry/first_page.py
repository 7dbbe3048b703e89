"""The address "/": each person's first job, which is the dashboard for those who may see the position."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from moa.control.access import may
from moa.control.administrators import ADMINISTER
from moa.control.context import Context
from moa.control.web.page import page
from moa.entry.shell import permitted_pages
from moa.reports.permissions import VIEW_POSITION
from moa.reports.web.views_dashboard import dashboard


@require_GET
@page()
def first_page(request: HttpRequest, ctx: Context) -> HttpResponseBase:
    if may(ctx, VIEW_POSITION):
        return dashboard(request)
    pages = permitted_pages(ctx)
    if may(ctx, ADMINISTER):
        return HttpResponseRedirect(pages["people"])
    return HttpResponseRedirect(next(iter(pages.values()), reverse("control:menu")))

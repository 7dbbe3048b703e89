"""Where a figure comes from: the panel for htmx, without JavaScript a page of its own."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from moa.control.context import Context
from moa.control.grounds import ground
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound


@require_GET
@page()
def why(request: HttpRequest, ctx: Context, kind: str) -> HttpResponse:
    """Each explainer asks for the right that the figure's own page asks for."""
    try:
        found = ground(ctx, kind, request.GET.dict())
    except (Forbidden, NotFound):
        raise
    except DomainError as refusal:
        # A moment that has not come, a range that ends before it begins: no page links to such a figure.
        raise Http404(refusal.code) from refusal
    part = bool(request.headers.get("HX-Request"))
    return render(request, "control/fragments/ground.html" if part else "control/why.html", {"ground": found})

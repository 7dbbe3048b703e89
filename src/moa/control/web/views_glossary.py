"""The words of the field: one line in the panel for htmx, all of them as a page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from moa.control.context import Context
from moa.control.web.page import page
from moa.ui.glossary import GLOSSARY, TERMS


@require_GET
@page(while_setting_up=True)
def glossary(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Anybody signed in reads it; `?term=` names the line that is asked for."""
    asked = request.GET.get("term", "")
    if not request.headers.get("HX-Request"):
        return render(
            request, "control/glossary.html", {"areas": GLOSSARY, "asked": asked, "spoken": get_language()}
        )
    if asked not in TERMS:
        raise Http404(asked)
    return render(request, "control/fragments/term.html", {"word": TERMS[asked], "spoken": get_language()})

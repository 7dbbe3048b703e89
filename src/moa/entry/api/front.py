"""What stands at /api and /api/v1 themselves: where the description is, and how to be let in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

BASE = "/api/v1"


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """For programs the addresses; a browser is led to the page that people read."""
    docs = reverse("api_docs")
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        return HttpResponseRedirect(docs)
    return JsonResponse({
        "name": "Moa", "version": "1", "base": BASE, "description": reverse("api:openapi-json"), "docs": docs,
        "authentication": "Authorization: Bearer moa_…", "first": f"{BASE}/me",
    }, json_dumps_params={"ensure_ascii": False})  # fmt: skip

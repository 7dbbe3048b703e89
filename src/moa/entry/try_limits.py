"""Which pages may be asked how often: what is guessed at, what costs much, and what sends something out.

The lock of a login stops guessing one password (ADR 12); these stop guessing one password at many logins. The API
counts by token (api/door.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from moa.control.tries import Limit, seconds_to_wait
from moa.control.web.letting_in import address_of
from moa.entry import error_pages
from moa.entry.request_frame import route_of

logger = logging.getLogger("moa.limits")
MINUTE, HOUR = 60, 3600
SIGN_IN = Limit("sign_in", 60, MINUTE, "address")
SECOND_STEP = Limit("second_step", 60, MINUTE, "address")
LINK = Limit("link", 60, MINUTE, "address")
PROVE = Limit("prove", 10, MINUTE, "person")
INVITE = Limit("invite", 60, HOUR, "person")
UPLOAD = Limit("upload", 120, MINUTE, "person")
SEARCH = Limit("search", 240, MINUTE, "person")

# By route and method; of a search only what asks for something counts.
LIMITS: dict[tuple[str, str], Limit] = {
    ("control:signin", "POST"): SIGN_IN,
    ("control:second_step", "POST"): SECOND_STEP,
    ("control:ask_passkey", "POST"): SECOND_STEP,
    ("control:answer_passkey", "POST"): SECOND_STEP,
    ("control:prove", "POST"): PROVE,
    ("control:answer_proof", "POST"): PROVE,
    ("control:link", "GET"): LINK,
    ("control:link", "POST"): LINK,
    ("control:invite", "POST"): INVITE,
    ("control:new_link", "POST"): INVITE,
    ("control:reset", "POST"): INVITE,
    ("accounts:imports", "POST"): UPLOAD,
    ("accounts:manual", "POST"): UPLOAD,
    ("channels:kftc", "POST"): UPLOAD,
    ("directory:rates", "POST"): UPLOAD,
    ("payments:evidence", "POST"): UPLOAD,
    ("payments:bundle_new", "POST"): UPLOAD,
    ("payments:bundle_draft", "POST"): UPLOAD,
    ("ledger:opening", "POST"): UPLOAD,
    ("ledger:attach", "POST"): UPLOAD,
    ("ledger:attach_later", "POST"): UPLOAD,
    ("accounts:transactions", "GET"): SEARCH,
    ("accounts:account", "GET"): SEARCH,
    ("control:audit", "GET"): SEARCH,
    ("control:people", "GET"): SEARCH,
    ("control:who_may", "GET"): SEARCH,
}


class TryLimits:
    """Middleware after the session's: counts before the page opens its transaction, so a refused page counts too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        limit = LIMITS.get((route_of(request), request.method or ""))
        if limit is None or (limit is SEARCH and not request.GET):
            return None
        seconds = seconds_to_wait(limit, subject_of(request, limit), at=timezone.now())
        if not seconds:
            return None
        logger.warning("too many tries", extra={"facts": {"scope": limit.scope, "route": route_of(request)}})
        return _refused(request, seconds)


def subject_of(request: HttpRequest, limit: Limit) -> str:
    if limit.by == "person" and request.user.is_authenticated:
        return str(request.user.pk)
    return address_of(request)


def _refused(request: HttpRequest, seconds: int) -> HttpResponseBase:
    if request.content_type == "application/json":
        problem = {"problem": _("Too many in a short time")}
        return JsonResponse(problem, status=429, headers={"Retry-After": str(seconds)})
    return error_pages.too_many(request, seconds)

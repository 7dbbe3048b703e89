"""Pages for what went wrong, in the look of the product: what is true now, and what to do next."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from moa.control.web.kept_input import belongs_to, keep
from moa.control.web.page import PageRefused, signed_in, to_sign_in
from moa.control.web.sentences_people import refusal_words, right_words
from moa.kernel.errors import NotFound

# Nothing is typed into these, or it is a secret.
_WITHOUT_PAGE = {"signin", "second_step", "signout", "language"}


def _page(request: HttpRequest, template: str, status: int, **facts: Any) -> HttpResponse:
    values = {
        "language": get_language() or "ko", "theme": request.COOKIES.get("theme", ""), "home_url": "/",
        "request_id": getattr(request, "request_id", ""),
    }  # fmt: skip
    return render(request, f"ui/errors/{template}.html", values | facts, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, PageRefused):
        words = refusal_words(exception.refusal)
        return _page(request, "422", 422, words=words, undone=exception.undone)
    return _page(request, "400", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "403", 403, needed=right_words(getattr(exception, "permission", "")))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    # A house that has just begun has no book: its pages would say nothing of how one is started.
    absent = exception.__cause__ if exception else None
    no_book = isinstance(absent, NotFound) and absent.facts.get("book") in ("default", "any")
    return _page(request, "404", 404, no_book=no_book)


def too_large(request: HttpRequest) -> HttpResponse:
    return _page(request, "413", 413, limit_bytes=settings.UPLOAD_LIMIT_BYTES)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    response = _page(request, "429", 429, seconds=seconds, minutes=-(-seconds // 60))
    response.headers["Retry-After"] = str(seconds)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    return _page(request, "500", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is from before signing in again: what was typed is kept for the one who typed it."""
    if getattr(request.resolver_match, "url_name", "") in _WITHOUT_PAGE:
        return _page(request, "csrf", 403, back="")
    identity = signed_in(request, timezone.now())
    if identity is None:
        return to_sign_in(request)
    back = keep(request) if belongs_to(request, identity.id) else ""
    response = _page(request, "csrf", 403, back=back)
    if back and request.headers.get("HX-Request") == "true":
        response.headers["HX-Redirect"] = back
    return response

"""What stands around every answer of the API: no keeping, problems instead of pages, limits by header."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from moa.entry.api.problems import PROBLEM, by_status

PREFIX = "/api/"
# Where a reader asks what there is; a browser may, too.
FRONT = {"/api", "/api/", "/api/v1", "/api/v1/"}
_TAKEN = {"application/json", "application/problem+json", "application/*", "*/*"}
# What of an upload is not the file: boundaries, names and the other fields.
UPLOAD_MARGIN = 1_000_000


class ApiFrame:
    """Middleware; every other path passes through untouched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX) and request.path_info not in FRONT:
            return self.get_response(request)
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response = _refused_early(request) or self.get_response(request)
        if response.status_code >= 400 and response.headers.get("Content-Type") != PROBLEM:
            response = _as_problem(request, response)
        if is_head:
            response.content = b""
        # What a page or route says of keeping stands.
        response.headers.setdefault("Cache-Control", "no-store, private")
        for name, value in getattr(request, "limit_headers", {}).items():
            response.headers[name] = value
        return response


def _refused_early(request: HttpRequest) -> HttpResponse | None:
    """What can be said before anything is read."""
    accepted = request.headers.get("Accept", "")
    is_page = request.path_info in FRONT or request.path_info.rstrip("/").endswith("/docs")
    if accepted and not is_page and not any(_media_type(part) in _TAKEN for part in accepted.split(",")):
        return by_status(request, 406)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > settings.UPLOAD_LIMIT_BYTES + UPLOAD_MARGIN:
        return by_status(request, 413)
    return None


def _media_type(part: str) -> str:
    return part.partition(";")[0].strip().lower()


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    made = by_status(request, response.status_code)
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in response.headers:
            made.headers[name] = response.headers[name]
    return made

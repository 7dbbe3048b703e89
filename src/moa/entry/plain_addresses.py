"""Addresses with a sign that no text of the database can hold: nothing has such a name, so they are refused at the door."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from moa.entry.error_pages import bad_request


class PlainAddresses:
    """Middleware. A NUL in path or query would be a fault of the database wherever a page looks something up by it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        # The API says itself in which of its parameters it stands.
        in_query = not request.path_info.startswith("/api/") and ("\0" in query or "%00" in query)
        if in_query or "\0" in request.path_info:
            return bad_request(request)
        return self.get_response(request)

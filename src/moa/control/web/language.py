"""The language of a page: the person's choice in a cookie, else the browser's wish, else Korean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import translation

_KNOWN = {code for code, _ in settings.LANGUAGES}


class LanguageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in _KNOWN else translation.get_language_from_request(request)
        with translation.override(language if language in _KNOWN else "ko"):
            request.LANGUAGE_CODE = translation.get_language() or "ko"
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _in_language(response.streaming_content, request.LANGUAGE_CODE)
        return response


def _in_language(pieces: Iterable[bytes], language: str) -> Iterator[bytes]:
    """A file is made while it is sent, when the page's language is gone: each piece is made in it again."""
    left = iter(pieces)
    while True:
        with translation.override(language):
            piece = next(left, None)
        if piece is None:
            return
        yield piece

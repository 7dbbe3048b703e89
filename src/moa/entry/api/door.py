"""The door of every route: a machine token, counted against its limit, with the right that the route needs.

A session's cookie opens nothing here, so no page of another site can act through a person's browser.
"""

from __future__ import annotations

import math
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from moa.control.access import require
from moa.control.log_facts import note
from moa.control.tokens import OpenedToken, TokenRefused, count_use, open_token
from moa.control.web.letting_in import address_of
from moa.control.wrong_tokens import count_wrong_token
from moa.kernel.errors import DomainError


class TokenMissing(DomainError):
    """The request shows no token: `Authorization: Bearer moa_…`."""

    code = "token_missing"


class TooManyRequests(DomainError):
    """The token was shown too often in the running minute; facts: `limit`, `retry_after` (seconds)."""

    code = "too_many_requests"


class TooManyWrongTokens(DomainError):
    """The address showed too many tokens that open nothing; facts: `retry_after` (seconds)."""

    code = "too_many_wrong_tokens"


class MediaTypeUnsupported(DomainError):
    """The route takes another type of content; facts: `takes`."""

    code = "media_type_unsupported"


class MachineToken(HttpBearer):
    """Opens the token's Context, for a route that needs `scope` (none: any live token will do).

    `takes` is the type of content that the route reads, looked at before a byte of it is.
    """

    openapi_description = "A machine token: `moa_` and 43 characters, made on the page of machine tokens."

    def __init__(self, scope: str = "", takes: str = "") -> None:
        super().__init__()
        self.scope, self.takes = scope, takes

    def __call__(self, request: HttpRequest) -> OpenedToken:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise TokenMissing()
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> OpenedToken:
        """Raises: token_refused, too_many_wrong_tokens, too_many_requests, forbidden, media_type_unsupported."""
        opened = _opened(request, token)
        note(person=opened.ctx.actor.person_id, token=opened.id)
        _count(request, opened)
        if self.scope:
            with opened.ctx.open(asking=True):
                require(opened.ctx, self.scope)
        if self.takes and request.content_type != self.takes:
            raise MediaTypeUnsupported(takes=self.takes)
        return opened


def _opened(request: HttpRequest, secret: str) -> OpenedToken:
    """Raises: token_refused, too_many_wrong_tokens."""
    at, request_id = timezone.now(), _request_id(request)
    try:
        return open_token(secret, at=at, request_id=request_id)
    except TokenRefused:
        wait = count_wrong_token(secret, address_of(request), at=at, request_id=request_id)
        if not wait:
            raise
    raise TooManyWrongTokens(retry_after=wait)


def _request_id(request: HttpRequest) -> str:
    return getattr(request, "request_id", "")


def _count(request: HttpRequest, token: OpenedToken) -> None:
    """Raises: too_many_requests. The headers say where the token stands, whatever the answer will be."""
    use = count_use(token)
    limit: int = settings.API_REQUESTS_PER_MINUTE
    wait = max(1, math.ceil((use.window_ends_at - token.ctx.at).total_seconds()))
    headers: dict[str, Any] = {
        "RateLimit-Limit": str(limit), "RateLimit-Remaining": str(max(0, limit - use.used)), "RateLimit-Reset": str(wait),
    }  # fmt: skip
    request.limit_headers = headers  # type: ignore[attr-defined]
    if use.used > limit:
        raise TooManyRequests(limit=limit, retry_after=wait)

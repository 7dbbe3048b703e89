"""The door of every page: signed in, in a Context, with refusals turned into pages.

The Context is opened around the view, so a refusal rolls everything back, and templates are rendered inside it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from moa.control.access import require
from moa.control.context import Context
from moa.control.queries import context_for
from moa.kernel.errors import Forbidden, NotFound

View = Callable[..., HttpResponse]


class PageForbidden(Exception):
    """The person is signed in and lacks a right; carries its code for the page."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


def request_context(request: HttpRequest) -> Context | None:
    """The Context of the signed-in person, or None."""
    identity = request.user
    if not identity.is_authenticated:
        return None
    try:
        return context_for(identity.group_id, identity.person_id, at=timezone.now(), channel="web")
    except NotFound:
        return None


def page(permission: str = "", *, opened: bool = True) -> Callable[[View], View]:
    """Decorate `view(request, ctx, …)`: asks for sign-in, checks `permission`, opens the Context around it.

    With `opened=False` the view opens the Context itself, for uploads and streamed exports.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def opened_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            ctx = request_context(request)
            if ctx is None:
                return HttpResponseRedirect(f"/signin?next={quote(request.get_full_path())}")
            request.moa = ctx  # type: ignore[attr-defined]
            try:
                if not opened:
                    with ctx.open():
                        _check(ctx, permission)
                    return view(request, ctx, *args, **kwargs)
                with ctx.open():
                    _check(ctx, permission)
                    return view(request, ctx, *args, **kwargs)
            except NotFound as absent:
                raise Http404(str(absent)) from absent
            except Forbidden as refusal:
                raise PageForbidden(str(refusal.facts.get("permission", ""))) from refusal

        return opened_view

    return decorate


def _check(ctx: Context, permission: str) -> None:
    if permission:
        require(ctx, permission)

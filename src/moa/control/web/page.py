"""The door of every page: signed in, in a Context, with refusals turned into pages.

The Context is opened around the view, so a refusal rolls everything back, and templates are rendered inside it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import get_language

from moa.control.access import may, require
from moa.control.context import Context
from moa.control.log_facts import note
from moa.control.models import Identity
from moa.control.queries import context_for, opened_for
from moa.control.web.form_letters import refuse_lost_letters
from moa.control.web.kept_input import forget_sent, is_secret, keep, page_before
from moa.control.web.session_limits import SET_UP, end_if_over
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.plain_text import unseen_in, without_unseen

View = Callable[..., HttpResponseBase]


class PageForbidden(PermissionDenied):
    """The person is signed in and lacks a right; carries its code for the page of the refusal."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class PageRefused(BadRequest):
    """A refusal that no form has a place for, since only what no page offers leads to it; carried to a page of its own.

    `undone`: the Context stood around the whole view, so nothing of the request was kept.
    """

    def __init__(self, refusal: DomainError, *, undone: bool) -> None:
        super().__init__(refusal.code)
        self.refusal, self.undone = refusal, undone


def request_context(request: HttpRequest) -> Context | None:
    """The Context of the signed-in person, or None; then nobody is signed in any more, and `ended_at` says since when."""
    now = timezone.now()
    identity = signed_in(request, now)
    if identity is None:
        return None
    try:
        ctx = context_for(identity.group_id, identity.person_id, at=now, channel="web")
    except NotFound:
        logout(request)
        return None
    return _in_language_of_page(ctx)


def signed_in(request: HttpRequest, now: datetime) -> Identity | None:
    """Whose session this is, unless it is over; then `ended_at` says since when."""
    identity = request.user
    if not identity.is_authenticated:
        return None
    ended_at = end_if_over(request, now)
    if ended_at is not None:
        request.ended_at = ended_at  # type: ignore[attr-defined]
        return None
    return identity


def _in_language_of_page(ctx: Context) -> Context:
    """Names come in the language of the page, which may be another than the person's own."""
    return replace(ctx, language=get_language() or ctx.language)


def _enter(request: HttpRequest, stack: ExitStack) -> Context | None:
    """The Context of the signed-in person, opened on the stack; None as of `request_context`."""
    now = timezone.now()
    identity = signed_in(request, now)
    if identity is None:
        return None
    try:
        ctx = stack.enter_context(opened_for(identity.group_id, identity.person_id, at=now, channel="web"))
    except NotFound:
        # The person has left. Without signing out, the sign-in page would send the browser back here for ever.
        logout(request)
        return None
    return _in_language_of_page(ctx)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to sign in and then back to where it wanted to go; a form is kept and leads back to its page.

    A fragment asked for by htmx gets a header instead: a redirect would put the sign-in page into the page.
    """
    asked = {"next": _way_back(request) or "/"}
    ended_at = getattr(request, "ended_at", None)
    if ended_at is not None:
        asked["ended"] = str(int(ended_at.timestamp()))
    target = f"{settings.LOGIN_URL}?{urlencode(asked)}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _way_back(request: HttpRequest) -> str:
    if request.method not in {"GET", "HEAD"}:
        return keep(request)
    in_page = page_before(request) if request.headers.get("HX-Request") == "true" else ""
    return in_page or request.get_full_path()


def page(
    permission: str = "", *, opened: bool = True, while_setting_up: bool = False
) -> Callable[[View], View]:
    """Decorate `view(request, ctx, …)`: asks for sign-in, checks `permission`, opens the Context around it.

    With `opened=False` the view opens the Context itself, for uploads and streamed exports. A person whose role demands
    a second factor and who has none sees only pages with `while_setting_up`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def opened_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                with ExitStack() as stack:
                    ctx = _enter(request, stack)
                    if ctx is None:
                        return to_sign_in(request)
                    request.moa = ctx  # type: ignore[attr-defined]
                    note(person=ctx.actor.person_id)
                    if request.method == "POST":
                        forget_sent(request)
                        refuse_lost_letters(request)
                        _drop_unseen(request)
                    if not while_setting_up and request.session.get(SET_UP):
                        return _to_set_up(request)
                    _check(ctx, permission)
                    if opened:
                        return _not_kept(view(request, ctx, *args, **kwargs))
                return _not_kept(view(request, ctx, *args, **kwargs))
            except NotFound as absent:
                raise Http404(str(absent)) from absent
            except Forbidden as refusal:
                raise PageForbidden(str(refusal.facts.get("permission", ""))) from refusal
            except DataError as unfit:
                # Text fields refuse the sign themselves; here it stood where only a choice of ours can stand.
                if any("\0" in one for _, values in request.POST.lists() for one in values):
                    raise BadRequest from unfit
                raise
            except DomainError as refusal:
                raise PageRefused(refusal, undone=opened) from refusal

        opened_view.right = permission  # type: ignore[attr-defined]
        return opened_view

    return decorate


def may_see(ctx: Context, address: str) -> bool:
    """Whether a link to this page of ours leads anywhere: the actor holds its right somewhere."""
    right = right_of(address)
    return not right or may(ctx, right)


def right_of(address: str) -> str:
    """The right of the page at this address; "" where being signed in is enough."""
    return getattr(resolve(address).func, "right", "")


def _drop_unseen(request: HttpRequest) -> None:
    """What nobody sees is not kept; a password is taken as it was typed."""
    for file in (one for _, held in request.FILES.lists() for one in held):
        if file.name and unseen_in(file.name):
            file.name = without_unseen(file.name)
    said = [(name, values) for name, values in request.POST.lists() if not is_secret(name)]
    if not any(unseen_in(value) for _, values in said for value in values):
        return
    typed = request.POST.copy()
    for name, values in said:
        # The sign that no text holds is no slip of a keyboard: what has it is refused as it is.
        typed.setlist(name, [value if "\0" in value else without_unseen(value) for value in values])
    request.POST = typed  # type: ignore[assignment]


def _to_set_up(request: HttpRequest) -> HttpResponse:
    target = reverse("control:factors")
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=403, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _not_kept(response: HttpResponseBase) -> HttpResponseBase:
    """No browser keeps the page: after signing out, going back must not show it."""
    response.headers.setdefault("Cache-Control", "no-store, private")
    return response


def _check(ctx: Context, permission: str) -> None:
    if permission:
        require(ctx, permission)

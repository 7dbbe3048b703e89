"""Signing in and out, and the choice of language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import login as keep_signed_in
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control.operations.sign_in import SignInLocked, SignInRefused, sign_in
from moa.control.queries import demo_logins
from moa.control.web.forms import SignInForm
from moa.control.web.page import page
from moa.control.web.session_limits import begin_session


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    target = _safe_target(request, request.POST.get("next") or request.GET.get("next") or "/")
    if request.method == "GET" and request.user.is_authenticated:
        return HttpResponseRedirect(target)
    form = SignInForm(request.POST or None, initial={"next": target})
    failure: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            identity, ctx = sign_in(
                login=form.cleaned_data["username"], password=form.cleaned_data["password"], at=timezone.now()
            )
        except SignInLocked as refusal:
            failure = {"kind": "locked", "until": refusal.facts["until"]}
        except SignInRefused:
            failure = {"kind": "wrong", "tries_left": None}
        else:
            # login() rotates the session key, so a key planted before signing in is worth nothing after.
            keep_signed_in(request, identity, backend="moa.control.web.signing_in.IdentityBackend")
            begin_session(request, ctx.at)
            response = HttpResponseRedirect(target)
            if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                _remember_language(response, ctx.language)
            return response
    elif request.method == "GET":
        failure = _why_here(request)
    return render(
        request,
        "control/signin.html",
        {
            "form": form, "failure": failure, "now": timezone.localtime(), "group_name": "", "help_text": "",
            "demo_logins": demo_logins(),
        },
        status=401 if failure and failure["kind"] in {"wrong", "locked"} else 200,
    )  # fmt: skip


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?signed_out=1")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(_safe_target(request, request.POST.get("next") or "/"))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        _remember_language(response, chosen)
    return response


@require_GET
@page()
def menu(request: HttpRequest, ctx: object) -> HttpResponse:
    return render(request, "control/menu.html", {})


def _why_here(request: HttpRequest) -> dict[str, Any] | None:
    if request.GET.get("signed_out"):
        return {"kind": "signed_out"}
    ended = request.GET.get("ended", "")
    if ended.isascii() and ended.isdigit() and len(ended) <= 10:
        return {"kind": "ended", "at": datetime.fromtimestamp(int(ended), UTC)}
    return None


def _remember_language(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, max_age=365 * 86_400, samesite="Lax", httponly=True,
        secure=settings.BEHIND_TLS,
    )  # fmt: skip


def _safe_target(request: HttpRequest, target: str) -> str:
    """A path of this site, else the first page: a link must not lead a signed-in person elsewhere."""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed and target.startswith("/") else "/"

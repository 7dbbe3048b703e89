"""Signing in and out, and the choice of language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control.operations.sign_in import SignInLocked, SignInRefused, sign_in
from moa.control.queries import demo_logins
from moa.control.second_factors import has_second_factor
from moa.control.sessions import forget_session
from moa.control.web.forms import SignInForm
from moa.control.web.letting_in import KEPT, SET_FOR, let_in, remember, safe_target, wait_for_second_step
from moa.control.web.page import page, request_context


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    target = safe_target(request, request.POST.get("next") or request.GET.get("next") or "/")
    if request.method == "GET" and request.user.is_authenticated:
        return HttpResponseRedirect(target)
    # Who has just set a password need not type the login that the page told.
    known = request.session.pop(SET_FOR, "") if "set" in request.GET else ""
    form = SignInForm(request.POST or None, initial={"next": target, "username": known})
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
            with ctx.open():
                second = has_second_factor(ctx)
            if second:
                return wait_for_second_step(request, identity, ctx, target)
            return let_in(request, identity, ctx, proven_by="password", target=target)
    elif request.method == "GET":
        failure = _why_here(request)
    return render(
        request,
        "control/signin.html",
        {
            "form": form, "failure": failure, "now": timezone.localtime(), "group_name": "", "help_text": "",
            "demo_logins": demo_logins(), "keeps": bool(request.session.get(KEPT)),
        },
        status=401 if failure and failure["kind"] in {"wrong", "locked"} else 200,
    )  # fmt: skip


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    ctx = request_context(request)
    if ctx is not None:
        with ctx.open():
            forget_session(request.session.session_key or "")
    logout(request)
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?signed_out=1")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(safe_target(request, request.POST.get("next") or "/"))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        remember(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@require_GET
@page()
def menu(request: HttpRequest, ctx: object) -> HttpResponse:
    return render(request, "control/menu.html", {})


def _why_here(request: HttpRequest) -> dict[str, Any] | None:
    for kind in ("signed_out", "set", "late"):
        if request.GET.get(kind):
            return {"kind": kind}
    ended = request.GET.get("ended", "")
    if ended.isascii() and ended.isdigit() and len(ended) <= 10:
        return {"kind": "ended", "at": datetime.fromtimestamp(int(ended), UTC)}
    return None

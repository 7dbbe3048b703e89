"""Who it is, once more: before an act that somebody at a session left open must not do.

One mechanism for all of them: making tokens, adding and removing second factors, recovery codes, links and resets for
others. Signing in counts for ten minutes, and so does each proof. Changing the password asks for the former one itself.
"""

from __future__ import annotations

from datetime import datetime
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from moa.control.context import Context
from moa.control.models import Passkey
from moa.control.operations.prove_again import prove_again, prove_by_passkey
from moa.control.passkeys import new_challenge, sign_in_options
from moa.control.second_factors import SecondFactorLocked, SecondFactorRefused, factors_of
from moa.control.sessions import SINCE
from moa.control.web.letting_in import keep_challenge, place_of, safe_target, take_challenge
from moa.control.web.page import View, page
from moa.control.web.views_second_step import json_body

# In the session: the second at which the person proved who it is once more.
PROVEN = "moa_proven"
TRUSTED_SECONDS = 600
PREFIX = "proof"


class ProveForm(forms.Form):
    """One of the two suffices; the code is asked for where there is an app."""

    password = forms.CharField(
        label=gettext_lazy("Present password"), max_length=500, strip=False, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    code = forms.CharField(
        label=gettext_lazy("Or the code of the authenticator app"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, ctx: Context, given: Any = None) -> None:
        super().__init__(given, prefix=PREFIX)
        if not factors_of(ctx, ctx.actor.person_id).authenticator:
            del self.fields["code"]
            self.fields["password"].required = True

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        if not self.errors and not given.get("password") and not given.get("code"):
            self.add_error("password", _("Give the password, or a code of the app"))
        return given


def is_proven(request: HttpRequest, at: datetime) -> bool:
    """Whether this session proved itself in the last ten minutes, by signing in or once more."""
    newest = max(int(request.session.get(SINCE, 0)), int(request.session.get(PROVEN, 0)))
    return at.timestamp() - newest < TRUSTED_SECONDS


def proven(view: View) -> View:
    """Below `page`: a session that is older proves itself first, and goes on where it was with what was typed."""

    @wraps(view)
    def asked(request: HttpRequest, ctx: Context, *args: Any, **kwargs: Any) -> Any:
        if is_proven(request, ctx.at):
            return view(request, ctx, *args, **kwargs)
        if request.content_type == "application/json":
            return JsonResponse(
                {"problem": _("Your password is asked for once more: open this page anew")}, status=403
            )
        if request.method != "POST":
            return HttpResponseRedirect(prove_first(request.get_full_path()))
        # Asked on the way: what was typed is carried along, and acted on once the proof is right.
        form = ProveForm(ctx, request.POST if f"{PREFIX}-password" in request.POST else None)
        if _is_right(request, ctx, form):
            return view(request, ctx, *args, **kwargs)
        carried = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken" and not name.startswith(f"{PREFIX}-")
        ]
        return _answer(request, ctx, form, carried=carried)

    return asked


def prove_first(target: str) -> str:
    """The address that asks for the proof and leads on to `target`."""
    return f"{reverse('control:prove')}?{urlencode({'next': target})}"


@sensitive_post_parameters("proof-password", "proof-code")
@require_http_methods(["GET", "POST"])
@page(while_setting_up=True)
def prove(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = ProveForm(ctx, request.POST if request.method == "POST" else None)
    if _is_right(request, ctx, form):
        return HttpResponseRedirect(_target(request))
    return _answer(request, ctx, form)


@require_POST
@page(while_setting_up=True)
def ask_proof(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What the browser shall ask the device: for one of the person's own keys."""
    challenge = new_challenge()
    keep_challenge(request, challenge)
    known = list(Passkey.objects.filter(person_id=ctx.actor.person_id))
    return JsonResponse(sign_in_options(place_of(request), challenge, known))


@require_POST
@page(while_setting_up=True)
def answer_proof(request: HttpRequest, ctx: Context) -> HttpResponse:
    challenge, given = take_challenge(request), json_body(request)
    refused = _("This passkey did not prove that it is you")
    if not challenge or given is None:
        return JsonResponse({"problem": refused}, status=401)
    try:
        prove_by_passkey(ctx, place=place_of(request), answer=given["answer"], challenge=challenge)
    except SecondFactorLocked:
        return JsonResponse(
            {"problem": _("Too many wrong tries: this step is locked for a while")}, status=401
        )
    except SecondFactorRefused:
        return JsonResponse({"problem": refused}, status=401)
    request.session[PROVEN] = int(ctx.at.timestamp())
    return JsonResponse({"next": safe_target(request, str(given.get("next") or ""))})


def _is_right(request: HttpRequest, ctx: Context, form: ProveForm) -> bool:
    if not form.is_bound or not form.is_valid():
        return False
    given = form.cleaned_data
    try:
        prove_again(ctx, password=given["password"], code=given.get("code", ""))
    except SecondFactorLocked:
        form.add_error("password", _("Too many wrong tries: this step is locked for a while"))
    except SecondFactorRefused:
        where = "password" if given["password"] else "code"
        words = {"password": _("This is not your present password"), "code": _("This code does not fit")}
        form.add_error(where, words[where])
    else:
        request.session[PROVEN] = int(ctx.at.timestamp())
        return True
    return False


def _target(request: HttpRequest) -> str:
    asked = request.GET.get("next", "")
    return safe_target(request, asked) if asked else reverse("control:factors")


def _answer(
    request: HttpRequest, ctx: Context, form: ProveForm, *, carried: list[tuple[str, str]] | None = None
) -> HttpResponse:
    """Shape: `carried` what was typed on the page that asks; None: the page of its own, which leads on."""
    values = {
        "form": form, "carried": carried, "next": _target(request),
        "passkeys": carried is None and factors_of(ctx, ctx.actor.person_id).passkeys > 0,
    }  # fmt: skip
    return render(request, "control/prove.html", values, status=422 if form.errors else 200)

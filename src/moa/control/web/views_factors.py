"""My settings, second factor: the authenticator app, passkeys, recovery codes."""

from __future__ import annotations

from typing import Any

import segno
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control.context import Context
from moa.control.models import Authenticator, Identity, Passkey, RecoveryCode
from moa.control.operations.confirm_authenticator import CodeWrong, confirm_authenticator
from moa.control.operations.make_recovery_codes import make_recovery_codes
from moa.control.operations.register_passkey import register_passkey
from moa.control.operations.remove_second_factor import remove_second_factor
from moa.control.operations.set_up_authenticator import set_up_authenticator
from moa.control.passkeys import new_challenge, registration_options
from moa.control.second_factors import demanded_of, factors_of
from moa.control.web.devices import device_words
from moa.control.web.letting_in import keep_challenge, place_of, take_challenge
from moa.control.web.page import page
from moa.control.web.sentences_people import refusal_words
from moa.control.web.session_limits import SET_UP
from moa.control.web.views_prove import is_proven, proven
from moa.control.web.views_second_step import json_body
from moa.kernel.errors import DomainError, NotFound


class FirstCodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code that the app shows"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )  # fmt: skip


@require_GET
@page(while_setting_up=True)
def factors(request: HttpRequest, ctx: Context) -> HttpResponse:
    me = ctx.actor.person_id
    values: dict[str, Any] = {
        "is_proven": is_proven(request, ctx.at), "factors": factors_of(ctx, me), "must": bool(request.session.get(SET_UP)), "demanded": demanded_of(ctx),
        "authenticator": Authenticator.objects.filter(person_id=me, confirmed_at__isnull=False).first(),
        "passkeys": list(Passkey.objects.filter(person_id=me).order_by("created_at", "id")),
        "codes_made": RecoveryCode.objects.filter(person_id=me).order_by("id").first(),
        "suggested": device_words(request.headers.get("User-Agent", "")),
    }  # fmt: skip
    return render(request, "control/factors.html", values)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@page(while_setting_up=True)
@proven
def authenticator(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = FirstCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with ctx.open():
                confirm_authenticator(ctx, code=form.cleaned_data["code"])
        except CodeWrong:
            form.add_error(
                "code",
                _("This is not the code of now. Compare the clock of the phone, and type the next one."),
            )
        except NotFound:
            return HttpResponseRedirect(reverse("control:factors"))
        else:
            return _after_a_new_factor(request, ctx)
    made = set_up_authenticator(ctx)
    picture = segno.make(made.address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    secret = " ".join(made.secret[at : at + 4] for at in range(0, len(made.secret), 4))
    values = {"form": form, "picture": picture, "secret": secret}
    return render(request, "control/authenticator.html", values, status=422 if form.errors else 200)


@require_POST
@page(while_setting_up=True)
@proven
def codes(request: HttpRequest, ctx: Context) -> HttpResponse:
    return _show_codes(request, ctx)


@require_http_methods(["GET", "POST"])
@page()
@proven
def remove(request: HttpRequest, ctx: Context, passkey_id: int | None = None) -> HttpResponse:
    """Of the app (no number) or of a passkey; asked once more, for it is gone then."""
    me, name, problem = ctx.actor.person_id, "", ""
    if passkey_id is not None:
        key = Passkey.objects.filter(person_id=me, id=passkey_id).first()
        if key is None:
            raise NotFound(passkey=passkey_id)
        name = key.name
    if request.method == "POST":
        try:
            with ctx.open():
                remove_second_factor(ctx, passkey_id=passkey_id)
        except NotFound:
            raise
        except DomainError as refusal:
            problem = refusal_words(refusal)
        else:
            return HttpResponseRedirect(reverse("control:factors"))
    values = {"problem": problem, "name": name}
    return render(request, "control/remove_factor.html", values, status=409 if problem else 200)


@require_POST
@page(while_setting_up=True)
@proven
def ask_new_passkey(request: HttpRequest, ctx: Context) -> HttpResponse:
    me, challenge = ctx.actor.person_id, new_challenge()
    identity = Identity.objects.get(group_id=ctx.group_id, person_id=me)
    known = Passkey.objects.filter(person_id=me)
    keep_challenge(request, challenge)
    return JsonResponse(registration_options(place_of(request), identity, ctx.actor.name, challenge, known))


@require_POST
@page(while_setting_up=True)
@proven
def new_passkey(request: HttpRequest, ctx: Context) -> HttpResponse:
    challenge, given = take_challenge(request), json_body(request)
    if not challenge or given is None:
        return JsonResponse(
            {"problem": _("The device's answer could not be read. Try once more")}, status=400
        )
    try:
        with ctx.open():
            register_passkey(
                ctx, place=place_of(request), answer=given["answer"], challenge=challenge,
                name=str(given.get("name") or ""),
            )  # fmt: skip
    except DomainError as refusal:
        return JsonResponse({"problem": refusal_words(refusal)}, status=409)
    request.session.pop(SET_UP, None)
    return JsonResponse({"next": reverse("control:factors")})


def _after_a_new_factor(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The way is free; who has no recovery codes yet gets them now."""
    request.session.pop(SET_UP, None)
    if RecoveryCode.objects.filter(person_id=ctx.actor.person_id, used_at=None).exists():
        return HttpResponseRedirect(reverse("control:factors"))
    return _show_codes(request, ctx)


def _show_codes(request: HttpRequest, ctx: Context) -> HttpResponse:
    try:
        with ctx.open():
            made = make_recovery_codes(ctx)
    except DomainError:
        return HttpResponseRedirect(reverse("control:factors"))
    return render(request, "control/recovery_codes.html", {"codes": made})

"""The second step of signing in, and signing in with a passkey alone."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from moa.control.models import Identity, Passkey
from moa.control.operations.pass_passkey import pass_passkey
from moa.control.operations.pass_second_step import Way, pass_second_step
from moa.control.passkeys import PasskeyRefused, new_challenge, sign_in_options
from moa.control.queries import context_for
from moa.control.second_factors import SecondFactorLocked, SecondFactorRefused, factors_of
from moa.control.web.letting_in import (
    keep_challenge,
    let_in,
    pending,
    place_of,
    safe_target,
    take_challenge,
)
from moa.kernel.errors import NotFound

BODY_LIMIT = 20_000


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}),
    )  # fmt: skip


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    awaited = pending(request, now)
    if awaited is None:
        return _too_late()
    way: Way = "recovery" if request.GET.get("way") == "recovery" else "authenticator"
    form = CodeForm(request.POST or None)
    failure: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            identity, ctx = pass_second_step(
                identity_id=awaited["identity"], code=form.cleaned_data["code"], way=way, at=now
            )
        except SecondFactorLocked as refusal:
            failure = {"kind": "locked", "until": refusal.facts["until"]}
        except SecondFactorRefused:
            failure = {"kind": "wrong"}
        else:
            target = safe_target(request, awaited["next"])
            proven_by = "password+recovery" if way == "recovery" else "password+app"
            return let_in(request, identity, ctx, proven_by=proven_by, target=target)
    factors = _factors(awaited["identity"])
    if factors is None:
        return _too_late()
    values = {"form": form, "way": way, "failure": failure, "factors": factors, "now": timezone.localtime()}
    return render(request, "control/second_step.html", values, status=401 if failure else 200)


@never_cache
@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser shall ask the device: for the login that waits, or for whoever is there."""
    now = timezone.now()
    awaited, challenge = pending(request, now), new_challenge()
    known = None
    if awaited is not None:
        identity = Identity.objects.filter(id=awaited["identity"]).first()
        if identity is None:
            return _refused()
        ctx = context_for(identity.group_id, identity.person_id, at=now, channel="web")
        with ctx.open():
            known = list(Passkey.objects.filter(person_id=identity.person_id))
    keep_challenge(request, challenge)
    return JsonResponse(sign_in_options(place_of(request), challenge, known))


@never_cache
@require_POST
def answer_passkey(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    awaited, challenge = pending(request, now), take_challenge(request)
    given = json_body(request)
    if not challenge or given is None:
        return _refused()
    try:
        identity, ctx = pass_passkey(
            place=place_of(request), answer=given["answer"], challenge=challenge, at=now,
            identity_id=awaited["identity"] if awaited else None,
        )  # fmt: skip
    except SecondFactorLocked:
        return _refused(_("Too many wrong tries: this step is locked for a while"))
    except (SecondFactorRefused, PasskeyRefused):
        return _refused()
    wanted = awaited["next"] if awaited else str(given.get("next") or "/")
    proven_by = "password+passkey" if awaited else "passkey"
    went = let_in(request, identity, ctx, proven_by=proven_by, target=safe_target(request, wanted))
    answer = JsonResponse({"next": went["Location"]})
    answer.cookies.update(went.cookies)
    return answer


def json_body(request: HttpRequest) -> dict[str, Any] | None:
    """What a script of ours sent: an object with the device's answer, or None."""
    if len(request.body) > BODY_LIMIT:
        return None
    try:
        given = json.loads(request.body)
    except ValueError:
        return None
    return given if isinstance(given, dict) and isinstance(given.get("answer"), dict) else None


def _refused(words: str = "") -> HttpResponse:
    return JsonResponse({"problem": words or _("This passkey did not open the door")}, status=401)


def _too_late() -> HttpResponse:
    return HttpResponseRedirect(reverse("control:signin") + "?late=1")


def _factors(identity_id: int) -> Any:
    identity = Identity.objects.filter(id=identity_id, is_active=True).first()
    if identity is None:
        return None
    try:
        ctx = context_for(identity.group_id, identity.person_id, at=timezone.now(), channel="web")
    except NotFound:
        return None
    with ctx.open():
        return factors_of(ctx, identity.person_id)

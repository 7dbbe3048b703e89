"""My settings: language and look, password, sessions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings as site
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control.context import Context
from moa.control.models import Identity, Person
from moa.control.operations.add_person import PasswordWeak
from moa.control.operations.change_password import FormerPasswordWrong, change_password
from moa.control.operations.end_sessions import end_sessions
from moa.control.operations.set_preferences import look_shown, set_preferences
from moa.control.sessions import list_sessions
from moa.control.web.devices import device_words
from moa.control.web.letting_in import DENSITY, THEME, let_in, remember, remember_look
from moa.control.web.page import page
from moa.control.web.sentences_people import refusal_words
from moa.control.web.views_link import NewPasswordForm
from moa.kernel.seen import ChangedMeanwhile
from moa.ui.seen import SeenForm

PROOFS = {
    "password": _("password"),
    "passkey": _("passkey"),
    "password+app": _("password and app"),
    "password+passkey": _("password and passkey"),
    "password+recovery": _("password and recovery code"),
}


class LookForm(SeenForm):
    language = forms.ChoiceField(label=_("Language"), choices=site.LANGUAGES)
    theme = forms.ChoiceField(
        label=_("Screen"), required=False,
        choices=[("", _("as the device is set")), ("light", _("light")), ("dark", _("dark"))],
    )  # fmt: skip
    density = forms.ChoiceField(
        label=_("Height of table rows"), required=False,
        choices=[("tight", _("tight")), ("usual", _("usual")), ("wide", _("wide"))],
    )  # fmt: skip


class ChangePasswordForm(NewPasswordForm):
    former = forms.CharField(
        label=_("Present password"), max_length=500, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    field_order = ("former", "password", "again")


@require_http_methods(["GET", "POST"])
@page()
def settings(request: HttpRequest, ctx: Context) -> HttpResponse:
    person = Person.objects.get(id=ctx.actor.person_id)
    posted = request.method == "POST"
    # The page may stand in another language than the kept one; that one is offered.
    shown = LookForm.showing(look_shown(person), more={"language": ctx.language})
    form = LookForm(request.POST) if posted else shown
    kept = _kept(ctx, form) if posted and form.is_valid() else None
    if kept is not None:
        response = HttpResponseRedirect(reverse("control:settings") + "?saved=1")
        remember(response, site.LANGUAGE_COOKIE_NAME, kept.language)
        for name in (THEME, DENSITY):
            response.delete_cookie(name)
        remember_look(response, kept)
        return response
    login = Identity.objects.filter(group_id=ctx.group_id, person_id=person.id).values_list(
        "login", flat=True
    )
    values = {"form": form, "person": person, "login": login.first(), "saved": "saved" in request.GET}
    return render(request, "control/settings.html", values, status=422 if form.errors else 200)


def _kept(ctx: Context, form: LookForm) -> Person | None:
    try:
        return set_preferences(ctx, **form.cleaned_data)
    except ChangedMeanwhile as refusal:
        form.tell(refusal, own=True)
        return None


@sensitive_post_parameters("former", "password", "again")
@require_http_methods(["GET", "POST"])
@page()
def password(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with ctx.open():
                change_password(ctx, ctx.actor.person_id, password=given["password"], former=given["former"])
        except FormerPasswordWrong as refusal:
            form.add_error("former", refusal_words(refusal))
        except PasswordWeak as refusal:
            form.add_error("password", refusal_words(refusal))
        else:
            # All sessions have ended, this one too: the person who proved the password goes on in a new one.
            identity = Identity.objects.get(group_id=ctx.group_id, person_id=ctx.actor.person_id)
            return let_in(
                request, identity, ctx, proven_by="password", target=reverse("control:password") + "?saved=1"
            )
    values = {"form": form, "saved": "saved" in request.GET}
    return render(request, "control/password.html", values, status=422 if form.errors else 200)


@require_GET
@page()
def sessions(request: HttpRequest, ctx: Context) -> HttpResponse:
    found = list_sessions(ctx, ctx.actor.person_id, current_key=request.session.session_key or "")
    lines: list[dict[str, Any]] = [
        {
            "id": line.id, "device": device_words(line.device), "told": line.device, "address": line.address,
            "proven_by": PROOFS.get(line.proven_by, line.proven_by), "began_at": line.began_at,
            "seen_at": line.seen_at, "is_current": line.is_current,
        }
        for line in found
    ]  # fmt: skip
    return render(
        request, "control/sessions.html", {"sessions": lines, "ended": request.GET.get("ended", "")}
    )


@require_POST
@page()
def end(request: HttpRequest, ctx: Context) -> HttpResponse:
    """One session by its number, all others, or everywhere, this one included."""
    which, key = request.POST.get("which", ""), request.session.session_key or ""
    if which == "everywhere":
        end_sessions(ctx)
        logout(request)
        return HttpResponseRedirect(f"{site.LOGIN_URL}?signed_out=1")
    number = int(which) if which.isascii() and which.isdigit() and len(which) < 19 else None
    ended = (
        end_sessions(ctx, session_id=number, but_key=key) if number is not None or which == "others" else 0
    )
    return HttpResponseRedirect(f"{reverse('control:sessions')}?ended={ended}")

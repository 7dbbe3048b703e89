"""My settings, API tokens: the list, a new one whose secret is shown once, and the end of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from moa.control.access import may, rights
from moa.control.context import Context
from moa.control.models import Person
from moa.control.operations.make_token import NewToken, ScopeNotHeld, TokenUnfit, make_token
from moa.control.operations.revoke_token import revoke_token
from moa.control.rules import LONGEST_TOKEN_NAME, TOKEN_DAYS, TOKEN_DAYS_MOST
from moa.control.tokens import MAKE_TOKENS, MANAGE_TOKENS, access_token, grantable_scopes, list_tokens
from moa.control.web.page import page
from moa.control.web.sentences_people import refusal_words
from moa.control.web.views_prove import proven
from moa.kernel.errors import DomainError, Forbidden, NotFound

# A token's state: word, look.
STATES: dict[str, tuple[Any, str]] = {
    "active": (gettext_lazy("in force"), "paid"),
    "expired": (gettext_lazy("expired"), "draft"),
    "revoked": (gettext_lazy("revoked"), "failed"),
    "left": (gettext_lazy("its person has left"), "failed"),
}
LIVES = (7, 30, TOKEN_DAYS, 180, TOKEN_DAYS_MOST)
_PLACES = {"token_name_unfit": "name", "token_days_unfit": "days"}


def scope_words(code: str) -> str:
    """What a token may do, as a person reads it."""
    return str(grantable_scopes().get(code, code))


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the token"), max_length=LONGEST_TOKEN_NAME,
        help_text=gettext_lazy("The program that uses it, as “ERP, head office”"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    acts_as = forms.ChoiceField(
        label=gettext_lazy("As whom it acts"), required=False, widget=forms.RadioSelect
    )
    days = forms.TypedChoiceField(label=gettext_lazy("How long it lives"), coerce=int, initial=TOKEN_DAYS)

    def __init__(self, ctx: Context, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Nobody hands out what he does not hold, so only that is offered.
        self._field("scopes").choices = [
            (code, words) for code, words in grantable_scopes().items() if may(ctx, code)
        ]
        self._field("days").choices = [
            (
                days,
                _("%(days)s days, until %(day)s") % {"days": days, "day": ctx.today + timedelta(days=days)},
            )
            for days in LIVES
        ]
        if _may_manage(ctx):
            self._field("acts_as").choices = [
                ("me", _("as myself")), ("machine", _("as the group's machine user")),
            ]  # fmt: skip
            self.fields["acts_as"].initial = "me"
        else:
            del self.fields["acts_as"]

    def _field(self, name: str) -> Any:
        return self.fields[name]


@require_GET
@page()
def tokens(request: HttpRequest, ctx: Context) -> HttpResponse:
    values = {
        "tokens": list_tokens(ctx), "states": STATES, "words": scope_words, "me": ctx.actor.person_id,
        "may_make": may(ctx, MAKE_TOKENS), "revoked": "revoked" in request.GET, "machine": Person.MACHINE,
    }  # fmt: skip
    return render(request, "control/tokens.html", values)


@require_http_methods(["GET", "POST"])
@page(MAKE_TOKENS)
@proven
def new_token(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = TokenForm(ctx, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        new = NewToken(
            given["name"], given["scopes"], given["days"], for_machine=given.get("acts_as") == "machine"
        )
        try:
            with ctx.open():
                token, secret = make_token(ctx, new=new)
        except ScopeNotHeld as refusal:
            form.add_error("scopes", f"{scope_words(str(refusal.facts['scope']))}: {refusal_words(refusal)}")
        except TokenUnfit as refusal:
            form.add_error(_PLACES.get(refusal.code, "scopes"), refusal_words(refusal))
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            form.add_error("scopes", refusal_words(refusal))
        else:
            return render(request, "control/token_made.html", {"token": token, "secret": secret})
    return render(request, "control/token_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@page()
def revoke(request: HttpRequest, ctx: Context, token_id: int) -> HttpResponse:
    """Asked once more, for a program stops working with it and no way leads back."""
    if request.method == "POST":
        with ctx.open():
            revoke_token(ctx, token_id)
        return HttpResponseRedirect(reverse("control:tokens") + "?revoked=1")
    access_token(ctx, token_id)
    found = next((one for one in list_tokens(ctx) if one.id == token_id), None)
    if found is None:
        raise NotFound(token=token_id)
    if found.state != "active":
        return HttpResponseRedirect(reverse("control:tokens"))
    return render(request, "control/token_revoke.html", {"token": found, "words": scope_words})


def _may_manage(ctx: Context) -> bool:
    """Tokens of the machine user: the right must hold in the whole group."""
    return MANAGE_TOKENS in rights(ctx).everywhere

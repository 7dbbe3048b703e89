"""Connections to banks: where each stands, when the bank last said anything, and testing a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from moa.channels.models import OPEN_BANKING
from moa.channels.operations.ask_bank import test_line
from moa.channels.operations.revoke_token import revoke_token
from moa.channels.operations.set_up_connection import (
    MOST_AUTHORITY,
    NewConnection,
    NewHttpConnection,
    set_up_connection,
    set_up_http_connection,
)
from moa.channels.permissions import CHANGE, USE, VIEW
from moa.channels.protocol import Asked
from moa.channels.queries import list_connections
from moa.channels.web.message_words import ANSWERED, LINES, SPEAKS
from moa.control.access import may
from moa.control.context import Context
from moa.control.web.page import page
from moa.directory.models import Bank
from moa.directory.queries import bank_map
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ui.problems import problem_text


def _port(initial: int | None = None) -> forms.IntegerField:
    return forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=initial)


def _secret(label: Any, most: int) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, help_text=_("Sealed when it is stored, and shown nowhere"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class _PlaceForm(forms.Form):
    """What every connection has."""

    bank_code = forms.CharField(label=_("Bank code"), max_length=3, help_text=_("Three digits, such as 004"))
    host = forms.CharField(label=_("Host"), max_length=253)
    port = _port()


class ConnectionForm(_PlaceForm):
    field_order = ("bank_code", "company_no", "host", "port", "sign_code")

    company_no = forms.CharField(
        label=_("Company number"), max_length=12, help_text=_("As the operator gave it")
    )
    sign_code = _secret(_("Sign code"), 6)


class HttpConnectionForm(_PlaceForm):
    """Its fields have names of their own, for both forms stand on one page."""

    prefix = "http"
    field_order = ("bank_code", "institution", "host", "port")

    institution = forms.CharField(
        label=_("Institution code"),
        max_length=10,
        help_text=_("Ten letters and digits, as the operator gave them"),
    )
    port = _port(443)
    base_path = forms.CharField(
        label=_("Path before every address"),
        max_length=100,
        required=False,
        help_text=_("Empty where the operator names none"),
    )
    is_tls = forms.BooleanField(label=_("Encrypted (TLS)"), required=False, initial=True)
    authority = forms.CharField(
        label=_("Certificates of the bank's own authority"), max_length=MOST_AUTHORITY, required=False,
        help_text=_("PEM; they alone are believed then. Empty where a public authority has signed the bank's"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    client_id = forms.CharField(label=_("Client number"), max_length=64)
    client_secret = _secret(_("Client secret"), 128)


@require_GET
@page(VIEW)
def lines(request: HttpRequest, ctx: Context) -> HttpResponse:
    return _answer(request, ctx)


@require_POST
@page(CHANGE)
def set_up(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = ConnectionForm(request.POST)
    if _is_kept(ctx, form, lambda said: set_up_connection(ctx, new=NewConnection(**said))):
        return HttpResponseRedirect(reverse("channels:lines"))
    return _answer(request, ctx, form=form, status=422)


@require_POST
@page(CHANGE)
def set_up_http(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = HttpConnectionForm(request.POST)
    if _is_kept(ctx, form, lambda said: set_up_http_connection(ctx, new=NewHttpConnection(**said))):
        return HttpResponseRedirect(reverse("channels:lines"))
    return _answer(request, ctx, http_form=form, status=422)


def _is_kept(ctx: Context, form: forms.Form, keep: Callable[[dict[str, Any]], object]) -> bool:
    if not form.is_valid():
        return False
    try:
        with ctx.open():
            keep(form.cleaned_data)
    except (Forbidden, NotFound):
        raise
    except DomainError as refusal:
        words = problem_text(refusal.code)
        field = str(refusal.facts.get("field", ""))
        field = field if field in form.fields else {"company_no": "institution"}.get(field, "")
        form.add_error(field or None, words.whole)
        return False
    return True


@require_POST
@page(CHANGE, opened=False)
def revoke(request: HttpRequest, ctx: Context, bank: str) -> HttpResponse:
    """The bank is told by a message of its own, so the Context is opened by the operation."""
    asked = revoke_token(ctx, bank)
    with ctx.open():
        return _answer(request, ctx, tested=(bank, asked), is_revoked=True)


@require_POST
@page(USE, opened=False)
def test(request: HttpRequest, ctx: Context, bank: str) -> HttpResponse:
    """Each message is committed by itself, so the Context is opened by the operation."""
    asked, refusal = None, None
    try:
        asked = test_line(ctx, bank)
    except (Forbidden, NotFound):
        raise
    except DomainError as fault:
        refusal = fault
    with ctx.open():
        return _answer(request, ctx, tested=(bank, asked), refusal=refusal)


def _answer(
    request: HttpRequest, ctx: Context, *, form: Any = None, tested: tuple[str, Asked | None] | None = None,
    refusal: DomainError | None = None, status: int = 200, http_form: Any = None, is_revoked: bool = False,
) -> HttpResponse:  # fmt: skip
    banks = bank_map(ctx)
    rows = [
        {"line": one, "name": _name_of(banks.get(("KR", one.bank_code)), ctx.language) or one.bank_code,
         "stands": LINES[one.state], "speaks": SPEAKS[one.kind], "has_token": one.kind == OPEN_BANKING}
        for one in list_connections(ctx)
    ]  # fmt: skip
    asked = tested[1] if tested else None
    why = refusal.code if refusal else asked.problem if asked else ""
    values: dict[str, Any] = {
        "rows": rows, "may_test": may(ctx, USE), "form": (form or ConnectionForm()) if may(ctx, CHANGE) else None,
        "http_form": (http_form or HttpConnectionForm()) if may(ctx, CHANGE) else None, "is_revoked": is_revoked,
        "tested": tested[0] if tested else "", "asked": asked, "said": ANSWERED[asked.answered] if asked else None,
        "refusal": problem_text(why) if why else None,
    }  # fmt: skip
    return render(request, "channels/lines.html", values, status=status)


def _name_of(bank: Bank | None, language: str) -> str:
    return str(bank.short_name(language)) if bank is not None else ""

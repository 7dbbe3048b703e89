"""Connections to banks: where each stands, when the bank last said anything, and testing a line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from moa.channels.operations.ask_bank import test_line
from moa.channels.operations.set_up_connection import NewConnection, set_up_connection
from moa.channels.permissions import CHANGE, USE, VIEW
from moa.channels.protocol import Asked
from moa.channels.queries import list_connections
from moa.channels.web.message_words import ANSWERED, LINES
from moa.control.access import may
from moa.control.context import Context
from moa.control.web.page import page
from moa.directory.models import Bank
from moa.directory.queries import bank_map
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ui.problems import problem_text


class ConnectionForm(forms.Form):
    bank_code = forms.CharField(label=_("Bank code"), max_length=3, help_text=_("Three digits, such as 004"))
    company_no = forms.CharField(
        label=_("Company number"), max_length=12, help_text=_("As the operator gave it")
    )
    host = forms.CharField(label=_("Host"), max_length=253)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    sign_code = forms.CharField(
        label=_("Sign code"), max_length=6, help_text=_("Sealed when it is stored, and shown nowhere"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


@require_GET
@page(VIEW)
def lines(request: HttpRequest, ctx: Context) -> HttpResponse:
    return _answer(request, ctx)


@require_POST
@page(CHANGE)
def set_up(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = ConnectionForm(request.POST)
    if form.is_valid():
        try:
            with ctx.open():
                set_up_connection(ctx, new=NewConnection(**form.cleaned_data))
            return HttpResponseRedirect(reverse("channels:lines"))
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            words = problem_text(refusal.code)
            form.add_error(str(refusal.facts.get("field", "")) or None, f"{words.what}. {words.mend}")
    return _answer(request, ctx, form=form, status=422)


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
    refusal: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    banks = bank_map(ctx)
    rows = [
        {"line": one, "name": _name_of(banks.get(("KR", one.bank_code)), ctx.language) or one.bank_code,
         "stands": LINES[one.state]}
        for one in list_connections(ctx)
    ]  # fmt: skip
    asked = tested[1] if tested else None
    values: dict[str, Any] = {
        "rows": rows, "may_test": may(ctx, USE), "form": (form or ConnectionForm()) if may(ctx, CHANGE) else None,
        "tested": tested[0] if tested else "", "asked": asked, "said": ANSWERED[asked.answered] if asked else None,
        "refusal": problem_text(refusal.code) if refusal else None,
    }  # fmt: skip
    return render(request, "channels/lines.html", values, status=status)


def _name_of(bank: Bank | None, language: str) -> str:
    return str(bank.short_name(language)) if bank is not None else ""

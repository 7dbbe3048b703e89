"""Balances and lines by hand: checked in place, then submitted for another person's decision."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moa.accounts.hand_lines import Understood, read_pasted
from moa.accounts.operations.enter_lines import (
    SUBJECT,
    BalanceContradicts,
    DayCoveredByFile,
    EntryInFuture,
    HandLine,
    submit_balance,
    submit_lines,
)
from moa.accounts.overview import AccountRow, list_accounts
from moa.accounts.permissions import ENTER
from moa.accounts.queries import access_account
from moa.accounts.web.forms import HandEntryForm
from moa.accounts.web.views_transactions import account_facts
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.queries import person_names
from moa.control.web.page import page
from moa.kernel.errors import NotFound
from moa.kernel.money import AmountUnreadable, to_minor


@require_http_methods(["GET", "POST"])
@page(ENTER)
def manual_page(request: HttpRequest, ctx: Context, account_id: int) -> HttpResponse:
    access_account(ctx, account_id, ENTER)
    account = next(iter(list_accounts(ctx, ids=[account_id])), None)
    if account is None:
        raise NotFound(account=account_id)
    form = HandEntryForm(request.POST or None)
    understood: list[Understood] = []
    if request.method == "POST" and form.is_valid():
        understood = read_pasted(form.cleaned_data["lines"], account.currency)
        if request.POST.get("step") == "submit" and _submit(ctx, account, form, understood):
            return HttpResponseRedirect(reverse("accounts:manual", args=[account_id]) + "?sent=1")
    return render(
        request,
        "accounts/manual.html",
        {
            "account": account_facts(ctx, account), "form": form,
            "understood": [_shown(one, account.currency) for one in understood], "waiting": _waiting(ctx, account_id),
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def _submit(ctx: Context, account: AccountRow, form: HandEntryForm, understood: list[Understood]) -> bool:
    given = form.cleaned_data
    try:
        with ctx.open():
            if given["mode"] == "balance":
                return _submit_balance(ctx, account, form)
            if any(one.problem for one in understood):
                form.add_error("lines", _("Some lines cannot be read. Nothing was submitted."))
                return False
            if not understood:
                form.add_error("lines", _("Write at least one line."))
                return False
            lines = [
                HandLine(one.booked_on, one.amount, one.description, one.counterparty)
                for one in understood
                if one.booked_on is not None and one.amount is not None
            ]
            submit_lines(ctx, account_id=account.id, lines=lines, note=given["note"])
            return True
    except EntryInFuture as refusal:
        field = "balance_date" if given["mode"] == "balance" else "lines"
        form.add_error(field, _("%(day)s has not come yet.") % {"day": refusal.facts["date"]})
    except DayCoveredByFile as refusal:
        form.add_error(
            "lines",
            _("A bank's file speaks of %(day)s already. What it does not have cannot be added by hand.")
            % {"day": refusal.facts["day"]},
        )
    except BalanceContradicts as refusal:
        form.add_error(
            "balance",
            _("The bank's file says %(stated)s for this day.") % {"stated": refusal.facts["stated"]},
        )
    except AmountUnreadable:
        form.add_error("balance", _("This amount is finer than the currency."))
    return False


def _submit_balance(ctx: Context, account: AccountRow, form: HandEntryForm) -> bool:
    given = form.cleaned_data
    for name in ("balance_date", "balance"):
        if given[name] is None:
            form.add_error(name, _("This is needed for a balance."))
    if form.errors:
        return False
    submit_balance(
        ctx, account_id=account.id, day=given["balance_date"], balance=given["balance"], note=given["note"]
    )
    return True


def _shown(one: Understood, currency: str) -> dict[str, Any]:
    minor = None if one.amount is None else to_minor(one.amount, currency)
    return {
        "n": one.number, "booked_on": one.booked_on, "value_date": None, "description": one.description,
        "counterparty": one.counterparty, "debit_minor": -minor if minor is not None and minor < 0 else None,
        "credit_minor": minor if minor is not None and minor >= 0 else None, "balance_minor": None,
        "problem": None if one.problem is None else dict(zip(("code", "field", "value"), one.problem, strict=True)),
    }  # fmt: skip


def _waiting(ctx: Context, account_id: int) -> list[dict[str, Any]]:
    found = ApprovalRequest.objects.filter(
        subject_type=SUBJECT, subject_id__startswith=f"{account_id}:", state="open"
    ).order_by("-id")[:20]
    names = person_names(ctx, {one.maker_id for one in found})
    return [
        {
            "id": one.id, "mode": one.content["mode"], "submitted_at": one.made_at,
            "maker": names.get(one.maker_id, ""), "url": f"/approvals/{one.id}",
        }
        for one in found
    ]  # fmt: skip

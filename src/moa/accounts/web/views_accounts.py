"""The list of accounts, and the form that opens one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moa.accounts.models import ParkedStatement
from moa.accounts.operations.open_account import AccountExists, AccountNumberEmpty, open_account
from moa.accounts.operations.open_parked import ParkedCurrencyDiffers, open_parked
from moa.accounts.permissions import OPEN
from moa.accounts.queries import waiting_statements, waits_of_page
from moa.accounts.web.accounts_table import ACCOUNTS, ONLY_OPEN
from moa.accounts.web.forms import OpenAccountForm
from moa.control.access import may
from moa.control.context import Context
from moa.control.queries import list_units, the_group_of
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number
from moa.control.web.tables import Around, table_view
from moa.directory.queries import bank_named, banks_to_choose, find_bank
from moa.formats.kftc.institution_codes import number_hints
from moa.kernel.errors import NotFound, Problem


def _around(request: HttpRequest, ctx: Context, **numbers: int) -> Around:
    return Around(
        given=() if request.GET.get("closed") else [(ONLY_OPEN, {})],
        template="accounts/accounts.html",
        values={"may_open": may(ctx, OPEN), "parked": parked_offers(ctx)},
    )


accounts_page = table_view(ACCOUNTS, _around)


def parked_offers(ctx: Context) -> list[dict[str, Any]]:
    """Statements of accounts that nobody has opened here, each with the way to open it."""
    if not waits_of_page(ctx, since=ctx.at).parked:
        return []
    opens = may(ctx, OPEN)
    return [
        {
            "id": one.id, "account": one.account_number, "bank": one.bank, "holder": one.holder,
            "currency": one.currency, "from_date": one.from_date, "to_date": one.to_date, "entries": one.entry_count,
            "file": one.file.name, "file_url": reverse("accounts:imported", args=[one.file_id]),
            "open_url": f"{reverse('accounts:open')}?parked={one.id}" if opens else "",
        }
        for one in waiting_statements(ctx)[:50]
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@page(OPEN)
def open_page(request: HttpRequest, ctx: Context) -> HttpResponse:
    parked = _parked(request, ctx)
    form = OpenAccountForm(
        request.POST or None, initial=_initial(ctx, parked),
        units=[(str(unit.id), unit.names.get(ctx.language) or unit.name) for unit in list_units(ctx, permission=OPEN)],
        banks=[(f"{bank.country}-{bank.code}", bank.short_name(ctx.language)) for bank in banks_to_choose(ctx)],
    )  # fmt: skip
    hints: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        new = form.new_account()
        # Shown once; sent again with the same number, the account is opened as it is written.
        if request.POST.get("hinted") != new.number:
            hints = number_hints(new.bank_country, new.bank_code, new.number)
    if request.method == "POST" and form.is_valid() and not hints:
        try:
            with ctx.open():
                account = (
                    open_parked(ctx, parked_id=parked.id, new=new) if parked else open_account(ctx, new=new)
                )
            return HttpResponseRedirect(reverse("accounts:account", args=[account.id]))
        except AccountExists:
            form.add_error("number", _("This account is open here already."))
        except AccountNumberEmpty:
            form.add_error("number", _("Write the account number with its digits."))
        except ParkedCurrencyDiffers as refusal:
            form.add_error(
                "currency",
                _("The file's statement is in %(currency)s.") % {"currency": refusal.facts["file"]},
            )
    return render(
        request, "accounts/open.html",
        {
            "form": form, "source": _source(parked), "hints": hints, "hinted": form.data.get("number", "").strip() if hints else "",
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def _parked(request: HttpRequest, ctx: Context) -> ParkedStatement | None:
    number = request.POST.get("parked") or request.GET.get("parked") or ""
    if not number:
        return None
    parked_id = row_number(number)
    parked = waiting_statements(ctx).filter(id=parked_id).first() if parked_id is not None else None
    if parked is None:
        raise NotFound(parked=number)
    return parked


def _initial(ctx: Context, parked: ParkedStatement | None) -> dict[str, Any]:
    if parked is None:
        return {"currency": the_group_of(ctx).base_currency}
    bank = find_bank(ctx, country="KR", code=parked.bank, bic=parked.bank) or bank_named(ctx, parked.bank)
    return {
        "number": parked.account_number, "currency": parked.currency, "name": parked.holder, "parked": parked.id,
        "bank": f"{bank.country}-{bank.code}" if bank else "",
    }  # fmt: skip


def _source(parked: ParkedStatement | None) -> dict[str, Any] | None:
    if parked is None:
        return None
    return {
        "file": parked.file.name, "file_url": reverse("accounts:imported", args=[parked.file_id]),
        "holder": parked.holder, "number": parked.account_number, "from_date": parked.from_date,
        "to_date": parked.to_date, "entries": parked.entry_count, "opening_minor": parked.opening_minor,
        "closing_minor": parked.closing_minor, "currency": parked.currency,
    }  # fmt: skip

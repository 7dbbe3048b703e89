"""The list of accounts, and the form that opens one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from moa.accounts.models import ParkedStatement
from moa.accounts.operations.open_account import AccountExists, AccountNumberEmpty, open_account
from moa.accounts.operations.open_parked import ParkedCurrencyDiffers, open_parked
from moa.accounts.overview import AccountRow, list_accounts
from moa.accounts.permissions import OPEN, VIEW
from moa.accounts.queries import waiting_statements
from moa.accounts.web.forms import OpenAccountForm
from moa.control.access import may
from moa.control.context import Context
from moa.control.queries import list_units, the_group_of
from moa.control.web.page import page
from moa.directory.queries import find_bank, list_banks, rates_on_or_before
from moa.formats.kftc.institution_codes import number_hints
from moa.kernel.errors import NotFound, Problem
from moa.kernel.money import Money
from moa.kernel.rounding import Rounding

_QUERY = ("text", "bank", "kind", "currency", "company", "closed")


@require_GET
@page(VIEW)
def accounts_page(request: HttpRequest, ctx: Context) -> HttpResponse:
    everything = list_accounts(ctx)
    query = {name: request.GET.get(name, "").strip() for name in _QUERY}
    shown = [one for one in everything if _matches(one, query, ctx)]
    base = the_group_of(ctx).base_currency
    rates = rates_on_or_before(ctx, {one.currency for one in shown}, base, ctx.today)
    in_base = {one.id: _in_base(one, rates) for one in shown}
    groups: dict[str, list[AccountRow]] = defaultdict(list)
    for one in shown:
        groups[one.company].append(one)
    return render(
        request,
        "accounts/accounts.html",
        {
            "groups": [
                {"company": company, "rows": [_row(one, in_base[one.id]) for one in held]}
                for company, held in groups.items()
            ],
            "sums": _sums(shown, in_base), "base_currency": base,
            "total_base_minor": sum(minor for minor in in_base.values() if minor is not None),
            "filters": _filters(request, query, everything), "query": query, "may_open": may(ctx, OPEN),
            "parked": parked_offers(ctx), "choices": _choices(everything),
        },
    )  # fmt: skip


def _matches(one: AccountRow, query: dict[str, str], ctx: Context) -> bool:
    text = query["text"].lower()
    closed = one.closed_on is not None and one.closed_on <= ctx.today
    return (
        (not text or text in f"{one.number} {one.name} {one.holder} {one.company} {one.bank}".lower())
        and (not query["bank"] or one.bank_key == query["bank"])
        and (not query["company"] or one.company_key == query["company"])
        and (not query["kind"] or one.kind == query["kind"])
        and (not query["currency"] or one.currency == query["currency"])
        and (bool(query["closed"]) or not closed)
    )


def _in_base(one: AccountRow, rates: dict[str, Any]) -> int | None:
    dated = rates.get(one.currency)
    if dated is None or one.balance_minor is None:
        return None
    return dated.rate.convert(Money(one.balance_minor, one.currency), Rounding.HALF_UP).minor


def _row(one: AccountRow, base_minor: int | None) -> dict[str, Any]:
    return {
        "id": one.id, "bank": one.bank, "account_end": one.account_end, "name": one.name, "kind": one.kind,
        "currency": one.currency, "unit": one.unit, "balance_minor": one.balance_minor, "base_minor": base_minor,
        "balance_date": one.balance_date, "received_at": one.received_at, "freshness": one.freshness,
        "missing_days": len(one.missing), "closed_on": one.closed_on, "url": reverse("accounts:account", args=[one.id]),
    }  # fmt: skip


def _sums(shown: list[AccountRow], in_base: dict[int, int | None]) -> list[dict[str, Any]]:
    by_currency: dict[str, list[AccountRow]] = defaultdict(list)
    for one in shown:
        if one.balance_minor is not None:
            by_currency[one.currency].append(one)
    sums = []
    for currency, held in by_currency.items():
        converted = [in_base[one.id] for one in held]
        sums.append(
            {
                "currency": currency, "accounts": len(held), "balance_minor": sum(one.balance_minor or 0 for one in held),
                "base_minor": None if None in converted else sum(minor or 0 for minor in converted),
            }
        )  # fmt: skip
    return sums


def _filters(request: HttpRequest, query: dict[str, str], accounts: list[AccountRow]) -> list[dict[str, Any]]:
    names = {
        "bank": next((one.bank for one in accounts if one.bank_key == query["bank"]), query["bank"]),
        "company": next(
            (one.company for one in accounts if one.company_key == query["company"]), query["company"]
        ),
    }
    words = []
    for name in ("text", "bank", "company", "kind", "currency"):
        if query[name]:
            left = request.GET.copy()
            left.pop(name, None)
            words.append(
                {
                    "name": name,
                    "kind": name,
                    "value": names.get(name, query[name]),
                    "remove_url": f"?{left.urlencode()}",
                }
            )
    return words


def _choices(accounts: list[AccountRow]) -> dict[str, list[tuple[str, str]]]:
    return {
        "banks": list({one.bank_key: one.bank for one in accounts}.items()),
        "companies": list({one.company_key: one.company for one in accounts}.items()),
        "currencies": [(code, code) for code in sorted({one.currency for one in accounts})],
    }


def parked_offers(ctx: Context) -> list[dict[str, Any]]:
    """Statements of accounts that nobody has opened here, each with the way to open it."""
    return [
        {
            "id": one.id, "account": one.account_number, "bank": one.bank, "holder": one.holder,
            "currency": one.currency, "from_date": one.from_date, "to_date": one.to_date, "entries": one.entry_count,
            "file": one.file.name, "file_url": reverse("accounts:imported", args=[one.file_id]),
            "open_url": f"{reverse('accounts:open')}?parked={one.id}",
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
        banks=[(f"{bank.country}-{bank.code}", bank.short_name(ctx.language)) for bank in list_banks(ctx)],
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
    parked = None
    if number.isdigit():
        parked = waiting_statements(ctx).filter(id=int(number)).first()
    if parked is None:
        raise NotFound(parked=number)
    return parked


def _initial(ctx: Context, parked: ParkedStatement | None) -> dict[str, Any]:
    if parked is None:
        return {"currency": the_group_of(ctx).base_currency}
    bank = find_bank(ctx, country="KR", code=parked.bank, bic=parked.bank)
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

"""The position by any grouping, at any date, as known at any moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moa.accounts.overview import AccountRow, list_accounts
from moa.control.access import may
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.control.web.page import page
from moa.directory.permissions import VIEW_RATES
from moa.kernel.days import read_typed_day
from moa.reports.comparison import Difference, compare
from moa.reports.dashboard import summary
from moa.reports.permissions import VIEW_POSITION
from moa.reports.position import GROUPINGS, MomentInFuture, position
from moa.reports.web.days import EARLIEST_DAY

_ORDER = {"overdue": 0, "late": 1, "never": 2, "fresh": 3}


@require_GET
@page(VIEW_POSITION)
def position_page(request: HttpRequest, ctx: Context) -> HttpResponse:
    query = {
        name: request.GET.get(name, "")
        for name in ("date", "known_at", "compare", "by", "company", "bank", "currency")
    }
    errors: dict[str, str] = {}
    zone = ZoneInfo(the_group_of(ctx).time_zone)
    day = _day(query["date"], errors) or ctx.today
    known_at = _moment(query, "known_at", zone, errors)
    other = _moment(query, "compare", zone, errors)
    by = query["by"] if query["by"] in GROUPINGS else "company"
    everything = accounts = list_accounts(ctx)
    narrowed = bool(query["company"] or query["bank"])
    if narrowed:
        accounts = [
            one for one in everything
            if query["company"] in {"", one.company_key} and query["bank"] in {"", one.bank_key}
        ]  # fmt: skip
    only = {one.id for one in accounts} if narrowed else None
    try:
        found = position(ctx, day=day, by=by, known_at=known_at, only=only)
    except MomentInFuture:
        errors["known_at"] = _("This moment has not come yet.")
        known_at, found = None, position(ctx, day=day, by=by, only=only)
    values: dict[str, Any] = {
        "position": summary(ctx, accounts, day=day, known_at=known_at, narrowed=narrowed, found=found), "by": by, "by_urls": _by_urls(request), "total_base_minor": found.total_base_minor,
        "rows": _rows(found.rows, found.rates, by, accounts), "query": query, "errors": errors,
        "known_at": known_at, "companies": _choices(everything, "company_key", "company"),
        "banks": _choices(everything, "bank_key", "bank"), "compare": None,
        "may_rates": may(ctx, VIEW_RATES),
    }  # fmt: skip
    if other is not None:
        try:
            differences = [
                one
                for one in compare(ctx, day=day, known_at=known_at or ctx.at, other=other)
                if only is None or one.account_id in only
            ]
            after = position(ctx, day=day, by=by, known_at=other, only=only)
            values["compare"] = {
                "at": other, "before_total_minor": found.total_base_minor, "after_total_minor": after.total_base_minor,
                "differences": _differences(differences, accounts),
            }  # fmt: skip
        except MomentInFuture:
            errors["compare"] = _("This moment has not come yet.")
    return render(request, "reports/position.html", values)


def _by_urls(request: HttpRequest) -> dict[str, str]:
    urls = {}
    for by in GROUPINGS:
        query = request.GET.copy()
        query["by"] = by
        urls[by] = f"?{query.urlencode()}"
    return urls


def _day(text: str, errors: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return max(read_typed_day(text), EARLIEST_DAY)
    except ValueError:
        errors["date"] = _("This is not a date. Write it as 2026-06-24.")
        return None


def _moment(query: dict[str, str], name: str, zone: ZoneInfo, errors: dict[str, str]) -> datetime | None:
    if not query[name]:
        return None
    try:
        moment = datetime.fromisoformat(query[name])
        # In the zone here, for the database takes no offset of a day and more.
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(zone)
    except (ValueError, OverflowError):
        errors[name] = _("This is not a moment. Write it as 2026-06-24 14:05.")
        return None


def _rows(rows: Any, rates: Any, by: str, accounts: list[AccountRow]) -> list[dict[str, Any]]:
    members: dict[tuple[str, str], list[AccountRow]] = defaultdict(list)
    for key, account in zip(map(_KEYS[by], accounts), accounts, strict=True):
        members[key].append(account)
    shown = []
    for row in rows:
        held = members.get((row.key, row.currency), [])
        rate = rates.get(row.currency)
        label, sub, url = _label(row, by, held)
        shown.append(
            {
                "key": row.key, "label": label, "sub": sub, "currency": row.currency,
                "balance_minor": row.balance_minor, "base_minor": row.base_minor,
                "rate": rate.rate.value if rate else None, "rate_date": rate.on_date if rate else None,
                "as_of": row.oldest, "accounts": row.accounts, "url": url,
                "received_at": max((one.received_at for one in held if one.received_at), default=None),
                "freshness": min((one.freshness for one in held), key=_ORDER.__getitem__, default="never"),
            }
        )  # fmt: skip
    return shown


# The key of the row that an account is in, and its currency.
_KEYS: dict[str, Callable[[AccountRow], tuple[str, str]]] = {
    "group": lambda account: ("", account.currency),
    "company": attrgetter("company_key", "currency"),
    "bank": attrgetter("bank_key", "currency"),
    "currency": attrgetter("currency", "currency"),
    "account": attrgetter("number", "currency"),
    "unit": attrgetter("unit_key", "currency"),
}


def _label(row: Any, by: str, held: list[AccountRow]) -> tuple[str, str, str]:
    first = held[0] if held else None
    if first is None:
        return row.name, "", ""
    if by == "company":
        return first.company, "", f"/accounts?company={row.key}"
    if by == "bank":
        return first.bank, "", f"/accounts?bank={row.key}"
    if by == "account":
        return first.name, f"{first.company} · {first.bank} ···{first.account_end}", f"/accounts/{first.id}"
    if by == "unit":
        return first.unit or first.company, first.company if first.unit else "", ""
    if by == "currency":
        return row.currency, "", f"/accounts?currency={row.key}"
    return row.name, "", ""


def _choices(accounts: list[AccountRow], key: str, name: str) -> list[tuple[str, str]]:
    """Shape: pairs of (code, word)."""
    return list(dict(map(attrgetter(key, name), accounts)).items())


def _differences(found: list[Difference], accounts: list[AccountRow]) -> list[dict[str, Any]]:
    by_id = {account.id: account for account in accounts}
    rows = []
    for one in found[:500]:
        account = by_id.get(one.account_id)
        rows.append(
            {
                "account": account.name if account else one.account, "bank": account.bank if account else "",
                "account_end": account.account_end if account else one.account[-4:], "currency": one.currency,
                "before_minor": one.before_minor, "after_minor": one.after_minor, "file": one.file,
                "file_url": f"/imports/{one.file_id}" if one.file_id else None, "place": one.line,
                "account_url": f"/accounts/{one.account_id}",
            }
        )  # fmt: skip
    return rows

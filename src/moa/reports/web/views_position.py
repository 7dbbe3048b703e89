"""The position by any grouping, at any date, as known at any moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moa.accounts.gathered import Gathered, gather_accounts
from moa.accounts.overview import AccountRow, list_accounts
from moa.control.access import may
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.control.web.page import page
from moa.directory.permissions import VIEW_RATES
from moa.directory.queries import DatedRate, calendar_for
from moa.kernel.days import read_typed_day
from moa.reports.comparison import Difference, compare
from moa.reports.dashboard import newest_word, summary
from moa.reports.permissions import VIEW_POSITION
from moa.reports.position import (
    GROUPINGS,
    MomentInFuture,
    Position,
    PositionRow,
    by_currency,
    first_accounts,
    position,
)
from moa.reports.web.days import EARLIEST_DAY

# How many accounts are shown one by one.
SHOWN = 500


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
    gathered = gather_accounts(ctx)
    company, bank = query["company"], query["bank"]
    try:
        found = _position(ctx, day, by, known_at, company, bank)
    except MomentInFuture:
        errors["known_at"] = _("This moment has not come yet.")
        known_at, found = None, _position(ctx, day, by, None, company, bank)
    counted = [one for one in gathered if company in {"", one.company_key} and bank in {"", one.bank_key}]
    lines = (
        _account_rows(ctx, found, company, bank)
        if by == "account"
        else _rows(found.rows, found.rates, by, counted)
    )
    base, today = found.base_currency, by_currency(found.rows)
    previous = calendar_for(ctx, the_group_of(ctx).country).previous_business_day(day)
    former = by_currency(
        position(ctx, day=previous, by="currency", known_at=known_at, company=company, bank=bank).rows
    )
    values: dict[str, Any] = {
        "position": summary(
            counted, today, former, found.rates, base=base, day=day, previous_day=previous, known_at=known_at
        ),
        "by": by, "by_urls": _by_urls(request), "total_base_minor": found.total_base_minor, "rows": lines, "accounts": sum(row.accounts for row in today), "query": query, "errors": errors, "known_at": known_at, "compare": None, "may_rates": may(ctx, VIEW_RATES),
        "companies": _choices(gathered, "company_key", "company"), "banks": _choices(gathered, "bank_key", "bank"),
    }  # fmt: skip
    if other is not None:
        try:
            values["compare"] = _compared(ctx, found, known_at, other, company, bank)
        except MomentInFuture:
            errors["compare"] = _("This moment has not come yet.")
    return render(request, "reports/position.html", values)


def _compared(
    ctx: Context, found: Position, known_at: datetime | None, other: datetime, company: str, bank: str
) -> dict[str, Any]:
    """What became known between the two moments, the earlier one first, whichever of them was asked for."""
    early, late = sorted((known_at or ctx.at, other))
    differences = compare(ctx, day=found.day, known_at=early, other=late)
    inside = list_accounts(ctx, ids=[one.account_id for one in differences], company=company, bank=bank)
    if company or bank:
        ids = {one.id for one in inside}
        differences = [one for one in differences if one.account_id in ids]
    against = position(ctx, day=found.day, by="currency", known_at=other, company=company, bank=bank)
    before, after = (against, found) if early == other else (found, against)
    return {
        "early": early, "late": late, "before_total_minor": before.total_base_minor,
        "after_total_minor": after.total_base_minor, "number": len(differences),
        "differences": _differences(differences, inside),
    }  # fmt: skip


def _position(
    ctx: Context, day: date, by: str, known_at: datetime | None, company: str, bank: str
) -> Position:
    """By what is asked; of single accounts the sums alone, for only some of them are shown."""
    by = "currency" if by == "account" else by
    return position(ctx, day=day, by=by, known_at=known_at, company=company, bank=bank)


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


def _rows(
    rows: Iterable[PositionRow], rates: Mapping[str, DatedRate], by: str, accounts: list[Gathered]
) -> list[dict[str, Any]]:
    members: dict[tuple[str, str], list[Gathered]] = defaultdict(list)
    for one in accounts:
        members[_KEYS[by](one), one.currency].append(one)
    shown = []
    for row in rows:
        held = members.get((row.key, row.currency), [])
        label, sub, url = _label(row, by, held)
        shown.append({"label": label, "sub": sub, "url": url, **_figures(row, rates), **newest_word(held)})
    return shown


def _account_rows(ctx: Context, whole: Position, company: str, bank: str) -> list[dict[str, Any]]:
    """The first accounts: a page of a hundred thousand rows is read by nobody, and its sums are of all."""
    day, known_at = whole.day, whole.known_at
    only = first_accounts(ctx, day=day, known_at=known_at, most=SHOWN, company=company, bank=bank)
    found = position(ctx, day=day, by="account", known_at=known_at, only=only)
    # Where two banks gave the same number, the key begins with the bank.
    accounts = {
        (number, one.currency): one
        for one in list_accounts(ctx, ids=only)
        for number in (one.number, f"{one.bank_key}/{one.number}")
    }
    shown = []
    for row in found.rows:
        one = accounts.get((row.key, row.currency))
        words = {
            "label": one.name, "sub": f"{one.company} · {one.bank} ···{one.account_end}", "url": f"/accounts/{one.id}",
            "received_at": one.received_at, "freshness": one.freshness,
        } if one else {"label": row.name, "sub": "", "url": "", **newest_word(())}  # fmt: skip
        shown.append({**_figures(row, found.rates), **words})
    return shown


def _figures(row: PositionRow, rates: Mapping[str, DatedRate]) -> dict[str, Any]:
    rate = rates.get(row.currency)
    return {
        "key": row.key, "currency": row.currency, "balance_minor": row.balance_minor, "base_minor": row.base_minor,
        "rate": rate.rate.value if rate else None, "rate_date": rate.on_date if rate else None, "as_of": row.oldest,
        "accounts": row.accounts,
    }  # fmt: skip


# The key of the row that accounts are in.
_KEYS: dict[str, Callable[[Gathered], str]] = {
    "group": lambda one: "",
    "company": attrgetter("company_key"),
    "bank": attrgetter("bank_key"),
    "currency": attrgetter("currency"),
    "unit": attrgetter("unit_key"),
}


def _label(row: PositionRow, by: str, held: list[Gathered]) -> tuple[str, str, str]:
    first = held[0] if held else None
    if first is None:
        return row.name, "", ""
    if by == "company":
        return first.company, "", f"/accounts?company={row.key}"
    if by == "bank":
        return first.bank, "", f"/accounts?bank={row.key}"
    if by == "unit":
        return first.unit or first.company, first.company if first.unit else "", ""
    if by == "currency":
        return row.currency, "", f"/accounts?currency={row.key}"
    return row.name, "", ""


def _choices(accounts: list[Gathered], key: str, name: str) -> list[tuple[str, str]]:
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

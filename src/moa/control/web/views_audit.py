"""The audit trail as a page: conditions in the address, paging by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.control.trail import (
    PAGE_SIZE,
    VIEW_TRAIL,
    Place,
    TrailFilter,
    TrailPage,
    TrailRow,
    count_trail,
    list_trail,
)
from moa.control.web.page import page

NAMES = ("from", "to", "who", "code", "subject", "number")
# Subject type → name of the page that shows it by its number; upper contexts add theirs in `entry/wiring.py`.
SUBJECT_PAGES: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was asked, what of it was understood, and what could not be."""

    query: dict[str, str]
    wanted: TrailFilter
    filters: list[dict[str, Any]]
    errors: dict[str, str]


@require_GET
@page(VIEW_TRAIL)
def audit(request: HttpRequest, ctx: Context) -> HttpResponse:
    asked = _read(request.GET, ZoneInfo(the_group_of(ctx).time_zone))
    older, newer = Place.read(request.GET.get("older", "")), Place.read(request.GET.get("newer", ""))
    found = list_trail(ctx, asked.wanted, older=older, newer=newer)
    count, capped = count_trail(ctx, asked.wanted)
    values = {
        "rows": [_row(row) for row in found.rows], "page": _page(request, found, count, capped),
        "filters": asked.filters, "query": asked.query, "errors": asked.errors, "here": "audit",
    }  # fmt: skip
    return render(request, "control/audit.html", values)


def _read(given: QueryDict, zone: ZoneInfo) -> Conditions:
    """Unreadable conditions are reported and left out; the others hold."""
    query = {name: given.get(name, "").strip() for name in NAMES}
    errors: dict[str, str] = {}
    first, last = _day(query, "from", errors), _day(query, "to", errors)
    wanted = TrailFilter(
        _midnight(first, zone) if first else None,
        _midnight(last + timedelta(days=1), zone) if last else None,
        query["who"],
        query["code"],
        query["subject"],
        query["number"],
    )
    words: list[dict[str, Any]] = []
    if first or last:
        words.append(
            {
                "name": "period", "kind": "period", "from_date": first, "to_date": last,
                "remove_url": _without(given, "from", "to"),
            }
        )  # fmt: skip
    words += [
        {"name": name, "kind": name, "value": query[name], "remove_url": _without(given, name)}
        for name in ("who", "code", "subject", "number")
        if query[name]
    ]
    return Conditions(query, wanted, words, errors)


def _day(query: dict[str, str], name: str, errors: dict[str, str]) -> date | None:
    if not query[name]:
        return None
    try:
        day = date.fromisoformat(query[name])
    except ValueError:
        day = date.min
    if not date(1970, 1, 1) <= day <= date(9990, 1, 1):
        errors[name] = _("This is not a date. Write it as 2026-06-24.")
        return None
    return day


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _row(row: TrailRow) -> dict[str, Any]:
    return {
        "id": row.id, "at": row.at, "who": row.who, "kind": row.kind, "code": row.code,
        "subject": f"{row.subject_type} {row.subject_id}", "subject_url": _url(row), "channel": row.channel,
        "changes": _changes(row), "history_url": _history(row),
    }  # fmt: skip


def _changes(row: TrailRow) -> list[tuple[str, Any, Any]]:
    """What differs: the field, what it was and what it is, None where it was not or is no more."""
    before, after = row.before or {}, row.after or {}
    return [
        (name, before.get(name), after.get(name))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]


def _history(row: TrailRow) -> str:
    """All lines about the same thing."""
    about = {"subject": row.subject_type, "number": row.subject_id}
    return f"{reverse('control:audit')}?{urlencode(about)}"


def _url(row: TrailRow) -> str | None:
    name = SUBJECT_PAGES.get(row.subject_type)
    if name is None or not row.subject_id.isdigit():
        return None
    try:
        return reverse(name, args=[int(row.subject_id)])
    except NoReverseMatch:
        return None


def _page(request: HttpRequest, found: TrailPage, count: int, capped: bool) -> dict[str, Any]:
    """The number of a page's first line travels in the address, for a page by key does not know it."""
    number = request.GET.get("n", "")
    first = int(number) if number.isascii() and number.isdigit() and len(number) < 12 else 1
    rows = found.rows
    next_url = previous_url = None
    if rows and found.has_older:
        next_url = _with(request.GET, older=str(rows[-1].place), n=str(first + len(rows)))
    if rows and found.has_newer:
        before = first - PAGE_SIZE
        previous_url = (
            _with(request.GET, newer=str(rows[0].place), n=str(before)) if before > 1 else _with(request.GET)
        )
    return {
        "first": first if rows else 0, "last": first + len(rows) - 1 if rows else 0, "count": count,
        "capped": capped, "next_url": next_url, "previous_url": previous_url,
    }  # fmt: skip


def _with(given: QueryDict, **more: str) -> str:
    left = given.copy()
    for name in ("older", "newer", "n"):
        left.pop(name, None)
    for name, value in more.items():
        left[name] = value
    return f"{reverse('control:audit')}?{left.urlencode()}"


def _without(given: QueryDict, *names: str) -> str:
    left = given.copy()
    for name in (*names, "older", "newer", "n"):
        left.pop(name, None)
    return "?" + left.urlencode()

"""`moa bench pages`: the transactions page against the same page by ORM objects and a Django template."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from django.utils import translation

from moa.accounts.web.transactions_table import TRANSACTIONS
from moa.accounts.web.views_accounts import accounts_page
from moa.accounts.web.views_imports import imports_page
from moa.accounts.web.views_transactions import transactions
from moa.control.context import Context
from moa.control.models import Identity
from moa.control.web.session_store import SessionStore
from moa.control.web.views_audit import audit
from moa.control.web.views_documents import documents
from moa.control.web.views_jobs import jobs
from moa.control.web.views_notices import notices
from moa.control.web.views_people import people
from moa.entry.bench.bulk_group import bulk_group
from moa.entry.bench.dashboard_load import dashboard_p95, first_load
from moa.entry.bench.list_rows import list_rows
from moa.entry.bench.measure import Result
from moa.entry.bench.reference_lists import reference_list
from moa.entry.bench.reference_page import reference_page
from moa.entry.bench.scanning import rows_by_scan
from moa.ledger.web.urls import urlpatterns as ledger_pages
from moa.reports.web.views_dashboard import dashboard
from moa.ui.tables.places import place_word

VOUCHERS_PAGE = next(one.callback for one in ledger_pages if one.name == "vouchers")

ROUNDS = 60
WARM_UP = 8
# The last two syllables of some small firms: about a thousand of the ten million lines are theirs.
FRAGMENT = chr(44032 + 28 * 57) + chr(44032 + 28 * 82)
SCANS = 5
# What a reference never has more of than our page.
_PARTS = (
    b"<tr data-row=",
    b"<td",
    b"<input",
    b"<option",
    b"<select",
    b"<button",
    b"<a ",
    b"<form",
    b"<label",
)


def run() -> list[Result]:
    """Shape: milliseconds of the whole view, median of sixty. `pages.deep` allows 1.5 times page 1."""
    bulk = bulk_group()
    identity = _identity(bulk.ctx)
    place = _place(bulk.ctx, bulk.lines // 2)
    with translation.override("ko"):
        first, reference, deep = _in_turns(
            lambda: _get(transactions, identity, ""),
            lambda: _get(reference_page, identity, ""),
            lambda: _get(transactions, identity, place),
        )
        page = _get(dashboard, identity, "")
        search = _search(bulk.ctx, identity)
    return [
        Result(
            "pages.transactions", ours=first, reference=reference, ratio=round(reference / first, 2), floor=3
        ),
        Result("pages.deep", ours=deep, reference=first, ratio=round(1.5 * first / deep, 2), floor=1),
        *_lists(bulk.ctx),
        search,
        first_load(page),
        dashboard_p95(identity),
    ]


def _lists(machine: Context) -> list[Result]:
    """Every other list against its reference, its first page; a reference shows as many rows as ours."""
    lister = list_rows(machine)
    views: dict[str, Callable[..., HttpResponseBase]] = {
        "accounts": accounts_page, "audit": audit, "notices": notices, "jobs": jobs, "documents": documents,
        "imports": imports_page, "persons": people, "vouchers": VOUCHERS_PAGE,
    }  # fmt: skip
    found = []
    with translation.override("ko"):
        for name, view in views.items():
            identity = lister.books if name == "vouchers" else lister.identity
            reference = reference_list(name)
            _compare(name, _get(view, identity, "").content, _get(reference, identity, "").content)
            mine, orm = _in_turns(
                lambda view=view, who=identity: _get(view, who, ""),  # type: ignore[misc]
                lambda reference=reference, who=identity: _get(reference, who, ""),  # type: ignore[misc]
            )
            found.append(
                Result(f"pages.{name}", ours=mine, reference=orm, ratio=round(orm / mine, 2), floor=3)
            )
    return found


def _compare(name: str, ours: bytes, theirs: bytes) -> None:
    """The same rows, and nowhere more than we write."""
    counted = {part: (ours.count(part), theirs.count(part)) for part in _PARTS}
    rows = counted[_PARTS[0]]
    if not rows[0] or rows[0] != rows[1]:
        raise AssertionError(f"{name} shows {rows[0]} rows and its reference {rows[1]}")
    more = {part.decode(): pair for part, pair in counted.items() if pair[1] > pair[0]}
    if more:
        raise AssertionError(f"the reference of {name} writes more than our page: {more}")


def _search(ctx: Context, identity: Identity) -> Result:
    """The whole page of a search against the bare statement that reads every line; both must find something."""
    query = f"?text={FRAGMENT}"
    answer = _get(transactions, identity, query).content.decode()
    rows, scans = 0, []
    for _ in range(SCANS):
        begun = time.perf_counter()
        rows = rows_by_scan(ctx, FRAGMENT)
        scans.append(time.perf_counter() - begun)
    if not rows or answer.count("data-row=") != min(rows, 50):
        raise AssertionError(f"the scan found {rows} lines and the page another number")
    (ours,) = _in_turns(lambda: _get(transactions, identity, query))
    scan = round(statistics.median(scans) * 1000, 3)
    return Result("pages.search", ours=ours, reference=scan, ratio=round(scan / ours, 2), floor=20)


def _identity(ctx: Context) -> Identity:
    identity, _ = Identity.objects.get_or_create(
        login="bench", defaults={"group_id": ctx.group_id, "person_id": ctx.actor.person_id, "password": "!"}
    )
    return identity


def _get(view: Callable[..., HttpResponseBase], identity: Identity, query: str) -> HttpResponse:
    request = RequestFactory().get(f"/transactions{query}", HTTP_HOST="127.0.0.1")
    request.user = identity
    request.session = _session()
    response = view(request)
    if response.status_code != 200:
        raise AssertionError(f"the page answered {response.status_code}")
    assert isinstance(response, HttpResponse)
    return response


@cache
def _session() -> SessionStore:
    """One session for all calls, as a browser keeps one; the first call begins it."""
    return SessionStore()


def _in_turns(*actions: Callable[[], object]) -> list[Any]:
    """Milliseconds of each action, the median of many turns, so that a busy moment falls on all of them."""
    times: list[list[Any]] = [[] for _ in actions]
    for turn in range(ROUNDS + WARM_UP):
        for action, found in zip(actions, times, strict=True):
            begun = time.perf_counter()
            action()
            if turn >= WARM_UP:
                found.append(time.perf_counter() - begun)
    return [round(statistics.median(found) * 1000, 3) for found in times]


def _place(ctx: Context, row: int) -> str:
    with ctx.open(), connection.cursor() as cursor:
        cursor.execute(
            "select booked_on, id from accounts_transaction order by booked_on desc, id desc offset %s limit 1",
            [row],
        )
        day, number = cursor.fetchone()
    return f"?after={place_word(TRANSACTIONS.by_key['booked_on'], day, number)}&n={row + 1}"

"""Where a total of a list comes from: the conditions of the filter, and the rows that it adds up, the largest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from moa.control.context import Context
from moa.control.table_rows import Given, largest_rows, total_rows
from moa.control.web.table_words import words_of
from moa.kernel.errors import NotFound
from moa.ui.ground import MOST_PARTS, Fact, Ground, Part, Step
from moa.ui.tables.cells import PageFacts, plain_maker
from moa.ui.tables.conditions import Asked, Links
from moa.ui.tables.spec import DATE, Column, Row, Table

# `part=why&sum=into&of=KRW` on the list's own address: the filter is in it, and the page asks for its own right.
PART, SUM, OF = "why", "sum", "of"


def sum_address(links: Links, column: Column, currency: str) -> str:
    return links.to(part=PART, sum=column.key, of=currency)


def sum_answer(
    request: HttpRequest, ctx: Context, table: Table, asked: Asked, facts: PageFacts, given: Given, links: Links
) -> HttpResponse:  # fmt: skip
    """The panel, or without JavaScript the page. Raises: not_found."""
    key, currency = request.GET.get(SUM, ""), request.GET.get(OF, "")
    column = next((one for one in table.summed if one.key == key), None)
    total = next((one for one in total_rows(ctx, table, asked, given) if one.currency == currency), None)
    if column is None or total is None:
        raise NotFound(total=key[:80])
    rows = largest_rows(ctx, table, asked, given, column=column, currency=currency, most=MOST_PARTS)
    parts = [_part(table, facts, column, currency, row) for row in rows]
    minor = total.sums[column.key]
    rest = total.count - len(parts)
    shown = sum(part.minor or 0 for part in parts)
    # Rows without this figure, as those that went out in the sum of what came in, are none of its parts.
    has_more = len(parts) == MOST_PARTS and rest > 0
    step = Step(
        "list", _("Rows, the largest first"), parts=parts, left_off=rest if has_more else 0,
        rest_minor=minor - shown if has_more else 0, sum_minor=minor, currency=currency,
        note=_("The list has all of them; each leads to its own ground."),
    )  # fmt: skip
    words = [
        Fact(str(word.label), "text", Markup(word.value).striptags())
        for word in words_of(_without(links), table, asked, facts)
    ]
    conditions = Step(
        "rule", _("Conditions"), facts=words, note="" if words else _("All rows that you may see.")
    )
    ground = Ground(
        f"{table.label} · {column.label}", currency, [conditions, step], minor=minor,
        url=links.to(without=(SUM, OF)),
    )  # fmt: skip
    part = bool(request.headers.get("HX-Request"))
    template = "control/fragments/ground.html" if part else "control/why.html"
    return render(request, template, {"ground": ground})


def _without(links: Links) -> Links:
    given = links.given.copy()
    for name in (SUM, OF, "part"):
        given.pop(name, None)
    return Links(links.path, given)


def _part(table: Table, facts: PageFacts, column: Column, currency: str, row: Row) -> Part:
    named = _namer(table, facts)
    address = reverse(table.row_url, args=[row.id]) if table.row_url else ""
    aside = next((getattr(row, one.key) for one in table.shown_columns if one.kind == DATE and one.sql), None)
    return Part(
        named(row), getattr(row, column.key), currency, str(aside) if isinstance(aside, date) else "",
        url="" if table.panel else address, why=address if table.panel else "",
    )  # fmt: skip


def _namer(table: Table, facts: PageFacts) -> Callable[[Row], str]:
    """What a row is called: the value of the column that links to it."""
    made: Mapping[str, Any] = facts.memo
    if "row_names" not in made:
        link = next((one for one in table.shown_columns if one.link), table.shown_columns[0])
        facts.memo["row_names"] = plain_maker(link, facts)
    namer: Callable[[Row], Any] = facts.memo["row_names"]
    return lambda row: str(namer(row) or "—")

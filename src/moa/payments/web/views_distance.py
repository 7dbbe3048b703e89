"""How few persons together could pay money out: by unit and amount, who they are, and what would make it fewer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from moa.control.access import may
from moa.control.approval_route import policy_for
from moa.control.context import Context
from moa.control.operations import add_person, change_policy, give_role
from moa.control.queries import list_units
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number
from moa.payments.distance import INVENT, Distance, Span, distances
from moa.payments.distance_words import told, way_word
from moa.payments.permissions import SEE_DISTANCE

# With more the page shows the companies, and a unit when it is asked for.
MOST_UNITS = 50


@require_GET
@page(SEE_DISTANCE)
def distance(request: HttpRequest, ctx: Context) -> HttpResponse:
    units = {one.id: one.names.get(ctx.language) or one.name for one in list_units(ctx)}
    asked = row_number(request.GET.get("unit", ""))
    unit_id = asked if asked in units else None
    is_short = unit_id is None and len(units) > MOST_UNITS
    found = distances(ctx, unit_id=unit_id, companies_alone=is_short)
    spans = [span for one in found for span in one.spans]
    lines = told(ctx, [one for span in spans for one in (span.now, span.first) if one is not None])
    single = (
        policy_for(ctx, add_person.SUBJECT, None, "") is None
        and policy_for(ctx, give_role.SUBJECT, None, "") is None
    )
    values: dict[str, Any] = {
        "groups": [_group(one, units, lines) for one in found],
        "units": [(str(number), name) for number, name in units.items()], "unit": str(unit_id or ""),
        "fewest_now": min((len(span.now.persons) for span in spans if span.now), default=None),
        "is_short": is_short, "by_one": single and any(span.way == INVENT for span in spans),
        "may_change": may(ctx, change_policy.CHANGE),
    }  # fmt: skip
    return render(request, "payments/distance.html", values)


def _group(one: Distance, units: dict[int, str], lines: dict[Any, list[str]]) -> dict[str, Any]:
    return {
        "units": [units[unit] if unit is not None else "" for unit in one.units], "currency": one.place.currency,
        "day_minor": one.place.day_minor, "spans": [_span(span, lines) for span in one.spans],
    }  # fmt: skip


def _span(span: Span, lines: dict[Any, list[str]]) -> dict[str, Any]:
    return {
        "above": span.above_minor, "up_to": span.up_to_minor, "is_beyond": span.is_beyond,
        "now": len(span.now.persons) if span.now else None, "who": lines[span.now] if span.now else [],
        "first": len(span.first.persons) if span.first else None, "way": way_word(span.way),
        "who_first": lines[span.first] if span.first else [],
    }  # fmt: skip

"""Companies and units as they stood on a day."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from moa.control.context import Context
from moa.control.models import Unit
from moa.control.queries import Standing, list_units, tree_on
from moa.entry.api.paging import Paged, read_cursor, write_cursor
from moa.entry.api.routes import reads
from moa.entry.api.values import Day, DayText, day_text

router = Router(tags=["organisation"])
VIEW_UNITS = "control.units.view"


class UnitItem(Schema):
    id: int
    code: str
    kind: Literal["company", "unit"]
    name: str
    names: dict[str, str]
    parent: str | None = Field(
        description="Code of what it stands under; null at the top, or where you may not look"
    )
    company: str | None = Field(description="Code of the company it belongs to; null for a company")
    country: str
    valid_from: DayText
    valid_until: DayText | None = Field(description="The first day without it")


class UnitPage(Schema):
    items: list[UnitItem]
    next: str | None


class CompaniesAsked(Paged):
    date: Day | None = Field(None, description="As of this day; today if left out")


class UnitsAsked(CompaniesAsked):
    kind: Literal["company", "unit"] | None = None


EXAMPLE: dict[str, Any] = {
    "items": [{
        "id": 3, "code": "PREC", "kind": "company", "name": "해온정밀", "names": {"ko": "해온정밀", "zh-hans": "海温精密", "en": "Haeon Precision"}, "parent": None, "company": None,
        "country": "KR", "valid_from": "2015-01-01", "valid_until": None,
    }],
    "next": None,
}  # fmt: skip


@reads(router, "/companies", scope=VIEW_UNITS, answer=UnitPage, summary="Companies", example=EXAMPLE)
def list_companies(request: HttpRequest, ctx: Context, asked: Query[CompaniesAsked]) -> dict[str, Any]:
    return _page(ctx, asked, "company")


@reads(router, "/units", scope=VIEW_UNITS, answer=UnitPage, summary="Companies and units", example=EXAMPLE)
def list_units_(request: HttpRequest, ctx: Context, asked: Query[UnitsAsked]) -> dict[str, Any]:
    return _page(ctx, asked, asked.kind or "")


def _page(ctx: Context, asked: CompaniesAsked, kind: str) -> dict[str, Any]:
    day: date = asked.date or ctx.today
    question = ["units", kind, day.isoformat()]
    place = read_cursor(question, asked.cursor, int)
    visible = {unit.id: unit for unit in list_units(ctx, on=day, permission=VIEW_UNITS)}
    after = place[0] if place else 0
    found = sorted(
        (unit for unit in visible.values() if unit.id > after and kind in ("", unit.kind)),
        key=lambda unit: unit.id,
    )
    shown, tree = found[: asked.limit], tree_on(ctx, day)
    more = write_cursor(question, [shown[-1].id]) if len(found) > len(shown) else None
    return {"items": [_unit(ctx, unit, tree.get(unit.id), visible) for unit in shown], "next": more}


def _unit(ctx: Context, unit: Unit, standing: Standing | None, visible: dict[int, Unit]) -> dict[str, Any]:
    def code(number: int | None) -> str | None:
        return visible[number].code if number in visible else None

    return {
        "id": unit.id, "code": unit.code, "kind": unit.kind, "name": unit.names.get(ctx.language) or unit.name,
        "names": unit.names, "parent": code(standing.parent_id) if standing else None,
        "company": code(standing.company_id) if standing else None, "country": unit.country,
        "valid_from": unit.valid_from.isoformat(), "valid_until": day_text(unit.valid_until),
    }  # fmt: skip

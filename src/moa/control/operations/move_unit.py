"""Move a company or a unit under another parent from a day on."""

from __future__ import annotations

from datetime import date

from moa.control.access import require, require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Unit, UnitPlace
from moa.control.operations.add_unit import UnitMisplaced
from moa.control.queries import company_under, lock_units
from moa.control.rights_guards import guarded
from moa.control.rules import move_problem, unit_problem
from moa.kernel.errors import NotFound
from moa.kernel.seen import check_seen


def place_shown(unit: Unit) -> dict[str, str]:
    return {"parent": str(unit.parent_id or "")}


def move_unit(ctx: Context, unit_id: int, *, parent_id: int | None, valid_from: date, seen: str = "") -> Unit:
    """Put the unit, with all below it, under `parent_id` (None: directly under the group) from `valid_from` on.

    Earlier days keep the former tree. A move is entered on its day or later, so that the tree of today is always
    the one that the rights of today come from.

    Raises: forbidden, not_found, unit_misplaced (a circle, a day in the future or before the last move, a unit
    without a company), changed_meanwhile.
    """
    units = lock_units(ctx)
    unit = units.get(unit_id)
    parent = units.get(parent_id) if parent_id is not None else None
    if unit is None or (parent_id is not None and parent is None):
        raise NotFound(unit=unit_id, parent=parent_id)
    # Who moves a unit takes it from one place and gives it to another: the right is asked for at both.
    require(ctx, "control.units.change", unit.id)
    require_below(ctx, "control.units.change", parent_id)
    check_seen(seen, place_shown(unit))
    last = UnitPlace.objects.filter(unit_id=unit.id).order_by("-valid_from", "-id")[0]
    problem = move_problem(
        unit.id, parent_id, {row.id: row.parent_id for row in units.values()},
        valid_from=valid_from, last_from=last.valid_from, today=ctx.today,
    ) or unit_problem(
        unit.kind, valid_from, unit.valid_until,
        parent_kind=parent.kind if parent else None,
        parent_from=parent.valid_from if parent else None,
        parent_until=parent.valid_until if parent else None,
    )  # fmt: skip
    if problem:
        raise UnitMisplaced(unit=unit.code, problem=problem)
    before = {"parent": unit.parent_id, "company": unit.company_id}
    with guarded(ctx):
        UnitPlace.objects.create(
            group_id=ctx.group_id, unit_id=unit.id, parent_id=parent_id, valid_from=valid_from
        )
        unit.parent_id = parent_id
        _settle(unit, units)
    facts = {"parent": parent_id, "company": unit.company_id, "valid_from": valid_from.isoformat()}
    record(ctx, "control.unit.moved", "unit", unit.id, before=before, after=facts)
    return unit


def _settle(top: Unit, units: dict[int, Unit]) -> None:
    """Write the present parent and company of `top` and the company of what stands below it."""
    waiting = [top]
    while waiting:
        unit = waiting.pop()
        parent = units.get(unit.parent_id) if unit.parent_id is not None else None
        company_id = company_under(unit.kind, parent)
        if unit is top or unit.company_id != company_id:
            unit.company_id = company_id
            unit.save(update_fields=["parent_id", "company_id"])
        waiting.extend(row for row in units.values() if row.parent_id == unit.id)

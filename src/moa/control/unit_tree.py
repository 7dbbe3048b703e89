"""The companies and units as a tree of today, and who holds roles in one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from moa.control.access import may, permitted_units, require
from moa.control.context import Context
from moa.control.models import Assignment, Unit
from moa.control.people import VIEW_USERS, role_name

VIEW_UNITS = "control.units.view"


@dataclass(frozen=True, slots=True)
class TreeRow:
    """Shape: `depth` 0 directly under the group; `shown` the name in the reader's language."""

    unit: Unit
    depth: int
    shown: str


@dataclass(frozen=True, slots=True)
class HeldRole:
    """Shape: `place` the unit whose role reaches here, "" for the whole group."""

    person_id: int
    person: str
    role: str
    place: str
    limit_minor: int | None


def tree(ctx: Context) -> list[TreeRow]:
    """Companies and units that the actor may see, closed ones too, each below what it stands under. Raises: forbidden."""
    require(ctx, VIEW_UNITS)
    allowed = permitted_units(ctx, VIEW_UNITS)
    units = [unit for unit in Unit.objects.order_by("code") if allowed is None or unit.id in allowed]
    known = {unit.id for unit in units}
    below: dict[int | None, list[Unit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    rows: list[TreeRow] = []

    def walk(parent: int | None, depth: int) -> None:
        for unit in below.get(parent, ()):
            rows.append(TreeRow(unit, depth, unit.names.get(ctx.language) or unit.name))
            walk(unit.id, depth + 1)

    walk(None, 0)
    return rows


def roles_in(ctx: Context, unit: Unit) -> Sequence[HeldRole] | None:
    """Who holds a role in the unit today: given there, above it or for the group. None for whoever may not see persons."""
    if not may(ctx, VIEW_USERS):
        return None
    above, parent_id = [unit.id], unit.parent_id
    parents = dict(Unit.objects.values_list("id", "parent_id"))
    while parent_id is not None:
        above.append(parent_id)
        parent_id = parents[parent_id]
    day = ctx.today
    held = (
        Assignment.objects.filter(Q(unit_id=None) | Q(unit_id__in=above), valid_from__lte=day)
        .filter(Q(valid_until=None) | Q(valid_until__gt=day))
        .exclude(role__code="machine")
        .select_related("person", "role", "unit")
    )
    rows = [
        HeldRole(
            row.person_id, row.person.name, role_name(ctx, row.role),
            (row.unit.names.get(ctx.language) or row.unit.name) if row.unit else "", row.limit_minor,
        )
        for row in held
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.place == "", row.person))

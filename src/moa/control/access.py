"""Who may do what where: rights from roles, roles from assignments, for this Context's day.

Rights are looked up once per Context, which lives for one request, command or job: a role withdrawn between
opening a page and pressing its button is gone when the button is pressed.
"""

from __future__ import annotations

from dataclasses import dataclass

from moa.control.context import Context, held_now
from moa.control.models import Unit
from moa.kernel.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of one actor: codes that hold in the whole group, and codes by unit (with all below it)."""

    everywhere: frozenset[str]
    by_unit: dict[int, frozenset[str]]
    roles: frozenset[str]

    def only(self, scopes: frozenset[str]) -> Rights:
        """What is left of these rights for a token of `scopes`; a right that was withdrawn does not come back."""
        by_unit = {unit: codes & scopes for unit, codes in self.by_unit.items()}
        return Rights(self.everywhere & scopes, by_unit, self.roles)


def rights(ctx: Context) -> Rights:
    if "rights" not in ctx.memo:
        held = _load(ctx)
        ctx.memo["rights"] = held if ctx.scopes is None else held.only(ctx.scopes)
    return ctx.memo["rights"]


def may(ctx: Context, permission: str, unit_id: int | None = None) -> bool:
    """Whether the actor holds `permission` in the unit, or anywhere when no unit is named."""
    held = rights(ctx)
    if permission in held.everywhere:
        return True
    if unit_id is None:
        return any(permission in codes for codes in held.by_unit.values())
    return permission in held.by_unit.get(unit_id, frozenset())


def require(ctx: Context, permission: str, unit_id: int | None = None) -> None:
    """Raises: forbidden."""
    if not may(ctx, permission, unit_id):
        raise Forbidden(permission=permission)


def require_below(ctx: Context, permission: str, parent_id: int | None) -> None:
    """The right to change what stands below a unit, or below the group itself. Raises: forbidden."""
    if parent_id is None and permission not in rights(ctx).everywhere:
        raise Forbidden(permission=permission)
    require(ctx, permission, parent_id)


def permitted_units(ctx: Context, permission: str) -> frozenset[int] | None:
    """The units where the actor holds `permission`; None means all of the group. Raises: forbidden when none."""
    held = rights(ctx)
    if permission in held.everywhere:
        return None
    units = frozenset(unit for unit, codes in held.by_unit.items() if permission in codes)
    if not units:
        raise Forbidden(permission=permission)
    return units


def _load(ctx: Context) -> Rights:
    rows = held_now(ctx)
    everywhere: set[str] = set()
    by_unit: dict[int, set[str]] = {}
    roles = frozenset(role for _, role, _ in rows)
    below = _children() if any(unit is not None for unit, _, _ in rows) else {}
    for unit_id, _, codes in rows:
        if unit_id is None:
            everywhere.update(codes)
            continue
        waiting = [unit_id]
        while waiting:
            unit = waiting.pop()
            by_unit.setdefault(unit, set()).update(codes)
            waiting.extend(below.get(unit, ()))
    return Rights(frozenset(everywhere), {unit: frozenset(codes) for unit, codes in by_unit.items()}, roles)


def _children() -> dict[int, list[int]]:
    below: dict[int, list[int]] = {}
    for unit_id, parent_id in Unit.objects.values_list("id", "parent_id"):
        if parent_id is not None:
            below.setdefault(parent_id, []).append(unit_id)
    return below

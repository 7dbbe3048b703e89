"""Close a company or a unit from a day on."""

from __future__ import annotations

from datetime import date

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Unit
from moa.control.queries import lock_units
from moa.kernel.errors import DomainError, NotFound


class UnitNotClosable(DomainError):
    """The unit cannot be closed from that day on; facts: `problem`, and `units` that still stand under it."""

    code = "unit_not_closable"


def close_unit(ctx: Context, unit_id: int, *, valid_until: date) -> Unit:
    """End the unit's time: `valid_until` is the first day on which it no longer exists.

    Raises: forbidden, not_found, unit_not_closable (units below it last longer, it ends before it begins, it is
    closed already).
    """
    units = lock_units(ctx)
    unit = units.get(unit_id)
    if unit is None:
        raise NotFound(unit=unit_id)
    require(ctx, "control.units.change", unit_id)
    if unit.valid_until is not None:
        raise UnitNotClosable(unit=unit.code, problem="closed_already")
    if valid_until <= unit.valid_from:
        raise UnitNotClosable(unit=unit.code, problem="ends_before_it_begins")
    longer = [
        row.code for row in units.values()
        if row.parent_id == unit_id and (row.valid_until is None or row.valid_until > valid_until)
    ]  # fmt: skip
    if longer:
        raise UnitNotClosable(unit=unit.code, problem="units_below", units=",".join(sorted(longer)))
    unit.valid_until = valid_until
    unit.save(update_fields=["valid_until"])
    record(ctx, "control.unit.closed", "unit", unit_id, after={"valid_until": valid_until.isoformat()})
    return unit

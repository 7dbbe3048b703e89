"""Give a company or a unit another name; its code and history stay."""

from __future__ import annotations

from collections.abc import Mapping

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Unit
from moa.control.queries import lock_units
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.seen import check_seen


class UnitNameMissing(DomainError):
    """A unit has a name; facts: `unit`."""

    code = "unit_name_missing"


def names_shown(unit: Unit) -> dict[str, str]:
    """The names as the form has them."""
    return {"name": unit.name, "name_zh": unit.names.get("zh-hans", ""), "name_en": unit.names.get("en", "")}


def rename_unit(ctx: Context, unit_id: int, *, name: str, names: Mapping[str, str], seen: str = "") -> Unit:
    """Shape: `name` is the one at home, `names` those in other languages.

    Raises: forbidden, not_found, unit_name_missing, changed_meanwhile.
    """
    unit = lock_units(ctx).get(unit_id)
    if unit is None:
        raise NotFound(unit=unit_id)
    require(ctx, "control.units.change", unit_id)
    check_seen(seen, names_shown(unit))
    name = name.strip()
    if not name:
        raise UnitNameMissing(unit=unit.code)
    before = {"name": unit.name, "names": unit.names}
    unit.name = name
    unit.names = {language: said.strip() for language, said in names.items() if said.strip()}
    unit.save(update_fields=["name", "names"])
    record(
        ctx, "control.unit.renamed", "unit", unit_id,
        before=before, after={"name": unit.name, "names": unit.names},
    )  # fmt: skip
    return unit

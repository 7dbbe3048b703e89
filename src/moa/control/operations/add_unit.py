"""Add a company or a unit to the group's tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Person, Unit
from moa.kernel.errors import DomainError, NotFound


class UnitExists(DomainError):
    code = "unit_exists"


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A company (`parent_id` None or another company) or a unit under one."""

    kind: str
    code: str
    name: str
    valid_from: date
    parent_id: int | None = None
    names: dict[str, str] = field(default_factory=dict)
    country: str = "KR"


def add_unit(ctx: Context, *, new: NewUnit) -> Unit:
    """Raises: forbidden, unit_exists, not_found (parent)."""
    if ctx.actor.kind != Person.MACHINE:
        require(ctx, "control.units.change")
    parent = None
    if new.parent_id is not None:
        parent = Unit.objects.filter(id=new.parent_id).first()
        if parent is None:
            raise NotFound(unit=new.parent_id)
    try:
        with transaction.atomic():
            unit = Unit.objects.create(
                group_id=ctx.group_id, kind=new.kind, code=new.code, name=new.name, names=new.names,
                country=new.country, valid_from=new.valid_from, parent_id=new.parent_id,
                company_id=None if new.kind == Unit.COMPANY or parent is None else parent.company_id or parent.id,
            )  # fmt: skip
    except IntegrityError:
        raise UnitExists(code=new.code) from None
    record(
        ctx,
        "control.unit.added",
        "unit",
        unit.id,
        after={"code": new.code, "name": new.name, "kind": new.kind},
    )
    return unit

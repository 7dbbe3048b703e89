"""Add a company or a unit to the group's tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction

from moa.control.access import require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Person, Unit, UnitPlace
from moa.control.operations.set_up_group import CodeUnfit
from moa.control.queries import company_under
from moa.control.rules import code_fits, unit_problem
from moa.kernel.errors import DomainError, NotFound


class UnitExists(DomainError):
    code = "unit_exists"


class UnitMisplaced(DomainError):
    """The unit cannot stand there; facts: `problem`."""

    code = "unit_misplaced"


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
    """Raises: forbidden, code_unfit, unit_exists, unit_misplaced, not_found (parent)."""
    if ctx.actor.kind != Person.MACHINE:
        require_below(ctx, "control.units.change", new.parent_id)
    if not code_fits(new.code):
        raise CodeUnfit(unit=new.code)
    parent = None
    if new.parent_id is not None:
        parent = Unit.objects.filter(id=new.parent_id).first()
        if parent is None:
            raise NotFound(unit=new.parent_id)
    problem = unit_problem(
        new.kind,
        new.valid_from,
        None,
        parent_kind=parent.kind if parent else None,
        parent_from=parent.valid_from if parent else None,
        parent_until=parent.valid_until if parent else None,
    )
    if problem:
        raise UnitMisplaced(code=new.code, problem=problem)
    try:
        with transaction.atomic():
            unit = Unit.objects.create(
                group_id=ctx.group_id, kind=new.kind, code=new.code, name=new.name, names=new.names,
                country=new.country, valid_from=new.valid_from, parent_id=new.parent_id,
                company_id=company_under(new.kind, parent),
            )  # fmt: skip
    except IntegrityError:
        raise UnitExists(code=new.code) from None
    UnitPlace.objects.create(
        group_id=ctx.group_id, unit_id=unit.id, parent_id=new.parent_id, valid_from=new.valid_from
    )
    facts = {"code": new.code, "name": new.name, "kind": new.kind, "parent": new.parent_id}
    record(ctx, "control.unit.added", "unit", unit.id, after=facts)
    return unit

"""Give a person a role in the whole group or in one unit and below."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from moa.control.access import require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Assignment, Person, Role, Unit
from moa.control.permissions import INCOMPATIBLE
from moa.control.rules import incompatible_rights
from moa.kernel.errors import DomainError, NotFound


class RolesIncompatible(DomainError):
    """One person must not hold both rights on one day; facts: `one` and `other`."""

    code = "roles_incompatible"


def give_role(
    ctx: Context, person_id: int, *, role_code: str, unit_id: int | None, valid_from: date
) -> Assignment:
    """Raises: forbidden, not_found (person, role or unit), roles_incompatible."""
    if ctx.actor.kind != Person.MACHINE:
        require_below(ctx, "control.users.change", None)
    role = Role.objects.filter(code=role_code).first()
    if role is None:
        raise NotFound(role=role_code)
    if not Person.objects.filter(id=person_id).exists():
        raise NotFound(person=person_id)
    if unit_id is not None and not Unit.objects.filter(id=unit_id).exists():
        raise NotFound(unit=unit_id)
    later = Assignment.objects.filter(person_id=person_id).filter(
        Q(valid_until=None) | Q(valid_until__gt=valid_from)
    )
    held = [code for codes in later.values_list("role__permissions", flat=True) for code in codes]
    pair = incompatible_rights(held, role.permissions, INCOMPATIBLE)
    if pair is not None:
        raise RolesIncompatible(role=role_code, one=pair[0], other=pair[1])
    assignment = Assignment.objects.create(
        group_id=ctx.group_id, person_id=person_id, role_id=role.id, unit_id=unit_id, valid_from=valid_from
    )
    facts = {"role": role_code, "unit": unit_id, "valid_from": valid_from.isoformat()}
    record(ctx, "control.role.given", "person", person_id, after=facts)
    return assignment

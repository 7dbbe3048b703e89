"""Give a person a role in the whole group or in one unit and below."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from moa.control.administrators import access_roles, lock_roles
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Assignment, Person, Role, Unit
from moa.control.own_pairs import refused_pairs
from moa.control.rights_guards import guarded
from moa.control.role_notices import GIVEN, tell_of_role
from moa.control.rules import incompatible_rights
from moa.kernel.errors import DomainError, NotFound


class RolesIncompatible(DomainError):
    """One person must not hold both rights on one day; facts: `one`, `other`, `person` where it is not the one asked about, and
    `tokens` where one of the machine user carries a right for whoever made it."""

    code = "roles_incompatible"


class OwnRole(DomainError):
    """Nobody gives himself or herself a role."""

    code = "own_role"


SUBJECT = "control.role_change"


class PeriodEmpty(DomainError):
    """The last day lies before the first."""

    code = "role_period_empty"


def give_role(
    ctx: Context,
    person_id: int,
    *,
    role_code: str,
    unit_id: int | None,
    valid_from: date,
    valid_until: date | None = None,
    limit_minor: int | None = None,
    newcomer: bool = False,
) -> Assignment:
    """The person is told, if not a `newcomer` who is only just being entered. `valid_until` is the first day without the role; the limit is in minor units of the group's base currency.

    Raises: forbidden, second_person_needed, not_found (person, role or unit), own_role, role_period_empty, roles_incompatible,
    and what a guard of rights refuses.
    """
    # The machine user of a group gives its first persons their roles; later only an administrator does.
    if ctx.actor.kind == Person.MACHINE:
        lock_roles(ctx)
    else:
        access_roles(ctx)
        guard(ctx, SUBJECT)
    role = Role.objects.filter(code=role_code).first()
    if role is None:
        raise NotFound(role=role_code)
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotFound(person=person_id)
    if unit_id is not None and not Unit.objects.filter(id=unit_id).exists():
        raise NotFound(unit=unit_id)
    if person_id == ctx.actor.person_id:
        raise OwnRole(person=person_id)
    if valid_until is not None and valid_until <= valid_from:
        raise PeriodEmpty(valid_from=valid_from.isoformat())
    _check_compatible(person, role, valid_from, valid_until)
    with guarded(ctx):
        assignment = Assignment.objects.create(
            group_id=ctx.group_id, person_id=person_id, role_id=role.id, unit_id=unit_id, valid_from=valid_from,
            valid_until=valid_until, limit_minor=limit_minor,
        )  # fmt: skip
    facts = {"role": role_code, "unit": unit_id, "valid_from": valid_from.isoformat()}
    if valid_until is not None:
        facts["valid_until"] = valid_until.isoformat()
    if limit_minor is not None:
        facts["limit_minor"] = str(limit_minor)
    record(ctx, "control.role.given", "person", person_id, after=facts)
    tell_of_role(
        ctx, GIVEN, role, persons=[person_id], day=valid_from, key=str(assignment.id), unit_id=unit_id, newcomer=newcomer
    )  # fmt: skip
    return assignment


def _check_compatible(person: Person, role: Role, valid_from: date, valid_until: date | None) -> None:
    at_once = Assignment.objects.filter(person_id=person.id).filter(
        Q(valid_until=None) | Q(valid_until__gt=valid_from)
    )
    if valid_until is not None:
        at_once = at_once.filter(valid_from__lt=valid_until)
    held = [code for codes in at_once.values_list("role__permissions", flat=True) for code in codes]
    pairs = refused_pairs(of_machine=person.kind == Person.MACHINE)
    pair = incompatible_rights(held, role.permissions, pairs)
    if pair is not None:
        raise RolesIncompatible(role=role.code, one=pair[0], other=pair[1])

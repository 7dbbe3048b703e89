"""Change a role of the group's own: its name and its rights, for everybody who holds it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from moa.control.administrators import ADMINISTER, access_roles, check_administrator_stays
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Assignment, Person, Role
from moa.control.operations.give_role import OwnRole, RolesIncompatible
from moa.control.operations.make_role import check_role_fits
from moa.control.own_pairs import refused_pairs
from moa.control.rights_guards import guarded
from moa.control.role_notices import CHANGED, tell_of_role
from moa.control.rules import incompatible_rights
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.seen import check_seen


class RoleStandard(DomainError):
    """A standard role is kept up to date with the product; a group makes one of its own instead."""

    code = "role_standard"


def role_shown(role: Role) -> dict[str, str | list[str]]:
    return {"name": role.name, "rights": list(role.permissions)}


def change_role(ctx: Context, role_id: int, *, name: str, permissions: Iterable[str], seen: str = "") -> Role:
    """Raises: forbidden, not_found, changed_meanwhile, role_standard, own_role, role_empty, role_name_taken, right_unknown,
    roles_incompatible (in the role, or with another role of a person who holds it; fact `person`), last_administrator, and what a
    guard of rights refuses.
    """
    access_roles(ctx)
    role = Role.objects.select_for_update().filter(id=role_id).first()
    if role is None:
        raise NotFound(role=role_id)
    if role.is_standard:
        raise RoleStandard(role=role.code)
    check_seen(seen, role_shown(role))
    codes = check_role_fits(name, permissions, role.id)
    if set(codes) - set(role.permissions) and _holds(ctx.actor.person_id, role):
        # Rights that one gives a role one gives its holders: not oneself.
        raise OwnRole(person=ctx.actor.person_id)
    _check_holders(ctx, role, codes)
    before = {"name": role.name, "rights": role.permissions}
    administered = ADMINISTER in role.permissions
    with guarded(ctx):
        role.name, role.permissions = name.strip(), codes
        role.save(update_fields=["name", "permissions"])
    if administered and ADMINISTER not in codes:
        check_administrator_stays(ctx, ctx.today)
    record(
        ctx,
        "control.role.changed",
        "role",
        role.id,
        before=before,
        after={"name": role.name, "rights": codes},
    )
    if set(codes) != set(before["rights"]):
        _tell_holders(ctx, role)
    return role


def _tell_holders(ctx: Context, role: Role) -> None:
    holding = Assignment.objects.filter(Q(valid_until=None) | Q(valid_until__gt=ctx.today), role_id=role.id)
    persons = set(holding.values_list("person_id", flat=True))
    if persons:
        tell_of_role(
            ctx, CHANGED, role, persons=persons, day=ctx.today, key=f"{role.id}:{ctx.at:%Y%m%dT%H%M%S%f}"
        )


def _holds(person_id: int, role: Role) -> bool:
    return Assignment.objects.filter(person_id=person_id, role_id=role.id).exists()


def _check_holders(ctx: Context, role: Role, codes: list[str]) -> None:
    """Nobody who holds the role now or later may come to hold two incompatible rights on one day."""
    present = Assignment.objects.filter(Q(valid_until=None) | Q(valid_until__gt=ctx.today))
    holding = list(present.filter(role_id=role.id))
    others = present.filter(person_id__in={row.person_id for row in holding}).exclude(role_id=role.id)
    pairs = {
        kind: refused_pairs(of_machine=kind == Person.MACHINE) for kind in (Person.PERSON, Person.MACHINE)
    }
    for other in others.select_related("role", "person"):
        for row in (row for row in holding if row.person_id == other.person_id):
            at_once = (other.valid_until is None or other.valid_until > row.valid_from) and (
                row.valid_until is None or row.valid_until > other.valid_from
            )
            pair = (
                incompatible_rights(other.role.permissions, codes, pairs[other.person.kind])
                if at_once
                else None
            )
            if pair is not None:
                raise RolesIncompatible(role=role.code, one=pair[0], other=pair[1], person=other.person.name)

"""Make a role of the group's own: a named set of rights."""

from __future__ import annotations

from collections.abc import Iterable

from moa.control.administrators import access_roles
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Role
from moa.control.operations.give_role import RolesIncompatible
from moa.control.own_pairs import refused_pairs
from moa.control.permissions import PERMISSIONS
from moa.control.rules import incompatible_rights
from moa.kernel.errors import DomainError


class RightUnknown(DomainError):
    """This version knows no such right; facts: `right`."""

    code = "right_unknown"


class RoleNameTaken(DomainError):
    """Another role of the group has this name."""

    code = "role_name_taken"


class RoleEmpty(DomainError):
    """A role has a name and one right at least."""

    code = "role_empty"


def make_role(ctx: Context, *, name: str, permissions: Iterable[str]) -> Role:
    """Raises: forbidden, role_empty, role_name_taken, right_unknown, roles_incompatible."""
    access_roles(ctx)
    codes = check_role_fits(name, permissions)
    numbers = [code[4:] for code in Role.objects.values_list("code", flat=True) if code.startswith("own-")]
    number = max((int(text) for text in numbers if text.isdigit()), default=0) + 1
    role = Role.objects.create(
        group_id=ctx.group_id, code=f"own-{number}", name=name.strip(), is_standard=False, permissions=codes
    )
    record(ctx, "control.role.made", "role", role.id, after={"name": role.name, "rights": codes})
    return role


def check_role_fits(name: str, permissions: Iterable[str], role_id: int | None = None) -> list[str]:
    """The rights in order. Raises: role_empty, role_name_taken, right_unknown, roles_incompatible."""
    codes = sorted(set(permissions))
    if not name.strip() or not codes:
        raise RoleEmpty()
    for code in codes:
        if code not in PERMISSIONS:
            raise RightUnknown(right=code)
    for other in Role.objects.exclude(id=role_id or 0):
        if name.strip() in {other.name, other.code, *other.names.values()}:
            raise RoleNameTaken(name=name)
    pair = incompatible_rights([], codes, refused_pairs())
    if pair is not None:
        raise RolesIncompatible(role=name, one=pair[0], other=pair[1])
    return codes

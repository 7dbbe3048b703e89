"""Set whether the holders of a role need a second factor to work."""

from __future__ import annotations

from moa.control.administrators import access_roles
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Role
from moa.kernel.errors import NotFound


def demand_second_factor(ctx: Context, role_id: int, *, demanded: bool) -> Role:
    """Counts from the next sign-in: who has none is led to set one up. Raises: forbidden, not_found."""
    access_roles(ctx)
    role = Role.objects.select_for_update().filter(id=role_id).first()
    if role is None:
        raise NotFound(role=role_id)
    before = role.needs_second_factor
    Role.objects.filter(id=role.id).update(needs_second_factor=demanded)
    role.needs_second_factor = demanded
    record(
        ctx, "control.role.second_factor", "role", role.id, before={"demanded": before}, after={"demanded": demanded}
    )  # fmt: skip
    return role

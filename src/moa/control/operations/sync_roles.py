"""Bring the group's standard roles up to the rights that this version ships."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Permission, Role
from moa.control.permissions import PERMISSIONS, STANDARD_ROLES


def sync_roles(ctx: Context) -> int:
    """Returns how many roles were made or changed. Roles that a group made itself are left alone."""
    Permission.objects.bulk_create(
        [Permission(code=code, label=label) for code, label in sorted(PERMISSIONS.items())],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["label"],
    )
    changed = 0
    for code, template in STANDARD_ROLES.items():
        codes = sorted(template.permissions)
        role = Role.objects.filter(code=code).first()
        if role is None:
            Role.objects.create(
                group_id=ctx.group_id, code=code, name=template.name, names=template.names, permissions=codes
            )
        elif role.is_standard and (role.permissions != codes or role.names != template.names):
            Role.objects.filter(id=role.id).update(
                permissions=codes, name=template.name, names=template.names
            )
        else:
            continue
        changed += 1
        record(ctx, "control.role.synced", "role", code, after={"permissions": codes})
    return changed

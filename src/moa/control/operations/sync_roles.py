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
    known = {role.code: role for role in Role.objects.all()}
    missing = [code for code in STANDARD_ROLES if code not in known]
    Role.objects.bulk_create(
        Role(
            group_id=ctx.group_id, code=code, name=STANDARD_ROLES[code].name, names=STANDARD_ROLES[code].names,
            permissions=sorted(STANDARD_ROLES[code].permissions),
        )
        for code in missing
    )  # fmt: skip
    changed = 0
    for code, template in STANDARD_ROLES.items():
        codes, role = sorted(template.permissions), known.get(code)
        if role is not None:
            if not role.is_standard or (role.permissions == codes and role.names == template.names):
                continue
            Role.objects.filter(id=role.id).update(
                permissions=codes, name=template.name, names=template.names
            )
        changed += 1
        record(ctx, "control.role.synced", "role", code, after={"permissions": codes})
    return changed

"""Change a password: one's own, or as an administrator that of somebody who was locked out."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password

from moa.control.access import require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity
from moa.control.operations.add_person import check_password_fits
from moa.kernel.errors import NotFound


def change_password(ctx: Context, person_id: int, *, password: str) -> None:
    """Set the password, open a locked login, and end the person's sessions (they are tied to the password's hash).

    Raises: forbidden, not_found, password_weak.
    """
    if person_id != ctx.actor.person_id:
        require_below(ctx, "control.users.change", None)
    # Logins stand under no policy: the group is asked for by name.
    identity = Identity.objects.select_for_update().filter(group_id=ctx.group_id, person_id=person_id).first()
    if identity is None:
        raise NotFound(person=person_id)
    check_password_fits(password, identity.login)
    Identity.objects.filter(id=identity.id).update(
        password=make_password(password), failed_count=0, locked_until=None
    )
    record(ctx, "control.identity.password_changed", "identity", identity.id)

"""Change a password: one's own, or as an administrator that of somebody who was locked out."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password

from moa.control.access import require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity, Person
from moa.control.operations.add_person import check_password_fits
from moa.control.own_access import tell_of_access
from moa.control.sessions import remove_all_sessions
from moa.kernel.errors import DomainError, NotFound


class FormerPasswordWrong(DomainError):
    """The password of until now, asked for once more, is another one."""

    code = "former_password_wrong"


def change_password(ctx: Context, person_id: int, *, password: str, former: str | None = None) -> None:
    """Set the password, open a locked login, and end the person's sessions (they are tied to the password's hash).

    Pages pass `former`, the password of until now, and change one's own only; that of another is lost and set anew by
    an administrator at the command line, or by a reset of two persons.

    Raises: forbidden, not_found, former_password_wrong, password_weak.
    """
    if person_id != ctx.actor.person_id:
        require_below(ctx, "control.users.change", None)
    # Logins stand under no policy: the group is asked for by name.
    identity = Identity.objects.select_for_update().filter(group_id=ctx.group_id, person_id=person_id).first()
    if identity is None:
        raise NotFound(person=person_id)
    if former is not None and not check_password(former, identity.password):
        raise FormerPasswordWrong()
    person = Person.objects.get(id=person_id)
    check_password_fits(password, identity.login, person.name)
    Identity.objects.filter(id=identity.id).update(
        password=make_password(password), failed_count=0, locked_until=None
    )
    remove_all_sessions(person_id)
    record(ctx, "control.identity.password_changed", "identity", identity.id)
    tell_of_access(ctx, "password", person_id=person_id)

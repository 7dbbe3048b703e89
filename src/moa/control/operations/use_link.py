"""Set a password with a one-time link: the end of an invitation, or of a reset that two persons agreed on."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password

from moa.control.audit import record
from moa.control.models import Identity, OneTimeLink, Person
from moa.control.one_time_links import door_of, find_in
from moa.control.operations.add_person import check_password_fits
from moa.control.own_access import tell_of_access
from moa.control.queries import context_for
from moa.control.sessions import remove_all_sessions


def use_link(*, token: str, password: str, at: datetime) -> str:
    """The login that can sign in from now on. Raises: link_worthless, password_weak.

    Nobody is signed in by it: whoever found the link still needs the second factor, where there is one.
    """
    ctx, identity, secret = door_of(token, at=at)
    with ctx.open():
        link = find_in(ctx, identity, secret)
        person = Person.objects.get(id=identity.person_id)
        check_password_fits(password, identity.login, person.name)
        Identity.objects.filter(id=identity.id).update(
            password=make_password(password), is_active=True, failed_count=0, locked_until=None,
            second_failed_count=0, second_locked_until=None,
        )  # fmt: skip
        OneTimeLink.objects.filter(id=link.id).update(used_at=at)
        remove_all_sessions(identity.person_id)
    # The line is the person's own: nobody else had the link.
    own = context_for(identity.group_id, identity.person_id, at=at, channel="web")
    with own.open():
        record(own, f"control.{link.kind}.used", "person", identity.person_id, after={"link": link.id})
        if link.kind == OneTimeLink.RESET:
            tell_of_access(own, "reset")
    return identity.login

"""Make a new link for a person who was invited and has not come yet; the former one is worth nothing then."""

from __future__ import annotations

from django.contrib.auth.hashers import is_password_usable

from moa.control.access import require_below
from moa.control.administrators import ADMINISTER
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity, OneTimeLink, Person
from moa.control.one_time_links import MadeLink, make_link
from moa.kernel.errors import DomainError, NotFound


class AlreadyCame(DomainError):
    """The person has set a password already: a lost one is reset by two persons."""

    code = "invitation_accepted"


def renew_invitation(ctx: Context, person_id: int) -> MadeLink:
    """Raises: forbidden, not_found, invitation_accepted."""
    require_below(ctx, ADMINISTER, None)
    identity = Identity.objects.select_for_update().filter(group_id=ctx.group_id, person_id=person_id).first()
    if identity is None or Person.objects.filter(id=person_id, left_on__lte=ctx.today).exists():
        raise NotFound(person=person_id)
    if identity.is_active or is_password_usable(identity.password):
        raise AlreadyCame(person=person_id)
    link = make_link(ctx, identity, OneTimeLink.INVITATION)
    record(
        ctx, "control.person.invited_again", "person", person_id, after={"expires_at": link.expires_at.isoformat()}
    )  # fmt: skip
    return link

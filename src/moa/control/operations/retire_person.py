"""Record that a person has left: the login and its sessions are worth nothing from that day on."""

from __future__ import annotations

from datetime import date

from moa.control.access import require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity, Person
from moa.kernel.errors import DomainError, NotFound


class OwnLogin(DomainError):
    """An administrator cannot shut out himself or herself, so one who can act always stays."""

    code = "own_login"


def retire_person(ctx: Context, person_id: int, *, left_on: date) -> None:
    """`left_on` is the first day without the person. Raises: forbidden, not_found, own_login."""
    require_below(ctx, "control.users.change", None)
    person = Person.objects.select_for_update().filter(id=person_id, kind=Person.PERSON).first()
    if person is None:
        raise NotFound(person=person_id)
    if person_id == ctx.actor.person_id:
        raise OwnLogin(person=person_id)
    Person.objects.filter(id=person_id).update(left_on=left_on)
    if left_on <= ctx.today:
        Identity.objects.filter(group_id=ctx.group_id, person_id=person_id).update(is_active=False)
    record(ctx, "control.person.left", "person", person_id, after={"left_on": left_on.isoformat()})

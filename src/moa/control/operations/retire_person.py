"""Record that a person has left: the login and its sessions are worth nothing from that day on."""

from __future__ import annotations

from datetime import date

from moa.control.administrators import access_roles, administrators_on, check_administrator_stays
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.control.leaving import end_everything, waiting_on
from moa.control.models import Identity, Person
from moa.control.one_time_links import withdraw_links
from moa.control.sessions import remove_all_sessions
from moa.kernel.errors import DomainError, NotFound

SUBJECT = "control.person_leaving"


class OwnLogin(DomainError):
    """An administrator cannot shut out himself or herself, so one who can act always stays."""

    code = "own_login"


def retire_person(ctx: Context, person_id: int, *, left_on: date) -> None:
    """`left_on` is the first day without the person; sessions, tokens and links end at once when it has come.

    Raises: forbidden, second_person_needed, not_found, own_login, last_administrator.
    """
    access_roles(ctx)
    guard(ctx, SUBJECT)
    person = Person.objects.select_for_update().filter(id=person_id, kind=Person.PERSON).first()
    if person is None:
        raise NotFound(person=person_id)
    if person_id == ctx.actor.person_id:
        raise OwnLogin(person=person_id)
    administers = person_id in administrators_on(ctx, left_on)
    Person.objects.filter(id=person_id).update(left_on=left_on)
    facts: dict[str, object] = {"left_on": left_on.isoformat()}
    if left_on <= ctx.today:
        Identity.objects.filter(group_id=ctx.group_id, person_id=person_id).update(is_active=False)
        withdraw_links(ctx, person_id)
        facts |= {"sessions": remove_all_sessions(person_id), **end_everything(ctx, person_id)}
    if administers:
        check_administrator_stays(ctx, left_on)
    facts |= {f"waiting {item.kind}": item.count for item in waiting_on(ctx, person_id)}
    record(ctx, "control.person.left", "person", person_id, after=facts)

"""Record that a person has left: the login and its sessions are worth nothing from that day on, others have the work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from moa.control.administrators import access_roles, administrators_on, check_administrator_stays
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.control.leaving import choose_successors, end_of, waiting_on
from moa.control.models import Person
from moa.control.rights_guards import guarded
from moa.kernel.errors import DomainError, NotFound

SUBJECT = "control.person_leaving"


class OwnLogin(DomainError):
    """An administrator cannot shut out himself or herself, so one who can act always stays."""

    code = "own_login"


class LeftAlready(DomainError):
    """The person is gone: what still waits is handed over, and nobody comes back by a later day."""

    code = "left_already"


def retire_person(
    ctx: Context, person_id: int, *, left_on: date, heirs: Mapping[str, int] | None = None
) -> None:
    """`left_on` is the first day without the person; all ends and is handed over at once when it has come, else then.

    Shape: `heirs` who takes over what, by the code of the matter (`control/leaving.py`). What nobody could have, for
    nobody holds the right, does not hold up the leaving: the administrators are told.

    A day that was agreed on can be moved while it has not come; rights that would meet on the days between are refused.

    Raises: forbidden, second_person_needed, not_found, own_login, left_already, last_administrator, successor_missing,
    successor_unfit, and what a guard of rights refuses.
    """
    access_roles(ctx)
    guard(ctx, SUBJECT)
    person = Person.objects.select_for_update().filter(id=person_id, kind=Person.PERSON).first()
    if person is None:
        raise NotFound(person=person_id)
    if person_id == ctx.actor.person_id:
        raise OwnLogin(person=person_id)
    if person.left_on is not None and person.left_on <= ctx.today:
        raise LeftAlready(person=person_id, left_on=person.left_on.isoformat())
    administers = person_id in administrators_on(ctx, left_on)
    waiting = {f"waiting {left.matter.code}": left.waiting.count for left in waiting_on(ctx, person_id)}
    facts: dict[str, object] = {"left_on": left_on.isoformat(), **waiting}
    with guarded(ctx):
        chosen = choose_successors(ctx, person_id, heirs or {})
        Person.objects.filter(id=person_id).update(left_on=left_on)
        facts |= {f"successor {code}": name for code, name in chosen.items()}
        if left_on <= ctx.today:
            facts |= end_of(ctx, person_id)
    if administers:
        check_administrator_stays(ctx, left_on)
    record(ctx, "control.person.left", "person", person_id, after=facts)

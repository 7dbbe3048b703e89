"""Give what waits on a person who leaves, or has left, to another: after the leaving was recorded."""

from __future__ import annotations

from collections.abc import Mapping

from moa.control.administrators import access_roles
from moa.control.audit import record
from moa.control.context import Context
from moa.control.leaving import choose_successors, end_of
from moa.control.models import Person
from moa.control.rights_guards import guarded
from moa.kernel.errors import NotFound


def hand_over(ctx: Context, person_id: int, *, heirs: Mapping[str, int]) -> None:
    """At once when the person has left, else on the day. What is not named keeps the successor it had.

    Raises: forbidden, not_found (the person does not leave), successor_unfit.
    """
    access_roles(ctx)
    person = Person.objects.select_for_update().filter(id=person_id, left_on__isnull=False).first()
    if person is None or person.left_on is None:
        raise NotFound(person=person_id)
    with guarded(ctx):
        chosen = choose_successors(ctx, person_id, heirs, all_of_it=False)
        facts: dict[str, object] = {f"successor {code}": name for code, name in chosen.items()}
        if person.left_on <= ctx.today:
            facts |= end_of(ctx, person_id)
    record(ctx, "control.person.handed_over", "person", person_id, after=facts)

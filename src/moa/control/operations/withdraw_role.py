"""Take a role from a person from a day on."""

from __future__ import annotations

from datetime import date

from moa.control.administrators import ADMINISTER, access_roles, check_administrator_stays
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Assignment
from moa.control.role_notices import TAKEN, tell_of_role
from moa.kernel.errors import DomainError, NotFound

SUBJECT = "control.role_withdrawal"


class RoleNotHeld(DomainError):
    """The role has ended before that day already."""

    code = "role_not_held"


def withdraw_role(ctx: Context, assignment_id: int, *, valid_until: date) -> None:
    """End the assignment: `valid_until` is the first day without the role. One that never began is removed.

    Raises: forbidden, second_person_needed, not_found, role_not_held, last_administrator.
    """
    access_roles(ctx)
    guard(ctx, SUBJECT)
    assignment = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("role")
        .filter(id=assignment_id)
        .first()
    )
    if assignment is None:
        raise NotFound(assignment=assignment_id)
    if assignment.valid_until is not None and assignment.valid_until <= valid_until:
        raise RoleNotHeld(assignment=assignment_id)
    if valid_until <= assignment.valid_from:
        assignment.delete()
    else:
        assignment.valid_until = valid_until
        assignment.save(update_fields=["valid_until"])
    if ADMINISTER in assignment.role.permissions and assignment.unit_id is None:
        check_administrator_stays(ctx, valid_until)
    facts = {"assignment": assignment_id, "valid_until": valid_until.isoformat()}
    record(ctx, "control.role.withdrawn", "person", assignment.person_id, after=facts)
    tell_of_role(
        ctx, TAKEN, assignment.role, persons=[assignment.person_id], day=valid_until, key=f"{assignment_id}:{valid_until}",
        unit_id=assignment.unit_id,
    )  # fmt: skip

"""End a pair of the group's own: one person may hold both rights again. Built-in pairs have no row and cannot be ended."""

from __future__ import annotations

from moa.control.administrators import access_roles
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import RightsPair
from moa.control.operations.keep_rights_apart import pair_reason
from moa.kernel.errors import NotFound

SUBJECT = "control.rights_together"


def let_rights_meet(ctx: Context, pair_id: int, *, reason: str) -> None:
    """Raises: forbidden, second_person_needed, rights_pair_reason_missing, rights_pair_reason_too_long, not_found (ended already)."""
    access_roles(ctx)
    guard(ctx, SUBJECT)
    why = pair_reason(reason)
    pair = RightsPair.objects.select_for_update().filter(id=pair_id, ended_on=None).first()
    if pair is None:
        raise NotFound(pair=pair_id)
    pair.ended_on, pair.ended_by_id = ctx.today, ctx.actor.person_id
    pair.save(update_fields=["ended_on", "ended_by_id"])
    facts = {"rights": [pair.one, pair.other], "reason": pair.reason}
    record(ctx, "control.rights.let_together", "rights_pair", pair.id, before=facts, after={"reason": why})

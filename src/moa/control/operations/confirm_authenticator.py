"""Take the new authenticator app into use with its first code; a former one is worth nothing from then on."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Authenticator
from moa.control.operations.set_up_authenticator import secret_of
from moa.control.own_access import tell_of_access
from moa.control.second_factor_rules import matching_step
from moa.kernel.errors import DomainError, NotFound


class CodeWrong(DomainError):
    """The code is not the one that the app shows now."""

    code = "code_wrong"


def confirm_authenticator(ctx: Context, *, code: str) -> None:
    """The code of set-up is used up by it. Raises: not_found (nothing waits), code_wrong."""
    me = ctx.actor.person_id
    row = Authenticator.objects.select_for_update().filter(person_id=me, confirmed_at=None).first()
    if row is None:
        raise NotFound(authenticator=me)
    step = matching_step(secret_of(ctx, row), code, at=ctx.at, last_step=row.last_step)
    if step is None:
        raise CodeWrong()
    replaced = Authenticator.objects.filter(person_id=me, confirmed_at__isnull=False).delete()[0]
    Authenticator.objects.filter(id=row.id).update(confirmed_at=ctx.at, last_step=step)
    record(ctx, "control.authenticator.confirmed", "person", me, after={"replaced": replaced})
    tell_of_access(ctx, "authenticator")

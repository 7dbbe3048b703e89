"""Remove one's own authenticator app or passkey; the page has the person proven once more before."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Authenticator, Identity, Passkey, RecoveryCode
from moa.control.own_access import tell_of_access
from moa.control.second_factors import demanded_of, factors_of
from moa.kernel.errors import DomainError, NotFound


class SecondFactorNeeded(DomainError):
    """A role of this person demands a second factor, and this is the last one."""

    code = "second_factor_needed"


def remove_second_factor(ctx: Context, *, passkey_id: int | None = None) -> None:
    """The authenticator app, or with `passkey_id` that passkey. With the last one the recovery codes go too.

    Raises: not_found, second_factor_needed.
    """
    me = ctx.actor.person_id
    # The row of the login is the lock: two removals at once must not each see the other one's factor stay.
    Identity.objects.select_for_update().get(group_id=ctx.group_id, person_id=me)
    if passkey_id is None:
        gone = Authenticator.objects.filter(person_id=me, confirmed_at__isnull=False).delete()[0]
    else:
        gone = Passkey.objects.filter(person_id=me, id=passkey_id).delete()[0]
    if not gone:
        raise NotFound(passkey=passkey_id)
    left = factors_of(ctx, me)
    if not left.any:
        if demanded_of(ctx):
            raise SecondFactorNeeded()
        RecoveryCode.objects.filter(person_id=me).delete()
    kind = "authenticator" if passkey_id is None else "passkey"
    record(
        ctx, f"control.{kind}.removed", "person", me, after={"passkey": passkey_id, "codes_left": left.any}
    )
    tell_of_access(ctx, f"{kind}_removed")

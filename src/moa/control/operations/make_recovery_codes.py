"""Make ten recovery codes, shown once; the former ones are worth nothing from then on."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity, RecoveryCode
from moa.control.own_access import tell_of_access
from moa.control.second_factor_rules import new_recovery_codes, recovery_hash
from moa.control.second_factors import factors_of
from moa.kernel.errors import DomainError


class NoSecondFactor(DomainError):
    """Recovery codes stand in for a second factor, and there is none."""

    code = "no_second_factor"


def make_recovery_codes(ctx: Context) -> list[str]:
    """Raises: no_second_factor."""
    me = ctx.actor.person_id
    Identity.objects.select_for_update().get(group_id=ctx.group_id, person_id=me)
    if not factors_of(ctx, me).any:
        raise NoSecondFactor()
    RecoveryCode.objects.filter(person_id=me).delete()
    codes = new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            group_id=ctx.group_id, person_id=me, hash=recovery_hash(ctx.group_id, me, code), made_at=ctx.at
        )
        for code in codes
    )
    record(ctx, "control.recovery_code.made", "person", me, after={"codes": len(codes)})
    tell_of_access(ctx, "codes")
    return codes

"""The second step of signing in: a code of the authenticator app, or a recovery code."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Authenticator, Identity, RecoveryCode
from moa.control.operations.set_up_authenticator import secret_of
from moa.control.own_access import tell_of_access
from moa.control.queries import context_for
from moa.control.second_factor_rules import matching_hash, matching_step, recovery_hash
from moa.control.second_factors import SecondFactorRefused, clear_wrong, count_wrong, locked
from moa.kernel.errors import DomainError, NotFound

Way = Literal["authenticator", "recovery"]


def pass_second_step(*, identity_id: int, code: str, way: Way, at: datetime) -> tuple[Identity, Context]:
    """The identity whose password was right a moment ago, and a Context of its person.

    A code counts once: of the app by its time step, a recovery code by being used. The failure is committed although
    the step is refused. Raises: second_factor_refused, second_factor_locked.
    """
    refusal: DomainError | None = None
    with transaction.atomic():
        identity = Identity.objects.select_for_update().filter(id=identity_id, is_active=True).first()
        if identity is None:
            raise SecondFactorRefused()
        refusal = locked(identity, at)
        if refusal is None:
            try:
                ctx = context_for(identity.group_id, identity.person_id, at=at, channel="web")
            except NotFound:
                raise SecondFactorRefused() from None
            with ctx.open():
                right = take_code(ctx, code) if way == "authenticator" else _take_recovery(ctx, code)
                if right:
                    clear_wrong(identity)
                    facts = {"second_factor": way}
                    record(ctx, "control.identity.signed_in", "identity", identity.id, after=facts)
            if not right:
                refusal = count_wrong(identity, at=at, by=way)
    if refusal is not None:
        raise refusal
    return identity, ctx


def take_code(ctx: Context, code: str) -> bool:
    """Whether this is a code of the actor's app that was not used yet; then it is used now."""
    row = (
        Authenticator.objects.select_for_update()
        .filter(person_id=ctx.actor.person_id, confirmed_at__isnull=False)
        .first()
    )
    if row is None:
        return False
    step = matching_step(secret_of(ctx, row), code, at=ctx.at, last_step=row.last_step)
    if step is None:
        return False
    Authenticator.objects.filter(id=row.id).update(last_step=step)
    return True


def _take_recovery(ctx: Context, code: str) -> bool:
    me = ctx.actor.person_id
    kept = RecoveryCode.objects.filter(person_id=me, used_at=None).values_list("hash", flat=True)
    found = matching_hash(recovery_hash(ctx.group_id, me, code), list(kept))
    if found is None:
        return False
    # One statement decides who used it, should two ask at once.
    used = RecoveryCode.objects.filter(person_id=me, hash=found, used_at=None).update(used_at=ctx.at)
    if used:
        left = RecoveryCode.objects.filter(person_id=me, used_at=None).count()
        record(ctx, "control.recovery_code.used", "person", me, after={"left": left})
        tell_of_access(ctx, "code_used")
    return bool(used)

"""What a person has besides the password, whether a role demands it, and the lock on wrong tries."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from moa.control.audit import record
from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.control.models import Assignment, Identity
from moa.control.people import SecondFactors, second_factors_of
from moa.control.queries import machine_context
from moa.control.rules import lock_after_failures
from moa.kernel.errors import DomainError


class SecondFactorRefused(DomainError):
    """The code or the passkey does not fit; which of several reasons is not said."""

    code = "second_factor_refused"


class SecondFactorLocked(DomainError):
    """Too many wrong codes; facts: `until`."""

    code = "second_factor_locked"


def factors_of(ctx: Context, person_id: int) -> SecondFactors:
    return second_factors_of([person_id])[person_id]


def has_second_factor(ctx: Context) -> bool:
    """Whether the actor has an authenticator app or a passkey; asked at every sign-in, so it is one statement."""
    with driver_cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from control_authenticator where person_id = %(me)s and confirmed_at is not null)"
            " or exists (select 1 from control_passkey where person_id = %(me)s)",
            {"me": ctx.actor.person_id},
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def demanded_of(ctx: Context) -> bool:
    """Whether a role that the actor holds today demands a second factor."""
    held = Assignment.objects.filter(person_id=ctx.actor.person_id, valid_from__lte=ctx.today)
    present = held.filter(Q(valid_until=None) | Q(valid_until__gt=ctx.today))
    return present.filter(role__needs_second_factor=True).exists()


def count_wrong(identity: Identity, *, at: datetime, by: str) -> DomainError:
    """Count a wrong second factor, lock after too many, record it; returns the refusal to raise after the commit.

    The row of the login is locked by the caller. Tries during a lock are neither tried nor counted.
    """
    failed = identity.second_failed_count + 1
    until = lock_after_failures(failed, at)
    Identity.objects.filter(id=identity.id).update(second_failed_count=failed, second_locked_until=until)
    ctx = machine_context(identity.group_id, at=at, channel="web")
    facts = {"by": by, "failed": failed, "locked_until": until.isoformat() if until else None}
    with ctx.open():
        record(ctx, "control.identity.second_factor_refused", "identity", identity.id, after=facts)
    return SecondFactorLocked(until=until) if until else SecondFactorRefused()


def locked(identity: Identity, at: datetime) -> SecondFactorLocked | None:
    """The refusal while the second step is locked, else None."""
    until = identity.second_locked_until
    return SecondFactorLocked(until=until) if until is not None and until > at else None


def clear_wrong(identity: Identity) -> None:
    Identity.objects.filter(id=identity.id).update(second_failed_count=0, second_locked_until=None)

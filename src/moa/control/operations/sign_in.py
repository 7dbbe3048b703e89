"""Check a login and a password, counting failures and locking after too many."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity
from moa.control.queries import context_for, machine_context
from moa.control.rules import lock_after_failures
from moa.control.second_factors import has_second_factor
from moa.kernel.errors import DomainError, NotFound


class SignInRefused(DomainError):
    """The login or the password is wrong; which one is not said."""

    code = "sign_in_refused"


class SignInLocked(DomainError):
    """Too many wrong passwords; facts: `until`."""

    code = "sign_in_locked"


def sign_in(*, login: str, password: str, at: datetime) -> tuple[Identity, Context]:
    """Return the identity and a Context of its person. Raises: sign_in_refused, sign_in_locked.

    Where `second_factors.has_second_factor` says so, the caller lets nobody in before the second step.

    The failure is committed although the sign-in is refused, and an unknown login costs the same time as a wrong
    password, so neither speed nor text tells whether a login exists. (A locked login says so: a person who is
    kept out must know until when.)
    """
    login = login.strip().lower()
    with transaction.atomic():
        identity = Identity.objects.select_for_update().filter(login=login, is_active=True).first()
        refusal = _try(identity, password, at)
    if identity is None:
        raise SignInRefused()
    if refusal is not None:
        raise refusal
    try:
        ctx = context_for(identity.group_id, identity.person_id, at=at, channel="web")
    except NotFound:
        raise SignInRefused() from None
    with ctx.open():
        # Who has a second factor is not in yet: the second step writes that line.
        done = "password_accepted" if has_second_factor(ctx) else "signed_in"
        record(ctx, f"control.identity.{done}", "identity", identity.id)
    return identity, ctx


def _try(identity: Identity | None, password: str, at: datetime) -> DomainError | None:
    if identity is None:
        make_password(password)
        return SignInRefused()
    if identity.locked_until is not None and identity.locked_until > at:
        return SignInLocked(until=identity.locked_until)
    if check_password(password, identity.password):
        Identity.objects.filter(id=identity.id).update(failed_count=0, locked_until=None, last_login=at)
        return None
    failed = identity.failed_count + 1
    until = lock_after_failures(failed, at)
    Identity.objects.filter(id=identity.id).update(failed_count=failed, locked_until=until)
    _record_failure(identity, failed, until, at)
    return SignInLocked(until=until) if until else SignInRefused()


def _record_failure(identity: Identity, failed: int, until: datetime | None, at: datetime) -> None:
    """One audit line in the identity's group, as its machine user: who tried is not known.

    Tries during a lock are not tried and leave no line, so nobody can fill the audit trail by guessing.
    """
    ctx = machine_context(identity.group_id, at=at, channel="web")
    facts = {"failed": failed, "locked_until": until.isoformat() if until else None}
    with ctx.open():
        record(ctx, "control.identity.refused", "identity", identity.id, after=facts)

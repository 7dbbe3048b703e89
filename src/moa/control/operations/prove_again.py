"""Prove oneself once more in a running session: by the password, a code of the app, or a passkey."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity, Passkey
from moa.control.operations.pass_second_step import take_code
from moa.control.passkeys import PasskeyRefused, Place, check_sign_in, credential_id_of
from moa.control.second_factors import clear_wrong, count_wrong, locked


def prove_again(ctx: Context, *, password: str = "", code: str = "") -> None:
    """Either suffices. Wrong tries are counted and lock, as those of the second step of signing in.

    The caller commits although it is refused. Raises: second_factor_refused, second_factor_locked.
    """
    identity = _login(ctx)
    right = check_password(password, identity.password) if password else take_code(ctx, code)
    _end(ctx, identity, right=right, by="password" if password else "authenticator")


def prove_by_passkey(ctx: Context, *, place: Place, answer: dict[str, Any], challenge: bytes) -> None:
    """By a key of the actor's own, on a device that has checked the person. Raises: as `prove_again`."""
    identity = _login(ctx)
    try:
        key = (
            Passkey.objects.select_for_update()
            .filter(person_id=ctx.actor.person_id, credential_id=credential_id_of(answer))
            .first()
        )
        if key is None:
            raise PasskeyRefused(reason="unknown")
        count = check_sign_in(place, answer, challenge, key, whole=True)
    except PasskeyRefused:
        _end(ctx, identity, right=False, by="passkey")
    else:
        Passkey.objects.filter(id=key.id).update(sign_count=count, last_used_at=ctx.at)
        _end(ctx, identity, right=True, by="passkey")


def _login(ctx: Context) -> Identity:
    """The actor's login, locked, so that tries count one after the other. Raises: second_factor_locked."""
    logins = Identity.objects.select_for_update()
    identity = logins.get(group_id=ctx.group_id, person_id=ctx.actor.person_id)
    refusal = locked(identity, ctx.at)
    if refusal is not None:
        raise refusal
    return identity


def _end(ctx: Context, identity: Identity, *, right: bool, by: str) -> None:
    code = "control.identity.proven_again" if right else "control.identity.not_proven"
    record(ctx, code, "identity", identity.id, after={"by": by})
    if not right:
        raise count_wrong(identity, at=ctx.at, by=by)
    clear_wrong(identity)

"""Sign in with a passkey: as the second step after a password, or as the whole sign-in."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity, Passkey
from moa.control.passkeys import PasskeyRefused, Place, check_sign_in, credential_id_of, handle_of
from moa.control.queries import context_for
from moa.control.second_factors import SecondFactorRefused, clear_wrong, count_wrong, locked
from moa.kernel.errors import DomainError, NotFound


def pass_passkey(
    *, place: Place, answer: dict[str, Any], challenge: bytes, at: datetime, identity_id: int | None = None
) -> tuple[Identity, Context]:
    """With `identity_id` the second step of that login; without it the login is the one that the key names.

    A whole sign-in demands that the device has checked the person (finger, face, number): then it is two factors.
    Raises: second_factor_refused, second_factor_locked.
    """
    whole = identity_id is None
    refusal: DomainError | None = None
    with transaction.atomic():
        identity = _login(answer, identity_id)
        refusal = locked(identity, at)
        if refusal is None:
            try:
                ctx = context_for(identity.group_id, identity.person_id, at=at, channel="web")
            except NotFound:
                raise SecondFactorRefused() from None
            try:
                with ctx.open():
                    _take(ctx, identity, place, answer, challenge, whole=whole)
            except PasskeyRefused:
                # A stranger can name any login here: only who gave the password is counted.
                refusal = SecondFactorRefused() if whole else count_wrong(identity, at=at, by="passkey")
    if refusal is not None:
        raise refusal
    return identity, ctx


def _login(answer: dict[str, Any], identity_id: int | None) -> Identity:
    logins = Identity.objects.select_for_update().filter(is_active=True)
    if identity_id is not None:
        found = logins.filter(id=identity_id).first()
    else:
        try:
            found = logins.filter(handle=uuid.UUID(bytes=handle_of(answer))).first()
        except (PasskeyRefused, ValueError):
            found = None
    if found is None:
        raise SecondFactorRefused()
    return found


def _take(
    ctx: Context, identity: Identity, place: Place, answer: dict[str, Any], challenge: bytes, *, whole: bool
) -> None:
    me = ctx.actor.person_id
    key = (
        Passkey.objects.select_for_update()
        .filter(person_id=me, credential_id=credential_id_of(answer))
        .first()
    )
    if key is None:
        raise PasskeyRefused(reason="unknown")
    count = check_sign_in(place, answer, challenge, key, whole=whole)
    Passkey.objects.filter(id=key.id).update(sign_count=count, last_used_at=ctx.at)
    clear_wrong(identity)
    facts: dict[str, object] = (
        {"passkey": key.id} if whole else {"second_factor": "passkey", "passkey": key.id}
    )
    if whole:
        Identity.objects.filter(id=identity.id).update(last_login=ctx.at)
    record(ctx, "control.identity.signed_in", "identity", identity.id, after=facts)

"""Keep a new passkey of one's own."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity, Passkey
from moa.control.own_access import tell_of_access
from moa.control.passkeys import PasskeyRefused, Place, check_registration
from moa.kernel.errors import DomainError

MOST = 20


class TooManyPasskeys(DomainError):
    """A person has twenty passkeys at most."""

    code = "too_many_passkeys"


def register_passkey(
    ctx: Context, *, place: Place, answer: dict[str, Any], challenge: bytes, name: str
) -> Passkey:
    """Raises: passkey_refused, too_many_passkeys."""
    me = ctx.actor.person_id
    Identity.objects.select_for_update().get(group_id=ctx.group_id, person_id=me)
    if Passkey.objects.filter(person_id=me).count() >= MOST:
        raise TooManyPasskeys(most=MOST)
    proven = check_registration(place, answer, challenge)
    try:
        with transaction.atomic():
            key = Passkey.objects.create(
                group_id=ctx.group_id, person_id=me, credential_id=proven.credential_id,
                public_key=proven.credential_public_key, sign_count=proven.sign_count,
                name=(name.strip() or "Passkey")[:60], created_at=ctx.at,
            )  # fmt: skip
    except IntegrityError:
        raise PasskeyRefused(reason="known") from None
    record(ctx, "control.passkey.registered", "person", me, after={"passkey": key.id, "name": key.name})
    tell_of_access(ctx, "passkey")
    return key

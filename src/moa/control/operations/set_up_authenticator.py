"""Set up an authenticator app: a new secret, shown once, that counts when its first code was typed."""

from __future__ import annotations

from dataclasses import dataclass

from moa.control.context import Context
from moa.control.models import Authenticator, Identity
from moa.control.queries import the_group_of
from moa.control.sealed_secrets import open_secret, seal_secret
from moa.control.second_factor_rules import authenticator_address, new_secret
from moa.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the page shows: the secret to type, and the address that the picture holds."""

    secret: str
    address: str


def set_up_authenticator(ctx: Context) -> SetUp:
    """The secret that waits for its first code; the same one until then, so that a reload does not change it.

    Raises: not_found (the actor has no login).
    """
    me = ctx.actor.person_id
    identity = Identity.objects.select_for_update().filter(group_id=ctx.group_id, person_id=me).first()
    if identity is None:
        raise NotFound(person=me)
    waiting = Authenticator.objects.filter(person_id=me, confirmed_at=None).first()
    if waiting is None:
        secret = new_secret()
        version, sealed = seal_secret(ctx, secret, label=secret_label(me))
        Authenticator.objects.create(
            group_id=ctx.group_id, person_id=me, key_version=version, sealed=sealed, created_at=ctx.at
        )
    else:
        secret = secret_of(ctx, waiting)
    issuer = f"Moa {the_group_of(ctx).name}"
    return SetUp(secret, authenticator_address(secret, login=identity.login, issuer=issuer))


def secret_of(ctx: Context, row: Authenticator) -> str:
    """Raises: secret_damaged, master_key_wrong."""
    return open_secret(ctx, row.key_version, bytes(row.sealed), label=secret_label(row.person_id))


def secret_label(person_id: int) -> str:
    return f"authenticator {person_id}"

"""End a machine token: the next request that shows it is refused."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import MachineToken
from moa.control.tokens import access_token


def revoke_token(ctx: Context, token_id: int) -> None:
    """One's own, or any with the right to manage them; a revoked one stays as it is. Raises: not_found."""
    token = access_token(ctx, token_id)
    changed = MachineToken.objects.filter(id=token.id, revoked_at=None).update(
        revoked_at=ctx.at, revoked_by_id=ctx.actor.person_id
    )
    if changed:
        record(ctx, "control.token.revoked", "machine_token", token.id, after={"prefix": token.prefix})

"""End the token of a connection, as after a theft: the bank is told, and it is forgotten here whether the bank heard it or not."""

from __future__ import annotations

from moa.channels.permissions import CHANGE
from moa.channels.protocol import Asked
from moa.channels.queries import access_connection
from moa.channels.registry import SECONDS, channel_over
from moa.control.context import Context


def revoke_token(ctx: Context, bank_code: str, *, seconds: int = SECONDS) -> Asked:
    """Called in a closed Context. The next message asks for a new token; with a stolen secret, the connection is set up anew.

    Raises: forbidden, not_found.
    """
    with ctx.open():
        connection = access_connection(ctx, bank_code, CHANGE)
    return channel_over(ctx, connection, seconds=seconds).revoke()

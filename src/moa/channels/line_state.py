"""The state of a connection as it changes, with a line of the trail each time."""

from __future__ import annotations

from moa.channels.lifecycle import LINE
from moa.channels.models import Connection
from moa.control.audit import record
from moa.control.context import Context


def move_line(ctx: Context, connection: Connection, move: str) -> str:
    """Called in a closed Context. Shape: the state afterwards."""
    with ctx.open():
        row = Connection.objects.select_for_update().get(id=connection.id)
        after = LINE.after(row.state, move).value
        if after == row.state:
            return after
        before, row.state, row.state_at = row.state, after, ctx.at
        row.save(update_fields=["state", "state_at"])
        record(
            ctx, f"channels.connection.{after}", "connection", row.id, before={"state": before},
            after={"state": after},
        )  # fmt: skip
    return after

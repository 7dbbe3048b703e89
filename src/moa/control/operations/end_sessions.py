"""End one of one's own sessions, all others, or all."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import OpenSession
from moa.control.sessions import remove_sessions
from moa.kernel.errors import NotFound


def end_sessions(ctx: Context, *, session_id: int | None = None, but_key: str = "") -> int:
    """With `session_id` that one, else all but the one of `but_key`; each is out at its next request.

    Returns how many ended. Raises: not_found.
    """
    rows = OpenSession.objects.filter(person_id=ctx.actor.person_id)
    if session_id is not None:
        rows = rows.filter(id=session_id)
        if not rows.exists():
            raise NotFound(session=session_id)
    elif but_key:
        rows = rows.exclude(session_key=but_key)
    ended = remove_sessions(rows)
    record(ctx, "control.session.ended", "person", ctx.actor.person_id, after={"sessions": ended})
    return ended

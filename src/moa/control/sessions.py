"""Open sessions of a person: noted when they begin, listed, and ended by removing Django's row of the same key.

A request of a session whose row is gone finds nobody signed in, so nothing else has to be asked at each request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.sessions.models import Session

from moa.control.context import Context
from moa.control.models import OpenSession
from moa.control.rules import session_end

# Names inside the session; `web/session_limits.py` keeps them.
SINCE, SEEN = "moa_since", "moa_seen"


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One open session as its person sees it."""

    id: int
    device: str
    address: str
    proven_by: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


def note_session(ctx: Context, *, session_key: str, device: str, address: str, proven_by: str) -> None:
    """Called right after signing in, when the session's key is new."""
    OpenSession.objects.create(
        group_id=ctx.group_id, person_id=ctx.actor.person_id, session_key=session_key, device=device[:300],
        address=address[:64], proven_by=proven_by, began_at=ctx.at,
    )  # fmt: skip


def list_sessions(ctx: Context, person_id: int, *, current_key: str = "") -> list[SessionLine]:
    """The sessions of a person that still count, the newest first; rows whose session has ended are removed."""
    rows = list(OpenSession.objects.filter(person_id=person_id).order_by("-began_at", "-id"))
    there = {
        row.session_key: row for row in Session.objects.filter(session_key__in=[r.session_key for r in rows])
    }
    lines, gone = [], []
    for row in rows:
        session = there.get(row.session_key)
        seen = _seen_at(session, row.began_at)
        if session is None or session_end(row.began_at, seen) <= ctx.at:
            gone.append(row)
            continue
        lines.append(
            SessionLine(
                row.id, row.device, row.address, row.proven_by, row.began_at, seen, row.session_key == current_key
            )
        )  # fmt: skip
    remove_sessions(gone)
    return lines


def remove_sessions(rows: Iterable[OpenSession]) -> int:
    """End these sessions; returns how many rows there were."""
    found = list(rows)
    Session.objects.filter(session_key__in=[row.session_key for row in found]).delete()
    OpenSession.objects.filter(id__in=[row.id for row in found]).delete()
    return len(found)


def forget_session(session_key: str) -> None:
    """The line of a session that its person ended by signing out."""
    OpenSession.objects.filter(session_key=session_key).delete()


def remove_all_sessions(person_id: int) -> int:
    """End every session of a person of this group; for a person who leaves or whose password was reset."""
    return remove_sessions(OpenSession.objects.filter(person_id=person_id))


def _seen_at(session: Session | None, began_at: datetime) -> datetime:
    seconds = session.get_decoded().get(SEEN) if session is not None else None
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else began_at

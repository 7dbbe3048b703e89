"""Mark one's own notices as read, as done, or take them up again."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.lifecycle import NOTICE, NoticeState
from moa.control.models import Notice
from moa.control.notice_inbox import visible


def mark_notices(ctx: Context, move: str, *, ids: list[int] | None = None) -> int:
    """Returns how many changed; those that the move does not fit stay as they are. Shape: `ids` None means all open ones.

    The actor's own notices only: others are not found, and so nothing happens to them.
    """
    fitting = [state for state in NoticeState if NOTICE.allows(state, move)]
    notices = visible(ctx).filter(state__in=fitting)
    if ids is not None:
        notices = notices.filter(id__in=ids)
    found = dict(notices.values_list("id", "state"))
    changed = 0
    for state in fitting:
        held = [number for number, was in found.items() if was == state]
        rows = Notice.objects.filter(id__in=held, state=state)
        changed += rows.update(state=NOTICE.after(state, move), state_at=ctx.at)
    if changed:
        record(ctx, f"control.notice.{move}", "person", ctx.actor.person_id, after={"notices": changed})
    return changed

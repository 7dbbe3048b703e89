"""How a moment is written for programs: ISO 8601 in the group's time zone, with its offset."""

from __future__ import annotations

from datetime import datetime

from moa.control.context import Context
from moa.control.queries import group_zone


class Clock:
    """Writes moments in the group's time zone, with its offset."""

    def __init__(self, ctx: Context) -> None:
        self.zone = group_zone(ctx)

    def __call__(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).isoformat()

    def maybe(self, moment: datetime | None) -> str | None:
        return None if moment is None else self(moment)

"""The audit trail, newest first."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from moa.control.context import Context
from moa.control.moments import Clock
from moa.control.queries import the_group_of
from moa.control.trail import MOST_MICROS, VIEW_TRAIL, Place, TrailFilter, TrailRow, list_trail
from moa.control.trail_requests import request_ids
from moa.entry.api.paging import Cursor, CursorUnfit, read_cursor, write_cursor
from moa.entry.api.routes import reads
from moa.entry.api.values import Day, MomentText, Words

router = Router(tags=["audit"])


class AuditItem(Schema):
    id: str
    at: MomentText
    who: str
    kind: str = Field(description="person, machine, or system for a change made beside the application")
    code: str
    subject_type: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    channel: str
    request_id: str


class AuditPage(Schema):
    items: list[AuditItem]
    next: str | None


class AuditAsked(Schema):
    from_: Day | None = Field(None, alias="from")
    to: Day | None = Field(None, description="Included")
    who: Words = Field("", description="Part of a name")
    code: Words = Field("", description="Beginning of an operation's code", examples=["accounts.file"])
    cursor: Cursor = ""


@reads(
    router, "/audit", scope=VIEW_TRAIL, answer=AuditPage, summary="Audit trail",
    example={
        "items": [{
            "id": "l4711", "at": "2026-11-21T07:02:12.120000+09:00", "who": "Moa", "kind": "machine",
            "code": "accounts.file.stored", "subject_type": "statement_file", "subject_id": "311",
            "before": {"state": "reading"}, "after": {"state": "stored", "new": 212}, "channel": "job",
            "request_id": "3f6c0f3de1a94b7c",
        }],
        "next": None,
    },
)  # fmt: skip
def list_audit(request: HttpRequest, ctx: Context, asked: Query[AuditAsked]) -> dict[str, Any]:
    """Fifty a page. The right must hold in the whole group, for a line carries no unit."""
    question = asked.dict(exclude={"cursor"})
    place = read_cursor(question, asked.cursor, int, int)
    if place and not 0 <= place[0] < MOST_MICROS:
        raise CursorUnfit(asked.cursor)
    zone = ZoneInfo(the_group_of(ctx).time_zone)
    wanted = TrailFilter(
        datetime.combine(asked.from_, time.min, zone) if asked.from_ else None,
        datetime.combine(asked.to + timedelta(days=1), time.min, zone)
        if asked.to and asked.to < date.max
        else None,
        asked.who,
        asked.code,
    )
    found = list_trail(ctx, wanted, older=Place(*place) if place else None)
    requests, clock = request_ids(ctx, found.rows), Clock(ctx)
    last = found.rows[-1].place if found.rows else None
    more = write_cursor(question, [last.micros, last.id]) if last and found.has_older else None
    return {"items": [_item(row, requests.get(row.id, ""), clock) for row in found.rows], "next": more}


def _item(row: TrailRow, request_id: str, clock: Clock) -> dict[str, Any]:
    return {
        "id": row.id, "at": clock(row.at), "who": row.who, "kind": row.kind, "code": row.code,
        "subject_type": row.subject_type, "subject_id": row.subject_id, "before": row.before, "after": row.after,
        "channel": row.channel, "request_id": request_id,
    }  # fmt: skip

"""Where a job stands that this token's person filed."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from moa.control.context import Context
from moa.control.job_states import access_job
from moa.control.moments import Clock
from moa.entry.api.routes import reads
from moa.entry.api.values import MomentText, Number

router = Router(tags=["jobs"])


class Job(Schema):
    id: int
    work: str = Field(examples=["accounts.import_file"])
    state: Literal["waiting", "running", "done", "failed", "ended"]
    attempts: int
    request_id: str = Field(description="Of the request that filed it")
    filed_at: MomentText | None
    changed_at: MomentText | None


@reads(
    router, "/jobs/{int:job_id}", scope="", answer=Job, summary="One job",
    example={
        "id": 5120, "work": "accounts.import_file", "state": "done", "attempts": 1, "request_id": "3f6c0f3de1a94b7c",
        "filed_at": "2026-11-21T07:02:11+09:00", "changed_at": "2026-11-21T07:02:12+09:00",
    },
)  # fmt: skip
def read_job(request: HttpRequest, ctx: Context, job_id: Number) -> dict[str, Any]:
    """Jobs of others, and of one's own that are older than thirty days, are not found."""
    found, clock = access_job(ctx, job_id), Clock(ctx)
    return {
        "id": found.id, "work": found.work, "state": found.state, "attempts": found.attempts,
        "request_id": found.request_id, "filed_at": clock.maybe(found.filed_at),
        "changed_at": clock.maybe(found.changed_at),
    }  # fmt: skip

"""Let a job that failed run again."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from moa.control.access import require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound

RETRY = "control.jobs.retry"


class JobNotFailed(DomainError):
    """The job waits, runs or is done, so there is nothing to try again; facts: `job`."""

    code = "job_not_failed"


def retry_job(ctx: Context, job_id: int) -> None:
    """Put a failed job of the group back into the queue, in the name of the person who filed it.

    Raises: forbidden, not_found, job_not_failed.
    """
    require_below(ctx, RETRY, None)
    with connection.cursor() as cursor:
        # The queue is of all groups, so the group is asked for by name.
        cursor.execute(
            "select status::text, args ->> 'work' from procrastinate_jobs where id = %s and task_name = 'moa.run'"
            " and (args ->> 'group_id')::bigint = %s for update",
            [job_id, ctx.group_id],
        )
        found = cursor.fetchone()
    if found is None:
        raise NotFound(job=job_id)
    if found[0] != "failed":
        raise JobNotFailed(job=job_id)
    app.job_manager.retry_job_by_id(job_id, retry_at=ctx.at)
    record(ctx, "control.job.retried", "job", job_id, after={"work": found[1]})

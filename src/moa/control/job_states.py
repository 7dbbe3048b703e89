"""Where a job stands, for the person who filed it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from moa.control.context import Context
from moa.kernel.errors import NotFound

_STATES = {"todo": "waiting", "doing": "running", "succeeded": "done", "failed": "failed"}
# The queue is of all groups, so the group is asked for by name.
_JOB = """
select j.id, j.args ->> 'work', j.status::text, j.attempts, j.args ->> 'request_id',
       (select min(e.at) from procrastinate_events e where e.job_id = j.id),
       (select max(e.at) from procrastinate_events e where e.job_id = j.id)
  from procrastinate_jobs j
 where j.id = %s and j.task_name = 'moa.run'
   and (j.args ->> 'group_id')::bigint = %s and (j.args ->> 'person_id')::bigint = %s
"""


class JobState(NamedTuple):
    """Shape: `state` waiting, running, done, failed, or ended for one that was taken out of the queue."""

    id: int
    work: str
    state: str
    attempts: int
    request_id: str
    filed_at: datetime | None
    changed_at: datetime | None


def access_job(ctx: Context, job_id: int) -> JobState:
    """A job that the actor filed. Raises: not_found."""
    with connection.cursor() as cursor:
        cursor.execute(_JOB, [job_id, ctx.group_id, ctx.actor.person_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(job=job_id)
    return JobState(row[0], row[1], _STATES.get(row[2], "ended"), *row[3:])

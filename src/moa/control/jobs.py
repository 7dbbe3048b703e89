"""Jobs: enqueued in the transaction of the change, run later in a Context of the person who asked.

A job that was in work when its worker died is given to another worker by `retry_stalled`, so every job must be
safe to run twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import procrastinate
from procrastinate.contrib.django import app

from moa.control.context import Context

logger = logging.getLogger("moa.jobs")

STALLED_AFTER_SECONDS = 30
_work: dict[str, Callable[..., Any]] = {}


def job(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register `function(ctx, **args)` as the work of the job `name`. It opens its own transactions with `ctx.open()`."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _work[name] = function
        return function

    return register


def registered_jobs() -> list[str]:
    return sorted(_work)


def enqueue(ctx: Context, name: str, *, lock: str | None = None, **args: Any) -> int:
    """File the job `name` in this transaction; it runs after commit. Shape: `args` are what JSON can hold."""
    if name not in _work:
        raise KeyError(f"no job is named {name}")
    return app.configure_task("moa.run", lock=lock, queue="moa").defer(
        work=name, group_id=ctx.group_id, person_id=ctx.actor.person_id, request_id=ctx.request_id, args=args
    )


def run_now(work: str, group_id: int, person_id: int, request_id: str, args: dict[str, Any]) -> None:
    """What a worker does with one job."""
    from moa.control.queries import context_for

    ctx = context_for(group_id, person_id, at=datetime.now(UTC), channel="job", request_id=request_id)
    _work[work](ctx, **args)


def for_every_group(name: str) -> None:
    """File the job `name` once per group, as its machine user."""
    from moa.control.queries import list_groups, machine_context

    for group in list_groups():
        ctx = machine_context(group.id, at=datetime.now(UTC), channel="job")
        with ctx.open():
            enqueue(ctx, name, lock=f"{name}:{group.id}")


def on_app_ready(jobs_app: procrastinate.App) -> None:
    """Declare the tasks; called by procrastinate once Django is ready."""

    @jobs_app.task(name="moa.run", queue="moa", retry=procrastinate.RetryStrategy(max_attempts=3, wait=2))
    def run(work: str, group_id: int, person_id: int, request_id: str, args: dict[str, Any]) -> None:
        run_now(work, group_id, person_id, request_id, args)

    @jobs_app.periodic(cron="* * * * *")
    @jobs_app.task(
        name="moa.retry_stalled", queue="moa", queueing_lock="moa.retry_stalled", pass_context=True
    )
    async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        await retry_stalled_jobs(context.app)

    @jobs_app.periodic(cron="17 3 * * *")
    @jobs_app.task(name="moa.nightly", queue="moa", queueing_lock="moa.nightly")
    def nightly(timestamp: int) -> None:
        for name in ("control.sweep_documents",):
            for_every_group(name)


async def retry_stalled_jobs(jobs_app: procrastinate.App) -> int:
    """Give the jobs of dead workers back to the queue; returns their number."""
    stalled = await jobs_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    count = 0
    for stalled_job in stalled:
        await jobs_app.job_manager.retry_job(stalled_job)
        logger.warning("job %s (%s) was given to another worker", stalled_job.id, stalled_job.task_name)
        count += 1
    return count


@job("control.sweep_documents")
def sweep_documents(ctx: Context) -> None:
    """Nightly: remove documents whose time is over and files that no row names."""
    from moa.control.documents import purge_expired, sweep_unnamed

    with ctx.open():
        purge_expired(ctx)
        sweep_unnamed(ctx)

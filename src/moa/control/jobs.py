"""Jobs: enqueued in the transaction of the change, run later in a Context of the person who asked.

A job that was in work when its worker died is given to another worker by `retry_stalled`, so every job must be
safe to run twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
import procrastinate.jobs
from django.db import connection
from procrastinate.contrib.django import app

from moa.control.context import Context
from moa.control.log_facts import logged
from moa.control.tries import forget_tries
from moa.kernel.errors import DomainError

logger = logging.getLogger("moa.jobs")

STALLED_AFTER_SECONDS = 30
FINISHED_JOBS_KEPT_HOURS = 30 * 24
_work: dict[str, Callable[..., Any]] = {}
_nightly: list[str] = []
_frequent: list[str] = []


def job(
    name: str, *, nightly: bool = False, frequent: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register `function(ctx, **args)` as the work of the job `name`. It opens its own transactions with `ctx.open()`.

    With `nightly` it is also run once a night for every group, as the group's machine user; with `frequent` every
    five minutes, for what is due at an hour.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        if name in _work and _work[name] is not function:
            raise ValueError(f"two jobs are named {name}")
        _work[name] = function
        if nightly:
            _nightly.append(name)
        if frequent:
            _frequent.append(name)
        return function

    return register


class RetryFaults(procrastinate.RetryStrategy):
    """Try again after a fault, not after a refusal: the same question would get the same answer."""

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        if isinstance(exception, DomainError):
            return None
        return super().get_retry_decision(exception=exception, job=job)


def registered_jobs() -> list[str]:
    return sorted(_work)


def frequent_jobs() -> list[str]:
    """Those that run every five minutes."""
    return sorted(_frequent)


def enqueue(ctx: Context, name: str, *, lock: str | None = None, after_seconds: int = 0, **args: Any) -> int:
    """File the job `name` in this transaction; it runs after commit. Shape: `args` are what JSON can hold.

    No secret may be among the arguments: rows of done jobs are kept. Of a token only its readable beginning goes along,
    so that what the job does is told of it too.
    """
    if name not in _work:
        raise KeyError(f"no job is named {name}")
    when: dict[str, Any] = {"schedule_in": {"seconds": after_seconds}} if after_seconds else {}
    return app.configure_task("moa.run", lock=lock, queue="moa", **when).defer(
        work=name, group_id=ctx.group_id, person_id=ctx.actor.person_id, request_id=ctx.request_id, args=args,
        **({"token": ctx.token} if ctx.token else {}),
    )  # fmt: skip


def run_now(
    work: str, group_id: int, person_id: int, request_id: str, args: dict[str, Any], token: str = ""
) -> None:
    """What a worker does with one job. Shape: `token` the beginning of the machine token whose request filed it."""
    from moa.control.queries import context_for

    began = time.perf_counter()
    with logged(request=request_id, job=work, group=group_id, person=person_id):
        try:
            ctx = context_for(group_id, person_id, at=datetime.now(UTC), channel="job", request_id=request_id)
            _work[work](replace(ctx, token=token), **args)
        except Exception:
            # With what the queue's own line about it lacks: for whom, and from which request.
            logger.exception("job failed")
            raise
        logger.info("job done", extra={"facts": {"ms": round((time.perf_counter() - began) * 1000, 1)}})


def keep_fault(group_id: int, job_id: int, fault: Exception) -> None:
    """Record why the job did not succeed: a refusal's code or the fault's kind, never its text, which may hold data."""
    from moa.control.queries import machine_context

    code = fault.code if isinstance(fault, DomainError) else type(fault).__name__
    try:
        with (
            machine_context(group_id, at=datetime.now(UTC), channel="job").open(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "insert into control_jobfault (group_id, job_id, code) values (%s, %s, %s)",
                [group_id, job_id, code],
            )
    except Exception:
        # The fault may be the database's; the job's own must not be hidden by it.
        logger.exception("the fault of job %s was not kept", job_id)


def for_every_group(name: str) -> None:
    """File the job `name` once per group, as its machine user."""
    from moa.control.queries import list_groups, machine_context

    for group in list_groups():
        ctx = machine_context(group.id, at=datetime.now(UTC), channel="job")
        with ctx.open():
            enqueue(ctx, name, lock=f"{name}:{group.id}")


def on_app_ready(jobs_app: procrastinate.App) -> None:
    """Declare the tasks; called by procrastinate once Django is ready."""

    @jobs_app.task(name="moa.run", queue="moa", retry=RetryFaults(max_attempts=3, wait=2), pass_context=True)
    def run(
        context: procrastinate.JobContext,
        work: str,
        group_id: int,
        person_id: int,
        request_id: str,
        args: dict[str, Any],
        token: str = "",
    ) -> None:
        try:
            run_now(work, group_id, person_id, request_id, args, token)
        except Exception as fault:
            if context.job.id is not None:
                keep_fault(group_id, context.job.id, fault)
            raise

    @jobs_app.periodic(cron="* * * * *")
    @jobs_app.task(
        name="moa.retry_stalled", queue="moa", queueing_lock="moa.retry_stalled", pass_context=True
    )
    async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        await retry_stalled_jobs(context.app)

    @jobs_app.periodic(cron="17 3 * * *")
    @jobs_app.task(name="moa.nightly", queue="moa", queueing_lock="moa.nightly")
    def nightly(timestamp: int) -> None:
        for name in _nightly:
            for_every_group(name)
        remove_ended_sessions(datetime.now(UTC))
        forget_tries(datetime.now(UTC) - timedelta(days=1))

    @jobs_app.periodic(cron="*/5 * * * *")
    @jobs_app.task(name="moa.frequent", queue="moa", queueing_lock="moa.frequent")
    def frequent(timestamp: int) -> None:
        for name in _frequent:
            for_every_group(name)

    @jobs_app.periodic(cron="47 3 * * *")
    @jobs_app.task(name="moa.tidy_queue", queue="moa", queueing_lock="moa.tidy_queue", pass_context=True)
    async def tidy_queue(context: procrastinate.JobContext, timestamp: int) -> None:
        await context.app.job_manager.delete_old_jobs(
            FINISHED_JOBS_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )


async def retry_stalled_jobs(jobs_app: procrastinate.App) -> int:
    """Give the jobs of dead workers back to the queue; returns their number."""
    stalled = await jobs_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    count = 0
    for stalled_job in stalled:
        await jobs_app.job_manager.retry_job(stalled_job)
        logger.warning("job %s (%s) was given to another worker", stalled_job.id, stalled_job.task_name)
        count += 1
    return count


def remove_ended_sessions(at: datetime) -> int:
    """Remove the sessions that no cookie can open any more; returns their number."""
    from django.contrib.sessions.models import Session

    count, _ = Session.objects.filter(expire_date__lt=at).delete()
    return count


@job("control.sweep_documents", nightly=True)
def sweep_documents(ctx: Context) -> None:
    """Nightly: remove documents whose time is over and files that no row names.

    In two transactions, because the sweep waits for everyone who holds a document.
    """
    from moa.control.documents import purge_expired, sweep_unnamed

    with ctx.open():
        purge_expired(ctx)
    with ctx.open():
        sweep_unnamed(ctx)

"""A job worker that outlives the loss of its database: what it was asking is asked again, and no job is lost or done twice for it.

The queue's own worker ends when a question of its own is under way as the connections are cut. Two of its questions may have been
heard though their answer was lost: a job that was taken is looked for before the next one is, and a job that is done is done.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from procrastinate import App, exceptions, jobs
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.manager import JobManager, NotificationCallback
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker

logger = logging.getLogger("moa.jobs")
T = TypeVar("T")

# Seconds: between tries, for a connection of the pool, and for what is to be said at last when the worker was told to end.
_FIRST_WAIT, _LONGEST_WAIT, _FOR_A_CONNECTION, _AT_THE_END = 0.2, 15, 5, 10
_STILL_OURS = "select id from procrastinate_jobs where id = %(job_id)s and worker_id = %(worker_id)s and status = 'doing'"
_TAKEN_UNHEARD = """
select id, status::text, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts, worker_id
  from procrastinate_jobs where worker_id = %(worker_id)s and status = 'doing' and id <> all(%(known)s::bigint[]) order by id limit 1
"""


class TooLate(exceptions.ConnectorException):
    """The database is not there, and the worker was told to end."""


class LastingJobs(JobManager):
    """The worker's questions. Shape: `ending` once it was told to end; `known` the jobs that it took and that are not over."""

    def __init__(self, connector: PsycopgConnector, ending: asyncio.Event) -> None:
        super().__init__(connector)
        self.ending = ending
        self.known: set[int] = set()
        self._worker_id = 0

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> jobs.Job | None:
        async def ask(is_again: bool) -> jobs.Job | None:
            taken = await self._taken_unheard() if is_again else None
            return taken or await super(LastingJobs, self).fetch_job(queues, worker_id)

        job = None
        with suppress(TooLate):
            job = await self._lasting("fetch", ask)
        if job is not None and job.id is not None:
            self.known.add(job.id)
        return job

    async def finish_job_by_id_async(self, job_id: int, status: jobs.Status, delete_job: bool) -> None:
        async def say(is_again: bool) -> None:
            if not is_again or await self._is_still_ours(job_id):
                await super(LastingJobs, self).finish_job_by_id_async(job_id, status, delete_job)

        await self._lasting("finish", say)
        self.known.discard(job_id)

    async def retry_job_by_id_async(self, job_id: int, *values: Any, **more: Any) -> None:
        """Of a dead worker's job it is not said again: whoever looks next finds it, if it was not heard."""

        async def say(is_again: bool) -> None:
            if not is_again or await self._is_still_ours(job_id):
                await super(LastingJobs, self).retry_job_by_id_async(job_id, *values, **more)

        await self._lasting("retry", say)
        self.known.discard(job_id)

    async def defer_periodic_job(self, job: jobs.Job, periodic_id: str, defer_timestamp: int) -> int | None:
        """Filed once for its minute, however often it is said."""
        ask = super().defer_periodic_job
        return await self._lasting("defer", lambda _: ask(job, periodic_id, defer_timestamp))

    async def update_heartbeat(self, worker_id: int) -> None:
        ask = super().update_heartbeat
        await self._lasting("heartbeat", lambda _: ask(worker_id))

    async def register_worker(self) -> int:
        """One that was registered unheard gives no sign of life and is removed with the dead ones."""
        ask = super().register_worker
        self._worker_id = await self._lasting("register", lambda _: ask())
        return self._worker_id

    async def unregister_worker(self, worker_id: int) -> None:
        ask = super().unregister_worker
        with suppress(TooLate):
            await self._lasting("unregister", lambda _: ask(worker_id))

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        ask = super().listen_for_jobs
        await self._lasting("listen", lambda _: ask(on_notification=on_notification, queues=queues))

    async def _taken_unheard(self) -> jobs.Job | None:
        rows = await self.connector.execute_query_all_async(
            query=_TAKEN_UNHEARD, worker_id=self._worker_id, known=sorted(self.known)
        )
        return jobs.Job.from_row(rows[0]) if rows else None

    async def _is_still_ours(self, job_id: int) -> bool:
        return bool(
            await self.connector.execute_query_all_async(
                query=_STILL_OURS, job_id=job_id, worker_id=self._worker_id
            )
        )

    async def _lasting(self, what: str, ask: Callable[[bool], Awaitable[T]]) -> T:
        """Until it is answered. Shape: `ask` hears whether it was asked before."""
        wait, lost_at = _FIRST_WAIT, 0.0
        while True:
            try:
                said = await ask(bool(lost_at))
            except exceptions.ConnectorException as fault:
                if not is_lost(fault):
                    raise
                lost_at = lost_at or time.monotonic()
                if self.ending.is_set() and time.monotonic() - lost_at > _AT_THE_END:
                    raise TooLate from fault.__cause__
                logger.warning("the database is lost, and is asked again", extra=_facts(what, wait))
                await self._rest(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                if lost_at:
                    logger.warning(
                        "the database is there again", extra=_facts(what, time.monotonic() - lost_at)
                    )
                return said

    async def _rest(self, seconds: float) -> None:
        if self.ending.is_set():
            await asyncio.sleep(min(seconds, 1))
        with suppress(TimeoutError):
            await asyncio.wait_for(self.ending.wait(), seconds)


def _facts(question: str, seconds: float) -> dict[str, Any]:
    return {"facts": {"question": question, "seconds": round(seconds, 1)}}


class LastingWorker(Worker):
    def stop(self) -> None:
        asking = self.app.job_manager
        assert isinstance(asking, LastingJobs), "it is run by run_worker"
        asking.ending.set()
        super().stop()  # type: ignore[no-untyped-call]


def run_worker(jobs_app: App, *, concurrency: int, wait: bool) -> None:
    """Until it is told to end, or, without `wait`, until no job waits.

    It listens on connections of its own; jobs filed by a job still go through Django's connection, so that they are part of that
    job's transaction.
    """
    assert isinstance(jobs_app.connector, DjangoConnector), "the app of Django"

    async def live() -> None:
        connector = PsycopgConnector(kwargs=connector_params(), timeout=_FOR_A_CONNECTION)
        listening = jobs_app.with_connector(connector)
        listening.perform_import_paths()  # type: ignore[no-untyped-call]
        async with listening.open_async():
            while True:
                listening.job_manager = asking = LastingJobs(connector, asyncio.Event())
                try:
                    worker = LastingWorker(
                        app=listening, concurrency=concurrency, wait=wait, listen_notify=True
                    )
                    await worker.run()  # type: ignore[no-untyped-call]
                except exceptions.ConnectorException as fault:
                    if not isinstance(fault.__cause__, psycopg.errors.ForeignKeyViolation):
                        raise
                    if not asking.ending.is_set():
                        # Another worker took this one for dead and has given its jobs away.
                        logger.warning("this worker was taken for dead and begins anew")
                        continue
                return

    asyncio.run(live())


def is_lost(fault: BaseException) -> bool:
    """Whether nobody knows if it was heard: the connection went away, or there was none."""
    return isinstance(fault.__cause__, psycopg.OperationalError | psycopg.InterfaceError)

"""`moa worker`: jobs that were filed in a transaction are done by another process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from procrastinate import exceptions
from procrastinate import jobs as jobs_module
from procrastinate.contrib.django.utils import connector_params
from procrastinate.manager import JobManager
from procrastinate.psycopg_connector import PsycopgConnector

from moa.control import jobs
from moa.entry.lasting_worker import LastingJobs
from tests.control.factories import make_group

pytestmark = pytest.mark.django_db(transaction=True)


def file_a_job(ctx) -> int:
    with ctx.open():
        return jobs.enqueue(ctx, "control.sweep_documents")


def status_of(cursor, job_id: int) -> str:
    cursor.execute("select status::text from procrastinate_jobs where id = %s", [job_id])
    return cursor.fetchone()[0]


def wait_until_done(cursor, job_id: int) -> None:
    end = time.monotonic() + 30
    while status_of(cursor, job_id) != "succeeded":
        assert time.monotonic() < end, status_of(cursor, job_id)
        time.sleep(0.1)


@pytest.fixture
def worker(moa_environment):
    process = subprocess.Popen([sys.executable, "-m", "moa.entry", "worker"], env=moa_environment)
    yield process
    process.terminate()
    assert process.wait(timeout=30) == 0


def test_a_worker_does_all_that_waits_and_ends(moa_environment, as_owner):
    numbers = [file_a_job(make_group()) for _ in range(3)]
    done = subprocess.run(
        [sys.executable, "-m", "moa.entry", "worker", "--until-empty"],
        env=moa_environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert [status_of(as_owner, number) for number in numbers] == ["succeeded"] * 3


def test_a_job_of_a_transaction_that_failed_never_runs(moa_environment, as_owner):
    ctx = make_group()
    with pytest.raises(ZeroDivisionError), ctx.open():
        jobs.enqueue(ctx, "control.sweep_documents")
        raise ZeroDivisionError
    as_owner.execute("select count(*) from procrastinate_jobs")
    assert as_owner.fetchone() == (0,)


CUT = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'moa_app' and datname = current_database()"
ASKING = """
select count(*) from pg_stat_activity
 where usename = 'moa_app' and datname = current_database() and wait_event_type = 'Lock' and query ~ 'procrastinate_(fetch|finish)_job'
"""


def test_a_worker_goes_on_after_its_connections_were_cut(worker, admin, as_owner):
    """Cut while it asks for a job or tells of one, which takes as long as the table is locked."""
    ctx = make_group()
    wait_until_done(as_owner, file_a_job(ctx))
    wait_until_idle(as_owner)
    with as_owner.connection.transaction():
        as_owner.execute("lock table procrastinate_jobs in access exclusive mode")
        admin.execute("""notify procrastinate_any_queue_v1, '{"type": "job_inserted", "job_id": 1}'""")
        cut_while_asking(admin)
    from moa.entry.startup import close_connections

    close_connections()
    # More jobs than threads, so that each thread whose connection was cut gets one.
    for number in [file_a_job(ctx) for _ in range(8)]:
        wait_until_done(as_owner, number)
    assert worker.poll() is None


def test_a_worker_that_was_taken_for_dead_begins_anew(worker, as_owner):
    ctx = make_group()
    wait_until_done(as_owner, file_a_job(ctx))
    as_owner.execute("delete from procrastinate_workers")
    wait_until_done(as_owner, file_a_job(ctx))
    assert worker.poll() is None


def wait_until_idle(cursor) -> None:
    """With a place free, the next thing it does is to ask. What is due by the clock is taken away."""
    end = time.monotonic() + 30
    while cursor.execute("select count(*) from procrastinate_jobs where status = 'doing'").fetchone()[0]:
        assert time.monotonic() < end, "there is always something to do"
        cursor.execute("delete from procrastinate_jobs where status = 'todo'")
        time.sleep(0.05)


def cut_while_asking(admin) -> None:
    end = time.monotonic() + 30
    while not admin.execute(ASKING).fetchone()[0]:
        assert time.monotonic() < end, "the worker asks nothing"
        time.sleep(0.02)
    admin.execute(CUT)


class DeafConnector(PsycopgConnector):
    """The database hears what it is told, and its answers are lost so many times."""

    deaf_for = 0

    async def execute_query_one_async(self, query, **arguments):
        return self._heard(await super().execute_query_one_async(query, **arguments))

    async def execute_query_async(self, query, **arguments):
        return self._heard(await super().execute_query_async(query, **arguments))

    def _heard(self, said):
        if self.deaf_for:
            self.deaf_for -= 1
            raise exceptions.ConnectorException from psycopg.OperationalError("the connection is lost")
        return said


def with_a_deaf_worker(does):
    """`does(connector, jobs, worker_id)` in a loop of its own, in a thread of its own."""

    async def live():
        connector = DeafConnector(kwargs=connector_params())
        await connector.open_async()
        try:
            jobs_of_it = LastingJobs(connector, asyncio.Event())
            return await does(connector, jobs_of_it, await jobs_of_it.register_worker())
        finally:
            await connector.close_async()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(live())).result()


def test_a_job_whose_taking_was_not_heard_is_neither_lost_nor_taken_twice(as_owner):
    filed = [file_a_job(make_group()) for _ in range(2)]

    async def take(connector, asking, worker_id):
        connector.deaf_for = 1
        return [(await asking.fetch_job(None, worker_id)).id for _ in filed]

    assert with_a_deaf_worker(take) == filed
    as_owner.execute(
        "select job_id, count(*) from procrastinate_events where type = 'started' group by 1 order by 1"
    )
    assert as_owner.fetchall() == [(number, 1) for number in filed]


@pytest.mark.parametrize("given_to_another", [False, True])
def test_what_became_of_a_job_is_said_again_only_while_it_is_ours(as_owner, given_to_another):
    """To be tried again was heard, and another worker has taken it since: said once more, it would be done twice at once."""
    number = file_a_job(make_group())

    async def tell(connector, asking, worker_id):
        job = await asking.fetch_job(None, worker_id)
        connector.deaf_for = 1
        if not given_to_another:
            await asking.finish_job(job, jobs_module.Status.SUCCEEDED, False)
            return
        telling = asyncio.create_task(asking.retry_job(job))
        while connector.deaf_for:
            await asyncio.sleep(0.01)
        other = await asking.register_worker()
        asking._worker_id = worker_id
        assert (await JobManager(connector).fetch_job(None, other)).id == number
        await telling

    with_a_deaf_worker(tell)
    assert status_of(as_owner, number) == ("doing" if given_to_another else "succeeded")


def test_a_worker_that_is_told_to_end_does_not_wait_for_a_database_that_is_gone(monkeypatch):
    monkeypatch.setattr("moa.entry.lasting_worker._AT_THE_END", 0)

    async def end(connector, asking, worker_id):
        connector.deaf_for = 1_000_000
        asking.ending.set()
        assert await asking.fetch_job(None, worker_id) is None
        await asking.unregister_worker(worker_id)

    with_a_deaf_worker(end)

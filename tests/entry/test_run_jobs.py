"""`moa worker`: jobs that were filed in a transaction are done by another process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from moa.control import jobs
from tests.control.factories import make_group

pytestmark = pytest.mark.django_db(transaction=True)


def file_a_job(ctx) -> int:
    with ctx.open():
        return jobs.enqueue(ctx, "control.sweep_documents")


def status_of(cursor, job_id: int) -> str:
    cursor.execute("select status::text from procrastinate_jobs where id = %s", [job_id])
    return cursor.fetchone()[0]


def wait_until_done(cursor, job_id: int, worker: KeptWorker) -> None:
    end = time.monotonic() + 120
    while status_of(cursor, job_id) != "succeeded":
        worker.start_again_if_ended()
        assert time.monotonic() < end, status_of(cursor, job_id)
        time.sleep(0.1)


class KeptWorker:
    """A worker that is started again when it ends, as `moa up` and its unit of systemd do."""

    def __init__(self, environment) -> None:
        self._environment = environment
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "moa.entry", "worker"], env=self._environment)

    def start_again_if_ended(self) -> None:
        if self.process.poll() is not None:
            self._start()


@pytest.fixture
def worker(moa_environment):
    kept = KeptWorker(moa_environment)
    yield kept
    kept.process.terminate()
    assert kept.process.wait(timeout=30) in (0, -signal.SIGTERM)


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


def test_jobs_are_done_after_the_connections_of_their_worker_were_cut(worker, admin, as_owner):
    """The worker goes on, or ends when a question of its own was under way."""
    # Only those of this database: other tests work in others of the same server at the same time.
    as_owner.execute("select current_database()")
    (database,) = as_owner.fetchone()
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'moa_app' and datname = %s"
    ctx = make_group()
    wait_until_done(as_owner, file_a_job(ctx), worker)
    admin.execute(cut, [database])
    from moa.entry.startup import close_connections

    close_connections()
    # More jobs than threads, so that each thread whose connection was cut gets one.
    for number in [file_a_job(ctx) for _ in range(8)]:
        wait_until_done(as_owner, number, worker)

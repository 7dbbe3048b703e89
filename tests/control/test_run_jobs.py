"""Jobs: filed in the transaction of the change, run in the right group, and finished although a worker dies."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from moa.control import jobs
from moa.control.context import Context
from moa.control.models import AuditLine, Document
from tests.control import watched_jobs, worker_process
from tests.control.factories import AT, make_group, make_person

START = Callable[[], subprocess.Popen[bytes]]
# Importing them registers them, here and in the worker's process.
REGISTERED = [watched_jobs.wait_for_file, watched_jobs.fail, watched_jobs.file_another]
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def start_worker(transactional_db: None, moa_environment: dict[str, str]) -> Iterator[START]:
    """Starts worker processes on the test's database and ends those that a failed test leaves."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        environment = {**moa_environment, "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}"}
        command = [sys.executable, "-m", worker_process.__name__]
        process = subprocess.Popen(command, env=environment, cwd=REPOSITORY, stderr=subprocess.DEVNULL)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)


def _codes(ctx: Context) -> list[str]:
    with ctx.open():
        lines = AuditLine.objects.filter(code__startswith="test.job.").order_by("id")
        return [line.code.removeprefix("test.job.") for line in lines]


def _wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def _retry_stalled() -> int:
    async def retry() -> int:
        listening = app.with_connector(cast(DjangoConnector, app.connector).get_worker_connector())
        async with listening.open_async():
            return await jobs.retry_stalled_jobs(listening)

    # In a thread of its own: after a browser test the loop of Playwright runs in this one.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(retry())).result(60)


def test_a_job_of_a_failed_transaction_is_never_run(transactional_db: None) -> None:
    ctx = make_person(make_group())
    with pytest.raises(ZeroDivisionError), ctx.open():
        jobs.enqueue(ctx, "test.wait_for_file", path="/")
        _ = 1 // 0
    assert not ProcrastinateJob.objects.filter(task_name="moa.run").exists()


def test_a_name_that_no_job_has_is_refused_when_it_is_filed(db: None) -> None:
    ctx = make_person(make_group())
    with ctx.open(), pytest.raises(KeyError, match="no job is named"):
        jobs.enqueue(ctx, "test.unknown")


def test_two_jobs_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match="two jobs are named"):
        jobs.job("test.fail")(lambda ctx: None)


def test_a_worker_runs_a_job_as_the_person_who_filed_it_in_her_group(
    start_worker: START, tmp_path: Path
) -> None:
    groups = [make_group(), make_group()]
    people = [make_person(group, name=f"of {group.group_id}") for group in groups]
    for ctx in people:
        with ctx.open():
            jobs.enqueue(ctx, "test.wait_for_file", path=str(tmp_path))
    assert start_worker().wait(20) == 0
    for ctx in people:
        with ctx.open():
            lines = list(AuditLine.objects.filter(code__startswith="test.job.").order_by("id"))
        assert [line.code for line in lines] == ["test.job.started", "test.job.finished"]
        assert {(line.person_id, line.actor_name) for line in lines} == {
            (ctx.actor.person_id, ctx.actor.name)
        }
        assert {(line.channel, line.request_id) for line in lines} == {("job", ctx.request_id)}


def test_a_job_filed_by_a_job_is_run_too(start_worker: START) -> None:
    ctx = make_person(make_group())
    with ctx.open():
        jobs.enqueue(ctx, "test.file_another")
    # A worker that ends with the queue may end before the second job is filed; then the next one runs it.
    for _ in range(2):
        assert start_worker().wait(20) == 0
    assert _codes(ctx) == ["started", "finished"]


def test_a_job_of_a_killed_worker_is_finished_by_another(
    start_worker: START, tmp_path: Path, as_owner: Any
) -> None:
    ctx = make_person(make_group())
    file = tmp_path / "go on"
    with ctx.open():
        jobs.enqueue(ctx, "test.wait_for_file", path=str(file))
    first = start_worker()
    _wait_until(lambda: _codes(ctx) == ["started"])
    assert _retry_stalled() == 0, "the worker lives"
    os.kill(first.pid, signal.SIGKILL)
    first.wait(10)
    file.touch()
    # Its heartbeat is not old yet; half a minute passes.
    as_owner.execute("update procrastinate_workers set last_heartbeat = last_heartbeat - interval '1 minute'")
    # What the worker began by the clock beside it may be given back too.
    assert _retry_stalled() >= 1
    assert start_worker().wait(20) == 0
    assert _codes(ctx) == ["started", "started", "finished"]
    assert ProcrastinateJob.objects.get(args__work="test.wait_for_file").status == "succeeded"


def test_a_fault_is_tried_again_and_a_refusal_is_not(start_worker: START) -> None:
    ctx = make_person(make_group())
    with ctx.open():
        for kind in ("refusal", "fault"):
            jobs.enqueue(ctx, "test.fail", kind=kind)
    start_worker().wait(20)
    failing = ProcrastinateJob.objects.filter(args__work="test.fail")
    states = {job.args["args"]["kind"]: job for job in failing}
    assert (states["refusal"].status, states["refusal"].attempts) == ("failed", 1)
    assert (states["fault"].status, states["fault"].attempts) == ("todo", 1)
    assert _codes(ctx) == []


def test_what_runs_by_the_clock() -> None:
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons == {
        "moa.retry_stalled": "* * * * *",
        "moa.frequent": "*/5 * * * *",
        "moa.nightly": "17 3 * * *",
        "moa.tidy_queue": "47 3 * * *",
    }


def test_the_night_files_one_job_for_every_group(db: None) -> None:
    groups = [make_group(), make_group()]
    jobs.for_every_group("control.sweep_documents")
    filed = ProcrastinateJob.objects.filter(task_name="moa.run")
    assert {job.args["group_id"] for job in filed} >= {group.group_id for group in groups}
    assert {job.args["work"] for job in filed} == {"control.sweep_documents"}


def test_the_nightly_sweep_ends_documents_whose_time_is_over(
    transactional_db: None, tmp_path: Path, settings: Any
) -> None:
    import io

    from moa.control import documents

    settings.STATE_DIR = tmp_path
    ctx = make_person(make_group())
    with ctx.open():
        document = documents.store(ctx, io.BytesIO(b"x"), name="x", kind="rate_file")
        Document.objects.update(retain_until=(AT - timedelta(days=1)).date())
    jobs.sweep_documents(ctx)
    with ctx.open():
        document.refresh_from_db()
    assert document.refusal == "retention_over"
    assert not [path for path in (tmp_path / "documents").rglob("*") if path.is_file()]


def test_ended_sessions_are_removed(db: None) -> None:
    from django.contrib.sessions.models import Session

    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=AT + timedelta(days=days))
    assert jobs.remove_ended_sessions(AT) == 1
    assert Session.objects.get().session_key == "new"

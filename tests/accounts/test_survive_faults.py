"""Killed processes, several at once, a clock that steps back: nothing is half stored, lost or doubled."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from django.db import connection, connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from moa.accounts.lifecycle import FileState
from moa.accounts.models import BankAccount, ImportClock, Statement, StatementFile
from moa.accounts.operations.import_file import ImportResult, import_file
from moa.control import jobs
from tests.accounts import import_process
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books, make_books

pytestmark = pytest.mark.django_db(transaction=True)
REPOSITORY = Path(__file__).resolve().parents[2]
MANY = [Line(nov(1 + n // 1000), 1 + n % 7, f"LINE {n % 50}") for n in range(12_000)]


@pytest.fixture
def books(transactional_db: None) -> Books:
    return make_books()


@pytest.fixture
def environment(moa_environment: dict[str, str]) -> dict[str, str]:
    return {**moa_environment, "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}"}


def stored(books: Books, account: BankAccount) -> list[Any]:
    """What an undisturbed import leaves of an account, but for numbers and moments."""
    with books.ctx.open(), connection.cursor() as cursor:
        cursor.execute(
            "select booked_on, amount_minor, balance_minor, fingerprint, occurrence, place, description"
            " from accounts_transaction where account_id = %s order by id",
            [account.id],
        )
        return [cursor.fetchall(), books.points(account), books.current(account)]


def state_of(books: Books, file_id: int) -> str:
    with books.ctx.open():
        return str(StatementFile.objects.get(id=file_id).state)


def kill_in_mid_import(books: Books, file_id: int, environment: dict[str, str], after: float) -> None:
    command = [sys.executable, "-m", import_process.__name__, str(books.ctx.group_id)]
    process = subprocess.Popen(
        [*command, str(books.ctx.actor.person_id), str(file_id)],
        env=environment, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(after)
    process.kill()
    process.communicate()


def test_a_process_killed_at_any_moment_leaves_nothing_half_stored(
    books: Books, environment: dict[str, str]
) -> None:
    account, twin = books.open(), books.open("5550001112223")
    file_id = books.receive(mt940(MANY))
    for after in (0.0, 0.05, 0.15, 0.3, 0.45):
        kill_in_mid_import(books, file_id, environment, after)
        assert books.all_lines(account) in (0, len(MANY))
        if state_of(books, file_id) == FileState.STORED:
            break
        assert books.what_accounts_say()["accounts_statement"] == []
    if state_of(books, file_id) != FileState.STORED:
        assert import_file(books.ctx, file_id=file_id).entries_new == len(MANY)
    books.bring(mt940(MANY, account=twin.number))
    assert stored(books, account) == stored(books, twin)


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def retry_stalled() -> int:
    async def retry() -> int:
        listening = app.with_connector(cast(DjangoConnector, app.connector).get_worker_connector())
        async with listening.open_async():
            return await jobs.retry_stalled_jobs(listening)

    # In a thread of its own: after a browser test the loop of Playwright runs in this one.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(retry())).result(60)


def test_a_job_of_a_killed_worker_is_completed_by_another(
    books: Books, moa_environment: dict[str, str], as_owner: Any
) -> None:
    account = books.open()
    file_id = books.receive(mt940(MANY))
    with books.ctx.open():
        jobs.enqueue(books.ctx, "accounts.import_file", file_id=file_id)
    command = [sys.executable, "-m", "moa.entry", "worker", "--until-empty"]
    first = subprocess.Popen(command, env=moa_environment)
    wait_until(lambda: state_of(books, file_id) == FileState.READING)
    os.kill(first.pid, signal.SIGKILL)
    first.wait(10)
    assert books.all_lines(account) == 0
    # Its heartbeat is not old yet; half a minute passes.
    as_owner.execute("update procrastinate_workers set last_heartbeat = last_heartbeat - interval '1 minute'")
    assert retry_stalled() >= 1  # what it began by the clock beside it may be given back too
    assert subprocess.run(command, env=moa_environment, timeout=60, check=False).returncode == 0
    assert state_of(books, file_id) == FileState.STORED
    assert books.all_lines(account) == len(MANY)


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Run all at the same time, each with a connection of its own; what they gave or raised, in order."""
    results: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(number: int) -> None:
        start.wait(10)
        try:
            results[number] = works[number]()
        except Exception as fault:
            results[number] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_the_same_file_from_two_browsers_is_stored_once(books: Books) -> None:
    account = books.open()
    data = mt940(MANY[:3000])
    found = at_once([lambda name=name: books.bring(data, name) for name in ("one", "other")])
    assert sorted((result.duplicate, result.entries_new) for result in found) == [(False, 3000), (True, 0)]
    assert books.all_lines(account) == 3000
    assert len(books.what_accounts_say()["accounts_statement"]) == 1


def test_one_received_file_read_by_two_workers_is_stored_once(books: Books) -> None:
    account = books.open()
    file_id = books.receive(mt940(MANY[:3000]))
    found = at_once([lambda: import_file(books.ctx, file_id=file_id)] * 2)
    done = [one for one in found if isinstance(one, ImportResult)]
    refused = [one for one in found if not isinstance(one, ImportResult)]
    assert [one.entries_new for one in done] == [3000]
    assert [getattr(one, "code", one) for one in refused] == ["move_not_allowed"]
    assert books.all_lines(account) == 3000
    with books.ctx.open():
        assert StatementFile.objects.get().entries_new == 3000


def test_files_of_one_account_from_four_threads_give_the_true_history(books: Books) -> None:
    account = books.open()
    lines = [Line(nov(1 + n // 20), 5, "SALE") for n in range(160)]
    windows = [(0, 60), (40, 100), (80, 140), (120, 160)]
    files = [mt940(lines[begin:end], opening=5 * begin, reference=f"W{begin}") for begin, end in windows]
    found = at_once([lambda data=data: books.bring(data) for data in files])
    assert [(one.errors, one.conflicts) for one in found] == [([], 0)] * 4
    assert sorted(books.lines(account)) == sorted((line.day, line.amount, line.words) for line in lines)
    assert books.current(account) == (nov(8), 800)
    with books.ctx.open():
        moments = list(Statement.objects.order_by("recorded_at").values_list("recorded_at", flat=True))
    assert len(set(moments)) == 4


def test_the_order_of_recording_never_runs_backwards(books: Books) -> None:
    books.open()
    for day in (10, 11):
        books.bring(mt940([Line(nov(day), 5)], opening=5 * (day - 10), reference=f"D{day}"))
    # The clock stood an hour ahead when something was recorded, and has been put right since.
    ahead = datetime.now(UTC) + timedelta(hours=1)
    with books.ctx.open():
        ImportClock.objects.update(last_at=ahead)
    for day in (12, 13):
        books.bring(mt940([Line(nov(day), 5)], opening=5 * (day - 10), reference=f"D{day}"))
    with books.ctx.open():
        moments = list(Statement.objects.order_by("id").values_list("recorded_at", flat=True))
    assert moments == sorted(set(moments))
    assert moments[1] < ahead < moments[2] < ahead + timedelta(seconds=1)

"""Killed processes, several at once, a clock that steps back: nothing is half stored, lost or doubled."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moa.accounts.lifecycle import FileState
from moa.accounts.models import BankAccount, ImportClock, Statement, StatementFile
from moa.accounts.operations.import_file import ImportResult, import_file
from moa.control import jobs
from tests.accounts import import_process
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books, make_books
from tests.faults import at_once, kill_worker_when, let_half_a_minute_pass, retry_stalled, work_until_empty

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


def test_a_job_of_a_killed_worker_is_completed_by_another(
    books: Books, moa_environment: dict[str, str], as_owner: Any
) -> None:
    account = books.open()
    file_id = books.receive(mt940(MANY))
    with books.ctx.open():
        jobs.enqueue(books.ctx, "accounts.import_file", file_id=file_id)
    kill_worker_when(lambda: state_of(books, file_id) == FileState.READING, moa_environment)
    assert books.all_lines(account) == 0
    let_half_a_minute_pass(as_owner.execute)
    assert retry_stalled() >= 1  # what it began by the clock beside it may be given back too
    work_until_empty(moa_environment)
    assert state_of(books, file_id) == FileState.STORED
    assert books.all_lines(account) == len(MANY)


def test_the_same_file_from_two_browsers_is_stored_once(books: Books) -> None:
    account = books.open()
    data = mt940(MANY[:3000])
    found = at_once(*(lambda name=name: books.bring(data, name) for name in ("one", "other")))
    assert sorted((result.duplicate, result.entries_new) for result in found) == [(False, 3000), (True, 0)]
    assert books.all_lines(account) == 3000
    assert len(books.what_accounts_say()["accounts_statement"]) == 1


def test_one_received_file_read_by_two_workers_is_stored_once(books: Books) -> None:
    account = books.open()
    file_id = books.receive(mt940(MANY[:3000]))
    found = at_once(*[lambda: import_file(books.ctx, file_id=file_id)] * 2)
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
    found = at_once(*(lambda data=data: books.bring(data) for data in files))
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

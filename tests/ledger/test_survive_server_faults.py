"""The server stops at once under load, or its disk is full: no posting is lost, doubled or half booked."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection

from moa.entry.postgres import embedded, processes
from moa.entry.postgres.cluster import Cluster
from moa.entry.postgres.places import choose_state
from moa.ledger.operations.post_file import FileAnswer, post_file
from moa.ledger.verification import verify_books
from tests import database_server, seeds
from tests.ledger import single_process
from tests.ledger.journal import Journal, make_journal, voucher
from tests.places import short_lived

REPOSITORY = Path(__file__).resolve().parents[2]
SEGMENT = 16 * 1024 * 1024


@pytest.fixture(scope="module")
def own_server(django_db_blocker: Any) -> Iterator[Cluster]:
    """A server of these tests alone, and a migrated database behind both aliases.

    A commit is handed to the system before it is answered, as in the running product; only the system's own crash,
    which is not tried here, would need fsync beside.
    """
    folder = Path(tempfile.mkdtemp(prefix="moa-", dir=short_lived()))
    folder.chmod(0o755)
    cluster = Cluster(
        choose_state({"MOA_STATE": str(folder / "state")}, as_root=os.geteuid() == 0),
        os.environ,
        durable=False,
    )
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as environment:
        seeds.plant(cluster)
        with embedded.admin_connection(cluster) as admin:
            for setting in ("synchronous_commit", "full_page_writes"):
                admin.execute(f"alter system set {setting} = on")
            admin.execute("select pg_reload_conf()")
        environment.setenv("MOA_STATE", str(cluster.state))
        environment.setenv("MOA_DATABASE", "moa")
        with database_server.pointed_at(cluster, "moa"):
            # Nobody waits as long as usual for a server that has ended itself.
            connection.settings_dict["OPTIONS"]["pool"]["timeout"] = 2
            yield cluster
    cluster.stop()
    shutil.rmtree(folder)


def kill_and_start(cluster: Cluster) -> None:
    """The server ends like in a power cut: nothing is written any more, what follows replays its log."""
    running = cluster.status()
    assert running is not None
    os.kill(running.pid, 3)
    wait_until_gone(cluster)
    cluster.ensure_running()


def stop(cluster: Cluster) -> None:
    """The server may have ended itself already."""
    let_go()
    cluster.stop()
    wait_until_gone(cluster)


def let_go() -> None:
    """Nobody here holds a connection to a server that is gone."""
    connection.close()
    database_server.close_pool()


def wait_until_gone(cluster: Cluster) -> None:
    deadline = time.monotonic() + 30
    while processes.holders(cluster.data):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def clean(journal: Journal) -> bool:
    with journal.ctx.open():
        return [book.differences for book in verify_books(journal.ctx)] == [[]]


def test_a_server_stopped_at_once_under_load_loses_and_doubles_nothing(own_server: Cluster) -> None:
    journal, count = make_journal(), 60
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}"}
    clients = [
        subprocess.Popen(
            [sys.executable, "-m", single_process.__name__, str(journal.ctx.group_id),
             str(journal.ctx.actor.person_id), name, str(count)],
            env=environment, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
        )
        for name in ("p", "q", "r")
    ]  # fmt: skip
    for client in clients:
        assert client.stdout is not None and client.stdout.readline() == "ready\n"
    for _ in range(2):
        time.sleep(0.2)
        kill_and_start(own_server)
    # Each ends after a minute at the latest, also when it could not do its work.
    told = [client.stdout.read().split("\n") for client in clients if client.stdout is not None]
    assert [client.wait(10) for client in clients] == [0, 0, 0]
    faults = [int(lines[-2].removeprefix("faults ")) for lines in told]
    assert sum(faults) > 0, "no client was at work while the server was away"
    assert [lines[:-2] for lines in told] == [[str(n) for n in range(count)]] * 3
    let_go()
    assert journal.rows("select count(*), count(distinct key) from ledger_voucher") == [(count * 3,) * 2]
    assert journal.rows("select count(*) from ledger_entry") == [(count * 3 * 2,)]
    assert journal.balance("bank") == 3 * count * (count + 1) // 2
    assert clean(journal)


@contextmanager
def disk_of(cluster: Cluster, limit_bytes: int) -> Iterator[None]:
    """The server runs anew and no file of it grows beyond the limit; PostgreSQL takes that like a full disk."""
    with embedded.admin_connection(cluster) as admin:
        admin.execute("select pg_switch_wal()")
    stop(cluster)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        cluster.ensure_running()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    try:
        yield
    finally:
        stop(cluster)
        cluster.ensure_running()


def file_of(count: int) -> Iterator[tuple[str, Any]]:
    memo = "내부이체 " * 40
    return ((f"line {n}", voucher(f"f{n}", "bank", "ab"[n % 2], n + 1, memo=memo)) for n in range(count))


@pytest.mark.parametrize("limit_bytes", [SEGMENT // 2, SEGMENT], ids=["log", "tables"])
def test_a_full_disk_leaves_whole_batches_and_the_file_goes_on_with_room(
    own_server: Cluster, limit_bytes: int
) -> None:
    """With room for no new segment of the log the server ends itself; with room for those only, a table cannot grow."""
    journal, count = make_journal(), 60_000
    with disk_of(own_server, limit_bytes), pytest.raises((psycopg.Error, DatabaseError)):
        post_file(journal.ctx, journal.book, file_of(count))
    (booked,) = journal.rows("select count(*) from ledger_voucher")[0]
    assert 0 < booked < count
    assert journal.rows("select count(*) from ledger_entry") == [(booked * 2,)]
    assert clean(journal)
    answer: FileAnswer = post_file(journal.ctx, journal.book, file_of(booked + 500))
    assert (answer.known, answer.accepted, answer.rejected) == (booked, 500, [])
    assert clean(journal)

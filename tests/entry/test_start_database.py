"""The embedded server starts, goes on after any end, and says in one sentence why it cannot."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from moa.entry.postgres import embedded, places
from moa.entry.postgres.account import server_account
from moa.entry.postgres.binaries import DEBIAN, find_binaries
from moa.entry.postgres.cluster import SUPERUSER, Cluster
from moa.entry.postgres.errors import LauncherError
from moa.entry.postgres.passwords import read_password
from moa.entry.postgres.processes import holders


def query(cluster: Cluster, statement: str, database: str = "postgres"):
    with embedded.admin_connection(cluster, database) as admin:
        cursor = admin.execute(statement)
        return cursor.fetchall() if cursor.description else []


def kill(cluster: Cluster) -> None:
    """kill -9 of the server, waiting until the kernel has taken it away."""
    os.kill(cluster.status().pid, signal.SIGKILL)
    while cluster.status() is not None:
        time.sleep(0.01)


def refused(cluster: Cluster) -> LauncherError:
    with pytest.raises(LauncherError) as caught:
        cluster.ensure_running()
    assert "\n" not in caught.value.sentence
    assert caught.value.sentence.endswith(".")
    assert "{" not in caught.value.sentence
    return caught.value


def all_binaries() -> list[str]:
    found = [str(find_binaries({}).bindir), *map(str, DEBIAN.glob("*/bin"))]
    return list(dict.fromkeys(found))


def test_a_first_start_makes_the_data_and_a_second_finds_it_running(make_cluster):
    cluster = make_cluster()
    first = cluster.ensure_running()
    assert cluster.ensure_running() == first
    assert query(cluster, "select current_user") == [(SUPERUSER,)]


def test_it_ends_all_its_processes(make_cluster):
    cluster = make_cluster()
    cluster.ensure_running()
    assert cluster.stop() is True
    assert holders(cluster.data) == []
    assert cluster.stop() is False


def test_it_keeps_committed_rows_through_a_kill(make_cluster):
    cluster = make_cluster(durable=True)
    cluster.ensure_running()
    query(cluster, "create table kept as select 7 as n")
    kill(cluster)
    assert query(cluster, "select n from kept") == [(7,)]


def test_it_starts_though_the_pid_file_names_another_living_process_of_its_user(make_cluster):
    cluster = make_cluster()
    cluster.ensure_running()
    pid_file = cluster.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    cluster.stop()
    account = server_account()
    becoming = {"user": account.uid, "group": account.gid, "extra_groups": []} if account.switch else {}
    bystander = subprocess.Popen(["sleep", "60"], cwd="/", **becoming)
    try:
        pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]))
        os.chown(pid_file, account.uid, account.gid)
        assert cluster.ensure_running().pid != bystander.pid
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_starts_at_the_same_time_find_one_server(make_cluster):
    cluster = make_cluster()
    program = (
        "import sys; from pathlib import Path; from moa.entry.postgres.cluster import Cluster;"
        "print(Cluster(Path(sys.argv[1]), {}, durable=False).ensure_running().pid)"
    )
    starts = [
        subprocess.Popen([sys.executable, "-c", program, cluster.state], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    # Reading to the end also shows that the server does not keep the starters' standard output open.
    pids = {start.communicate(timeout=60)[0].strip() for start in starts}
    assert pids == {str(cluster.status().pid)}


@pytest.mark.parametrize("bindir", all_binaries())
def test_every_version_it_finds_can_search_korean_by_trigrams(make_cluster, bindir):
    cluster = make_cluster(MOA_PG_BINDIR=bindir)
    embedded.ensure(cluster, "moa")
    query(cluster, "create extension pg_trgm", "moa")
    assert query(cluster, "select cardinality(show_trgm('삼성')) > 0", "moa") == [(True,)]


def test_passwords_are_only_for_this_user(make_cluster):
    cluster = make_cluster()
    embedded.ensure(cluster, "moa")
    files = list((cluster.state / "secrets").iterdir())
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_wrong_password_is_refused(make_cluster):
    cluster = make_cluster()
    embedded.ensure(cluster, "moa")
    server = cluster.status()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=str(server.socket_folder), user="moa_app", password="guess", dbname="moa")


def test_a_lost_application_password_is_made_anew(make_cluster):
    cluster = make_cluster()
    embedded.ensure(cluster, "moa")
    before = read_password(cluster.state, "moa_app")
    (cluster.state / "secrets" / "moa_app.password").unlink()
    embedded.ensure(cluster, "moa")
    _owner, app = embedded.logins(cluster, "moa")
    assert app.password != before
    with psycopg.connect(host=app.host, port=app.port, user=app.user, password=app.password, dbname="moa"):
        pass


def test_it_names_lost_passwords_of_the_superuser(make_cluster):
    cluster = make_cluster()
    cluster.ensure_running()
    (cluster.state / "secrets" / "postgres.password").unlink()
    with pytest.raises(LauncherError) as caught:
        embedded.ensure(cluster, "moa")
    assert caught.value.code == "postgres.password_lost"


def test_it_names_data_of_another_version(make_cluster):
    cluster = make_cluster()
    cluster.ensure_running()
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("14\n")
    refusal = refused(cluster)
    assert refusal.code == "postgres.version_mismatch"
    assert "made by PostgreSQL 14" in refusal.sentence


def test_it_names_a_port_that_is_taken(make_cluster):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refusal = refused(make_cluster(MOA_PG_PORT=str(port)))
    assert refusal.code == "postgres.port_taken"
    assert str(port) in refusal.sentence


def test_it_listens_on_a_port_when_asked_and_on_none_otherwise(make_cluster):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cluster = make_cluster(MOA_PG_PORT=str(port))
    assert cluster.ensure_running().port == port
    with socket.create_connection(("127.0.0.1", port)):
        pass
    assert query(make_cluster("silent"), "show listen_addresses") == [("",)]


def test_a_long_path_gets_its_socket_in_a_short_private_folder(make_cluster):
    cluster = make_cluster("a" * 100)
    server = cluster.ensure_running()
    assert server.socket_folder.parent == Path("/tmp")
    facts = server.socket_folder.stat()
    assert (stat.S_IMODE(facts.st_mode), facts.st_uid) == (0o700, server_account().uid)
    cluster.stop()
    shutil.rmtree(server.socket_folder)


def test_it_refuses_a_socket_folder_that_is_not_what_it_made(make_cluster):
    cluster = make_cluster("b" * 100)
    folder = places.socket_folder(cluster.home, server_account().uid)
    folder.symlink_to("/tmp")
    try:
        assert refused(cluster).code == "postgres.not_yours"
    finally:
        folder.unlink()


def test_it_waits_for_the_last_process_of_a_killed_server_and_names_one_that_stays(make_cluster, monkeypatch):
    cluster = make_cluster()
    cluster.ensure_running()
    kill(cluster)
    monkeypatch.setattr("moa.entry.postgres.processes.PATIENCE_SECONDS", 0.3)
    squatter = subprocess.Popen(["sleep", "60"], cwd=cluster.data)
    try:
        refusal = refused(cluster)
        assert refusal.code == "postgres.still_held"
        assert str(squatter.pid) in refusal.sentence
    finally:
        squatter.kill()
        squatter.wait()
    cluster.ensure_running()


def test_it_names_missing_binaries(make_cluster, open_folder):
    refusal = refused(make_cluster(MOA_PG_BINDIR=str(open_folder)))
    assert refusal.code == "postgres.bindir_unusable"


def test_a_half_made_data_folder_is_made_anew(make_cluster):
    cluster = make_cluster()
    (cluster.home / "data.new" / "base").mkdir(parents=True)
    assert cluster.ensure_running().pid > 0
    assert not (cluster.home / "data.new").exists()

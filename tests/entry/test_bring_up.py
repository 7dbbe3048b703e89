"""`moa up` from an empty database to a page in the browser, and its end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "moa.entry", "up", "--no-demo"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> int:
    try:
        return int(urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [below for child in map(int, children) for below in (child, *descendants(child))]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def serving(moa_environment, transactional_db):
    """`moa up` that serves, with its port and the words it said until then."""
    port = free_port()
    process = subprocess.Popen(
        [*COMMAND, "--port", str(port)],
        env=moa_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    yield process, port, "".join(said)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)


@pytest.mark.django_db(transaction=True)
def test_once_prepares_everything_and_ends(moa_environment):
    done = subprocess.run(
        [*COMMAND, "--once"], env=moa_environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "moa setup" in done.stdout


@pytest.mark.django_db(transaction=True)
def test_it_makes_the_tables_of_an_empty_database(moa_environment, admin):
    name = moa_environment["MOA_DATABASE"] + "_empty"
    environment = {**moa_environment, "MOA_DATABASE": name, "ONCE": "1"}
    try:
        done = subprocess.run(
            COMMAND, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        assert re.search(r"Brought the tables up to date \(\d+ steps\)", done.stdout)
        again = subprocess.run(
            COMMAND, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert (again.returncode, "Brought" in again.stdout) == (0, False)
    finally:
        admin.execute(f'drop database if exists "{name}" with (force)')


@pytest.mark.django_db(transaction=True)
def test_it_starts_for_an_administrator_who_may_not_see_the_position(moa_environment):
    group = ["--code", "HB", "--name", "한빛", "--currency", "KRW", "--company", "HQ=본사"]
    persons = ["--admin", "kim=김", "--admin", "lee=이"]
    for command in ([*COMMAND[:3], "setup", *group, *persons], [*COMMAND, "--once"]):
        done = subprocess.run(
            command, env=moa_environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
    assert "moa position --as LOGIN" in done.stdout


def test_it_serves_pages_and_ends_with_all_its_processes(serving):
    process, port, said = serving
    assert f"http://127.0.0.1:{port}" in said, said
    assert answers(port) < 500
    below = descendants(process.pid)
    assert len(below) >= 3
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    assert [pid for pid in below if is_alive(pid)] == []


def test_no_process_is_left_when_it_is_killed(serving):
    process, port, _said = serving
    below = descendants(process.pid)
    process.kill()
    end = time.monotonic() + 20
    while any(is_alive(pid) for pid in below):
        assert time.monotonic() < end, "a process outlived moa up"
        time.sleep(0.05)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_process_whose_server_died_while_it_started_ends_itself(moa_environment):
    gone = subprocess.Popen(["true"])
    gone.wait()
    # As the web server forks it: with a handler that only makes a note of the signal.
    forked = "import signal; signal.signal(signal.SIGTERM, lambda *_: None); import moa.entry.serving"
    done = subprocess.run(
        [sys.executable, "-c", forked],
        env={**moa_environment, "MOA_PARENT": str(gone.pid), "DJANGO_SETTINGS_MODULE": "moa.entry.settings"},
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGTERM


def test_a_port_in_use_is_one_sentence(serving, moa_environment):
    _process, port, _said = serving
    second = subprocess.run(
        [*COMMAND, "--port", str(port)],
        env=moa_environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.splitlines() == [
        "up.port_taken",
        f"Port {port} on 127.0.0.1 is used by another program: choose another one with PORT=.",
    ]


@pytest.mark.parametrize("number", ["0", "70000", "http"])
def test_a_port_that_is_none_is_a_wrong_use(number):
    done = subprocess.run(
        COMMAND, env={**os.environ, "PORT": number}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2

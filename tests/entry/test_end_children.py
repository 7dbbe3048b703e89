"""Processes that `moa up` starts never outlive it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

# A parent that starts one child; the child starts a grandchild of its own, as the web server does.
CHILD = """
import os, subprocess, sys, time
from moa.entry.children import PARENT, end_with_parent
end_with_parent()
if sys.argv[1] == "child":
    os.environ[PARENT] = str(os.getpid())
    subprocess.Popen([sys.executable, __file__, "grandchild"])
print(sys.argv[1], os.getpid(), flush=True)
time.sleep(60)
"""
PARENT = """
import os, sys
from moa.entry import children
class Plain(children.Child):
    def start(self):
        import subprocess, time
        self.process = subprocess.Popen([sys.executable, *self.arguments], start_new_session=True,
                                        env={**os.environ, children.PARENT: str(os.getpid())})
        self.started = time.monotonic() - 100
children.stop_on_signals()
try:
    started = [Plain("The child", [sys.argv[1], "child"])]
    sys.exit(children.run_until_stopped(started, print))
except children.Stopped:
    sys.exit(0)
"""


@pytest.fixture
def family(tmp_path):
    """A running parent and the ids of the processes below it, by name."""
    (tmp_path / "child.py").write_text(CHILD)
    (tmp_path / "parent.py").write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, tmp_path / "parent.py", tmp_path / "child.py"], stdout=subprocess.PIPE, text=True
    )
    below = dict(parent.stdout.readline().split() for _ in range(2))
    yield parent, {name: int(pid) for name, pid in below.items()}
    parent.kill()
    parent.wait()


def alive(pid: int) -> bool:
    try:
        return "Z" not in open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0]
    except OSError:
        return False


def wait_until_gone(*pids: int) -> None:
    end = time.monotonic() + 10
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < end, "a process outlived its parent"
        time.sleep(0.02)


UNNEEDED = """
import sys, time
from moa.entry import children
class Plain(children.Child):
    def start(self):
        import subprocess
        self.process = subprocess.Popen([sys.executable, "-c", self.arguments[0]], start_new_session=True)
        self.started = time.monotonic()
children.stop_on_signals()
needed = Plain("The one", ["import time; time.sleep(60)"])
other = Plain("The other", ["raise SystemExit(3)"], is_needed=sys.argv[1] == "needed")
sys.exit(children.run_until_stopped([needed, other], lambda words: print(words, flush=True)))
"""


@pytest.mark.parametrize(("how", "code"), [("needed", 1), ("not needed", 0)])
def test_the_others_go_on_only_without_a_child_that_is_not_needed(how, code):
    parent = subprocess.Popen([sys.executable, "-c", UNNEEDED, how], stdout=subprocess.PIPE, text=True)
    assert "The other ended at once with code 3" in parent.stdout.readline()
    if code == 0:
        with pytest.raises(subprocess.TimeoutExpired):
            parent.wait(timeout=1)
        parent.send_signal(signal.SIGTERM)
    assert parent.wait(timeout=20) == code
    parent.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_and_the_parent_ends_well(family, number):
    parent, below = family
    parent.send_signal(number)
    assert parent.wait(timeout=20) == 0
    wait_until_gone(*below.values())


def test_a_killed_parent_takes_all_with_it(family):
    parent, below = family
    parent.kill()
    wait_until_gone(*below.values())


def test_a_killed_child_is_started_again_without_its_former_processes(family):
    parent, below = family
    os.kill(below["child"], signal.SIGKILL)
    # The words about the restart and the first lines of the new processes come in any order.
    lines = [parent.stdout.readline() for _ in range(3)]
    wait_until_gone(*below.values())
    renewed = {
        words.split()[0]: int(words.split()[1])
        for words in lines
        if words.startswith(("child", "grandchild"))
    }
    assert set(renewed) == {"child", "grandchild"}
    assert all(alive(pid) for pid in renewed.values())

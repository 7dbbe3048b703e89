"""Child processes that end with their parent, whatever ends it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

PARENT = "MOA_PARENT"
PR_SET_PDEATHSIG = 1
# A child that dies this soon after its start would only die again.
SHORTEST_LIFE_SECONDS = 3
GRACE_SECONDS = 15


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM at the parent's death, when a `moa up` started this process."""
    parent = os.environ.pop(PARENT, None)
    if parent is None:
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        # The parent died before the kernel was asked.
        os.kill(os.getpid(), signal.SIGTERM)


def end_with_this_process() -> None:
    """Called in a new child: it is killed with the thread that made it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """One `moa` command as a process of its own group; it can be started again.

    Shape: one that is not `is_needed` is let go when it can't live, and the others go on.
    """

    def __init__(self, name: str, arguments: Sequence[str], *, is_needed: bool = True) -> None:
        self.name = name
        self.is_needed = is_needed
        self.arguments = list(arguments)
        self.start()

    def start(self) -> None:
        # Its own session: Ctrl-C reaches only the parent, which then ends the children in order.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moa.entry", *self.arguments],
            stdin=subprocess.DEVNULL,
            env={**os.environ, PARENT: str(os.getpid())},
            start_new_session=True,
        )
        self.started = time.monotonic()

    def ended(self) -> bool:
        return self.process.poll() is not None

    def short_lived(self) -> bool:
        return time.monotonic() - self.started < SHORTEST_LIFE_SECONDS

    def signal_all(self, number: signal.Signals) -> None:
        """The signal goes to the whole group: the web server has processes of its own."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class Stopped(Exception):
    """Raised in the main thread by Ctrl-C or SIGTERM."""


def run_until_stopped(children: Sequence[Child], say: Callable[[str], None]) -> int:
    """Watch the children until Ctrl-C or SIGTERM, starting one again that ended; 0 when stopped, 1 when one cannot live.

    All children and their processes have ended when this returns.
    """
    watched = list(children)
    try:
        while True:
            for child in list(watched):
                if not child.ended():
                    continue
                if child.short_lived():
                    say(
                        f"{child.name} ended at once with code {child.process.returncode}; its last lines say why."
                    )
                    if child.is_needed:
                        return 1
                    watched.remove(child)
                    continue
                say(f"{child.name} ended with code {child.process.returncode} and is started again.")
                child.signal_all(signal.SIGKILL)
                child.start()
            time.sleep(0.2)
    except Stopped:
        return 0
    finally:
        stop_on_signals(ignore=True)
        end_all(children)


def stop_on_signals(*, ignore: bool = False) -> None:
    """From now on Ctrl-C and SIGTERM raise Stopped, or are ignored while the end is under way."""

    def stop(number: int, frame: object) -> None:
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN if ignore else stop)


def end_all(children: Sequence[Child]) -> None:
    for child in children:
        child.signal_all(signal.SIGTERM)
    end = time.monotonic() + GRACE_SECONDS
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, end - time.monotonic()))
        child.signal_all(signal.SIGKILL)
        child.process.wait()

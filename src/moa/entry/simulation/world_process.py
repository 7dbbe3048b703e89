"""The simulated banks as a process of the simulation's own; its clock stands until it is stepped."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from moa.entry.children import PR_SET_PDEATHSIG
from moa.entry.commands.world import CONTROL, ask
from moa.entry.simulation.plan import FIRST_DAY


class WorldProcess:
    """Shape: `ports` the first port of each bank by its code. One at a time in a process, for `ask` finds it by a variable."""

    def __init__(self, folder: Path, start: datetime) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "moa_world", "live", "--out", str(folder), "--start", start.isoformat(), "--speed", "0",
                "--fresh",
            ],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, preexec_fn=end_with_this_process,
        )  # fmt: skip
        assert self.process.stdout is not None
        found = json.loads(self.process.stdout.readline())
        self.ports = {bank: int(ports["send"]) for bank, ports in found["banks"].items()}
        self._former = os.environ.get(CONTROL)
        os.environ[CONTROL] = found["control"]

    def begin_anew(self, seed: int, start: datetime) -> None:
        """Another run of the banks, with none of the former one's faults and statements."""
        for file in (self.folder / "statements").glob("*/*"):
            file.unlink()
        ask("POST", "/fresh", {"seed": seed, "start": start.isoformat(), "speed": 0})

    def state(self) -> dict[str, Any]:
        return dict(ask("GET", "/state"))

    def step_to(self, moment: datetime) -> None:
        ask("POST", "/clock", {"to": moment.isoformat()})

    def statements(self) -> list[Path]:
        """What the banks have left so far, in the order of their days."""
        return sorted(
            (self.folder / "statements").glob("*/*.sta"),
            key=lambda path: (path.stem.split("_")[1], path.name),
        )

    def struck(self) -> int:
        """How often a fault has struck."""
        return sum(int(one["fired"]) for one in ask("GET", "/faults")["faults"])

    def end(self) -> None:
        if self._former is None:
            os.environ.pop(CONTROL, None)
        else:
            os.environ[CONTROL] = self._former
        self.process.terminate()
        self.process.wait()


@contextmanager
def banks_of_its_own() -> Iterator[WorldProcess]:
    with tempfile.TemporaryDirectory(prefix="moa-simulation-") as folder:
        world = WorldProcess(Path(folder), datetime.combine(FIRST_DAY, datetime.min.time()))
        try:
            yield world
        finally:
            world.end()


def end_with_this_process() -> None:
    """Called in a new child: it is killed with its parent."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

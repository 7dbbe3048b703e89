"""The simulated banks of a simulation: found by the commands in its processes, and begun anew for every run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from moa.entry.commands.world import CONTROL
from moa.entry.simulation.plan import BANKS, FIRST_DAY
from moa.entry.world_child import WorldChild


class WorldProcess(WorldChild):
    """One at a time in a process, for `moa world`'s commands find it by a variable, in forked children too."""

    def __init__(self, folder: Path, start: datetime) -> None:
        super().__init__(folder, start=start.isoformat())
        self._former = os.environ.get(CONTROL)
        os.environ[CONTROL] = self.found["control"]

    def begin_anew(self, seed: int, start: datetime) -> None:
        """Another run of the banks, with none of the former one's faults and statements."""
        for file in (self.folder / "statements").glob("*/*"):
            file.unlink()
        self.ask("POST", "/fresh", {"seed": seed, "start": start.isoformat(), "speed": 0})

    def step_to(self, moment: datetime) -> None:
        self.ask("POST", "/clock", {"to": moment.isoformat()})

    def statements(self) -> list[Path]:
        """What our banks have left so far, in the order of their days."""
        left = (file for bank in BANKS for file in (self.folder / "statements" / bank).glob("*.sta"))
        return sorted(left, key=lambda path: (path.stem.split("_")[1], path.name))

    def struck(self) -> int:
        """How often a fault has struck."""
        return sum(int(one["fired"]) for one in self.ask("GET", "/faults")["faults"])

    def end(self) -> None:
        if self._former is None:
            os.environ.pop(CONTROL, None)
        else:
            os.environ[CONTROL] = self._former
        super().end()


@contextmanager
def banks_of_its_own() -> Iterator[WorldProcess]:
    with (
        tempfile.TemporaryDirectory(prefix="moa-simulation-") as folder,
        WorldProcess(Path(folder), datetime.combine(FIRST_DAY, datetime.min.time())) as world,
    ):
        yield world

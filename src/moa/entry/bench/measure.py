"""What a bench gives back, and how a process's memory is measured."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The child says at its end what its own memory rose to. Its getrusage would not do: on Linux that peak includes the
# memory of the process that started it, from before the child became itself.
_REPORT = """
import sys as _sys
def _peak():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    except OSError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if _sys.platform == "darwin" else 1)
print(_peak())
"""


@dataclass(frozen=True, slots=True)
class Result:
    """One row of `moa bench`. Shape: `ratio` better when higher, passed when ≥ `floor`; None where nothing is asked."""

    name: str
    ours: Any
    reference: Any
    ratio: Any
    floor: Any = None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "ours": _shown(self.ours),
            "reference": _shown(self.reference),
            "ratio": _shown(self.ratio),
            "floor": self.floor,
        }


def _shown(figure: Any) -> Any:
    """Four digits behind the point: enough to compare, short enough to read."""
    return round(figure, 4) if not isinstance(figure, int | str) and figure is not None else figure


def rates_in_turns(counts: int, works: Sequence[Callable[[], int]], rounds: int = 3) -> list[int]:
    """Things per second of processor time of each work, the median of the rounds, in turns.

    For works of one thread that wait for nothing: then the processor's time is what they cost, whoever else is using
    the machine meanwhile.

    Shape: each work gives the number of things it did, which must be `counts`; a work that does less is a fault.
    """
    seconds: list[list[Any]] = [[] for _ in works]
    for _ in range(rounds):
        for at, work in enumerate(works):
            begun = process_time()
            done = work()
            seconds[at].append(process_time() - begun)
            if done != counts:
                raise AssertionError(f"{done} done instead of {counts}")
    return [round(counts / median(each)) for each in seconds]


def peak_megabytes(program: str, *arguments: str) -> tuple[str, int]:
    """What a Python program prints, and the most memory that its process held, in MB (rounded up)."""
    done = subprocess.run(
        [sys.executable, "-c", program + _REPORT, *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    *printed, kibibytes = done.stdout.splitlines()
    return "\n".join(printed), -(-int(kibibytes) // 1024)


def child_in(database: str, module: str, size: int, *, fresh: bool) -> subprocess.Popen[str]:
    """A bench module as a process of its own on a database of its own, which it fills up to `size` before it says "ready"."""
    from moa.entry.database import drop_database

    if fresh:
        drop_database(database)
    process = subprocess.Popen(
        [sys.executable, "-m", module, str(size)],
        env={**os.environ, "MOA_DATABASE": database}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    if process.stdout.readline() != "ready\n":
        raise AssertionError(f"{database} could not be made")
    return process


def ask_child(process: subprocess.Popen[str], what: str = "go") -> str:
    """Have it do its work once, or what is named; the line that it answers."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{what}\n")
    process.stdin.flush()
    return process.stdout.readline()

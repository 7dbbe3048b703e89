"""Which processes work in a data folder; the file postmaster.pid alone cannot be trusted.

A process id in postmaster.pid may belong to another program after a restart of the machine or container, and a
zombie left by kill -9 keeps both its id and the socket's lock file. A live server has its working folder in the data.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from moa.entry.postgres.errors import LauncherError

PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class PidFile:
    """What postmaster.pid says: the process, its port, and whether the server takes connections."""

    pid: int
    port: int
    ready: bool


def read_pid_file(data: Path) -> PidFile | None:
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return PidFile(int(lines[0]), int(lines[3]), len(lines) > 7 and lines[7].strip() == "ready")
    except (OSError, ValueError, IndexError):
        return None


def running_server(data: Path) -> PidFile | None:
    """The server of this data folder when it runs, else None."""
    facts = read_pid_file(data)
    return facts if facts is not None and _works_in(facts.pid, data) else None


def holders(data: Path) -> list[int]:
    """All processes whose working folder is the data folder."""
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and _works_in(int(entry), data)]


def _works_in(pid: int, data: Path) -> bool:
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", data)
    except OSError:
        return False


def clear_remains(data: Path, socket_folder: Path) -> None:
    """Wait until nobody works in the folder, then remove what a killed server left behind.

    Raises: postgres.still_held.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while held := holders(data):
        if time.monotonic() > end:
            raise LauncherError("postgres.still_held", pids=", ".join(map(str, held)), data=data)
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)
    for remains in socket_folder.glob(".s.PGSQL.*"):
        remains.unlink(missing_ok=True)

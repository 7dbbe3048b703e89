"""Where the tests keep what may be lost: in memory where the machine has room for it, else in `var/test`."""

from __future__ import annotations

import os
from pathlib import Path

from moa.entry.postgres.places import checkout, choose_state, path_hash

MEMORY = Path("/dev/shm")
GIBIBYTE = 1024**3
# The servers of a run keep about one gibibyte. What is there, not what is free, decides: every process of a run must
# come to the same answer.
ENOUGH_MEMORY, ENOUGH_SPACE = 12 * GIBIBYTE, 6 * GIBIBYTE


def state_folder() -> Path:
    """The state folder of the tests of this checkout."""
    wanted = checkout() / "var" / "test"
    if memory_serves():
        near = MEMORY / f"moa-test-{os.geteuid()}-{path_hash(wanted)}"
        if not near.exists() or near.stat().st_uid == os.geteuid():
            return near
    return choose_state({"MOA_STATE": str(wanted)}, as_root=os.geteuid() == 0)


def short_lived() -> Path | None:
    """The folder to make temporary ones in that a server works in; None stands for the system's."""
    return MEMORY if memory_serves() else None


def memory_serves() -> bool:
    """Copying a database costs 0.03 s of a processor there and 0.1 to 0.3 s on a disk, a few hundred times a run."""
    try:
        facts = os.statvfs(MEMORY)
    except OSError:
        return False
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return (
        os.access(MEMORY, os.W_OK | os.X_OK)
        and physical >= ENOUGH_MEMORY
        and facts.f_frsize * facts.f_blocks >= ENOUGH_SPACE
    )

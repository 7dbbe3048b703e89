"""What must survive a power cut: a file's bytes, and the name of a new file in its folder."""

from __future__ import annotations

import os
from pathlib import Path


def sync_to_disk(path: Path) -> None:
    """Return when the file, or the list of names of the folder, is on the disk; OSError as the system gives it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

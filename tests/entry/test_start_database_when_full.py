"""A full disk is named at the first start and at a later one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from moa.entry.postgres.binaries import find_binaries
from moa.entry.postgres.cluster import Cluster
from moa.entry.postgres.errors import LauncherError


@pytest.fixture
def small_disk(open_folder: Path) -> Iterator[Path | None]:
    """A file system of 70 MB, or None where this user may not mount one. Ask for it before `make_cluster`.

    What was asked for first is given back last, so the servers on it have ended when it is taken away; a process
    that is left there makes the test fail.
    """
    folder = open_folder / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=70m,mode=755", "moa", folder], capture_output=True, check=False
    )
    yield folder if mounted.returncode == 0 else None
    if mounted.returncode == 0:
        subprocess.run(["umount", folder], check=True)


def test_a_first_start_on_a_full_disk_is_refused_and_leaves_nothing_half(
    small_disk, make_cluster, open_folder
):
    if small_disk is None:
        cluster = make_cluster(MOA_PG_BINDIR=str(binaries_without_room(open_folder, "initdb")))
    else:
        fill(small_disk, leave=10_000_000)
        cluster = make_cluster("disk/state")
    assert_disk_full(cluster)
    assert not cluster.data.exists()


def test_a_later_start_on_a_full_disk_is_refused_and_works_again_with_room(
    small_disk, make_cluster, open_folder
):
    cluster = make_cluster("state" if small_disk is None else "disk/state")
    cluster.ensure_running()
    cluster.stop()
    if small_disk is None:
        full = binaries_without_room(open_folder, "pg_ctl")
        assert_disk_full(Cluster(cluster.state, {"MOA_PG_BINDIR": str(full)}, durable=False))
    else:
        fill(small_disk, leave=0)
        assert_disk_full(cluster)
        (small_disk / "filler").unlink()
    cluster.ensure_running()


def assert_disk_full(cluster: Cluster) -> None:
    with pytest.raises(LauncherError) as caught:
        cluster.ensure_running()
    assert caught.value.code == "postgres.disk_full"
    assert "is full" in caught.value.sentence


def fill(disk: Path, *, leave: int) -> None:
    room = max(shutil.disk_usage(disk).free - leave, 0)
    with (disk / "filler").open("wb") as filler:
        filler.write(b"\0" * room)


def binaries_without_room(folder: Path, program: str) -> Path:
    """The real binaries, but `program` ends with PostgreSQL's own words about a full disk."""
    bindir = folder / "bin"
    bindir.mkdir()
    for name in ("postgres", "initdb", "pg_ctl"):
        wrapper = bindir / name
        action = f'exec "{find_binaries({}) / name}" "$@"'
        if name == program:
            action = 'echo "FATAL:  could not write to file: No space left on device" >&2; exit 1'
        wrapper.write_text(f"#!/bin/sh\n{action}\n")
        wrapper.chmod(0o755)
    return bindir

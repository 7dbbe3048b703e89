"""Clusters for the launcher's own tests, each in a folder of its own that the server's user can reach."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moa.entry.postgres.cluster import Cluster
from moa.entry.postgres.places import choose_state
from tests import seeds
from tests.places import short_lived


@contextlib.contextmanager
def _open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="moa-", dir=short_lived()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _clusters(folder: Path) -> Iterator[Callable[..., Cluster]]:
    made: list[Cluster] = []

    def make(name: str = "state", *, durable: bool = False, **environ: str) -> Cluster:
        state = choose_state({"MOA_STATE": str(folder / name)}, as_root=os.geteuid() == 0)
        bindir = {"MOA_PG_BINDIR": os.environ["MOA_PG_BINDIR"]} if os.environ.get("MOA_PG_BINDIR") else {}
        made.append(Cluster(state, {**bindir, **environ}, durable=durable))
        return made[-1]

    yield make
    for cluster in made:
        with contextlib.suppress(OSError):
            cluster.stop()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A short folder that any user may enter; pytest's own are closed to the server's user when root tests."""
    with _open_folder() as folder:
        yield folder


@pytest.fixture
def make_cluster(open_folder: Path) -> Iterator[Callable[..., Cluster]]:
    """`make_cluster(MOA_PG_PORT="5555")`: a cluster that is stopped and removed after the test."""
    with _clusters(open_folder) as make:
        yield make


@pytest.fixture(scope="module")
def planted() -> Iterator[Cluster]:
    """A running server for all tests of a module, whose database `moa` has its tables and no rows of anybody."""
    with _open_folder() as folder, _clusters(folder) as make:
        cluster = make()
        seeds.plant(cluster)
        yield cluster

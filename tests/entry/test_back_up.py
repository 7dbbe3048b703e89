"""A whole installation saved, brought back into an empty one, and proven; damaged or misplaced ones are refused."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moa.entry.backup.refusals import BackupDamaged
from moa.entry.backup.restoring import _unpack
from moa.entry.postgres.cluster import Cluster

SECRET = "계약서 원본"
STORE = f"""
import io
from datetime import UTC, datetime
from moa.entry.startup import setup_django
setup_django()
from moa.control.documents import store
from moa.control.queries import list_groups, machine_context
ctx = machine_context(list_groups()[0].id, at=datetime.now(UTC), channel="command")
with ctx.open():
    store(ctx, io.BytesIO({SECRET!r}.encode()), name="계약.txt", kind="statement_file")
"""
READ = """
from datetime import UTC, datetime
from moa.entry.startup import setup_django
setup_django()
from moa.control.documents import open_document
from moa.control.models import Document
from moa.control.queries import list_groups, machine_context
ctx = machine_context(list_groups()[0].id, at=datetime.now(UTC), channel="command")
with ctx.open(), open_document(ctx, Document.objects.get().id) as plain:
    print(plain.read().decode())
"""
LOSE = """
from moa.entry.startup import setup_django
setup_django()
from django.db import connections
with connections["owner"].cursor() as cursor:
    cursor.execute("delete from control_assignment where id = (select min(id) from control_assignment)")
from moa.entry.backup.manifest import read_manifest
from moa.entry.backup.restoring import compare_with
import sys
from pathlib import Path
print([(check.name, check.ok, check.found) for check in compare_with(read_manifest(Path(sys.argv[1])))])
"""


class Installation:
    """Moa in a state folder of its own, used as an operator does."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.environ = {**os.environ, "MOA_STATE": str(cluster.state), "MOA_DATABASE": "moa"}
        self.environ.pop("DATABASE_URL", None)

    def moa(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return self._run("-m", "moa.entry", *map(str, arguments))

    def python(self, program: str, *arguments: object) -> str:
        done = self._run("-c", program, *map(str, arguments))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], env=self.environ, capture_output=True, text=True, check=False, timeout=170
        )  # fmt: skip


@pytest.fixture
def saved(make_cluster: Any, open_folder: Path) -> Iterator[tuple[Installation, Path]]:
    first = Installation(make_cluster("first"))
    setup = ["setup", "--code", "HB", "--name", "한빛", "--currency", "KRW", "--company", "C=한빛상사"]
    made = first.moa(*setup, "--admin", "kim=김하나", "--admin", "lee=이두리", "--json")
    assert made.returncode == 0, made.stderr
    first.python(STORE)
    done = first.moa("backup", open_folder / "out", "--json")
    assert done.returncode == 0, done.stderr
    yield first, Path(json.loads(done.stdout)["folder"])


@pytest.mark.slow
def test_a_backup_is_brought_back_whole_and_proven(
    saved: tuple[Installation, Path], make_cluster: Any
) -> None:
    first, backup = saved
    second = Installation(make_cluster("second"))

    done = second.moa("restore", backup, "--json")

    told = json.loads(done.stdout)
    assert done.returncode == 0 and told["ok"], done.stdout + done.stderr
    assert [one["name"] for one in told["checks"]] == ["rows", "seals", "documents", "books"]
    assert told["checks"][2]["found"] == "1 open"
    assert second.python(READ).strip() == SECRET
    assert second.moa("restore", backup).stderr.startswith("restore_target_not_empty")
    assert first.moa("upgrade", "--json").returncode == 0
    assert "('rows', False, 'other counts in control_assignment, control_rowchange')" in second.python(
        LOSE, backup
    )


@pytest.mark.slow
def test_a_damaged_backup_changes_nothing(saved: tuple[Installation, Path], make_cluster: Any) -> None:
    _, backup = saved
    raw = bytearray((backup / "database.dump").read_bytes())
    raw[len(raw) // 2] ^= 1
    (backup / "database.dump").write_bytes(raw)
    second = Installation(make_cluster("second"))

    refused = second.moa("restore", backup)

    assert refused.returncode == 1 and refused.stderr.startswith("backup_damaged file=database.dump")
    assert not (second.cluster.state / "documents").exists()
    shutil.copy(backup / "manifest.json", backup / "database.dump")
    assert second.moa("restore", backup).stderr.startswith("backup_damaged")


@pytest.mark.parametrize("name", ["../elsewhere", "/etc/moa", "secrets/owner", "documents/../../x"])
def test_an_archive_with_other_places_is_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "documents.tar", "w") as archive:
        member = tarfile.TarInfo(name)
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))

    with pytest.raises(BackupDamaged):
        _unpack(tmp_path / "documents.tar", tmp_path / "state")

    assert not (tmp_path / "state").exists()

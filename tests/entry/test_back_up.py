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

import psycopg
import pytest

from moa.entry.backup.manifest import Manifest, check_files, facts_of, read_manifest
from moa.entry.backup.refusals import BackupDamaged
from moa.entry.backup.restoring import _unpack, check_known, check_server
from moa.entry.backup.roles import read_rights
from moa.entry.postgres import embedded
from moa.entry.postgres.cluster import Cluster
from moa.entry.postgres.passwords import read_password
from moa.entry.refusal_sentences import sentence_of
from moa.kernel.errors import DomainError

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


RIGHTS = """
select grantee, table_name, privilege_type from information_schema.role_table_grants
 where table_schema = 'public' and grantee = %s
"""
OUTSIDE = "select count(*) from control_rowchange where database_user <> %s"


CUT_OFF = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from moa.entry.startup import setup_django
setup_django()
from moa.entry.backup import restoring
from moa.entry.database import state_dir
restoring._prove = lambda *_: os._exit(0)
restoring.bring_back(Path(sys.argv[1]), state_dir(), at=datetime.now(UTC))
"""


class Installation:
    """Moa in a state folder of its own, used as an operator does; with `url`, on a server of the house."""

    def __init__(self, cluster: Cluster, state: Path | None = None, url: str = "") -> None:
        self.cluster, self.state = cluster, state or cluster.state
        self.environ = {**os.environ, "MOA_STATE": str(self.state), "MOA_DATABASE": "moa"}
        for name in ("DATABASE_URL", "MOA_APP_URL", "MOA_MASTER_KEY_FILE"):
            self.environ.pop(name, None)
        if url:
            self.environ |= {"DATABASE_URL": url, "MOA_DATABASE": ""}

    def left(self) -> list[str]:
        """What a restore could have left in the state folder."""
        return sorted(
            one.name for one in self.state.iterdir() if one.name.startswith(("documents", "restoring"))
        )

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


@pytest.fixture(scope="module")
def saved(planted: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Path]]:
    """An installation and a backup of it. Tests may not change them."""
    first, out = Installation(planted), tmp_path_factory.mktemp("saved")
    setup = ["setup", "--code", "HB", "--name", "한빛", "--currency", "KRW", "--company", "C=한빛상사"]
    made = first.moa(*setup, "--admin", "kim=김하나", "--admin", "lee=이두리", "--json")
    assert made.returncode == 0, made.stderr
    first.python(STORE)
    done = first.moa("backup", out, "--json")
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
def test_an_upgrade_goes_on_where_a_first_one_was_cut_off(make_cluster: Any) -> None:
    begun = Installation(make_cluster("begun"))
    half = begun.moa("django", "migrate", "control", "0003", "--database", "owner")
    assert half.returncode == 0, half.stderr
    done = begun.moa("upgrade")
    assert (done.returncode, "Saved" in done.stdout) == (0, False), done.stderr
    assert "Brought the tables up to date" in done.stdout
    assert begun.moa("upgrade").returncode == 0


def url_of(server: Cluster, database: str) -> str:
    password = read_password(server.state, "postgres")
    running = server.status()
    assert running is not None
    return f"postgresql://postgres:{password}@/{database}?host={running.socket_folder}"


@pytest.mark.slow
def test_a_backup_comes_back_on_another_server_whose_roles_have_other_names(
    saved: tuple[Installation, Path], make_cluster: Any, open_folder: Path
) -> None:
    """A restore that fails half way leaves nothing; the next one clears what a killed one left, and succeeds."""
    _, backup = saved
    house = make_cluster("house")
    with embedded.admin_connection(house):
        url = url_of(house, "treasury")
    there = Installation(house, open_folder / "there", url)
    without = shutil.copytree(backup, open_folder / "without_keys", ignore=shutil.ignore_patterns("keys.tar"))

    refused = there.moa("restore", without)

    assert refused.stderr.startswith("restore_key_wrong keys.tar none"), refused.stderr
    assert there.left() == [] and tables(url) == []

    there.python(CUT_OFF, backup)
    assert there.left() == ["documents", "restoring"] and len(tables(url)) > 100

    told = json.loads((backup / "manifest.json").read_text())
    differing = shutil.copytree(backup, open_folder / "differing")
    (differing / "manifest.json").write_text(json.dumps(told | {"rows": told["rows"] | {"control_group": 7}}))
    refused = there.moa("restore", differing)
    assert refused.returncode == 1 and "other counts in control_group" in refused.stdout, refused.stderr
    assert there.left() == [] and tables(url) == []

    done = there.moa("restore", backup, "--json")

    assert done.returncode == 0 and json.loads(done.stdout)["ok"], done.stdout + done.stderr
    assert there.left() == ["documents"]
    assert there.python(READ).strip() == SECRET
    with psycopg.connect(url) as connection:
        rights = {row[1:] for row in connection.execute(RIGHTS, ["moa_app_treasury"])}
        assert ("control_group", "SELECT") in rights and ("control_auditline", "DELETE") not in rights
        assert connection.execute(OUTSIDE, ["moa_app_treasury"]).fetchone() == (0,)
        named = connection.execute("select indexdef from pg_indexes where indexname like 'rowchange%'")
        assert not [row for row in named if "'moa_app'" in row[0]]
    well = there.moa("doctor", "--json")
    found = {one["name"]: one["ok"] for one in json.loads(well.stdout)["checks"]}
    assert found["roles"] and found["row_security"] and found["document_keys"] and found["migrations"], found


def tables(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
        ).fetchall()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The files of a backup, without a database behind them."""
    files = {}
    for name in ("database.dump", "documents.tar"):
        (tmp_path / name).write_bytes(name.encode())
        files[name] = facts_of(tmp_path / name)
    Manifest("2026-11-22T03:00:00+00:00", 17, ["control.0001_initial"], {}, {}, files).write(tmp_path)
    return tmp_path


def refusal_of(folder: Path) -> str:
    """As the command line begins its line: code, place, value."""
    with pytest.raises(DomainError) as caught:
        manifest = read_manifest(folder)
        check_files(folder, manifest)
        check_known(manifest)
        check_server(manifest, 17)
    assert sentence_of(caught.value)
    facts = caught.value.facts
    return " ".join(str(one) for one in (caught.value.code, facts.get("place"), facts.get("value")) if one)


def test_what_is_whole_is_taken(small: Path) -> None:
    manifest = read_manifest(small)
    check_files(small, manifest)
    check_known(manifest)
    check_server(manifest, 17)


@pytest.mark.parametrize("name", ["manifest.json", "database.dump", "documents.tar"])
def test_a_missing_file_is_named(small: Path, name: str) -> None:
    (small / name).unlink()
    assert refusal_of(small) == f"backup_file_missing {name}"


def test_an_altered_byte_is_found_with_what_stands_there_now(small: Path) -> None:
    (small / "database.dump").write_bytes(b"databasE.dump")
    found = facts_of(small / "database.dump")["sha256"]
    assert refusal_of(small) == f"backup_damaged database.dump sha256 {found}"
    (small / "database.dump").write_bytes(b"database")
    assert refusal_of(small) == "backup_damaged database.dump bytes 8"


@pytest.mark.parametrize(("changes", "said"), [
    ({"format": 9}, "backup_too_new manifest.json format 9"),
    ({"migrations": ["control.0001_initial", "control.0999_later"]}, "backup_too_new manifest.json control.0999_later"),
    ({"format": "x"}, "backup_damaged manifest.json"),
    ({"files": {}}, "backup_damaged manifest.json files"),
    ({"server_version": 18}, "backup_server_newer"),
])  # fmt: skip
def test_what_this_version_cannot_bring_back_is_said(small: Path, changes: dict[str, Any], said: str) -> None:
    path = small / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    assert refusal_of(small) == said


def test_a_manifest_of_an_earlier_or_a_later_hand_is_read(small: Path) -> None:
    path = small / "manifest.json"
    told = json.loads(path.read_text())
    del told["app_role"], told["master_keys"]
    path.write_text(json.dumps(told | {"added_later": 1}))
    assert read_manifest(small).master_keys == []
    path.write_text("[" * 100_000)
    assert refusal_of(small) == "backup_damaged manifest.json"


@pytest.mark.parametrize("name", ["../elsewhere", "/etc/moa", "secrets/owner", "documents/../../x"])
def test_an_archive_with_other_places_is_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "documents.tar", "w") as archive:
        member = tarfile.TarInfo(name)
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))

    with pytest.raises(BackupDamaged):
        _unpack(tmp_path / "documents.tar", tmp_path / "state")

    assert not (tmp_path / "state").exists()


def test_rights_are_read_for_whatever_role_the_dump_names() -> None:
    listing = "12; 0 0 ACL public TABLE x former_owner\n13; 0 0 TABLE public x former_owner"
    script = """
REVOKE ALL ON FUNCTION public.f(a text, "B" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.f(a text, "B" integer) TO "app of ""us"" two";
GRANT SELECT,UPDATE(state) ON TABLE public.x TO "app of ""us"" two";
GRANT SELECT ON TABLE public.x TO reporting;
GRANT ALL ON TABLE public.x TO former_owner;
"""
    rights = read_rights(listing, script)
    assert rights.former == 'app of "us" two' and rights.left_out == ("reporting",)
    assert rights.statements == (
        'REVOKE ALL ON FUNCTION public.f(a text, "B" integer) FROM PUBLIC;',
        'GRANT ALL ON FUNCTION public.f(a text, "B" integer) TO {app};',
        "GRANT SELECT,UPDATE(state) ON TABLE public.x TO {app};",
    )

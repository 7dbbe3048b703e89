"""The pg_dump that is taken is no older than the server and can encrypt where that is asked for; else one sentence says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from moa.entry.backup.clients import client_for
from moa.entry.backup.refusals import BackupToolsMissing, BackupToolsUnfit
from moa.entry.postgres.embedded import Login
from moa.entry.refusal_sentences import sentence_of

OPEN = Login("db", "", "moa", "moa", "")
SHUT = Login("db", "", "moa", "moa", "", (("sslmode", "verify-full"),))
NO_TLS = 'echo "sslmode value \\"require\\" invalid when SSL support is not compiled in" >&2; exit 1'


def make_client(folder: Path, major: int, *, tls: bool) -> Path:
    folder.mkdir()
    said = "echo could not connect >&2; exit 1" if tls else NO_TLS
    for program in ("pg_dump", "pg_restore"):
        text = f'#!/bin/sh\ncase "$1" in --version) echo "{program} (PostgreSQL) {major}.4 (House)" ;; *) {said} ;; esac\n'
        (folder / program).write_text(text)
        (folder / program).chmod(0o755)
    return folder


def find(folder: Path, login: Login, server: int, *, named: bool = True):  # type: ignore[no-untyped-def]
    environ = {"MOA_PG_BINDIR": str(folder)} if named else {"PATH": str(folder)}
    return client_for(login, server, is_external=True, environ=environ)


def test_a_client_without_the_server_beside_it_is_enough(tmp_path: Path) -> None:
    folder = make_client(tmp_path / "client", 17, tls=True)
    assert find(folder, SHUT, 17).folder == folder
    assert find(folder, SHUT, 15, named=False).folder == folder


def test_without_tls_it_serves_open_connections_only(tmp_path: Path) -> None:
    folder = make_client(tmp_path / "client", 17, tls=False)
    assert find(folder, OPEN, 17).major == 17
    with pytest.raises(BackupToolsUnfit) as refusal:
        find(folder, SHUT, 17)
    said = sentence_of(refusal.value)
    assert (
        "has no TLS" in said and "postgresql-client-17" in said and str(folder) in said and "\n" not in said
    )


def test_one_that_is_older_than_the_server_is_refused(tmp_path: Path) -> None:
    folder = make_client(tmp_path / "client", 15, tls=True)
    with pytest.raises(BackupToolsUnfit) as refusal:
        find(folder, SHUT, 17)
    said = sentence_of(refusal.value)
    assert "version 15 and the server of version 17" in said and "MOA_PG_BINDIR" in said


def test_a_folder_without_the_programs_is_said(tmp_path: Path) -> None:
    with pytest.raises(BackupToolsMissing) as refusal:
        find(tmp_path, SHUT, 17)
    assert str(tmp_path) in sentence_of(refusal.value)

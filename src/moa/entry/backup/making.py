"""Make a backup while everything runs: one snapshot of the database, and every document that it names."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from moa.control.on_disk import sync_to_disk
from moa.entry.backup.database import (
    app_role,
    applied_migrations,
    connect,
    counted_rows,
    dbname_of,
    master_keys,
    newest_seals,
    owner_login,
    run_tool,
    server_major,
)
from moa.entry.backup.manifest import DATABASE, DOCUMENTS, KEYS, Manifest, facts_of


def make_backup(state: Path, into: Path, *, at: datetime, with_keys: bool = True) -> Path:
    """A new folder below `into` with everything that `restore` needs; nothing is left behind when it fails.

    The dump and the counts are of one snapshot. Documents are copied after it, while nobody may remove any, so each
    one that a row of the snapshot names is there. Without keys the documents cannot be opened after a restore,
    unless the master key is brought from where it is kept.

    Raises: backup_tools_missing, backup_tools_unfit, backup_failed.
    """
    folder = into / f"moa-backup-{at:%Y%m%dT%H%M%SZ}"
    growing = folder.with_name(folder.name + ".partial")
    into.mkdir(parents=True, exist_ok=True)
    growing.mkdir(mode=0o700)
    try:
        login = owner_login()
        with connect(login) as connection, _documents_stay(login):
            manifest = _dump(connection, growing, at)
            _pack(growing / DOCUMENTS, state, ["documents"])
        names = [DATABASE, DOCUMENTS]
        if with_keys:
            _pack(growing / KEYS, state, ["keys"])
            names.append(KEYS)
        for name in names:
            manifest.files[name] = facts_of(growing / name)
            sync_to_disk(growing / name)
        manifest.write(growing)
        sync_to_disk(growing / "manifest.json")
        growing.rename(folder)
        sync_to_disk(into)
    except BaseException:
        shutil.rmtree(growing, ignore_errors=True)
        raise
    return folder


def _dump(connection: psycopg.Connection[Any], folder: Path, at: datetime) -> Manifest:
    connection.execute("set transaction isolation level repeatable read, read only")
    ((snapshot,),) = connection.execute("select pg_export_snapshot()").fetchall()
    login = owner_login()
    run_tool(
        "pg_dump",
        [
            "--format=custom",
            "--no-owner",
            f"--snapshot={snapshot}",
            "--file",
            folder / DATABASE,
            dbname_of(login),
        ],
        login,
        server_major(connection),
    )
    # The folder is closed to others; the file stays so where somebody copies it to.
    (folder / DATABASE).chmod(0o600)
    return Manifest(
        made_at=at.isoformat(),
        server_version=server_major(connection),
        migrations=applied_migrations(connection),
        rows=counted_rows(connection),
        seals=newest_seals(connection),
        app_role=app_role(),
        master_keys=master_keys(connection),
    )


@contextmanager
def _documents_stay(login: Any) -> Iterator[None]:
    """Hold the folders' locks as a writer does, so that no sweep removes what a row of the snapshot names."""
    with connect(login) as holder:
        holder.execute(
            "select pg_advisory_xact_lock_shared(hashtextextended('control.documents', id)) from control_group"
        )
        yield
        holder.rollback()


def _pack(path: Path, state: Path, names: list[str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
        for name in names:
            if (state / name).exists():
                archive.add(state / name, arcname=name, filter=_plain)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Files and folders of this user; drafts that are still being written stay out."""
    if Path(member.name).name.startswith(".") or not (member.isfile() or member.isdir()):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member

"""Bring a backup back into an empty installation, and prove that what stands there is what was saved."""

from __future__ import annotations

import os
import shutil
import tarfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from moa.entry.backup.database import (
    connect,
    counted_rows,
    has_tables,
    newest_seals,
    owner_login,
    run_tool,
)
from moa.entry.backup.manifest import (
    DATABASE,
    DOCUMENTS,
    KEYS,
    Manifest,
    check_files,
    read_manifest,
)
from moa.entry.backup.refusals import BackupDamaged, BackupTooNew, RestoreTargetNotEmpty

if TYPE_CHECKING:
    from moa.control.context import Context


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was compared after the restore."""

    name: str
    ok: bool
    found: str


def restore_backup(folder: Path, state: Path) -> Manifest:
    """The database, the documents and the keys of the backup stand in this installation, which had none.

    The backup's files are checked first, and the database comes back whole or not at all.

    Raises: backup_damaged, backup_too_new, restore_target_not_empty, backup_tools_missing, backup_failed.
    """
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    _check_known(manifest)
    _check_empty(state, folder)
    _unpack(folder / DOCUMENTS, state)
    if (folder / KEYS).exists():
        _unpack(folder / KEYS, state)
    arguments = ["--no-owner", "--no-comments", "--exit-on-error", "--single-transaction"]
    login = owner_login()
    run_tool("pg_restore", [*arguments, f"--dbname={login.database}", folder / DATABASE], login)
    return manifest


def compare_with(manifest: Manifest) -> list[Check]:
    """What the database holds now against what the manifest counted; before the tables are brought up to date."""
    with connect(owner_login()) as connection:
        rows, seals = counted_rows(connection), newest_seals(connection)
    differing = sorted(name for name in rows | manifest.rows if rows.get(name) != manifest.rows.get(name))
    counted = f"{sum(rows.values())} rows in {len(rows)} tables"
    seals_differ = sorted(
        name for name in seals | manifest.seals if seals.get(name) != manifest.seals.get(name)
    )
    return [
        Check("rows", not differing, counted if not differing else f"other counts in {', '.join(differing)}"),
        Check(
            "seals",
            not seals_differ,
            f"the newest of {len(seals)} books" if not seals_differ else f"differ: {', '.join(seals_differ)}",
        ),
    ]


def check_copy(at: datetime) -> list[Check]:
    """Every document opens and is what its row says; every book recomputes without a difference."""
    from moa.control.queries import list_groups, machine_context
    from moa.ledger.verification import verify_books

    opened, damaged, differences, books = 0, list[str](), 0, 0
    for group in list_groups():
        ctx = machine_context(group.id, at=at, channel="command")
        with ctx.open():
            well, broken = _documents(ctx)
            opened += well
            damaged += [f"{group.code} {number}" for number in broken]
            for book in verify_books(ctx):
                books += 1
                differences += len(book.differences)
    return [
        Check(
            "documents",
            not damaged,
            f"{opened} open" + (f", damaged: {', '.join(damaged)}" if damaged else ""),
        ),
        Check("books", not differences, f"{books} recomputed, {differences} differences"),
    ]


def _documents(ctx: Context) -> tuple[int, list[int]]:
    """How many documents of the open Context are well, and the numbers of the others."""
    from moa.control.documents import measure, open_document
    from moa.control.models import Document
    from moa.kernel.errors import DomainError

    well, broken = 0, []
    for number, digest in Document.objects.filter(stored=True).order_by("id").values_list("id", "sha256"):
        try:
            with open_document(ctx, number) as plain:
                is_well = measure(plain)[1] == digest
        except DomainError:
            is_well = False
        if is_well:
            well += 1
        else:
            broken.append(number)
    return well, broken


def _check_known(manifest: Manifest) -> None:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    if unknown := sorted(set(manifest.migrations) - known):
        raise BackupTooNew(migration=unknown[0])


def _check_empty(state: Path, folder: Path) -> None:
    if has_tables():
        raise RestoreTargetNotEmpty(database=True)
    if any((state / "documents").glob("*")):
        raise RestoreTargetNotEmpty(documents=True)
    ours = state / "keys" / "master_key"
    if (folder / KEYS).exists() and ours.exists() and ours.read_bytes() != _master_key_in(folder / KEYS):
        raise RestoreTargetNotEmpty(keys=True)


def _master_key_in(path: Path) -> bytes:
    with tarfile.open(path) as archive:
        try:
            member = archive.extractfile("keys/master_key")
        except KeyError:
            return b""
        return member.read() if member is not None else b""


def _unpack(path: Path, state: Path) -> None:
    """Only what `make_backup` packs: plain files below the state folder. Raises: backup_damaged."""
    with tarfile.open(path) as archive:
        for member in archive:
            place = PurePosixPath(member.name)
            if place.is_absolute() or ".." in place.parts or place.parts[0] not in ("documents", "keys"):
                raise BackupDamaged(file=path.name)
            target = state.joinpath(*place.parts)
            if member.isdir():
                target.mkdir(parents=True, exist_ok=True, mode=0o700)
            elif (source := archive.extractfile(member)) is not None:
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with source, open(target, "wb", opener=_private) as file:
                    shutil.copyfileobj(source, file, 1 << 20)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

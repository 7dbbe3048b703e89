"""Bring a backup back into an empty installation, and prove that what stands there is what was saved."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from moa.entry.backup.beside import Beside, begin, only_one, remove_leftovers
from moa.entry.backup.database import (
    app_role,
    connect,
    counted_rows,
    dbname_of,
    has_tables,
    newest_seals,
    owner_login,
    run_tool,
    server_major,
)
from moa.entry.backup.manifest import (
    DATABASE,
    DOCUMENTS,
    KEYS,
    MANIFEST,
    Manifest,
    check_files,
    read_manifest,
)
from moa.entry.backup.refusals import (
    BackupDamaged,
    BackupServerNewer,
    BackupTooNew,
    RestoreKeyWrong,
    RestoreTargetNotEmpty,
)
from moa.entry.backup.roles import give_rights, read_rights

if TYPE_CHECKING:
    from moa.control.context import Context


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was compared after the restore."""

    name: str
    ok: bool
    found: str


def bring_back(folder: Path, state: Path, *, at: datetime, keep: bool = False) -> list[Check]:
    """The backup's database, documents and keys stand in this installation, which had none, and are proven.

    Nothing is left behind by a restore that fails: what was brought is taken away again, also when a check finds a
    difference, unless `keep` says that a damaged copy is better than none. One that was cut off is cleared away by the next.

    Raises: backup_file_missing, backup_damaged, backup_too_new, backup_server_newer, restore_target_not_empty,
    restore_key_wrong, restore_under_way, backup_tools_missing, backup_tools_unfit, backup_failed.
    """
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    check_known(manifest)
    with only_one(state):
        remove_leftovers(state)
        _check_empty(state, folder)
        beside = begin(state)
        try:
            _fill(beside, folder, manifest)
            checks = _prove(manifest, at)
        except BaseException:
            _close_connections()
            beside.undo()
            raise
        if keep or all(check.ok for check in checks):
            beside.done()
        else:
            _close_connections()
            beside.undo()
    return checks


def _fill(beside: Beside, folder: Path, manifest: Manifest) -> None:
    _unpack(folder / DOCUMENTS, beside.place)
    if (folder / KEYS).exists():
        _unpack(folder / KEYS, beside.place)
    _check_key(beside, manifest)
    _restore_database(folder / DATABASE, manifest)
    beside.put_in_place()


def _restore_database(dump: Path, manifest: Manifest) -> None:
    """Rows without owner or right in one transaction, then the rights of the role here in another."""
    login = owner_login()
    with connect(login) as connection:
        server = server_major(connection)
    check_server(manifest, server)
    listing = run_tool("pg_restore", ["--list", dump], login, server)
    with tempfile.NamedTemporaryFile("w", suffix=".list") as chosen:
        chosen.write("\n".join(line for line in listing.splitlines() if " ACL " in line) + "\n")
        chosen.flush()
        script = run_tool(
            "pg_restore", ["--no-owner", f"--use-list={chosen.name}", "--file=-", dump], login, server
        )
    plain = ["--no-owner", "--no-privileges", "--no-comments", "--exit-on-error", "--single-transaction"]
    run_tool("pg_restore", [*plain, dbname_of(login), dump], login, server)
    with connect(login) as connection:
        give_rights(connection, read_rights(listing, script, manifest.app_role), app_role())


def _prove(manifest: Manifest, at: datetime) -> list[Check]:
    from moa.entry.migrating import migrate

    checks = compare_with(manifest)
    migrate()
    return checks + check_copy(at)


def _close_connections() -> None:
    """What is dropped must not be held by ourselves."""
    from moa.entry.startup import close_connections

    close_connections()


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


def check_known(manifest: Manifest) -> None:
    """Raises: backup_too_new."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    if unknown := sorted(set(manifest.migrations) - known):
        raise BackupTooNew(place=MANIFEST, value=unknown[0])


def check_server(manifest: Manifest, server: int) -> None:
    """A dump is good for its own major version of PostgreSQL and later ones. Raises: backup_server_newer."""
    if manifest.server_version > server:
        raise BackupServerNewer(made_by=manifest.server_version, server=server)


def _check_empty(state: Path, folder: Path) -> None:
    if has_tables():
        raise RestoreTargetNotEmpty(database=True)
    if any((state / "documents").glob("*")):
        raise RestoreTargetNotEmpty(documents=True)
    ours = state / "keys" / "master_key"
    if (folder / KEYS).exists() and ours.exists() and ours.read_bytes() != _master_key_in(folder / KEYS):
        raise RestoreTargetNotEmpty(keys=True)


def _check_key(beside: Beside, manifest: Manifest) -> None:
    """The key that will open the documents is the one that wrapped their keys. Raises: restore_key_wrong."""
    from moa.control.group_keys import master_id, master_key_from

    if not manifest.master_keys:
        return
    named = os.environ.get("MOA_MASTER_KEY_FILE")
    places = (beside.place / "keys" / "master_key", beside.state / "keys" / "master_key")
    found = next((path for path in places if path.is_file()), None)
    if named:
        place, key = named, master_key_from(Path(named).read_bytes())
    elif found is not None:
        place, key = KEYS, found.read_bytes()
    else:
        raise RestoreKeyWrong(place=KEYS, value="none")
    if [master_id(key)] != manifest.master_keys:
        raise RestoreKeyWrong(place=place, value=master_id(key))


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
                raise BackupDamaged(place=path.name, value=member.name)
            target = state.joinpath(*place.parts)
            if member.isdir():
                target.mkdir(parents=True, exist_ok=True, mode=0o700)
            elif (source := archive.extractfile(member)) is not None:
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with source, open(target, "wb", opener=_private) as file:
                    shutil.copyfileobj(source, file, 1 << 20)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

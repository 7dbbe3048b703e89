"""`moa backup`, `moa restore`, `moa upgrade`: a whole installation saved, brought back and proven, and renewed."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from moa.entry.backup.restoring import Check


@click.command(help="Save the database, the documents and the keys in a new folder below FOLDER.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--without-keys", is_flag=True, help="Leave the keys out; they are then kept in another place.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def backup(folder: Path, without_keys: bool, as_json: bool) -> int:
    from moa.entry.backup.making import make_backup
    from moa.entry.backup.manifest import read_manifest
    from moa.entry.database import ensure_database, state_dir

    ensure_database()
    made = make_backup(state_dir(), folder, at=datetime.now(UTC), with_keys=not without_keys)
    manifest = read_manifest(made)
    size = sum(facts["bytes"] for facts in manifest.files.values())
    rows = sum(manifest.rows.values())
    if as_json:
        click.echo(json.dumps({"folder": str(made), "bytes": size, "rows": rows, "seals": manifest.seals}))
    else:
        click.echo(f"{made}: {rows} rows, {size / 1_000_000:.1f} MB")
        if os.environ.get("MOA_MASTER_KEY_FILE"):
            click.echo(
                "It does not hold the master key: keep a copy of it apart, or no document opens again."
            )
        elif not without_keys:
            click.echo("It holds the keys of the documents: whoever has this folder can read them all.")
    return 0


@click.command(
    help="Bring the backup FOLDER back into this empty installation and prove the copy. Nothing is left behind when that fails."
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--keep",
    is_flag=True,
    help="Keep what came back also when a check finds a difference: better than nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def restore(folder: Path, keep: bool, as_json: bool) -> int:
    from moa.entry.backup.restoring import bring_back
    from moa.entry.database import make_state_dir
    from moa.entry.startup import setup_django

    setup_django()
    checks = bring_back(folder, make_state_dir(), at=datetime.now(UTC), keep=keep)
    code = _tell(checks, as_json)
    if code and not as_json:
        kept = "It stands here all the same." if keep else "Nothing was left here; --keep leaves it."
        click.echo(f"The copy is not what was saved. {kept}", err=True)
    return code


@click.command(help="Back up, bring the tables and groups to this version, and prove the books.")
@click.option(
    "--backup-to",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the backup goes; default: backups/ of the state folder.",
)
@click.option("--no-backup", is_flag=True, help="Make no backup first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def upgrade(backup_to: Path | None, no_backup: bool, as_json: bool) -> int:
    from moa.entry.assets import ensure_built
    from moa.entry.backup.database import has_groups
    from moa.entry.backup.making import make_backup
    from moa.entry.backup.restoring import check_copy
    from moa.entry.database import state_dir
    from moa.entry.migrating import migrate, pending_migrations
    from moa.entry.startup import setup_django
    from moa.entry.translations import compile_changed

    # Before Django's settings load: they look for the built files.
    ensure_built(lambda words: click.echo(words, err=True))
    compile_changed()
    setup_django()
    if pending_migrations() and has_groups() and not no_backup:
        made = make_backup(state_dir(), backup_to or state_dir() / "backups", at=datetime.now(UTC))
        click.echo(f"Saved what was there in {made}", err=as_json)
    applied = migrate()
    from moa.entry.upgrading import upgrade_now

    done = [f"Brought the tables up to date ({applied} steps)"] if applied else []
    for line in done + upgrade_now():
        click.echo(line, err=as_json)
    return _tell(check_copy(datetime.now(UTC)), as_json)


def _tell(checks: Sequence[Check], as_json: bool) -> int:
    is_well = all(check.ok for check in checks)
    if as_json:
        told = [{"name": one.name, "ok": one.ok, "found": one.found} for one in checks]
        click.echo(json.dumps({"ok": is_well, "checks": told}, ensure_ascii=False))
    else:
        for one in checks:
            click.echo(f"{'ok ' if one.ok else 'BAD'}  {one.name:<10} {one.found}")
    return 0 if is_well else 1

"""What a backup says of itself: its files with their hashes, and what the database held in the same moment."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from moa.entry.backup.refusals import BackupDamaged, BackupFileMissing, BackupTooNew

MANIFEST, DATABASE, DOCUMENTS, KEYS = "manifest.json", "database.dump", "documents.tar", "keys.tar"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """Shape: `files` name → {"sha256", "bytes"}; `rows` table → count; `seals` book → the newest seal as hex.

    `app_role` is the application's role in the dump, `master_keys` the marks of the keys that open the documents; a
    backup of before them has neither.
    """

    made_at: str
    server_version: int
    migrations: list[str]
    rows: dict[str, int]
    seals: dict[str, str]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT
    app_role: str = ""
    master_keys: list[str] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Raises: backup_file_missing, backup_damaged, backup_too_new."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BackupFileMissing(place=MANIFEST) from None
    except (OSError, ValueError, RecursionError):
        raise BackupDamaged(place=MANIFEST) from None
    made_as = told.get("format") if isinstance(told, dict) else None
    if not isinstance(made_as, int):
        raise BackupDamaged(place=MANIFEST)
    if made_as > FORMAT:
        raise BackupTooNew(place=MANIFEST, value=f"format {made_as}")
    known = {one.name for one in fields(Manifest)}
    try:
        manifest = Manifest(**{name: value for name, value in told.items() if name in known})
    except TypeError:
        raise BackupDamaged(place=MANIFEST) from None
    if {DATABASE, DOCUMENTS} - set(manifest.files):
        raise BackupDamaged(place=MANIFEST, value="files")
    return manifest


def facts_of(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}


def check_files(folder: Path, manifest: Manifest) -> None:
    """Every file is byte for byte what was written. Raises: backup_file_missing, backup_damaged."""
    for name, told in manifest.files.items():
        path = folder / name
        # Keys may be kept in another place than the rest.
        if name == KEYS and not path.exists():
            continue
        if not path.is_file():
            raise BackupFileMissing(place=name)
        found = facts_of(path)
        if found != told:
            differs = "bytes" if found["bytes"] != told.get("bytes") else "sha256"
            raise BackupDamaged(place=name, value=f"{differs} {found[differs]}")

"""What a backup says of itself: its files with their hashes, and what the database held in the same moment."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from moa.entry.backup.refusals import BackupDamaged

MANIFEST, DATABASE, DOCUMENTS, KEYS = "manifest.json", "database.dump", "documents.tar", "keys.tar"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """Shape: `files` name → {"sha256", "bytes"}; `rows` table → count; `seals` book → the newest seal as hex."""

    made_at: str
    server_version: int
    migrations: list[str]
    rows: dict[str, int]
    seals: dict[str, str]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Raises: backup_damaged."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**told)
    except (OSError, ValueError, TypeError):
        raise BackupDamaged(file=MANIFEST) from None
    if manifest.format != FORMAT:
        raise BackupDamaged(file=MANIFEST)
    return manifest


def facts_of(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}


def check_files(folder: Path, manifest: Manifest) -> None:
    """Every file is byte for byte what was written. Raises: backup_damaged."""
    for name, told in manifest.files.items():
        path = folder / name
        # Keys may be kept in another place than the rest.
        if name == KEYS and not path.exists():
            continue
        if not path.is_file() or facts_of(path) != told:
            raise BackupDamaged(file=name)

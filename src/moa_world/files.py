"""Write the demo group's bank files and their manifest into a folder."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from moa_world.manifest import build_manifest
from moa_world.packing import Written, booked_files, intraday_files
from moa_world.simulation import simulate
from moa_world.troubles import Fault, refused_file, unknown_account_file

LEAST_DAYS = 14


def make_files(*, seed: int, until: date, days: int) -> tuple[dict[str, Any], list[Written]]:
    """The manifest and the files in the order in which they arrive; the same arguments give the same bytes."""
    if days < LEAST_DAYS:
        raise ValueError(f"a world lasts {LEAST_DAYS} days at least")
    world = simulate(seed=seed, until=until, days=days)
    files = [*booked_files(world), *intraday_files(world), unknown_account_file(world)]
    faults: list[Fault] = []
    refused = refused_file(world)
    if refused:
        files.append(refused[0])
        faults = refused[1]
    files.sort(key=lambda file: (file.received_at, file.path))
    return build_manifest(world, files, faults), files


def write_files(target: Path, *, seed: int, until: date, days: int) -> dict[str, Any]:
    """Write everything below `target`; returns the manifest."""
    manifest, files = make_files(seed=seed, until=until, days=days)
    for file in files:
        path = target / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (target / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return manifest

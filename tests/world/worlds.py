"""A demo world made in memory, and what its files say."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from moa_world.files import make_files

UNTIL = date(2026, 11, 20)


class Made(NamedTuple):
    """Shape: `contents` by the path that the manifest names."""

    manifest: dict
    contents: dict[str, bytes]

    def files(self, kind: str = "ordinary", *, intraday: bool | None = False) -> list[dict]:
        return [
            file
            for file in self.manifest["files"]
            if file["kind"] == kind and (intraday is None or file["intraday"] is intraday)
        ]


def make(**changes) -> Made:
    manifest, files = make_files(**{"seed": 7, "until": UNTIL, "days": 90, **changes})
    return Made(manifest, {file.path: file.content for file in files})

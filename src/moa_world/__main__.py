"""`python -m moa_world files --out DIR --until DATE --seed N [--days N]`."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from moa_world.files import LEAST_DAYS, write_files


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Shape: exit status; 2 for arguments that make no world."""
    parser = argparse.ArgumentParser(
        prog="python -m moa_world", description="The simulated outside of a treasury."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    files = commands.add_parser("files", help="write a demo group's bank files and their manifest")
    files.add_argument("--out", type=Path, required=True, help="folder to write into")
    files.add_argument("--until", type=date.fromisoformat, required=True, help="the last day, YYYY-MM-DD")
    files.add_argument("--seed", type=int, default=7)
    files.add_argument("--days", type=int, default=90)
    chosen = parser.parse_args(arguments)
    if chosen.days < LEAST_DAYS:
        parser.error(f"--days must be {LEAST_DAYS} or more")
    manifest = write_files(chosen.out, seed=chosen.seed, until=chosen.until, days=chosen.days)
    figures = manifest["expected"]
    print(f"{len(manifest['files'])} files, {figures['entries']} entries, {figures['total_base']} KRW")
    return 0


if __name__ == "__main__":
    sys.exit(main())

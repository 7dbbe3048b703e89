"""`python -m moa_world files …` writes a demo group's bank files; `python -m moa_world live …` runs the world in a box."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from moa_world.live.options import add_live


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
    add_live(commands)
    chosen = parser.parse_args(arguments)
    # Each command imports what it needs itself: the world in a box starts in less than half the time so.
    if chosen.command == "live":
        from moa_world.live.command import live

        return live(chosen)
    from moa_world.files import LEAST_DAYS, write_files

    if chosen.days < LEAST_DAYS:
        parser.error(f"--days must be {LEAST_DAYS} or more")
    manifest = write_files(chosen.out, seed=chosen.seed, until=chosen.until, days=chosen.days)
    figures = manifest["expected"]
    print(f"{len(manifest['files'])} files, {figures['entries']} entries, {figures['total_base']} KRW")
    return 0


if __name__ == "__main__":
    sys.exit(main())

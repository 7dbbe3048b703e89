"""`python -m moa_world live`: the world as a process. Its folder holds the log, the statements and where it is to be found."""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import os
import sys
from pathlib import Path
from typing import IO, Any

from .run import Differs, Run, replayed

LOG, WHEREABOUTS = "events.jsonl", "world.json"
# What stays when the run has ended, so that whoever is connected finds the next one.
PORTS = "ports.json"


def live(chosen: argparse.Namespace) -> int:
    """Go on where the folder's log ends, or begin. Shape: exit status; 1 when the log can't be played again."""
    folder: Path = chosen.out
    folder.mkdir(parents=True, exist_ok=True)
    if chosen.start.tzinfo is not None or chosen.speed < 0:
        print("world: --start is Korean time without a zone, --speed is 0 or more", file=sys.stderr)
        return 2
    try:
        if chosen.replay:
            print(json.dumps({"events": replayed(folder / LOG).events, "differences": 0}))
            return 0
        held = _hold(folder)
        run = _opened_or_anew(folder, chosen)
    except BlockingIOError:
        print(f"world: another world runs in {folder}; moa world state shows it.", file=sys.stderr)
        return 1
    except (Differs, OSError, ValueError, KeyError, StopIteration) as unplayable:
        print(
            f"world: {folder / LOG} can't be played again: {unplayable}. --fresh begins anew.",
            file=sys.stderr,
        )
        return 1
    from .serving import serve

    place = folder / WHEREABOUTS

    def found(whereabouts: dict[str, Any]) -> None:
        _write(folder / PORTS, whereabouts["ports"])
        _write(place, {**whereabouts, "pid": os.getpid()})
        if not chosen.quiet:
            print(json.dumps(whereabouts), flush=True)

    try:
        asyncio.run(
            serve(
                run, folder, port=chosen.port, speed=chosen.speed, start=chosen.start, found=found,
                former={} if chosen.fresh else _ports(folder / PORTS),
            )
        )  # fmt: skip
    except OSError as refused:
        print(f"world: {refused.strerror or refused}", file=sys.stderr)
        return 1
    finally:
        place.unlink(missing_ok=True)
        held.close()
    return 0


def _hold(folder: Path) -> IO[bytes]:
    """One world a folder, for two would write one log. The lock ends with the process. Raises: BlockingIOError."""
    lock = (folder / "lock").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _opened_or_anew(folder: Path, chosen: argparse.Namespace) -> Run:
    """With --renew a log that another version wrote is laid aside. Raises: as _opened."""
    try:
        return _opened(folder, chosen)
    except (Differs, ValueError, KeyError, StopIteration):
        if not chosen.renew:
            raise
        log = folder / LOG
        log.replace(log.with_suffix(".old"))
        return _opened(folder, chosen)


def _opened(folder: Path, chosen: argparse.Namespace) -> Run:
    """A log that holds a run is played again into a new one, so that both go on in one file."""
    log = folder / LOG
    if chosen.fresh or not log.exists() or log.stat().st_size == 0:
        return Run(chosen.seed, chosen.start, log.open("wb"), _balances(chosen.balances))
    beside = log.with_suffix(".part")
    run = replayed(log, beside.open("wb"))
    beside.replace(log)
    return run


def _write(place: Path, said: dict[str, Any]) -> None:
    beside = place.with_suffix(".part")
    beside.write_text(json.dumps(said), encoding="utf-8")
    beside.replace(place)


def _ports(place: Path) -> dict[str, int]:
    """By name; none where no run was before, or what it wrote cannot be read: then they are any."""
    try:
        return {str(name): int(port) for name, port in json.loads(place.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _balances(path: Path | None) -> dict[str, int]:
    said = json.loads(path.read_text(encoding="utf-8")) if path is not None and path.exists() else {}
    return {str(number): int(won) for number, won in said.items()}

"""Proof files for tests: exported from a journal, checked by the stand-alone script in a process of its own, altered."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from moa.ledger.operations.close_day import Closed, close_day
from moa.ledger.operations.export_proof import export_proof
from moa.ledger.operations.reopen_day import decide_reopening, request_reopening
from tests.ledger.journal import Journal

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "proof" / "verify_proof.py"


class Verdict(NamedTuple):
    """What the script said, and whether it ended with 0."""

    holds: bool
    said: str


def check(path: Path, *seals: str) -> Verdict:
    """Run the script isolated: no environment, no site packages, nothing of ours to import."""
    asked = [part for seal in seals for part in ("--seal", seal)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(path), *asked],
        cwd=path.parent, env={}, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return Verdict(done.returncode == 0, done.stdout)


def close(journal: Journal, **more: bool) -> Closed:
    with journal.ctx.open():
        return close_day(journal.ctx, journal.book, **more)


def reopen(journal: Journal, reason: str = "a wrong voucher") -> None:
    with journal.ctx.open():
        request = request_reopening(journal.ctx, journal.book, reason=reason)
    with journal.second.open():
        decide_reopening(journal.second, request.id, approve=True, seen_hash=request.content_hash)


def export(journal: Journal, path: Path, first: date, last: date) -> Path:
    with journal.ctx.open():
        export_proof(journal.ctx, journal.book, first=first, last=last, path=path)
    return path


def bodies(path: Path) -> list[str]:
    """The lines without their checks."""
    return [line[9:].decode() for line in path.read_bytes().splitlines(keepends=True)]


def write(path: Path, lines: list[str]) -> Path:
    """The same file with every check made anew, as somebody does who knows the format."""
    digest, written = b"", []
    for body in lines:
        data = body.encode("utf-8", "surrogatepass")
        digest = sha256(digest + sha256(b"\x00" + data).digest()).digest()
        written.append(digest[:4].hex().encode() + b" " + data)
    path.write_bytes(b"".join(written))
    return path


def altered(path: Path, change: Callable[[list[str]], object]) -> Path:
    """A copy beside with its bodies changed and all checks repaired, the count of lines included."""
    lines = bodies(path)
    change(lines)
    lines[-1] = f'["end",{len(lines) - 1}]\n'
    return write(path.with_name("altered.txt"), lines)

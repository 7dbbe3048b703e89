"""`moa kftc …` as a person or a program uses it: what it says, how it ends, how much memory it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from moa.entry import cli

# Runs one command line and writes to the file named first the most memory, in kB, that the process ever held.
_MEASURED = """
import sys
from moa.entry.cli import run
code = run(sys.argv[2:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
open(sys.argv[1], "w").write(peak.split()[1])
sys.exit(code)
"""


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def reported(self) -> list[tuple[str, int | None, str]]:
        return [(one["code"], one["record"], one["field"]) for one in self.json["errors"]]


def moa(capsys: pytest.CaptureFixture[str], *arguments: object) -> Said:
    """In this process, for the many files that a process each would make slow. A traceback fails the test."""
    capsys.readouterr()
    code = cli.run(["kftc", *map(str, arguments)])
    said = capsys.readouterr()
    return Said(code, said.out, said.err)


def moa_process(*arguments: object, timeout: int = 120, **environ: str) -> Said:
    done = subprocess.run(
        [sys.executable, "-m", "moa.entry", "kftc", *map(str, arguments)],
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


def moa_measured(folder: Path, *arguments: object, timeout: int = 120) -> tuple[Said, int]:
    """With the peak memory of its process in kB."""
    peak = folder / "peak_of_memory"
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(peak), "kftc", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    assert peak.exists(), done.stderr.decode()
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode()), int(peak.read_text())

"""Failures are tried once more, alone, and only few of them (ADR 85)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from moa.entry.postgres.places import checkout
from tests.second_try import MOST, main, note_failures

_RUN = "import sys, pathlib; from tests.second_try import main; sys.exit(main(pathlib.Path(sys.argv[1])))"


@pytest.mark.parametrize(
    ("body", "code"), [("def test_it(): pass", 0), ("def test_it(): raise AssertionError", 1)]
)
def test_what_fails_alone_too_fails(tmp_path: Path, body: str, code: int) -> None:
    (tmp_path / "test_small.py").write_text(body)
    note_failures([f"{tmp_path}/test_small.py::test_it"] * 2, tmp_path / "failed.json")
    tried = subprocess.run(
        [sys.executable, "-c", _RUN, str(tmp_path / "failed.json")],
        cwd=checkout(),
        env={**os.environ, "PYTEST_ADDOPTS": f"--rootdir={tmp_path}"},
        capture_output=True,
        text=True,
    )
    assert (tried.returncode, "1 failed; once more, alone" in tried.stdout) == (code, True), tried.stderr
    assert not (tmp_path / "failed.json").exists()


def test_many_failures_are_no_accident(tmp_path: Path) -> None:
    note_failures([f"tests/test_{n}.py" for n in range(MOST + 1)], tmp_path / "failed.json")
    assert main(tmp_path / "failed.json") == 1

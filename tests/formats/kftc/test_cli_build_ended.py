"""`moa kftc build` that is ended from outside leaves nothing behind, and what was there before as it was."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROW = "1,P1,0040000,12345678901234,800101\n"
HEADING = "application_type,payer_no,bank_branch_code,account_no,holder_id\n"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_build_that_is_ended_leaves_no_file(ending: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(HEADING + ROW * 400_000)
    made = tmp_path / "made"
    made.write_bytes(b"before")
    options = "--institution 9911123456 --date 2026-11-23 --rows rows.csv -o made".split()
    process = subprocess.Popen(
        [sys.executable, "-m", "moa.entry", "kftc", "build", "EB13", *options],
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
        # A signal that the tests' own starter ignores (nohup) would be ignored by its children too.
        preexec_fn=lambda: signal.signal(ending, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) < 3 and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(ending)
    assert process.wait(60) != 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "rows.csv"]
    assert made.read_bytes() == b"before"

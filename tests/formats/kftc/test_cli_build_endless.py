"""A table without line breaks is refused by `moa kftc build` before it fills the memory."""

from __future__ import annotations

import os
from pathlib import Path

from tests.formats.kftc.command_line import moa_measured

HEADER = ("--institution", "9911123456", "--date", "2026-11-23")


def test_a_table_without_line_breaks_is_refused_at_once(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    with table.open("wb") as out:
        out.truncate(300_000_000)
    try:
        said, peak = moa_measured(
            tmp_path, "build", "EB13", "--rows", table, *HEADER, "-o", tmp_path / "made"
        )
    finally:
        os.unlink(table)
    assert said.code in (1, 2)
    assert said.err.strip() and "Traceback" not in said.err
    assert not (tmp_path / "made").exists()
    assert peak < 120_000

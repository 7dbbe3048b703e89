"""Files larger than memory are streamed or refused; how much they hold does not decide the memory taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.formats.kftc.command_line import moa_measured
from tests.formats.kftc.oracle import files

TWENTY_GB = 20 * 10**9
# The interpreter, numpy and the codecs; what a file adds comes on top of what a file of a few rows took.
ALLOWED_KB = 8_192


@pytest.fixture(scope="module")
def few_rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Memory that inspecting twelve rows takes."""
    folder = tmp_path_factory.mktemp("small")
    peaks = {}
    for kind in ("EB13", "EI13"):
        (folder / "file").write_bytes(b"".join(files.records_of(kind, 0)))
        said, peaks[kind] = moa_measured(folder, "inspect", folder / "file", "--json")
        assert said.code == 0
    return peaks


@pytest.mark.parametrize("kind", ["nothing", "EB13", "EB21", "EI13"])
@pytest.mark.parametrize("command", ["inspect", "ruler"])
def test_twenty_gigabytes_of_nothing_are_answered_at_once(
    kind: str, command: str, few_rows: dict[str, int], tmp_path: Path
) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as out:
        if kind != "nothing":
            out.write(b"".join(files.records_of(kind, 0)[:-1]))
        out.truncate(TWENTY_GB)
    try:
        said, peak = moa_measured(
            tmp_path, command, path, *(["--json"] if command == "inspect" else []), timeout=60
        )
    finally:
        os.unlink(path)
    assert said.code == 1 or command == "ruler"
    assert "Traceback" not in said.err
    assert len(said.out) < 4_000_000
    # Twenty thousand findings may be held, and no more than those.
    assert peak < few_rows["EI13" if kind == "EI13" else "EB13"] + 3 * ALLOWED_KB


def test_many_rows_take_no_more_memory_than_few(few_rows: dict[str, int], tmp_path: Path) -> None:
    count = 300_000
    records = files.records_of("EB13", 0, count=4)
    row, end = records[1], records[-1]
    end = end[:27] + f"{count:08d}{count:08d}".encode() + b"0" * 24 + end[67:]
    row = row[:25] + b"1" + row[26:69] + b"800101".ljust(16) + row[85:]
    path = tmp_path / "many"
    with path.open("wb") as out:
        out.write(records[0])
        for number in range(1, count + 1):
            out.write(b"R%08d" % number + row[9:])
        out.write(end)
    said, peak = moa_measured(tmp_path, "inspect", path, "--json")
    assert (said.code, said.json["records"]) == (0, count)
    assert peak < few_rows["EB13"] + ALLOWED_KB


def test_a_file_wrong_in_every_row_is_answered_in_bounds(few_rows: dict[str, int], tmp_path: Path) -> None:
    records = files.records_of("EB13", 0, count=4)
    row = records[1][:53] + b"1-2-3".ljust(16) + records[1][69:]
    path = tmp_path / "wrong"
    with path.open("wb") as out:
        out.write(records[0])
        for number in range(1, 60_001):
            out.write(b"R%08d" % number + row[9:])
    said, peak = moa_measured(tmp_path, "inspect", path, "--json")
    assert said.code == 1
    assert said.json["errors"][-1]["code"] == "too_many_errors"
    assert len(said.json["errors"]) == 20_001
    assert peak < few_rows["EB13"] + 4 * ALLOWED_KB

"""`moa kftc records`: the rows of a file, and the way back from them to its bytes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.formats.kftc.command_line import moa
from tests.formats.kftc.oracle import debits, files
from tests.formats.kftc.oracle.mutations import mutations

GOLDEN = Path(__file__).parents[2] / "golden" / "kftc"
NAMES = sorted(path.name.split(".")[0] for path in GOLDEN.glob("*.records.jsonl"))
FILLERS = {"filler", "filler1", "filler2"}


@pytest.mark.parametrize("name", NAMES)
def test_it_writes_the_rows_as_json_lines(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = moa(capsys, "records", GOLDEN / name, "--json-lines")
    expected = [json.loads(line) for line in (GOLDEN / f"{name}.records.jsonl").read_text().splitlines()]
    assert (said.code, [_without_fillers(json.loads(line)) for line in said.out.splitlines()]) == (
        0,
        expected,
    )


@pytest.mark.parametrize("name", NAMES)
def test_it_writes_the_same_rows_as_a_table(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = moa(capsys, "records", GOLDEN / name, "--csv")
    expected = [json.loads(line) for line in (GOLDEN / f"{name}.records.jsonl").read_text().splitlines()]
    rows = list(csv.DictReader(io.StringIO(said.out.removeprefix("\ufeff"))))
    assert (said.code, [_without_fillers(row) for row in rows]) == (0, expected)


@pytest.mark.parametrize("kind", [kind for kind in files.KINDS if kind not in ("EI13", "EB31")])
@pytest.mark.parametrize("seed", range(4))
def test_the_table_builds_the_same_file(
    kind: str, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = b"".join(files.records_of(kind, seed))
    (tmp_path / "file").write_bytes(content)
    (tmp_path / "rows.csv").write_text(moa(capsys, "records", tmp_path / "file", "--csv").out)
    header = ["--institution", files.institution_of(seed), "--date", files.day_of(seed).isoformat()]
    if kind in debits.KINDS:
        header += ["--account", debits.MAIN_ACCOUNT, "--bank-branch", debits.MAIN_BRANCH]
    said = moa(capsys, "build", kind, "--rows", tmp_path / "rows.csv", *header, "-o", tmp_path / "again")
    assert said.code == 0, said.err
    assert (tmp_path / "again").read_bytes() == content


def test_amounts_and_numbers_lose_their_zeros_and_codes_keep_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"".join(files.records_of("EB22", 1, count=40)))
    rows = [
        json.loads(line)
        for line in moa(capsys, "records", tmp_path / "file", "--json-lines").out.splitlines()
    ]
    assert [row["seq"] for row in rows] == [str(number) for number in range(1, 41)]
    assert all(not row["amount"].startswith("0") for row in rows)
    assert {len(row["bank_branch_code"]) for row in rows} == {7}
    assert {len(row["error_code"]) for row in rows} == {4}
    assert {len(row["holder_id"]) for row in rows} <= {0, 6, 10}


def test_a_file_without_rows_has_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_bytes(b"".join(files.records_of("EB11", 1, count=0)))
    said = moa(capsys, "records", tmp_path / "file", "--json-lines")
    assert (said.code, said.out) == (0, "")


@pytest.mark.parametrize("kind", files.KINDS)
def test_faulty_files_are_answered_without_a_traceback(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for mutation in mutations(kind, 4):
        (tmp_path / "file").write_bytes(mutation.content)
        said = moa(capsys, "records", tmp_path / "file", "--json-lines")
        assert all(isinstance(json.loads(line), dict) for line in said.out.splitlines())
        assert said.code in (0, 1)


@pytest.mark.parametrize("kind", ["EB13", "EB21"])
def test_no_resident_number_leaves_it(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = {one.name: one.content for one in mutations(kind, 0)}
    (tmp_path / "file").write_bytes(made["a resident number"])
    for way in ("--json-lines", "--csv"):
        said = moa(capsys, "records", tmp_path / "file", way)
        assert "1357924" not in said.out + said.err


def _without_fillers(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name not in FILLERS}

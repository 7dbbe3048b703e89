"""`moa kftc inspect`: golden files, files of an independent generator, and what it shows of faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.formats.kftc.command_line import moa, moa_process
from tests.formats.kftc.oracle import files
from tests.formats.kftc.oracle.mutations import mutations

GOLDEN = Path(__file__).parents[2] / "golden" / "kftc"
NAMES = sorted(path.name.split(".")[0] for path in GOLDEN.glob("*.inspect.json"))
RESIDENT_NUMBER = "8001011357924"


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_a_golden_file_holds(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = moa(capsys, "inspect", GOLDEN / name, "--json")
    expected = json.loads((GOLDEN / f"{name}.inspect.json").read_text())
    assert (said.code, {key: said.json[key] for key in expected}) == (0, expected)


@pytest.mark.parametrize("kind", files.KINDS)
def test_it_finds_nothing_wrong_with_generated_files(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in range(12):
        records = files.records_of(kind, seed, count=0 if seed == 11 else 12)
        # The file's name says nothing: the kind comes from the header.
        (tmp_path / "EB990101.txt").write_bytes(b"".join(records))
        said = moa(capsys, "inspect", tmp_path / "EB990101.txt", "--json")
        document = said.json
        assert (said.code, document["errors"]) == (0, []), seed
        assert (document["kind"], document["records"]) == (kind, len(records) - 2)
        assert document["institution"] == files.institution_of(seed)
        assert document["date"] == files.day_of(seed).isoformat()


@pytest.mark.parametrize("kind", files.KINDS)
def test_its_errors_have_one_shape(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for mutation in mutations(kind, 3):
        (tmp_path / "file").write_bytes(mutation.content)
        document = moa(capsys, "inspect", tmp_path / "file", "--json").json
        assert {"kind", "institution", "date", "records", "totals", "warnings", "errors"} <= set(document)
        for one in document["errors"] + document["warnings"]:
            assert list(one) == ["code", "record", "field", "value"]
            assert isinstance(one["record"], int | None)
            assert all(isinstance(one[key], str) for key in ("code", "field", "value"))
            assert one["code"]


WARNED = {
    "an account of unusual length": "account_length_unusual",
    "a merged bank's old code": "bank_code_legacy",
    "a business number with a wrong check digit": "business_number_check",
    "a reason that is in no list": "error_code_unknown",
    "LF between records": "line_breaks",
}


@pytest.mark.parametrize("kind", ["EB14", "EB21"])
def test_what_may_be_right_is_a_warning(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # A file in lines has no fault at all, only its breaks; all others differ from "nothing" by one warning.
    made = {one.name: one.content for one in mutations(kind, 0)}
    for name, code in WARNED.items():
        if name not in made:
            continue
        (tmp_path / "file").write_bytes(made[name])
        document = moa(capsys, "inspect", tmp_path / "file", "--json").json
        assert document["errors"] == []
        assert code in {one["code"] for one in document["warnings"]}, name


def test_an_experimental_kind_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_bytes(b"".join(files.records_of("EB31", 1)))
    document = moa(capsys, "inspect", tmp_path / "file", "--json").json
    assert "kind_experimental" in {one["code"] for one in document["warnings"]}


@pytest.mark.parametrize("kind", ["EB13", "EB21"])
@pytest.mark.parametrize("command", [["inspect", "--json"], ["inspect"], ["ruler", "--record", "2"]])
def test_a_resident_number_is_never_shown(
    kind: str, command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {one.name: one.content for one in mutations(kind, 0)}
    (tmp_path / "file").write_bytes(made["a resident number"])
    said = moa(capsys, command[0], tmp_path / "file", *command[1:])
    assert RESIDENT_NUMBER[6:] not in said.out + said.err
    assert "0091" in said.out + said.err
    assert RESIDENT_NUMBER[:6] in said.out + said.err


@pytest.mark.parametrize("language", ["C", "ko_KR.UTF-8", "zh_CN.UTF-8", "ko_KR.EUC-KR"])
def test_a_person_is_told_in_every_language(language: str, tmp_path: Path) -> None:
    made = {one.name: one.content for one in mutations("EB21", 0)}
    (tmp_path / "file").write_bytes(made["Latin letters in the text"])
    said = moa_process("inspect", tmp_path / "file", LANG=language, LC_ALL=language)
    assert said.code == 1
    for part in ("0087", "2", "passbook_text", "Bill"):
        assert part in said.out + said.err
    assert "Traceback" not in said.err


def test_a_file_that_does_not_exist_is_a_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert moa(capsys, "inspect", tmp_path / "nothing", "--json").code == 2
    assert moa(capsys, "inspect", tmp_path, "--json").code == 2


@pytest.mark.parametrize("kind", ["EB11", "EB22", "EC21", "EI13"])
def test_no_bytes_make_it_stumble(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, path = b"".join(files.records_of(kind, 5, count=4)), tmp_path / "file"

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.integers(0, len(whole) - 1), st.binary(max_size=40), st.integers(0, 300))
    def try_bytes(at: int, put: bytes, lost: int) -> None:
        path.write_bytes(whole[:at] + put + whole[at + lost :])
        said = moa(capsys, "inspect", path, "--json")
        assert said.code == bool(said.json["errors"])

    try_bytes()

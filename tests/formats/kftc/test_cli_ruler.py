"""`moa kftc ruler`: the bytes of a record, its fields, and what is wrong with it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.formats.kftc.command_line import moa, moa_process
from tests.formats.kftc.oracle import consents, files, pictures
from tests.formats.kftc.oracle.consents import Consent
from tests.formats.kftc.oracle.mutations import mutations

GOLDEN = Path(__file__).parents[2] / "golden" / "kftc"
NAMES = sorted(path.name.split(".")[0] for path in GOLDEN.glob("*.inspect.json"))


@pytest.mark.parametrize("name", NAMES)
def test_it_shows_each_field_with_its_value(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (GOLDEN / f"{name}.records.jsonl").read_text().splitlines()
    for number, line in enumerate(lines, 2):
        said = moa(capsys, "ruler", GOLDEN / name, "--record", number)
        assert said.code == 0, said.err
        for field, value in json.loads(line).items():
            assert field in said.out
            assert value in said.out, (field, value)


@pytest.mark.parametrize("name", NAMES)
def test_it_shows_header_and_trailer(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads((GOLDEN / f"{name}.inspect.json").read_text())
    header = moa(capsys, "ruler", GOLDEN / name, "--record", 1)
    trailer = moa(capsys, "ruler", GOLDEN / name, "--record", document["records"] + 2)
    assert (header.code, trailer.code) == (0, 0)
    assert "9911123456" in header.out and "9911123456" in trailer.out
    assert all(field in trailer.out for field in document["totals"])


@pytest.mark.parametrize(
    ("kind", "name", "code", "field"),
    [
        ("EB13", "a space inside an account", "0098", "account_no"),
        ("EB13", "dirt in the last filler", "0089", "filler2"),
        ("EB21", "a Hangul character cut at the field's end", "0087", "passbook_text"),
        ("EB21", "a letter in an amount", "0088", "amount"),
        ("EB22", "another result than N or P", "result_invalid", "result"),
        ("EI13", "a kind of evidence 9", "0101", "evidence_type"),
    ],
)
def test_it_shows_the_fault_beside_its_field(
    kind: str, name: str, code: str, field: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {one.name: one.content for one in mutations(kind, 0)}
    (tmp_path / "file").write_bytes(made[name])
    said = moa(capsys, "ruler", tmp_path / "file", "--record", 2)
    assert "Traceback" not in said.err
    assert field in said.out
    assert code in said.out


@pytest.mark.parametrize("more", [[], ["--record", "1"], ["--json"]])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04" * 40, "kind_unknown"),
        ((GOLDEN / "EB131123").read_bytes()[:-120], "trailer_missing"),
    ],
)
def test_a_fault_of_the_whole_file_is_told_and_is_an_error(
    content: bytes, code: str, more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(content)
    said = moa(capsys, "ruler", tmp_path / "file", "--language", "ko", *more)
    assert said.code == 1
    assert code in said.out
    assert ("파일 전체" in said.out) == (more != ["--json"])


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_resident_number_in_a_file_of_no_known_kind_stays_covered(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"x" * 50 + b"8001012987654" + b"x" * 20 + b"800101-2987654")
    said = moa(capsys, "ruler", tmp_path / "file", *more)
    assert said.code == 1
    assert "2987654" not in "".join(said.out.split())
    assert said.out.count("*******") == 2


@pytest.mark.parametrize(("language", "reason"), [("ko", "실제 내용은 PNG"), ("en", "content is PNG")])
def test_it_says_in_the_readers_language_why_evidence_is_refused(
    language: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = Consent("P1", "004", "123456789012", "20261123", "1", "jpg", pictures.picture("png"))
    file = b"".join(consents.records("9911123456", date(2026, 11, 23), [row]))
    (tmp_path / "file").write_bytes(file)
    said = moa(capsys, "ruler", tmp_path / "file", "--language", language)
    assert said.code == 1
    assert reason in said.out


@pytest.mark.parametrize("record", ["0", "-1", "99", "many"])
def test_a_record_that_is_not_there_is_refused(record: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = moa(capsys, "ruler", GOLDEN / "EB131123", f"--record={record}")
    assert said.code in (1, 2)
    assert said.err


@pytest.mark.parametrize("kind", files.KINDS)
def test_no_fault_makes_it_stumble(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for mutation in mutations(kind, 5):
        (tmp_path / "file").write_bytes(mutation.content)
        for record in (1, 2, 3):
            assert moa(capsys, "ruler", tmp_path / "file", "--record", record).code in (0, 1, 2)


@pytest.mark.parametrize("language", ["C", "ko_KR.UTF-8", "zh_CN.UTF-8", "ko_KR.EUC-KR"])
def test_it_speaks_on_every_terminal(language: str) -> None:
    said = moa_process("ruler", GOLDEN / "EB211123", "--record", 2, LANG=language, LC_ALL=language)
    assert said.code == 0, said.err
    assert "passbook_text" in said.out
    assert "Traceback" not in said.err

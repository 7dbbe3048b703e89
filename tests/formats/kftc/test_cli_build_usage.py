"""Wrong uses of `moa kftc build`: told in the person's language, exit code 2, and nothing of theirs is replaced."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.formats.kftc.command_line import moa, moa_process

GOLDEN = Path(__file__).parents[2] / "golden" / "kftc"
HEADER = ("--institution", "9911123456", "--date", "2026-11-23")
OWN = {"--account": "34790104012345", "--bank-branch": "0040012"}


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--account", "12-3", {"en": "account credited: There is", "ko": "입금계좌번호: 숫자", "zh-hans": "入账账号: 含有"}),
        ("--account", "", {"en": "(EB21): account credited: The value", "ko": "값이 없습니다", "zh-hans": "缺少值"}),
        ("--bank-branch", "004", {"en": "seven digits", "ko": "7자리", "zh-hans": "7位"}),
        ("--institution", "1234567890", {"en": "begins with 99", "ko": "99로 시작", "zh-hans": "99开头"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "ko", "zh-hans"])
def test_an_option_that_cannot_be_is_explained(
    option: str, text: str, said: dict[str, str], language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    given = dict(zip(HEADER[::2], HEADER[1::2], strict=True)) | OWN | {option: text}
    flat = [part for pair in given.items() for part in pair]
    table = GOLDEN / "EB211123.rows.csv"
    told = moa(
        capsys, "build", "EB21", "--rows", table, *flat, "--language", language, "-o", tmp_path / "made"
    )
    assert told.code == 2
    assert said[language] in told.err and option in told.err and text in told.err
    assert "is none" not in told.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["rows.csv", "./rows.csv", "link.csv", "other_name.csv"])
def test_the_table_itself_is_never_replaced(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    table = Path(shutil.copy(GOLDEN / "EB131123.rows.csv", tmp_path / "rows.csv"))
    (tmp_path / "link.csv").symlink_to(table)
    os.link(table, tmp_path / "other_name.csv")
    said = moa(capsys, "build", "EB13", "--rows", "rows.csv", *HEADER, "-o", name, "--language", "ko")
    assert said.code == 2
    assert "덮어쓰게" in said.err
    assert table.read_bytes() == (GOLDEN / "EB131123.rows.csv").read_bytes()
    said = moa(capsys, "records", GOLDEN / "EB131123", "--csv", "-o", table)
    assert said.code == 0, "another file may be replaced"
    before = table.read_bytes()
    shutil.copy(GOLDEN / "EB131123", tmp_path / "EB131123")
    assert moa(capsys, "records", tmp_path / "EB131123", "--csv", "-o", tmp_path / "EB131123").code == 2
    assert (tmp_path / "EB131123").read_bytes() == (GOLDEN / "EB131123").read_bytes() != before


def test_evidence_is_never_replaced_but_a_former_file_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for each in (GOLDEN / "evidence").iterdir():
        shutil.copy(each, tmp_path)
    table = GOLDEN / "EI131123.rows.csv"

    def build(name: str) -> int:
        options = (*HEADER, "--evidence-dir", tmp_path, "-o", tmp_path / name)
        return moa(capsys, "build", "EI13", "--rows", table, *options).code

    assert build("paper.jpg") == 2
    assert (tmp_path / "paper.jpg").read_bytes() == (GOLDEN / "evidence" / "paper.jpg").read_bytes()
    assert [build("EI131123"), build("EI131123")] == [0, 0]


@pytest.mark.parametrize("name", ["missing/", "missing/.", "missing/.."])
def test_a_folder_is_no_file_to_make(name: str, tmp_path: Path) -> None:
    table = GOLDEN / "EB131123.rows.csv"
    said = moa_process(
        "build", "EB13", "--rows", table, *HEADER, "-o", f"{tmp_path}/{name}", LC_ALL="ko_KR.UTF-8"
    )
    assert said.code == 2
    assert "폴더 이름입니다" in said.err
    assert list(tmp_path.iterdir()) == []

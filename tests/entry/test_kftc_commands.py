"""The kftc commands as a shell starts them: exit codes, streams, languages, files that stay whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from moa.entry.command_table import COMMANDS

ROWS = (
    "application_type,payer_no,bank_branch_code,account_no,holder_id\n"
    "1,P001,0040000,12345678901234,800101\n"
    "3,P002,0880000,110123456789,\n"
)
BUILD = ("--institution", "9912345678", "--date", "2026-07-16")


def moa(
    *words: str | Path, given: bytes | None = None, language: str = "en_US.UTF-8"
) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LANG": language}
    for name in ("LC_ALL", "LC_MESSAGES"):
        environment.pop(name, None)
    return subprocess.run(
        [Path(sys.executable).parent / "moa", "kftc", *map(str, words)],
        input=given,
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def made(tmp_path: Path) -> Path:
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    done = moa("build", "EB13", "--rows", tmp_path / "rows.csv", *BUILD, "-o", tmp_path / "EB130716")
    assert done.returncode == 0, done.stderr
    return tmp_path / "EB130716"


def spoilt(made: Path) -> Path:
    raw = bytearray(made.read_bytes())
    raw[120 + 57] = ord(" ")
    (made.parent / "spoilt").write_bytes(raw)
    return made.parent / "spoilt"


def test_a_built_file_is_found_right_and_its_rows_come_back(made: Path) -> None:
    assert made.stat().st_size == 4 * 120
    told = json.loads(moa("inspect", made, "--json").stdout)
    assert (told["kind"], told["institution"], told["date"]) == ("EB13", "9912345678", "2026-07-16")
    assert (told["records"], told["errors"]) == (2, [])
    rows = [json.loads(line) for line in moa("records", made, "--json-lines").stdout.splitlines()]
    assert [(row["seq"], row["payer_no"], row["holder_id"]) for row in rows] == [
        ("1", "P001", "800101"),
        ("2", "P002", ""),
    ]


def test_a_file_that_was_read_as_a_table_is_built_again_byte_by_byte(made: Path) -> None:
    table = made.parent / "again.csv"
    assert moa("records", made, "--csv", "-o", table).returncode == 0
    done = moa("build", "EB13", "--rows", table, *BUILD, "-o", made.parent / "again")
    assert (done.returncode, (made.parent / "again").read_bytes()) == (0, made.read_bytes())


def test_a_table_in_the_korean_code_page_or_with_a_mark_in_front_is_read(tmp_path: Path) -> None:
    head = "bank_branch_code,account_no,amount,payer_no,passbook_text\n"
    text = head + "0040000,12345678901234,50000,P001,전기요금\n"
    made = []
    for name, raw in (
        ("cp949", text.encode("cp949")),
        ("utf-8-sig", text.encode("utf-8-sig")),
        ("utf-8", text.encode()),
    ):
        done = moa(
            "build", "EB21", "--rows", "-", *BUILD, "--account", "1234567", "--bank-branch", "0040000", "-o",
            tmp_path / name, given=raw,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1] == made[2]
    assert "전기요금".encode("euc-kr") in made[0]


def test_a_bad_row_leaves_the_file_that_was_there(made: Path) -> None:
    before = made.read_bytes()
    (made.parent / "bad.csv").write_text(
        ROWS.replace("12345678901234", "12-34").replace("P002", ""), encoding="utf-8"
    )
    done = moa("build", "EB13", "--rows", made.parent / "bad.csv", *BUILD, "-o", made, language="ko_KR.UTF-8")
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 1
    assert [line.split(": ")[0] for line in lines] == [
        '0088 row 1 account_no "12-34"',
        'A018 row 2 payer_no ""',
    ]
    assert "계좌번호" in lines[0]
    assert made.read_bytes() == before
    assert {path.name for path in made.parent.iterdir()} == {"rows.csv", "bad.csv", "EB130716"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("EB13", "--institution", "1234567890", "--date", "2026-07-16"), b"--institution"),
        (("EB13", "--institution", "9912345678", "--date", "16.7.2026"), b"--date"),
        (("EB99", *BUILD), b"EB99"),
        (("EB21", *BUILD), b"--account (EB21)"),
        (("EB21", *BUILD, "--account", "12-34", "--bank-branch", "0040000"), b"--account"),
        (("EB21", *BUILD, "--account", "1234", "--bank-branch", "004"), b"--bank-branch"),
    ],
)
def test_a_wrong_use_of_build_is_told_apart_from_a_bad_row(
    words: tuple[str, ...], told: bytes, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    done = moa("build", *words, "--rows", tmp_path / "rows.csv", "-o", tmp_path / "made")
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ko_KR.UTF-8", "오류: 1"),
        ("zh_CN.UTF-8", "错误: 1"),
        ("en_US.UTF-8", "Errors: 1"),
        ("C.UTF-8", "Errors: 1"),
    ],
)
def test_the_report_speaks_the_language_of_the_terminal(made: Path, language: str, said: str) -> None:
    done = moa("inspect", spoilt(made), language=language)
    assert (done.returncode, said in done.stdout.decode()) == (1, True)
    assert "0098" in done.stdout.decode()


def test_a_language_can_be_asked_for(made: Path) -> None:
    assert "계좌번호" in moa("inspect", spoilt(made), "--language", "ko").stdout.decode()


def test_rows_that_can_be_read_are_printed_beside_the_errors(made: Path) -> None:
    done = moa("records", spoilt(made), "--csv")
    assert done.returncode == 1
    assert [line.split(b",")[5] for line in done.stdout.splitlines()] == [b"payer_no", b"P001", b"P002"]
    assert done.stderr.startswith(b'0098 record 2 account_no "1234 678901234"')


def test_an_empty_file_of_a_kind_still_has_a_heading(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS.splitlines()[0], encoding="utf-8")
    assert (
        moa("build", "EB13", "--rows", tmp_path / "rows.csv", *BUILD, "-o", tmp_path / "made").returncode == 0
    )
    assert moa("records", tmp_path / "made", "--csv").stdout.startswith(b"record_type,seq,institution_code")


def test_the_ruler_shows_the_first_record_with_an_error(made: Path) -> None:
    done = moa("ruler", spoilt(made))
    assert done.returncode == 1
    assert done.stdout.decode().startswith("Record 2 · EB13.data · 120 bytes")
    assert "0098 There is a space" in done.stdout.decode()
    assert moa("ruler", spoilt(made), "--record", "1").returncode == 0
    beyond = moa("ruler", made, "--record", "9")
    assert (beyond.returncode, b"has no record 9" in beyond.stderr) == (1, True)


def test_the_ruler_as_json_names_places_and_codes(made: Path) -> None:
    told = json.loads(moa("ruler", spoilt(made), "--json").stdout)
    field = next(field for field in told["fields"] if field["field"] == "account_no")
    assert (field["first"], field["last"], field["value"]) == (54, 69, "1234 678901234")
    assert [found["code"] for found in field["findings"]] == ["0098"]


def test_a_reader_that_leaves_early_hears_no_complaint(tmp_path: Path) -> None:
    lines = "".join(f"1,P{n},0040000,12345678901234,800101\n" for n in range(20_000))
    (tmp_path / "rows.csv").write_text(ROWS.splitlines(keepends=True)[0] + lines, encoding="utf-8")
    assert (
        moa("build", "EB13", "--rows", tmp_path / "rows.csv", *BUILD, "-o", tmp_path / "made").returncode == 0
    )
    with subprocess.Popen(
        [Path(sys.executable).parent / "moa", "kftc", "records", tmp_path / "made", "--json-lines"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_every_kftc_command_can_be_asked_for_help() -> None:
    for path in COMMANDS:
        if path.startswith("kftc "):
            done = moa(path.split()[1], "--help")
            assert (done.returncode, done.stderr) == (0, b""), path

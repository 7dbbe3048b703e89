"""Tables that are no tables of rows: `moa kftc build` says so, writes nothing and shows no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.kftc.command_line import Said, moa

GOLDEN = Path(__file__).parents[2] / "golden" / "kftc"
HEADER = ("--institution", "9911123456", "--date", "2026-11-23")
NAMES = "application_type,payer_no,bank_branch_code,account_no,holder_id"
ROW = "1,A1,0880000,110234567890,800101"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n\n",
        b"\xff\xfe\x00\x00" * 20,
        b"no,such,columns\n1,2,3\n",
        f"{NAMES},surprise\n{ROW},x\n".encode(),
        f"{NAMES},payer_no\n{ROW},A2\n".encode(),
        f"{NAMES}\n{ROW},one,too,many\n".encode(),
        f"{NAMES}\n1,A1\n".encode(),
        f"{NAMES}\n{ROW}\n1,A\x002,0880000,110234567890,800101\n".encode(),
        f'{NAMES}\n1,"A1,0880000\n'.encode(),
        f"{NAMES}\n1,{'9' * 300_000},0880000,110234567890,800101\n".encode(),
        f"{NAMES}\n1,\xa0A1,0880000,110234567890,800101\n".encode("latin-1"),
        (GOLDEN / "EB131123").read_bytes(),
        (GOLDEN / "evidence" / "paper.jpg").read_bytes(),
    ],
    ids=range(14),
)
def test_a_table_that_cannot_be_meant_is_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rows.csv").write_bytes(content)
    (tmp_path / "out").mkdir()
    said = moa(
        capsys, "build", "EB13", "--rows", tmp_path / "rows.csv", *HEADER, "-o", tmp_path / "out" / "made"
    )
    assert said.code in (1, 2), said.out
    assert said.err.strip()
    assert list((tmp_path / "out").iterdir()) == []


def test_a_table_that_is_not_there_is_a_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = moa(capsys, "build", "EB13", "--rows", tmp_path / "none.csv", *HEADER, "-o", tmp_path / "made")
    assert said.code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = GOLDEN / "EB131123.rows.csv"
    for place in (tmp_path, tmp_path / "no" / "folder" / "made"):
        said = moa(capsys, "build", "EB13", "--rows", rows, *HEADER, "-o", place)
        assert said.code in (1, 2)
        assert said.err.strip()
    assert list(tmp_path.iterdir()) == []


def test_columns_may_stand_in_any_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.split(",") for line in (GOLDEN / "EB131123.rows.csv").read_text().splitlines()]
    (tmp_path / "rows.csv").write_text("".join(",".join(reversed(line)) + "\n" for line in lines))
    said = moa(capsys, "build", "EB13", "--rows", tmp_path / "rows.csv", *HEADER, "-o", tmp_path / "made")
    assert said.code == 0, said.err
    assert (tmp_path / "made").read_bytes() == (GOLDEN / "EB131123").read_bytes()


def test_numbers_and_totals_of_the_table_do_not_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # A table of records holds the former numbers; rows that were taken out of it are numbered again.
    lines = (GOLDEN / "EB131123.rows.csv").read_text().splitlines()
    numbered = [
        f"record_type,seq,{lines[0]}",
        *(f"R,{number * 7},{line}" for number, line in enumerate(lines[1:], 1)),
    ]
    (tmp_path / "rows.csv").write_text("\n".join(numbered))
    said = moa(capsys, "build", "EB13", "--rows", tmp_path / "rows.csv", *HEADER, "-o", tmp_path / "made")
    assert said.code == 0, said.err
    assert (tmp_path / "made").read_bytes() == (GOLDEN / "EB131123").read_bytes()


def _built(capsys: pytest.CaptureFixture[str], folder: Path, content: str | bytes) -> Said:
    (folder / "rows.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return moa(
        capsys, "build", "EB13", "--rows", folder / "rows.csv", *HEADER, "-o", folder / "made", "--json"
    )


@pytest.mark.parametrize("separator", [";", "\t"], ids=["semicolon", "tab"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\r\n"], ids=["", "with a mark", "after an empty line"])
def test_a_table_separated_as_other_countries_do_gives_the_same_file(
    separator: str, before: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    golden = (GOLDEN / "EB131123.rows.csv").read_text()
    assert '"' not in golden
    said = _built(capsys, tmp_path, before + golden.replace(",", separator))
    assert said.code == 0, said.err
    assert (tmp_path / "made").read_bytes() == (GOLDEN / "EB131123").read_bytes()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [("rows_empty", None, "")]),
        (b"\n\n\n", [("rows_empty", None, "")]),
        (b"\xff\xfe\x00\x00" * 20, [("rows_encoding", None, "")]),
        (f'{NAMES}\n1,"A1,0880000\n'.encode(), [("row_invalid", 1, "")]),
        (f"{NAMES}\n{ROW}\n".replace(",", "|").encode(), [("rows_separator", None, "")]),
        (b"Name;Konto;Betrag\nA;1;2\n", [("rows_separator", None, "")]),
    ],
)
def test_what_is_wrong_with_a_table_is_told_once(
    content: bytes,
    expected: list[tuple[str, int | None, str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = _built(capsys, tmp_path, content)
    assert (said.code, said.reported, said.json["warnings"]) == (1, expected, [])


def test_a_heading_without_rows_is_a_file_of_nothing_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _built(capsys, tmp_path, NAMES + "\n")
    assert (said.code, said.reported) == (0, [])
    assert [one["code"] for one in said.json["warnings"]] == ["rows_empty"]

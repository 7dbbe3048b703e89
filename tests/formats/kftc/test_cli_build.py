"""`moa kftc build`: exactly the bytes of the specification, or nothing and a line for each fault."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.formats.kftc.command_line import Said, moa, moa_process

GOLDEN = Path(__file__).parents[2] / "golden" / "kftc"
KINDS = ("EB11", "EB12", "EB13", "EB14", "EB21", "EB22", "EC21", "EC22", "EI13")
HEADER = ("--institution", "9911123456", "--date", "2026-11-23")
SIDE = ("--account", "34790104012345", "--bank-branch", "0040012")
EVIDENCE = ("--evidence-dir", GOLDEN / "evidence")


def options(kind: str) -> tuple[object, ...]:
    return (*HEADER, *(SIDE if kind[2] == "2" else EVIDENCE if kind == "EI13" else ()))


def golden_rows(kind: str) -> list[dict[str, str]]:
    with (GOLDEN / f"{kind}1123.rows.csv").open(newline="") as source:
        return list(csv.DictReader(source))


def write_rows(path: Path, rows: list[dict[str, str]]) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_it_builds_the_golden_bytes(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = GOLDEN / f"{kind}1123.rows.csv"
    said = moa(capsys, "build", kind, "--rows", rows, *options(kind), "-o", tmp_path / "made")
    assert said.code == 0, said.err
    assert (tmp_path / "made").read_bytes() == (GOLDEN / f"{kind}1123").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_built_is_valid(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = GOLDEN / f"{kind}1123.rows.csv"
    assert moa(capsys, "build", kind, "--rows", rows, *options(kind), "-o", tmp_path / "made").code == 0
    assert moa(capsys, "inspect", tmp_path / "made", "--json").reported == []


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_it_reads_tables_as_spreadsheets_save_them(
    ending: str, mark: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (GOLDEN / "EB211123.rows.csv").read_text()
    (tmp_path / "rows.csv").write_bytes((mark + text.replace("\n", ending)).encode())
    said = moa(
        capsys, "build", "EB21", "--rows", tmp_path / "rows.csv", *options("EB21"), "-o", tmp_path / "made"
    )
    assert said.code == 0, said.err
    assert (tmp_path / "made").read_bytes() == (GOLDEN / "EB211123").read_bytes()


def test_absent_columns_take_the_defaults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {
        "application_type": "1",
        "payer_no": "A1",
        "bank_branch_code": "0880000",
        "account_no": "110234567890",
    }
    rows = write_rows(tmp_path / "rows.csv", [row | {"holder_id": "800101"}])
    assert moa(capsys, "build", "EB13", "--rows", rows, *HEADER, "-o", tmp_path / "made").code == 0
    made = (tmp_path / "made").read_bytes()[120:240]
    assert made == (
        b"R000000019911123456"
        + b"261123"
        + b"1"
        + b"A1".ljust(20)
        + b"0880000"
        + b"110234567890".ljust(16)
        + b"800101".ljust(16)
        + b" " * 35
    )


def test_no_rows_make_a_file_of_header_and_trailer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rows.csv").write_text("application_type,payer_no,bank_branch_code,account_no,holder_id\n")
    said = moa(capsys, "build", "EB13", "--rows", tmp_path / "rows.csv", *HEADER, "-o", tmp_path / "made")
    assert said.code == 0, said.err
    zeros = b"0" * 40
    assert (tmp_path / "made").read_bytes() == (
        b"H00000000"
        + b"9911123456EB131123261123"
        + b" " * 87
        + b"T99999999"
        + b"9911123456EB131123"
        + zeros
        + b" " * 53
    )


# Kind, what the second row says instead, code, field and the value that must be shown.
BAD = (
    ("EB13", {"account_no": "110-234-567890"}, "0088", "account_no", "110-234-567890"),
    ("EB13", {"account_no": "11023456789O"}, "0088", "account_no", "11023456789O"),
    ("EB13", {"account_no": "12345 12345"}, "0098", "account_no", "12345 12345"),
    ("EB13", {"account_no": "12345678901234567"}, "*", "account_no", "12345678901234567"),
    ("EB13", {"account_no": "１１０２３４"}, "*", "account_no", "１１０２３４"),
    ("EB13", {"payer_no": "A-17"}, "0088", "payer_no", "A-17"),
    ("EB13", {"payer_no": "홍길동"}, "0088", "payer_no", "홍길동"),
    ("EB13", {"payer_no": "123456789012345678901"}, "*", "payer_no", "123456789012345678901"),
    ("EB13", {"application_type": "2"}, "A012", "application_type", "2"),
    ("EB13", {"application_date": "261332"}, "A011", "application_date", "261332"),
    ("EB13", {"application_date": "261124"}, "A011", "application_date", "261124"),
    ("EB13", {"bank_branch_code": "9990000"}, "0011", "bank_branch_code", "9990000"),
    ("EB13", {"bank_branch_code": "88"}, "0011", "bank_branch_code", "88"),
    ("EB13", {"bank_branch_code": ""}, "0011", "bank_branch_code", ""),
    ("EB13", {"holder_id": "801301"}, "0014", "holder_id", "801301"),
    ("EB13", {"holder_id": "19800101"}, "holder_id_invalid", "holder_id", "19800101"),
    ("EB13", {"holder_id": "800101-1357924"}, "0091", "holder_id", "800101"),
    ("EB13", {"phone": "010-1234-5678"}, "0088", "phone", "010-1234-5678"),
    ("EB13", {"handling_branch": "1234"}, "0089", "handling_branch", "1234"),
    ("EB13", {"result": "N"}, "0089", "result", "N"),
    ("EB14", {"error_code": ""}, "error_code_missing", "error_code", ""),
    ("EB14", {"result": "Y"}, "result_invalid", "result", "Y"),
    ("EB21", {"amount": "0"}, "0061", "amount", "0"),
    ("EB21", {"amount": "139"}, "0075", "amount", "139"),
    ("EC21", {"amount": "299"}, "0075", "amount", "299"),
    ("EB21", {"amount": "1,000"}, "0088", "amount", "1,000"),
    ("EB21", {"amount": "-1000"}, "0088", "amount", "-1000"),
    ("EB21", {"amount": "1000.5"}, "0088", "amount", "1000.5"),
    ("EB21", {"amount": "１０００"}, "*", "amount", "１０００"),
    ("EB21", {"amount": ""}, "*", "amount", ""),
    ("EB21", {"amount": "12345678901234"}, "*", "amount", "12345678901234"),
    ("EB21", {"debit_form": "9"}, "0075", "debit_form", "9"),
    ("EB21", {"passbook_text": "가나다라마바사아자"}, "*", "passbook_text", "가나다라마바사아자"),
    ("EB21", {"passbook_text": "뷁"}, "0087", "passbook_text", "뷁"),
    ("EB21", {"passbook_text": "회비€中龘"}, "0087", "passbook_text", "龘"),
    ("EB21", {"passbook_text": "회비😀"}, "0087", "passbook_text", "회비"),
    ("EB21", {"holder_id": "8001011357924"}, "0091", "holder_id", "800101"),
    ("EI13", {"evidence_type": "9"}, "0101", "evidence_type", "9"),
    ("EI13", {"evidence_type": "4"}, "0101|0102", "evidence_type|extension", ""),
    ("EI13", {"bank_code": "999"}, "0011", "bank_code", "999"),
    ("EI13", {"evidence_file": "not_there.gif"}, "*", "evidence_file", "not_there.gif"),
    ("EI13", {"evidence_file": "../ORIGIN.md"}, "*", "evidence_file", "../ORIGIN.md"),
    ("EI13", {"evidence_file": "/etc/hostname"}, "*", "evidence_file", "/etc/hostname"),
    ("EI13", {"evidence_file": ""}, "*", "evidence_file", ""),
    ("EI13", {"extension": "jpg"}, "0102|0105", "*", ""),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "change", "code", "field", "value"),
    BAD,
    ids=[f"{one[0]}-{one[3]}-{n}" for n, one in enumerate(BAD)],
)
def test_it_refuses_a_bad_row_and_writes_nothing(
    kind: str, change: dict[str, str], code: str, field: str, value: str,
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    said = _build_second(kind, change, tmp_path, capsys)
    assert said.code == 1
    assert _lines(said.err, code, 2, field, value), said.err
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []
    assert "1357924" not in said.err


def test_it_reports_all_bad_rows_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = golden_rows("EB13")
    rows[0]["account_no"], rows[1]["payer_no"], rows[3]["application_type"] = "1-1", "A_1", "5"
    path = write_rows(tmp_path / "rows.csv", rows)
    said = moa(capsys, "build", "EB13", "--rows", path, *HEADER, "-o", tmp_path / "made")
    assert said.code == 1
    assert _lines(said.err, "0088", 1, "account_no", "1-1")
    assert _lines(said.err, "0088", 2, "payer_no", "A_1")
    assert _lines(said.err, "A012", 4, "application_type", "5")
    assert not (tmp_path / "made").exists()


def test_a_refused_build_leaves_the_former_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "made").write_bytes(b"former")
    said = _build_second("EB13", {"account_no": "1-1"}, tmp_path, capsys)
    assert said.code == 1
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == {"made": b"former"}


@pytest.mark.parametrize("language", ["C", "ko_KR.UTF-8", "zh_CN.UTF-8"])
def test_each_refusal_names_code_row_field_and_value_in_every_language(language: str, tmp_path: Path) -> None:
    rows = golden_rows("EB21")
    rows[2]["passbook_text"] = "Bill 11"
    rows[3]["account_no"] = "12-34"
    path = write_rows(tmp_path / "rows.csv", rows)
    said = moa_process(
        "build",
        "EB21",
        "--rows",
        path,
        *options("EB21"),
        "-o",
        tmp_path / "made",
        LANG=language,
        LC_ALL=language,
    )
    assert said.code == 1
    assert _lines(said.err, "0088", 4, "account_no", "12-34"), said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "made").exists()


def test_warnings_do_not_stop_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes = {"account_no": "123", "bank_branch_code": "0050000", "holder_id": "1168200277"}
    said = _build_second("EB13", changes, tmp_path, capsys)
    assert said.code == 0
    assert len((tmp_path / "out" / "made").read_bytes()) == 720
    for code in ("account_length_unusual", "bank_code_legacy", "business_number_check"):
        assert code in said.err


def test_half_a_change_of_account_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = write_rows(tmp_path / "rows.csv", golden_rows("EB12")[1:])
    said = moa(capsys, "build", "EB12", "--rows", rows, *HEADER, "-o", tmp_path / "made")
    assert said.code == 1
    assert _lines(said.err, "0079", 1, "*", "")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        (("--institution", "1234567890"), "1234567890"),
        (("--institution", "99123"), "99123"),
        (("--date", "2026-02-30"), "2026-02-30"),
        (("--date", "23.11.2026"), "23.11.2026"),
    ],
)
def test_a_header_that_cannot_be_is_refused(
    changed: tuple[str, str], value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = dict(zip(HEADER[::2], HEADER[1::2], strict=True)) | dict([changed])
    flat = [part for pair in given.items() for part in pair]
    rows = GOLDEN / "EB131123.rows.csv"
    said = moa(capsys, "build", "EB13", "--rows", rows, *flat, "-o", tmp_path / "made")
    assert said.code in (1, 2)
    assert value in said.err
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("side", "value"),
    [
        ((), ""),
        (("--account", "34790104012345"), ""),
        (("--account", "347-90", "--bank-branch", "0040012"), "347-90"),
        (("--account", "34790104012345", "--bank-branch", "9990012"), "9990012"),
        (("--account", "34790104012345", "--bank-branch", "004"), "004"),
    ],
)
def test_a_debit_file_needs_its_own_account(
    side: tuple[str, ...], value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = GOLDEN / "EB211123.rows.csv"
    said = moa(capsys, "build", "EB21", "--rows", rows, *HEADER, *side, "-o", tmp_path / "made")
    assert said.code in (1, 2)
    assert said.err and value in said.err
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("kind", ["EB99", "EB10", "eb13x", ""])
def test_a_kind_it_does_not_know_is_a_wrong_use(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = GOLDEN / "EB131123.rows.csv"
    assert moa(capsys, "build", kind, "--rows", rows, *HEADER, "-o", tmp_path / "made").code == 2
    assert not (tmp_path / "made").exists()


def _build_second(
    kind: str, change: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Said:
    """The golden rows, the second one changed."""
    rows = golden_rows(kind)
    rows[1].update(change)
    path = write_rows(tmp_path / "rows.csv", rows)
    (tmp_path / "out").mkdir(exist_ok=True)
    return moa(capsys, "build", kind, "--rows", path, *options(kind), "-o", tmp_path / "out" / "made")


def _lines(said: str, code: str, row: int, field: str, value: str) -> list[str]:
    """The lines that name all four, whatever language stands between them."""
    return [
        line
        for line in said.splitlines()
        if (code == "*" or set(code.split("|")) & set(re.findall(r"\w+", line)))
        and str(row) in re.findall(r"\b\d+\b", line)
        and (field == "*" or set(field.split("|")) & set(re.findall(r"\w+", line)))
        and value in line
    ]

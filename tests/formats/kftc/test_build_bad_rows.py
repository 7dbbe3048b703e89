"""Rows that can't be built: each fault once, with its code, row, field and value, and nothing written after it."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc.writing import build

APPLICATION = {
    "application_type": "1",
    "payer_no": "P1",
    "bank_branch_code": "0040000",
    "account_no": "12345678901234",
    "holder_id": "800101",
}
DEBIT = {
    "payer_no": "P1",
    "bank_branch_code": "0040000",
    "account_no": "12345678901234",
    "amount": "50000",
    "passbook_text": "회비",
}
TAKEN = APPLICATION | {"handling_branch": "0123"}
REFUSED = TAKEN | {"result": "N", "error_code": "A017"}
FAILED = DEBIT | {"result": "N", "error_code": "0021"}
ROWS = {
    "EB11": TAKEN, "EB12": REFUSED, "EB13": APPLICATION, "EB14": APPLICATION | {"result": "N", "error_code": "0012"},
    "EB21": DEBIT, "EC21": DEBIT, "EB22": FAILED, "EC22": FAILED,
}  # fmt: skip

BAD_VALUES = [
    ("EB13", "application_type", "2", "A012"),
    ("EB13", "application_type", "", "A012"),
    ("EB13", "application_date", "260732", "A011"),
    ("EB13", "application_date", "2026-02-30", "A011"),
    ("EB13", "application_date", "1926-07-16", "A011"),
    ("EB13", "application_date", "20260716", "A011"),
    ("EB13", "application_date", "16/07/26", "A011"),
    ("EB13", "payer_no", "P-1", "0088"),
    ("EB13", "payer_no", "P 1", "0098"),
    ("EB13", "payer_no", "", "A018"),
    ("EB13", "payer_no", "1" * 21, "value_too_long"),
    ("EB13", "payer_no", "납부자", "0088"),
    ("EB13", "bank_branch_code", "004", "0011"),
    ("EB13", "bank_branch_code", "9990000", "0011"),
    ("EB13", "bank_branch_code", "", "0011"),
    ("EB13", "account_no", "123-45-678901", "0088"),
    ("EB13", "account_no", "12345 67890", "0098"),
    ("EB13", "account_no", "12345678901234567", "value_too_long"),
    ("EB13", "account_no", "", "0012"),
    ("EB13", "holder_id", "", "0014"),
    ("EB13", "holder_id", "801301", "0014"),
    ("EB13", "holder_id", "12345", "holder_id_invalid"),
    ("EB13", "handling_branch", "0123", "0089"),
    ("EB13", "result", "N", "0089"),
    ("EB13", "error_code", "0012", "0089"),
    ("EB13", "phone", "010-1234-5678", "0088"),
    ("EB13", "fund_type", "123", "value_too_long"),
    ("EB13", "filler1", "x", "0089"),
    ("EB13", "institution_code", "9900000000", "institution_mismatch"),
    ("EB11", "handling_branch", "12", "0088"),
    ("EB11", "handling_branch", "0880001", "value_too_long"),
    ("EB12", "result", "P", "result_invalid"),
    ("EB12", "error_code", "", "error_code_missing"),
    ("EB21", "amount", "0", "0061"),
    ("EB21", "amount", "139", "0075"),
    ("EC21", "amount", "299", "0075"),
    ("EB21", "amount", "1,000", "0088"),
    ("EB21", "amount", "-500", "0088"),
    ("EB21", "amount", "500.5", "0088"),
    ("EB21", "amount", "12345678901234", "value_too_long"),
    ("EB21", "amount", "", "value_missing"),
    ("EB22", "amount", "", "value_missing"),
    ("EB21", "debit_form", "7", "0075"),
    ("EB21", "passbook_text", "가나다라마바사아자", "value_too_long"),
    ("EB21", "passbook_text", "뷁", "0087"),
    ("EB21", "passbook_text", "회비😀", "0087"),
    ("EB21", "passbook_text", "회비\t", "0068"),
    ("EB21", "payer_no", "", "0017"),
    ("EB22", "result", "", "result_invalid"),
    ("EC22", "debit_form", "9", "0075"),
]  # fmt: skip


def found(kind: str, rows: list[dict[str, str]], **more: Any) -> tuple[list[Finding], bytes]:
    out, findings = io.BytesIO(), list[Finding]()
    if kind[:3] in ("EB2", "EC2"):
        more = {"account": "10020030040", "bank_branch": "0880123"} | more
    settings: dict[str, Any] = {"institution": "9912345678", "date": date(2026, 7, 16)} | more
    summary = build(kind, rows, out, findings.append, **settings)
    assert summary.errors == len([each for each in findings if each.severity == "error"])
    return findings, out.getvalue()


def errors(kind: str, rows: list[dict[str, str]], **more: Any) -> list[tuple[str, int | None, str]]:
    findings, _ = found(kind, rows, **more)
    return [(each.code, each.record, each.field) for each in findings if each.severity == "error"]


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_the_sound_rows_of_these_tables_are_sound(kind: str) -> None:
    assert errors(kind, [ROWS[kind]]) == []


@pytest.mark.parametrize(("kind", "name", "value", "code"), BAD_VALUES)
def test_it_refuses_a_bad_value_with_its_code_row_and_field(
    kind: str, name: str, value: str, code: str
) -> None:
    # What an empty cell of a date or a form means is its default, so those are refused only when they say something.
    rows = [ROWS[kind], ROWS[kind] | {name: value}, ROWS[kind]]
    assert errors(kind, rows) == [(code, 2, name)]


def test_it_reports_every_bad_row_and_every_fault_of_a_row() -> None:
    bad = APPLICATION | {"payer_no": "P-1", "account_no": "1 2"}
    assert errors("EB13", [bad, APPLICATION, APPLICATION | {"application_type": "9"}]) == [
        ("0088", 1, "payer_no"),
        ("0098", 1, "account_no"),
        ("A012", 3, "application_type"),
    ]


def test_it_writes_nothing_after_an_error() -> None:
    _, raw = found("EB13", [APPLICATION | {"payer_no": "-"}, *[APPLICATION] * 5000])
    assert raw == b"H00000000" + raw[9:120]


@pytest.mark.parametrize("number", ["8001011234567", "800101-1234567", "800101 1234567", "80010112345671"])
def test_it_never_shows_a_resident_number(number: str) -> None:
    findings, _ = found("EB13", [APPLICATION | {"holder_id": number}])
    assert len(findings) == 1
    assert findings[0].value.startswith("800101*")
    assert "1234567" not in repr(findings)


def test_it_names_an_unknown_column_once() -> None:
    rows = [APPLICATION | {"acount": "1", "memo": "2"}] * 3
    assert errors("EB13", rows) == [("column_unknown", None, "acount"), ("column_unknown", None, "memo")]


def test_it_names_a_missing_column_once_and_still_checks_the_rest() -> None:
    row = {name: value for name, value in APPLICATION.items() if name != "bank_branch_code"}
    assert errors("EB13", [row, row | {"payer_no": "-"}]) == [
        ("column_missing", None, "bank_branch_code"),
        ("0088", 2, "payer_no"),
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("EB13", "application_type"), ("EB21", "amount"), ("EC21", "amount"), ("EB22", "amount"), ("EB22", "error_code"),
        ("EB22", "result"), ("EC22", "result"),
    ],
)  # fmt: skip
def test_it_misses_once_a_column_whose_value_only_the_sender_knows(kind: str, name: str) -> None:
    row = {each: value for each, value in ROWS[kind].items() if each != name}
    assert errors(kind, [row] * 3) == [("column_missing", None, name)]


@pytest.mark.parametrize("kind", ["EB12", "EB14"])
def test_it_writes_the_only_result_that_there_can_be(kind: str) -> None:
    row = {each: value for each, value in ROWS[kind].items() if each != "result"}
    given, silent, empty = (found(kind, [each])[1] for each in (ROWS[kind], row, row | {"result": ""}))
    assert given == silent == empty
    assert given[120 + 91 :][:1] == b"N"


@pytest.mark.parametrize("key", ["account", "bank_branch"])
def test_it_misses_what_the_header_of_debits_needs(key: str) -> None:
    name = {"account": "credit_account_no", "bank_branch": "main_bank_branch_code"}[key]
    assert errors("EB21", [DEBIT], **{key: ""}) == [("value_missing", None, name)]


@pytest.mark.parametrize("kind", ["EB13", "EB11"])
def test_it_refuses_header_values_that_the_kind_has_not(kind: str) -> None:
    assert errors(kind, [ROWS[kind]], account="1", bank_branch="0880123") == [
        ("value_not_taken", None, "account"),
        ("value_not_taken", None, "bank_branch"),
    ]


@pytest.mark.parametrize(
    ("more", "code", "name"),
    [
        ({"institution": "1234567890"}, "institution_invalid", "institution_code"),
        ({"institution": "99123"}, "institution_invalid", "institution_code"),
        ({"institution": "99123456７8"}, "institution_invalid", "institution_code"),
        ({"date": date(1999, 12, 31)}, "date_invalid", "application_date"),
    ],
)
def test_it_refuses_a_header_that_cannot_be(more: dict[str, Any], code: str, name: str) -> None:
    assert (code, None, name) in errors("EB13", [APPLICATION], **more)
    assert found("EB13", [], **more)[1] == b""


def test_it_refuses_a_bank_or_account_in_the_header_that_cannot_be() -> None:
    assert errors("EB21", [DEBIT], account="1-2", bank_branch="088") == [
        ("0011", None, "main_bank_branch_code"),
        ("0088", None, "credit_account_no"),
    ]


def test_it_refuses_a_folder_of_evidence_where_there_is_none(tmp_path: Path) -> None:
    assert errors("EB13", [APPLICATION], evidence_dir=tmp_path) == [("value_not_taken", None, "evidence_dir")]


def test_it_refuses_a_kind_that_it_does_not_know() -> None:
    assert errors("EB99", [APPLICATION]) == [("kind_unknown", None, "")]


@pytest.mark.parametrize(("kind", "code"), [("EB11", "0077"), ("EB12", "0079")])
def test_it_refuses_half_a_change_of_account(kind: str, code: str) -> None:
    change = ROWS[kind] | {"handling_branch": "CHNG"}
    old, new = change | {"application_type": "3"}, change | {"account_no": "110123456789"}
    assert errors(kind, [old, ROWS[kind], new]) == []
    assert errors(kind, [ROWS[kind], old]) == [(code, 2, "handling_branch")]
    assert errors(kind, [new]) == [(code, 1, "handling_branch")]
    backwards = [("change_pair_order", 2, "application_type")] if kind == "EB11" else []
    assert errors(kind, [new, old]) == backwards
    same = new | {"account_no": old["account_no"]}
    assert errors(kind, [old, same]) == [("change_pair_same_account", 2, "account_no")]
    assert errors(kind, [old, new | {"payer_no": "P2"}]) == [
        (code, 1, "handling_branch"),
        (code, 2, "handling_branch"),
    ]


def test_a_bad_row_does_not_make_its_other_half_look_alone() -> None:
    old = TAKEN | {"handling_branch": "CHNG", "application_type": "3"}
    new = TAKEN | {"handling_branch": "CHNG", "account_no": "110123456789"}
    assert errors("EB11", [old, new | {"phone": "-"}]) == [("0088", 2, "phone")]
    assert errors("EB11", [old, new | {"account_no": "-"}]) == [("0088", 2, "account_no")]


def warnings(kind: str, rows: list[dict[str, str]]) -> list[tuple[str, int | None]]:
    return [(each.code, each.record) for each in found(kind, rows)[0] if each.severity == "warning"]


@pytest.mark.parametrize("kind", ["EB21", "EC21"])
def test_it_warns_of_a_debit_that_is_asked_for_twice(kind: str) -> None:
    rows = [DEBIT, DEBIT | {"payer_no": "P2"}, DEBIT | {"amount": "900"}, *[DEBIT | {"payer_no": "P3"}]]
    assert warnings(kind, rows) == [("duplicate_request", 3)]
    assert [each.value for each in found(kind, rows)[0]] == ["P1"]


def test_it_names_the_payer_of_each_row_that_repeats_another() -> None:
    rows = [DEBIT | {"payer_no": f"P{number % 6_000}"} for number in range(9_000)]
    told = [each for each in found("EB21", rows)[0] if each.code == "duplicate_request"]
    assert [(each.record, each.value) for each in told[:2]] == [(6_001, "P0"), (6_002, "P1")]
    bad = rows[0] | {"amount": "0"}
    told = [each for each in found("EB21", [bad, *rows[:6_000], rows[7]])[0] if each.severity == "warning"]
    assert [(each.record, each.value) for each in told] == [(6_002, "P7")]


def test_it_warns_of_an_application_twice_and_of_a_payer_new_with_two_accounts() -> None:
    other = APPLICATION | {"account_no": "98765432109876"}
    cancelled = other | {"application_type": "3"}
    assert warnings("EB13", [cancelled, APPLICATION]) == []
    assert warnings("EB13", [APPLICATION, APPLICATION, other]) == [
        ("row_repeated", 2),
        ("payer_two_accounts", 3),
    ]


def test_it_warns_of_what_looks_unusual_and_still_builds() -> None:
    findings, raw = found("EB13", [APPLICATION | {"bank_branch_code": "0050000", "account_no": "123"}])
    assert {(each.severity, each.code) for each in findings} == {
        ("warning", "bank_code_legacy"),
        ("warning", "account_length_unusual"),
    }
    assert len(raw) == 360


def test_it_stops_counting_at_20000_errors() -> None:
    findings, raw = found("EB13", [APPLICATION | {"payer_no": "-"}] * 30_000)
    assert len(findings) == 20_001
    assert findings[-1].code == "too_many_errors"
    assert raw[120:] == b""


def test_a_row_of_another_width_is_a_bad_row() -> None:
    short: dict[Any, Any] = APPLICATION | {"holder_id": None}
    long: dict[Any, Any] = APPLICATION | {None: ["x"]}
    assert errors("EB13", [APPLICATION, short, long]) == [("row_invalid", 2, ""), ("row_invalid", 3, "")]

"""Files that were put together by hand from the printed tables, against what `build` makes of the same rows."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest

from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc.writing import BuildSummary, build

INSTITUTION = "9912345678"
DAY = date(2026, 7, 16)
RECEIVING = {"account": "10020030040", "bank_branch": "0880123"}

EB13 = (
    b"H" b"00000000" b"9912345678" b"EB130716" b"260716" + b" " * 87
    + b"R" b"00000001" b"9912345678" b"260716" b"1" b"P0001               " b"0040000" b"12345678901234  "
      b"800229          " b"    " b"  " b" " b"    " b" " b"01012345678 " b"           "
    + b"R" b"00000002" b"9912345678" b"260710" b"3" b"P0002               " b"0880000" b"110123456789    "
      b"                " b"    " b"  " b" " b"    " b" " b"            " b"           "
    + b"R" b"00000003" b"9912345678" b"260716" b"7" b"P0003               " b"0200021" b"1002123456789   "
      b"1048126067      " b"    " b"  " b" " b"    " b" " b"            " b"           "
    + b"T" b"99999999" b"9912345678" b"EB130716" b"00000003" b"00000001" b"00000000" b"00000001" b"00000001"
    + b" " * 43 + b" " * 10
)  # fmt: skip

EB13_ROWS = [
    {
        "application_type": "1",
        "payer_no": "P0001",
        "bank_branch_code": "0040000",
        "account_no": "12345678901234",
        "holder_id": "800229",
        "phone": "01012345678",
    },
    {
        "application_date": "2026-07-10",
        "application_type": "3",
        "payer_no": "P0002",
        "bank_branch_code": "0880000",
        "account_no": "110123456789",
    },
    {
        "application_type": "7",
        "payer_no": "P0003",
        "bank_branch_code": "0200021",
        "account_no": "1002123456789",
        "holder_id": "1048126067",
    },
]

EB21 = (
    b"H" b"00000000" b"9912345678" b"EB210716" b"260716" b"0880123" b"10020030040     " + b" " * 94
    + b"R" b"00000001" b"9912345678" b"0040000" b"12345678901234  " b"0000000055000" b"800229       " b" " b"    "
      b"\xc8\xb8\xba\xf1\xa3\xb7\xbf\xf9\xa1\xa1\xa1\xa1\xa1\xa1\xa1\xa1" b"  " b"P0001               " b"A-1  " b"1"
      b"            " + b" " * 21
    + b"R" b"00000002" b"9912345678" b"0880000" b"110123456789    " b"0000000000140" b"             " b" " b"    "
      b"\xa3\xc1\xa1\xa1\xa3\xad\xa1\xa1\xa3\xb1\xa1\xa1\xa1\xa1\xa1\xa1" b"  " b"P0002               " b"     " b"0"
      b"01012345678 " + b" " * 21
    + b"T" b"99999999" b"9912345678" b"EB210716" b"00000002" b"00000001" b"0000000055000" b"00000001"
      b"0000000000140" + b" " * 63 + b" " * 10
)  # fmt: skip

EB21_ROWS = [
    {
        "bank_branch_code": "0040000",
        "account_no": "12345678901234",
        "amount": "55000",
        "holder_id": "800229",
        "passbook_text": "회비7월",
        "payer_no": "P0001",
        "institution_area": "A-1",
        "debit_form": "",
    },
    {
        "bank_branch_code": "0880000",
        "account_no": "110123456789",
        "amount": "0000140",
        "holder_id": "",
        "passbook_text": "A - 1",
        "payer_no": "P0002",
        "debit_form": "0",
        "phone_cash_receipt": "01012345678",
    },
]

EB22_ROW = {
    "bank_branch_code": "0880000",
    "account_no": "110123456789",
    "amount": "3000",
    "result": "P",
    "error_code": "0021",
    "passbook_text": "회비",
    "payer_no": "P0002",
    "debit_form": "0",
}
EB22_TRAILER = (
    b"T" b"99999999" b"9912345678" b"EB220716" b"00000001" b"00000000" b"0000000000000" b"00000001" b"0000000003000"
    b"00000000" b"0000" b"00000000000" b"00000000000" + b" " * 29 + b" " * 10
)  # fmt: skip


def built(
    kind: str, rows: list[dict[str, str]], day: date = DAY, institution: str = INSTITUTION, **more: Any
) -> tuple[bytes, list[Finding], BuildSummary]:
    out, findings = io.BytesIO(), list[Finding]()
    summary = build(kind, rows, out, findings.append, institution=institution, date=day, **more)
    return out.getvalue(), findings, summary


def test_it_writes_applications_byte_for_byte() -> None:
    raw, findings, summary = built("EB13", EB13_ROWS)
    assert raw == EB13
    assert [(finding.severity, finding.code) for finding in findings] == []
    assert (summary.kind, summary.records, summary.errors) == ("EB13", 3, 0)
    assert summary.totals == {
        "total_count": 3,
        "new_count": 1,
        "change_count": 0,
        "cancel_count": 1,
        "arbitrary_cancel_count": 1,
    }


@pytest.mark.parametrize("kind", ["EB21", "EC21"])
def test_it_writes_debit_requests_byte_for_byte(kind: str) -> None:
    rows = [row | ({"amount": "300"} if row["amount"] == "0000140" else {}) for row in EB21_ROWS]
    raw, findings, summary = built(kind, rows if kind == "EC21" else EB21_ROWS, **RECEIVING)
    expected = EB21 if kind == "EB21" else EB21.replace(b"0000000000140", b"0000000000300")
    assert raw == expected.replace(b"EB21", kind.encode())
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert (summary.totals["full_amount"], summary.totals["partial_count"]) == (55000, 1)


def test_it_writes_zeros_in_the_trailer_of_failures_where_only_the_centre_knows_more() -> None:
    raw, _, summary = built("EB22", [EB22_ROW], **RECEIVING)
    assert raw[300:] == EB22_TRAILER
    assert summary.totals["partial_fail_amount"] == 3000


def test_it_writes_no_line_break_and_whole_records() -> None:
    raw, _, _ = built("EB13", EB13_ROWS * 3000)
    assert len(raw) == 120 * 9002
    assert b"\n" not in raw
    assert b"\r" not in raw
    assert raw[120 * 9000 : 120 * 9000 + 9] == b"R00009000"


def test_it_writes_a_file_without_rows_and_says_so() -> None:
    raw, findings, summary = built("EB11", [])
    assert (len(raw), summary.records) == (240, 0)
    assert [(finding.severity, finding.code) for finding in findings] == [("warning", "rows_empty")]


def test_it_takes_rows_that_were_read_from_a_file_with_their_numbering_and_fillers() -> None:
    read = [
        row
        | {
            "record_type": "R",
            "seq": str(n * 7),
            "institution_code": INSTITUTION,
            "filler1": "",
            "filler2": "",
        }
        for n, row in enumerate(EB13_ROWS)
    ]
    assert built("EB13", read)[0] == EB13


def test_it_says_of_an_experimental_kind_that_it_is_one() -> None:
    row = {
        "bank_branch_code": "0040000",
        "account_no": "12345678901234",
        "amount": "5",
        "passbook_text": "급여",
    }
    raw, findings, summary = built("EB31", [row | {"check_flag": "Y"}], **RECEIVING)
    assert len(raw) == 450
    assert summary.totals == {"total_count": 1, "request_count": 1, "request_amount": 5}
    assert [finding.code for finding in findings] == ["kind_experimental"]


def test_it_writes_a_fault_that_a_failed_request_reports() -> None:
    row = EB22_ROW | {"bank_branch_code": "9990000", "error_code": "0011", "result": "N", "amount": "0"}
    raw, findings, _ = built(
        "EB22", [row, row | {"error_code": "0061", "bank_branch_code": "0040000"}], **RECEIVING
    )
    assert [(f.code, f.record) for f in findings if f.severity == "error"] == [("0061", 1)]
    raw, findings, _ = built("EB22", [row | {"amount": "5"}], **RECEIVING)
    assert [f.code for f in findings if f.severity == "error"] == []
    assert raw[150 + 19 : 150 + 26] == b"9990000"

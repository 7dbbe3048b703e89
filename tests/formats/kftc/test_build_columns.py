"""The quick way by columns makes the same bytes and tells the same faults as the reference, row by row."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.fixed_width.finding import Finding
from moa.formats.fixed_width.layout import Unwritten
from moa.formats.kftc.columns import encode_columns
from moa.formats.kftc.file_frame import HeaderFacts
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.listing import Listing
from moa.formats.kftc.reading import examine
from moa.formats.kftc.record_writing import RecordWriter

INSTITUTION, DAY = "9912345678", date(2026, 7, 16)
KINDS = [name for name in file_kinds() if name != "EI13"]


class Reference(RecordWriter):
    """Every row by itself."""

    def _piece(self, rows: list[Any]) -> None:
        self._one_by_one(rows)


def written(
    made: type[RecordWriter], kind: str, rows: list[dict[str, str]]
) -> tuple[bytes, list[Finding], dict[str, int], dict[str, int]]:
    out, findings = io.BytesIO(), list[Finding]()
    listing = Listing(findings.append)
    has_account = file_kinds()[kind].family in ("EB2x", "EB3x")
    account = ("10020030040", "0880123") if has_account else ("", "")
    writer = made(file_kinds()[kind], out, listing, HeaderFacts(INSTITUTION, DAY, *account))
    writer.write(rows)
    return out.getvalue(), findings, writer.totals(), dict(listing.warning_counts)


SOUND: dict[str, list[str]] = {
    "application_date": ["", "260716", "2026-07-15", "260229", "240229"],
    "application_type": ["1", "3", "7"],
    "payer_no": ["P1", "0001", "a" * 20, "P1", "Z9z"],
    "bank_branch_code": ["0040000", "0880123", "0050000", "0110000"],
    "account_no": ["12345678901234", "1", "1234567890123456", "110123456789"],
    "amount": ["140", "300", "0000000000000000500", "9999999999999", "1000"],
    "holder_id": ["800101", "1048126067", "1168200277", "000229", ""],
    "handling_branch": ["CHNG", "CNCL", "0123", ""],
    "fund_type": ["", "01", "A"],
    "result": ["", "N", "P"],
    "error_code": ["", "0021", "0011", "0061", "A013", "ZZZZ"],
    "phone": ["", "01012345678"],
    "passbook_text": ["회비", "회비7월", "A-1 b", "", "가나다라마바사아", "ＡＢ　Ｃ", "　회비"],
    "institution_area": ["", "A-1", "가", "x y", " x"],
    "debit_form": ["", "0", "1", "6"],
    "phone_cash_receipt": ["", "01012345678"],
    "check_flag": ["", "Y", "N"],
    "institution_code": ["", INSTITUTION],
    "seq": ["", "7"],
    "record_type": ["", "R", "X"],
    "filler1": [""],
    "filler": [""],
}
ODD = [
    "", " ", "0", "-", "1 2", " 1", "1 ", "뷁", "😀", "\0", "1\0", "\t", "\u3000", "é", "０", "²", "٣", "9" * 21,
    "8001011234567", "800101-1234567", "2026-02-30", "260230", "999", "9990000", "9900000000", "x" * 40, "+5", "-5",
    "1_0", "\x7f", "\r\n", "가" * 9, "ㅤ가나", "a.b", "N", "CHNG", "2", "8",
]  # fmt: skip


def rows_of(kind: str) -> st.SearchStrategy[list[dict[str, str]]]:
    names = [each.name for each in file_kinds()[kind].data]
    sound = {name: st.sampled_from(SOUND.get(name, [""])) for name in names}
    odd = {name: st.sampled_from(SOUND.get(name, [""]) * 6 + ODD) for name in names}
    row = st.one_of(st.fixed_dictionaries(sound), st.fixed_dictionaries(odd))
    chosen = st.sets(st.sampled_from(names), max_size=4)
    return st.builds(
        lambda rows, left_out: [{k: v for k, v in each.items() if k not in left_out} for each in rows],
        st.lists(row, min_size=1, max_size=12),
        chosen,
    )


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_columns_and_reference_agree_on_any_rows(kind: str, data: st.DataObject) -> None:
    rows = data.draw(rows_of(kind))
    assert written(RecordWriter, kind, rows) == written(Reference, kind, rows)


def sound_rows(kind: str, count: int) -> list[dict[str, str]]:
    """Rows of every sound value that the kind allows, in turn."""
    blank = {"handling_branch"} if kind in ("EB13", "EB14") else set()
    is_result = file_kinds()[kind].is_result
    blank |= set() if is_result else {"result", "error_code"}
    rows = []
    for at in range(count):
        row = {}
        for each in file_kinds()[kind].data:
            values = [value for value in SOUND.get(each.name, [""]) if value or not _is_required(each.name)]
            row[each.name] = "" if each.name in blank else values[at % len(values)]
        if is_result:
            row |= {"result": "N", "error_code": "0021"}
        row |= {"handling_branch": "0123"} if kind in ("EB11", "EB12") else {}
        row |= {"application_date": "260701"} if "application_date" in row else {}
        row |= {"holder_id": "800101"} if row.get("application_type") == "1" else {}
        row |= {"amount": "5000"} if row.get("amount") in ("140", "300", "9999999999999") else {}
        rows.append(row)
    return rows


def _is_required(name: str) -> bool:
    return name in ("payer_no", "account_no", "bank_branch_code", "amount", "application_type")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_built_is_read_without_an_error_and_builds_the_same_again(kind: str) -> None:
    raw, findings, totals, _ = written(RecordWriter, kind, sound_rows(kind, 9_000))
    assert [each for each in findings if each.severity == "error"] == []
    told, rows = list[Finding](), list[dict[str, str]]()
    summary = examine(io.BytesIO(raw), told.append, lambda piece: rows.extend(piece.decoded()))
    assert [each for each in told if each.severity == "error"] == []
    assert (summary.records, summary.totals) == (9_000, totals)
    assert written(RecordWriter, kind, rows)[0] == raw


def test_arrays_make_the_same_records_as_texts() -> None:
    rows = [
        {
            "payer_no": f"P{at}",
            "bank_branch_code": "0880000",
            "account_no": str(110234567890 + at),
            "amount": str(at * 997 + 140),
            "passbook_text": "회비",
            "debit_form": str(at % 7),
        }
        for at in range(10_000)
    ]
    texts = {name: [row[name] for row in rows] for name in rows[0]}
    expected = b"".join(written(Reference, "EB21", rows)[0][150:-150].splitlines())
    arrays: dict[str, Any] = {name: np.array([t.encode("euc_kr") for t in texts[name]]) for name in texts}
    arrays |= {"passbook_text": np.array(texts["passbook_text"]), "amount": np.arange(10_000) * 997 + 140}
    wide = arrays | {"passbook_text": np.array(["회비".encode("euc_kr")] * 10_000)}
    for columns in (texts, arrays, wide):
        assert encode_columns("EB21", columns, institution=INSTITUTION, date=DAY) == expected


def test_arrays_that_cannot_be_written_are_named_by_row_and_field() -> None:
    columns = {
        "payer_no": np.array([b"P1", b"P-2", b"P3"]),
        "bank_branch_code": np.array(["0880000"] * 3),
        "account_no": ["1", "2", "x" * 30],
        "amount": np.array([500, -3, 10**13]),
        "passbook_text": ["회비", "뷁", "회비"],
    }
    with pytest.raises(Unwritten) as refused:
        encode_columns("EB21", columns, institution=INSTITUTION, date=DAY)
    assert [(each.code, each.record, each.field, each.value) for each in refused.value.findings] == [
        ("0088", 2, "amount", "-3"),
        ("0087", 2, "passbook_text", "뷁"),
        ("0088", 2, "payer_no", "P-2"),
        ("0088", 3, "account_no", "x" * 30),
        ("value_too_long", 3, "amount", "10000000000000"),
    ]


@pytest.mark.parametrize(
    "text", [b"\xc8\xb8\xba", b"\xc8\xb8\0\0\xba\xf1", b"BILL", b"\xb0\xa1" * 9, b"\x8c\x41"]
)
def test_bytes_that_are_no_wide_text_take_the_slow_way(text: bytes) -> None:
    columns = {
        "payer_no": np.array([b"P1", b"P2"]),
        "bank_branch_code": np.array([b"0880000"] * 2),
        "account_no": np.array([b"1", b"2"]),
        "amount": np.array([500, 500]),
        "passbook_text": np.array([text, b"\xc8\xb8"]),
    }
    if text == b"BILL":
        raw = encode_columns("EB21", columns, institution=INSTITUTION, date=DAY)
        assert raw[73:89] == "ＢＩＬＬ".encode("euc_kr") + b"\xa1" * 8
    else:
        with pytest.raises(Unwritten) as refused:
            encode_columns("EB21", columns, institution=INSTITUTION, date=DAY)
        assert [(each.record, each.field) for each in refused.value.findings] == [(1, "passbook_text")]


@pytest.mark.parametrize(("text", "codes"), [("가", []), ("뷁", ["0088"])])
def test_free_text_in_bytes_is_korean_of_the_standard_only(text: str, codes: list[str]) -> None:
    columns = {
        "payer_no": np.array([b"P1"]),
        "bank_branch_code": np.array([b"0880000"]),
        "account_no": np.array([b"1"]),
        "amount": np.array([500]),
        "passbook_text": ["회비"],
        "institution_area": np.array([text.encode("cp949")]),
    }
    if not codes:
        raw = encode_columns("EB21", columns, institution=INSTITUTION, date=DAY)
        assert raw[111:116] == text.encode("euc_kr") + b"   "
        return
    with pytest.raises(Unwritten) as refused:
        encode_columns("EB21", columns, institution=INSTITUTION, date=DAY)
    assert [each.code for each in refused.value.findings] == codes


def test_a_column_of_something_else_than_texts_is_a_fault_of_the_caller() -> None:
    with pytest.raises(TypeError):
        encode_columns("EB21", {"payer_no": [b"P1"]}, institution=INSTITUTION, date=DAY)  # type: ignore[dict-item]

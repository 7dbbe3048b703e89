"""A record under a ruler: columns that stay aligned, fields with their faults, no person's number."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.formats.fixed_width.finding import error
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.record_checks import FileFrame, check_record
from moa.formats.kftc.ruler import MeasuredRecord, measure, rows, rule

EB21 = file_kinds()["EB21"]
FRAME = FileFrame(EB21, b"9912345678", date(2026, 7, 16))
GOOD = EB21.data.encode(
    {
        "seq": "1",
        "institution_code": "9912345678",
        "bank_branch_code": "0040000",
        "account_no": "12345678901234",
        "amount": "50000",
        "holder_id": "800101",
        "passbook_text": "요금７월",
        "payer_no": "A1",
    }
)
NAMED = {"institution_code": "9912345678", "file_name": "EB210716"}
HEADER = EB21.header.encode(
    {**NAMED, "debit_date": "260716", "main_bank_branch_code": "0040000", "credit_account_no": "1234567890"}
)


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def ruled(raw: bytes, number: int = 2) -> MeasuredRecord:
    return measure(raw, number, EB21.data, check_record(FRAME, raw, number))


def test_a_row_has_tens_units_bytes_and_the_beginnings_of_fields() -> None:
    first = rows(ruled(GOOD), 60)[0]
    assert (first.first, first.last) == (1, 50)
    assert first.tens == "        10        20        30        40        50"
    assert first.units == "1234567890" * 5
    assert first.text == GOOD[:50].decode("ascii")
    assert first.edges == "||-------|---------|------|---------------|-------"
    assert first.marks == ""


def test_korean_characters_take_two_columns_and_are_never_cut_between_rows() -> None:
    made = rows(ruled(GOOD), 79)
    assert [(row.first, row.last) for row in made] == [(1, 50), (51, 100), (101, 150)]
    narrow = rows(ruled(GOOD), 40)  # bytes 74 to 89 are Korean
    assert [(row.first, row.last) for row in narrow] == [(1, 40), (41, 79), (80, 119), (120, 150)]
    assert narrow[1].units == "1234567890" * 3 + "123456789"
    assert narrow[1].text.endswith("요금７")


def test_the_fault_is_marked_below_its_bytes_and_stands_at_its_field() -> None:
    raw = GOOD[:26] + b"1234 56789      " + GOOD[42:]
    record = ruled(raw)
    assert rows(record, 60)[0].marks == " " * 26 + "^" * 16
    field = next(field for field in record.fields if field.name == "account_no")
    assert [found.code for found in field.findings] == ["0098"]
    assert (field.first, field.last, field.value) == (27, 42, "1234 56789")


def test_a_finding_of_another_record_is_left_out_and_one_without_field_kept() -> None:
    record = measure(GOOD[:-1], 2, EB21.data, [error("0081", 3, "seq"), error("record_length", 2, "", "149")])
    assert [found.code for found in record.findings] == ["record_length"]
    assert not any(field.findings for field in record.fields)


def test_a_resident_number_is_covered_in_bytes_and_value() -> None:
    record = ruled(GOOD[:55] + b"8001011234567" + GOOD[68:])
    field = next(field for field in record.fields if field.name == "holder_id")
    assert field.value == "800101*******"
    assert "1234567" not in "".join(record.cells)[55:68]
    assert [found.value for found in field.findings] == ["800101*******"]


@pytest.mark.parametrize("lost", [1, 4, 9])
def test_a_resident_number_is_covered_where_lost_bytes_have_moved_it(lost: int) -> None:
    raw = GOOD[:55] + b"8001012987654" + GOOD[68:]
    record = measure(raw[:40] + raw[40 + lost :], 2, EB21.data)
    assert "2987654" not in "".join(record.cells)
    assert "987654" not in "".join(record.cells) + " ".join(field.value for field in record.fields)


def test_a_record_of_an_unknown_kind_has_bytes_and_no_fields() -> None:
    record = measure(b"hello 800101-1234567", 1, None)
    assert record.fields == ()
    assert "".join(record.cells) == "hello 800101-*******"


NUMBER = "8001012987654"
HIDDEN = [
    NUMBER,
    "800101-2987654",
    "800101 2987654",
    "800101\r\n2987654",
    "80010129\n87654",
    f"0000000050000{NUMBER}",
    f"{NUMBER}77",
    "９９８００１０１２９８７６５４",
]


@pytest.mark.parametrize("number", HIDDEN)
@pytest.mark.parametrize("before", ["", "x", "holder: " * 5])
def test_a_resident_number_in_a_file_of_no_known_kind_is_covered(number: str, before: str) -> None:
    raw = f"{before}{number} and more".encode("cp949")
    record = measure(raw, 1, None)
    told = unicodedata.normalize("NFKC", "".join(record.cells))
    assert "2987654" not in told and "87654" not in told
    assert "800101" in told
    assert columns("".join(record.cells)) == len(raw) == record.length


def test_a_resident_number_is_covered_where_the_rows_of_the_ruler_break_and_where_the_view_ends() -> None:
    for place in range(100, 150):
        record = rule(BytesIO(b"x" * place + NUMBER.encode() + b"x" * 80))
        assert record is not None
        told = "".join(row.text for row in rows(record, 60))
        assert len(told) == 150
        assert not re.search(r"\d{7}", told), told


def test_accounts_in_a_file_of_no_known_kind_stay_readable() -> None:
    text = "R00000001 12345678901234 110123456789 20260716 end"
    assert "".join(measure(text.encode(), 1, None).cells) == text


def test_what_stands_after_the_trailer_is_covered_like_a_file_of_no_known_kind() -> None:
    trailer = EB21.trailer.encode({**NAMED, "total_count": "1", "full_count": "1", "full_amount": "50000"})
    record = rule(BytesIO(HEADER + GOOD + trailer + GOOD[:55] + NUMBER.encode() + GOOD[68:]), 4)
    assert record is not None
    assert "2987654" not in "".join(record.cells)


def test_a_short_record_shows_its_values_as_a_whole_one_does() -> None:
    whole, short = ruled(GOOD), measure(GOOD[:-30], 2, EB21.data)
    for name in ("seq", "institution_code", "account_no", "payer_no"):
        told = [
            next(field.value for field in record.fields if field.name == name) for record in (whole, short)
        ]
        assert told[0] == told[1]


def test_what_is_wrong_with_the_whole_file_is_told_beside_any_record() -> None:
    unknown = rule(BytesIO(b"PK\x03\x04" * 40))
    assert unknown is not None
    assert [found.code for found in unknown.file_findings] == ["kind_unknown"]
    assert unknown.all_findings == unknown.file_findings
    for number in (None, 1, 2):
        record = rule(BytesIO(HEADER + GOOD), number)
        assert record is not None
        assert [found.code for found in record.file_findings] == ["trailer_missing"]


def test_the_bytes_beyond_a_record_that_is_too_long_are_shown() -> None:
    record = ruled(GOOD + b"XYZ")
    assert (record.length, record.expected) == (153, 150)
    assert rows(record, 80)[-1].text.endswith("XYZ")


@given(st.binary(min_size=0, max_size=200), st.integers(20, 200))
def test_any_bytes_give_aligned_rows_that_cover_every_byte_once(raw: bytes, width: int) -> None:
    made = rows(measure(raw, 1, EB21.data), width)
    assert [row.first for row in made] == [1, *(row.last + 1 for row in made[:-1])][: len(made)]
    assert (made[-1].last if made else 0) == len(raw)
    for row in made:
        assert columns(row.text) == row.last - row.first + 1 == len(row.units) <= max(width, 20)
        assert max(len(row.tens), len(row.edges), len(row.marks)) <= len(row.units)


def test_the_spaces_that_fill_a_block_are_not_ruled() -> None:
    header = file_kinds()["EI13"].header.encode(
        {
            "seq": "0000000",
            "application_date": "20260716",
            "institution_code": "9912345678",
            "evidence_count": "0",
        }
    )
    assert [(row.first, row.last) for row in rows(measure(header, 1, file_kinds()["EI13"].header), 60)] == [
        (1, 60)
    ]

"""Identity columns: a person's number refuses the file and is shown nowhere."""

from __future__ import annotations

import pytest

from moa.formats.spreadsheets.identity import is_corporate_number
from tests.formats.spreadsheets.tables import HEADER, read_bytes, statement, xlsx

# Made up for this test: a birth date and a right check digit, of nobody.
RESIDENT = "900101-1234568"
BARE = "9001011234568"
CITIZEN = "11010519491231002X"


def with_column(name: str, value: str, **options):
    return read_bytes(
        statement(("2026-11-02", "이체", "1", "0", "", "", value), header=(*HEADER, name)), **options
    )


@pytest.mark.parametrize(
    "name", ["주민등록번호", "주민번호", "실명번호", "주민(사업자)등록번호", "고객실명번호", "외국인등록번호"]
)
@pytest.mark.parametrize("value", [RESIDENT, BARE, "900101 - 1234568"])
def test_a_resident_number_refuses_the_file(name, value):
    told = with_column(name, value)
    assert told.errors == [("resident_number_refused", "row 4", name, "900101*******")]
    assert told.entries == []


def test_a_citizen_number_refuses_the_file():
    told = with_column("주민등록번호", CITIZEN)
    assert told.errors == [("resident_number_refused", "row 4", "주민등록번호", "110105************")]


def test_a_number_cell_that_lost_its_noughts_is_recognised():
    told = read_bytes(xlsx([(*HEADER, "주민번호"), ("2026-11-02", "이체", 1, 0, None, "", 10101_1234566)]))
    assert [error[0] for error in told.errors] == ["resident_number_refused"]


@pytest.mark.parametrize("value", ["120-81-47521", "1208147521", "", "110111-9999991"])
def test_a_business_number_is_no_persons(value):
    told = with_column("실명번호", value)
    assert told.errors == []
    assert told.entries[0].amount_minor == 1


def test_a_companys_registration_number_is_recognised_by_its_check_digit():
    assert is_corporate_number("1101119999991")
    assert not is_corporate_number("1101119999992")


def test_a_resident_number_in_free_text_is_masked():
    told = read_bytes(statement(("2026-11-02", f"환급 {RESIDENT}", "1", "0", "", "")))
    assert told.errors == []
    assert told.entries[0].description == "환급 900101-*******"


def test_a_resident_number_in_an_error_is_masked():
    told = read_bytes(statement(("2026-11-02", "", RESIDENT, "0", "", "")))
    assert told.errors == [("amount_unreadable", "row 4", "출금액", "900101-*******")]

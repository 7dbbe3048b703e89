"""Persons' numbers in free text become six digits and stars; everything else stays as it is.

The numbers are made up: each satisfies its own rule (date, check digit) and belongs to nobody we know of.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.kernel.masking import (
    is_card_number,
    is_citizen_number,
    is_resident_number,
    mask_residents,
    mask_text,
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("주민 900101-1234568 확인", "주민 900101-******* 확인"),
        ("900101-1234567", "900101-*******"),  # numbers since 2020 have no check digit
        ("900101–1234567", "900101–*******"),
        ("9001011234568", "900101*******"),
        ("외국인 900101-5234560", "외국인 900101-*******"),
        ("201231-4123456", "201231-*******"),
        ("身份证11010519491231002X付款", "身份证11010519491231002X付款".replace("19491231002X", "*" * 12)),
        ("11010519491231002x", "110105************"),
        ("9001011234568", "900101*******"),
        ("card 4111 1111 1111 1111 ok", "card 4111 11** **** **** ok"),
        ("4111-1111-1111-1111", "4111-11**-****-****"),
        ("4111111111111111", "411111**********"),
        ("378282246310005", "378282*********"),
        ("3782 822463 10005", "3782 82**** *****"),
        ("6212345678901232", "621234**********"),
        ("여권M12345678", "여권M12345***"),
        ("여권 M123A4567", "여권 M123A4***"),
        ("护照E12345678", "护照E12345***"),
        ("护照EA1234567", "护照EA1234***"),
    ],
)
def test_it_masks(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "11월 급여",
        "110-123-456789",
        "계좌 110123456789",
        "1101234567890",  # thirteen digits, no birth date
        "9001011234567",  # thirteen digits, wrong check digit: an account number
        "901301-1234567",  # no such month
        "110105194912310021",  # wrong check character
        "4111111111111112",  # wrong Luhn digit
        "1111111111111117",  # right Luhn digit, but no card begins with 1
        "DE89370400440532013000",
        "INV-2026-110700012345",
        "SB2611200001",
        "E2E0000000001",
        "2026-11-20 13:22:01",
        "1234-5678",
    ],
)
def test_it_leaves_alone(text: str) -> None:
    assert mask_text(text) == text


def test_it_masks_each_of_several_numbers() -> None:
    text = "김 900101-1234568, 李 11010519491231002X, card 4111111111111111"
    assert mask_text(text) == "김 900101-*******, 李 110105************, card 411111**********"


def test_it_masks_only_residents_numbers_in_a_reference() -> None:
    assert mask_residents("900101-1234568") == "900101-*******"
    assert mask_residents("11010519491231002X") == "110105************"
    assert mask_residents("4111111111111111") == "4111111111111111"


def test_it_masks_full_width_digits() -> None:
    assert mask_text("９００１０１-１２３４５６８").endswith("*******")


def test_it_checks_the_worked_examples() -> None:
    # GB 11643-1999, its own example; ISO/IEC 7812 test number of the card networks.
    assert is_citizen_number("11010519491231002X")
    assert not is_citizen_number("11010519491231002" + "0")
    assert is_card_number("4111111111111111")
    assert is_resident_number("9001011234568", checked=True)
    assert not is_resident_number("9001011234569", checked=True)


@given(st.text(alphabet="0123456789- MEX가a", max_size=60))
def test_it_keeps_the_length_and_masks_once(text: str) -> None:
    masked = mask_text(text)
    assert len(masked) == len(text)
    assert mask_text(masked) == masked
    assert all(new in (old, "*") for old, new in zip(text, masked, strict=True))

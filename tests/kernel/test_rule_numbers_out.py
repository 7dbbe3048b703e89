"""A quick look that rules numbers of persons out: it never says no where masking would change a text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from moa.kernel.masking import mask_residents, mask_text, may_hold_number

NUMBERS = [
    "900101-1234568", "900101 1234568", "9001011234568", "９００１０１-１２３４５６８", "900101–1234568", "11010519491231002X",
    "٩٠٠١٠١-١٢٣٤٥٦٨", "4111111111111111", "4111 1111 1111 1111", "371449635398431", "M12345678", "M123A4567", "E12345678", "EA1234567",
]  # fmt: skip
AROUND = ["", "x", " ", "김", "，", "_", "-", "\x1f", "A", "7", "é"]


@pytest.mark.parametrize("number", NUMBERS)
def test_each_kind_of_number_is_suspected(number: str) -> None:
    assert mask_text(number) != number
    assert may_hold_number(number.encode())


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("before", AROUND)
@pytest.mark.parametrize("after", AROUND)
def test_what_is_masked_is_suspected_whatever_stands_around_it(number: str, before: str, after: str) -> None:
    text = before + number + after
    assert may_hold_number(text.encode()) or mask_text(text) == mask_residents(text) == text


@given(st.lists(st.sampled_from([*NUMBERS, *AROUND, "12345", "AB", "입금"]), max_size=6).map("".join))
@example("900101\u00a01234568")
@example("900101\u30001234568")
def test_no_means_that_masking_changes_nothing(text: str) -> None:
    if not may_hold_number(text.encode()):
        assert mask_text(text) == mask_residents(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "급여 11월 주식회사 한국전력공사 자동이체",
        "苏州宏泰机电有限公司货款支付",
        "Payment of invoice 00000003 for goods",
        "NTRF REF00000003",
        "INV2026",
        "",
    ],
)
def test_ordinary_words_are_not_suspected(text: str) -> None:
    assert not may_hold_number(text.encode())

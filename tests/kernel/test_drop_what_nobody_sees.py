"""Characters that nobody sees are found; letters of every script, spaces and pictures are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.kernel.plain_text import may_hold_unseen, unseen_in, without_unseen

UNSEEN = "\u202e\u202a\u2066\u2069\u200b\u200c\u200e\u200f\u061c\ufeff\u00ad\u2060\u3164\x00\x07\x1b\x7f\x85\u2028\U000e0041"


@pytest.mark.parametrize("sign", UNSEEN)
def test_it_is_found_and_taken_out_wherever_it_stands(sign: str) -> None:
    for text in (sign, f"서진{sign}테크", f"{sign}瑞进", f"payee{sign}"):
        assert unseen_in(text) == sign
        assert may_hold_unseen(text.encode())
        assert without_unseen(text) == text.replace(sign, "")


@pytest.mark.parametrize(
    "text",
    [
        "서진테크놀로지(주) ㈜한빛 ㄱㅏ", "苏州瑞进科技有限公司 “货款”", "Nestlé S.A. – №5 „x“", "1행\r\n2행\t끝", "가\u00a0나\u3000다",
        "급여 💰 👍🏽 ❤️ 👨‍👩‍👧 🏳️‍🌈", "नमस्ते שלום سلام", "e\u0301",
    ],
)  # fmt: skip
def test_what_is_seen_stays(text: str) -> None:
    assert unseen_in(text) == "" and without_unseen(text) == text


def test_a_joiner_that_joins_no_pictures_is_not_seen() -> None:
    assert without_unseen("한\u200d빛") == "한빛" and without_unseen("👍\u200d") == "👍"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_taking_out_is_done_once_and_the_quick_look_is_sure(text: str) -> None:
    plain = without_unseen(text)
    assert without_unseen(plain) == plain or "\u200d" in plain
    assert unseen_in(text) == "" or may_hold_unseen(text.encode())

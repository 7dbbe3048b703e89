"""Amounts in words: worked examples of the forms, and reading the words back gives the amount."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.kernel.words import MOST, AmountHasNoWords, in_chinese, in_english, in_korean, in_words


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (0, "금 영원정"),
        (10, "금 일십원정"),
        (1_000_000, "금 일백만원정"),
        (184_800_000, "금 일억팔천사백팔십만원정"),
        (100_000_000, "금 일억원정"),
        (10_001, "금 일만일원정"),
        (1_0000_0000_0000, "금 일조원정"),
        (12_345_678, "금 일천이백삼십사만오천육백칠십팔원정"),
    ],
)
def test_korean_forms_say_every_unit_with_its_digit(minor, text):
    assert in_korean(minor) == text


def test_korean_decimals_are_said_digit_by_digit():
    assert in_korean(123_456, "USD") == "금 일천이백삼십사점오육미달러정"
    assert in_korean(123_450, "CNY") == "금 일천이백삼십사점오위안정"


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        # 支付结算办法, appendix 1; where it allows two forms, the one with 零 inside the figure and none before 角.
        (140_950, "人民币壹仟肆佰零玖元伍角整"),
        (600_714, "人民币陆仟零柒元壹角肆分"),
        (168_032, "人民币壹仟陆佰捌拾元叁角贰分"),
        (10_700_053, "人民币壹拾万零柒仟元伍角叁分"),
        (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32_504, "人民币叁佰贰拾伍元零肆分"),
        (100_000_000, "人民币壹佰万元整"),
        (0, "人民币零元整"),
        (3, "人民币叁分"),
        (30, "人民币叁角整"),
        (1_003, "人民币壹拾元零叁分"),
        (10_000_000_100, "人民币壹亿零壹元整"),
        (1_000_100_000_000, "人民币壹佰亿零壹佰万元整"),
        (1_000_000_000_000_00, "人民币壹万亿元整"),
        (100_001_000_000_00, "人民币壹仟亿零壹佰万元整"),
    ],
)
def test_chinese_forms_follow_the_rules_of_zero_and_of_the_close(fen, text):
    assert in_chinese(fen) == text


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (100_000_000, "KRW", "KRW one hundred million only"),
        (123_450, "USD", "USD one thousand two hundred thirty-four and 50/100 only"),
        (0, "KRW", "KRW zero only"),
        (1_500, "KWD", "KWD one and 500/1000 only"),
        (1_000_017, "JPY", "JPY one million seventeen only"),
    ],
)
def test_english_forms_end_with_only(minor, currency, text):
    assert in_english(minor, currency) == text


def test_the_language_of_the_page_chooses():
    assert [in_words(10_000, "KRW", language)[:3] for language in ("ko", "zh-hans", "en")] == [
        "금 일",
        "韩币壹",
        "KRW",
    ]


@pytest.mark.parametrize("minor", [-1, (MOST + 1) * 100])
@pytest.mark.parametrize("say", [in_korean, in_chinese, in_english])
def test_what_a_document_cannot_say_is_refused(say, minor):
    with pytest.raises(AmountHasNoWords):
        say(minor, "CNY")


# ---- reading back, written apart from the code


def read_myriads(text: str, digits: str, places: str, myriads: str) -> int:
    total = section = figure = 0
    for sign in text:
        if sign in digits:
            figure = digits.index(sign)
        elif sign in places:
            section += figure * 10 ** (places.index(sign) + 1)
            figure = 0
        else:
            unit = 10 ** (4 * (myriads.index(sign) + 1))
            below = total % unit
            # 万亿: a second name multiplies all that stands before it.
            total = total - below + (below + section + figure) * unit
            section = figure = 0
    return total + section + figure


@given(st.integers(0, MOST))
def test_korean_words_read_back(whole):
    said = re.fullmatch(r"금 (.+)원정", in_korean(whole))
    assert said is not None
    assert read_myriads(said[1], "영일이삼사오육칠팔구", "십백천", "만억조") == whole


@given(st.one_of(st.integers(0, 10**9), st.integers(0, MOST * 100)))
def test_chinese_words_read_back(fen):
    said = re.fullmatch(r"人民币(?:(.+?)元)?零?(?:(.)角)?零?(?:(.)分)?整?", in_chinese(fen))
    assert said is not None
    digits = "零壹贰叁肆伍陆柒捌玖"
    whole = read_myriads(said[1] or "零", digits, "拾佰仟", "万亿")
    assert whole * 100 + digits.index(said[2] or "零") * 10 + digits.index(said[3] or "零") == fen
    assert "零零" not in in_chinese(fen)


@given(st.one_of(st.integers(0, 10**7), st.integers(0, MOST)))
def test_english_words_read_back(whole):
    ones = (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen"
    ).split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    scales = {
        "thousand": 10**3,
        "million": 10**6,
        "billion": 10**9,
        "trillion": 10**12,
        "quadrillion": 10**15,
    }
    total = part = 0
    for word in in_english(whole, "KRW").split()[1:-1]:
        if word in scales:
            total += part * scales[word]
            part = 0
        elif word == "hundred":
            part *= 100
        else:
            for piece in word.split("-"):
                part += ones.index(piece) if piece in ones else (tens.index(piece) + 2) * 10
    assert total + part == whole

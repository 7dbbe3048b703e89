"""The name that was asked for and the name that the bank answers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from moa.payments.rules.payee_names import NameVerdict, compare_names, differing_letters, plain_name

MATCH, PARTIAL, MISMATCH, UNAVAILABLE = NameVerdict


@pytest.mark.parametrize(
    ("asked", "answered", "verdict"),
    [
        ("주식회사 한빛제당", "(주)한빛제당", MATCH),
        ("㈜한빛제당", "한빛제당 주식회사", MATCH),
        ("한빛제당", "（주） 한빛 제당", MATCH),
        ("北京华信贸易有限公司", "北京华信贸易 有限责任公司", MATCH),
        ("上海瑞进股份有限公司", "上海瑞进", MATCH),
        ("ABC Trading Co., Ltd.", "ＡＢＣ　ｔｒａｄｉｎｇ", MATCH),
        ("김철수", "김 철수", MATCH),
        ("재단법인 미래", "(재)미래", MATCH),
        # Two legal forms are two legal persons.
        ("한빛제당(유)", "(주)한빛제당", PARTIAL),
        # Cut to the 12 bytes of a field, masked, or longer than what was asked.
        ("한빛제당서울공장", "한빛제당서울", PARTIAL),
        ("한빛제당", "한빛제당(주", PARTIAL),
        ("김철수", "김*수", PARTIAL),
        # One letter is another name.
        ("서진테크놀로지", "서진테크놀러지", MISMATCH),
        ("김철수", "이철수", MISMATCH),
        ("김철수", "이*수", MISMATCH),
        ("김철수", "***", MISMATCH),
        ("한빛제당", "한", MISMATCH),
        ("(주)한빛", "(주)", MISMATCH),
        ("", "한빛제당", MISMATCH),
        ("한빛제당", None, UNAVAILABLE),
        ("한빛제당", "  ", UNAVAILABLE),
        ("한빛제당", "--", UNAVAILABLE),
    ],
)  # fmt: skip
def test_it_gives_the_verdict_of_the_example(asked, answered, verdict):
    assert compare_names(asked, answered) is verdict


def test_a_legal_form_alone_is_kept_as_a_name():
    assert plain_name("주식회사") == "주식회사"


LETTERS = st.text("한빛제당서진물류철수미래산업ABCdef0123", min_size=2, max_size=12)
FORMS = ["주식회사 {}", "(주){}", "㈜ {}", "{}(주)", "{} 주식회사", "（주）{}"]


@given(LETTERS, st.sampled_from(FORMS), st.sampled_from(FORMS), st.booleans())
def test_forms_spaces_width_and_case_never_matter(name, one, other, wide):
    said = " ".join(name).upper()
    if wide:
        said = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in said)
    assert compare_names(one.format(name), other.format(unicodedata.normalize("NFD", said))) is MATCH


@given(LETTERS, LETTERS)
def test_the_order_of_the_two_never_matters(one, other):
    assert compare_names(one, other) is compare_names(other, one)


@given(LETTERS, st.integers(0, 11), st.sampled_from("갑을병정XYZ"))
def test_another_letter_is_never_a_match(name, place, letter):
    place %= len(name)
    assume(place > 0)
    changed = name[:place] + letter + name[place + 1 :]
    assert compare_names(name, changed) is not MATCH


@pytest.mark.parametrize(
    ("asked", "answered", "marked"),
    [
        ("한빛물산", "(주)한빛기공", ["기공"]),
        ("서진테크놀로지", "서진테크놀러지", ["러"]),
        ("새론전기 주식회사", "(주)새론전기", []),
        ("한빛(주)", "한빛(유)", ["유"]),
        ("한빛", "", []),
    ],
)
def test_letters_that_differ_are_marked_and_none_is_lost(asked, answered, marked):
    pieces = differing_letters(asked, answered)
    assert [piece for piece, differs in pieces if differs] == marked
    assert "".join(piece for piece, _differs in pieces) == answered

"""Korean institution codes: the official counts, the mergers, and hints that only warn."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.formats.kftc.institution_codes import (
    InstitutionUnknown,
    account_hint,
    institution,
    institutions,
    legacy_codes,
    representative,
    successor,
)

CODES = st.sampled_from(sorted(institutions()))


def test_the_list_has_the_counts_of_the_official_summary():
    everyone = institutions().values()
    assert len(everyone) == 203
    assert sum(each.is_representative for each in everyone) == 155
    assert Counter(each.category for each in everyone) == {
        "은행": 83,
        "금융투자회사": 47,
        "캐피탈사": 14,
        "카드사": 15,
        "보험사": 37,
        "기타": 7,
    }


@pytest.mark.parametrize(
    ("today", "others"),
    [
        ("081", "005 025 033 080 082"),
        ("004", "006 019 029 078 079"),
        ("088", "021 026 028"),
        ("020", "022 024 083 084"),
        ("012", "013 014 015 017 018"),
        ("011", "010 016"),
        ("007", "009"),
        ("027", "036 053"),
        ("003", "043"),
        ("045", "046 085 086 087"),
        ("048", "047 049"),
        ("030", "069 070"),
        ("071", "072 073 074 075"),
        ("218", "226"),
        ("238", "230"),
        ("287", "268"),
        ("247", "289"),
    ],
)
def test_legacy_codes_lead_to_the_code_in_use(today, others):
    assert legacy_codes(today) == tuple(others.split())
    assert {representative(code).code for code in others.split()} == {today}


@pytest.mark.parametrize(
    ("code", "was", "lives_on_as"),
    [
        ("021", "조흥은행", "신한은행"),
        ("005", "외환은행", "하나은행"),
        ("025", "서울은행", "하나은행"),
        ("006", "주택은행", "국민은행"),
        ("022", "상업은행", "우리은행"),
        ("024", "한일은행", "우리은행"),
        ("036", "경기은행", "한국씨티은행"),
        ("016", "축협중앙회", "NH농협은행"),
    ],
)
def test_a_merged_bank_lives_on_in_its_successor(code, was, lives_on_as):
    assert was in institution(code).former_names
    found = successor(code)
    assert found is not None
    assert found.name == lives_on_as


def test_a_bank_in_use_and_a_second_code_of_the_same_bank_have_no_successor():
    assert successor("027") is None, "한미은행 only changed its name"
    assert successor("013") is None, "013 is a second code of 012"


def test_the_code_for_other_foreign_banks_stands_for_nobody_else():
    assert representative("051").code == "051"
    assert not institution("051").is_representative


@pytest.mark.parametrize("code", ["", "4", "04", "0004", "999", "00４"])
def test_it_refuses_a_code_that_was_never_given(code):
    for look_up in (institution, representative, successor, legacy_codes):
        with pytest.raises(InstitutionUnknown):
            look_up(code)


@pytest.mark.parametrize(
    ("code", "number", "hints"),
    [
        ("088", "110-123-456789", []),
        ("088", "110123456789", []),
        ("088", "110 123 456789", []),
        ("088", "1101-2345-6789", ["account_grouping_unusual"]),
        ("088", "110-123-45678901234", ["account_length_unusual"]),
        ("021", "110-123-456789", []),  # a merged bank's code takes the forms of its successor
        ("005", "123-456789-01234", []),
        ("081", "123-456789-01234", []),
        ("004", "123-456-7890", ["account_incoming_only"]),
        ("004", "12345O78901", ["account_not_digits"]),  # a capital O
        ("004", "１２３４５６７８９０", ["account_not_digits"]),  # full-width digits
        ("004", "", ["account_not_digits"]),
        ("008", "123", []),  # no form is known
    ],
)
def test_a_hint_says_what_looks_unusual(code, number, hints):
    found = account_hint(code, number)
    assert [hint.code for hint in found] == hints
    assert {(hint.severity, hint.field, hint.value) for hint in found} <= {("warning", "account", number)}


@given(CODES)
def test_a_representative_represents_itself(code):
    today = representative(code)
    assert representative(today.code) == today
    assert code == today.code or code in legacy_codes(today.code)


@given(CODES, st.data())
def test_a_number_in_a_known_form_of_its_bank_gives_no_hint_but_its_kind(code, data):
    templates = institution(code).account_templates
    if not templates:
        return
    groups = data.draw(st.sampled_from(templates)).groups
    number = "-".join(data.draw(st.text("0123456789", min_size=size, max_size=size)) for size in groups)
    assert {hint.code for hint in account_hint(code, number)} <= {"account_incoming_only"}

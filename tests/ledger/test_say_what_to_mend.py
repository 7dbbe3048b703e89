"""The sentence of every close check, in three languages: amounts in major units with their currency, nothing left open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from moa.entry.close_check_sentences import detail_of
from moa.ledger.check_sentences import OF_DAYS, OF_PERIODS, sentence_of
from moa.ledger.close_checks import Finding, registered_checks

DAY = date(2026, 11, 20)
# What each check gives when it fails; the names of the facts are those of the checks themselves.
FACTS: dict[str, list[dict[str, Any]]] = {
    "business_day": [{"day": DAY, "calendar": "KR"}],
    "former_days_closed": [{"day": DAY}],
    "no_day_passed_over": [{"day": DAY}],
    "trial_balance": [{"currency": "USD", "minor": -123_456_789}],
    "balances_are_last_entries": [{"account": "1002-01"}],
    "subjects_add_up": [{"subject": "1002", "currency": "KRW"}],
    "opening_balances": [
        {"currency": "USD", "why": "unbalanced", "minor": 123_456_789}, {"currency": "USD", "why": "waits", "minor": 0},
    ],
    "vouchers_reviewed": [{"count": 1234, "named": "D1", "day": DAY, "book": "SC", "each": [(1, "D1")]}],
    "last_verification": [{"at": "2026-11-20 03:00", "differences": 1234}],
    "bank_statements_imported": [{"account": "KB ···4182", "day": DAY}],
    "bank_lines_settled": [{"lines": 1234, "order": "RULES"}, {"lines": 1234, "order": ""}],
    "bank_equals_ledger": [{"account": "KB ···4182", "minor": -1_234_567, "currency": "KRW"}],
    "payments_settled": [{"count": 1234, "named": "P1", "each": [(1, "P1")]}],
    "days_closed": [{"day": DAY}],
    "months_closed": [{"month": "2026-11"}],
    "profit_account": [{"currency": "KRW"}],
    "day_to_carry": [{"year": 2026}],
    "leave_to_carry": [{"day": DAY}],
    "carry": [{"code": "frozen", "account": "4103"}],
}  # fmt: skip
FAILED = [(name, facts) for name, each in FACTS.items() for facts in each]


def test_every_check_with_words_is_tried_here() -> None:
    assert set(FACTS) == {*OF_DAYS, *OF_PERIODS}
    assert set(registered_checks()) <= set(FACTS)


@pytest.mark.parametrize("language", ["ko", "zh-hans", "en"])
@pytest.mark.parametrize(
    ("name", "facts"), FAILED, ids=[f"{name}-{n}" for n, (name, _facts) in enumerate(FAILED)]
)
def test_a_failed_check_is_said_whole(name: str, facts: dict[str, Any], language: str) -> None:
    with override(language):
        said = sentence_of(Finding(name, False, facts))
        held = sentence_of(Finding(name, True))
    assert said and held and "{" not in said + held
    assert "minor unit" not in said and "최소 단위" not in said and "最小单位" not in said
    for raw in ("123456789", "1234567", "1234 ", "2,026"):
        assert raw not in said
    if "minor" in facts and facts["minor"]:
        assert (
            "USD −1,234,567.89" if facts["minor"] < 0 else "USD 1,234,567.89"
        ) in said or "KRW −1,234,567" in said
    if language != "en":
        with override("en"):
            assert sentence_of(Finding(name, False, facts)) != said


def test_the_command_says_it_in_english_with_the_same_figures() -> None:
    said = detail_of(Finding("bank_equals_ledger", False, FACTS["bank_equals_ledger"][0]))
    assert said == (
        "KB ···4182 differs by KRW −1,234,567 that nothing explains: a statement in between is missing."
    )

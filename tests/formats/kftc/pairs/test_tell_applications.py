"""EB13 and EB14: which applications were registered, which cancelled, which refused."""

from __future__ import annotations

import json

import pytest

from .pair_files import (
    OLD_BANK,
    application,
    applications_file,
    errors,
    in_json,
    judged,
    outcome_of,
    refused,
    warnings,
    words,
)

ROWS = [application("P1"), application("P2"), application("P3", "3"), application("P4", "7")]
EB13 = applications_file("EB13", *ROWS)


def eb14(*rows, code="0012"):
    return applications_file("EB14", *refused(*rows, code=code))


def test_what_is_not_refused_was_registered_or_cancelled():
    verdict = judged(EB13, eb14())
    assert (verdict.kinds, verdict.accepted) == (("EB13", "EB14"), True)
    assert words(verdict) == ["registered", "registered", "cancelled", "cancelled"]


def test_refusals_in_another_order_and_renumbered_find_their_applications():
    verdict = judged(EB13, eb14(ROWS[3], ROWS[1]))
    assert (verdict.accepted, words(verdict)) == (True, ["registered", "refused", "cancelled", "refused"])
    assert [outcome.answer_record for outcome in verdict.outcomes] == [None, 3, None, 2]
    assert verdict.totals == {
        "requests": 4, "results": 2, "registered": 1, "cancelled": 1, "refused": 2, "ambiguous": 0, "unknown": 0,
    }  # fmt: skip


def test_a_cancel_and_a_new_application_of_one_account_are_told_apart():
    rows = [application("P1", "3"), application("P1", "1")]
    verdict = judged(applications_file("EB13", *rows), eb14(rows[0], code="0017"))
    assert (verdict.accepted, words(verdict)) == (True, ["refused", "registered"])


def test_a_refusal_says_what_follows_from_it():
    told = json.loads(in_json(judged(EB13, eb14(ROWS[0], code="0031"))))
    assert told["outcomes"][0] == {
        "record": 2, "payer_no": "P1", "account_no": ROWS[0].account_no, "application_type": "1",
        "outcome": "refused", "code": "0031", "answer_record": 2,
    }  # fmt: skip
    code = told["codes"]["0031"]
    assert (code["given_by"], code["mandate"]) == ("bank", "terminated_account_closed")
    assert set(code["reason"]) == {"ko", "en", "zh-hans"}


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"payer_no": "P9"}, "payer_no"),
        ({"account_no": "999999999999"}, "account_no"),
        ({"application_type": "3"}, "application_type"),
    ],
)
def test_a_refusal_of_nothing_leaves_silence_without_meaning(other, field):
    stranger = application("P1", **({"account_no": ROWS[0].account_no} | other))
    verdict = judged(EB13, eb14(ROWS[1], stranger))
    assert errors(verdict) == [("EB14", "request_unknown", 3)]
    assert verdict.errors[0].finding.field == field
    assert words(verdict) == ["unknown", "refused", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"application_date": "261122"}, "answer_differs"),
        ({"bank_branch_code": OLD_BANK}, "bank_code_differs"),
        ({"bank_branch_code": "0880000"}, "answer_differs"),
    ],
)
def test_a_date_or_bank_that_differs_is_a_warning(other, code):
    verdict = judged(EB13, eb14(application("P1", **other)))
    assert (verdict.accepted, words(verdict)[0]) == (True, "refused")
    assert ("EB14", code, 2) in warnings(verdict)


def test_like_applications_are_told_apart_by_their_date():
    rows = [application("P1"), application("P1", application_date="261122")]
    verdict = judged(applications_file("EB13", *rows), eb14(rows[1]))
    assert (verdict.accepted, words(verdict)) == (True, ["registered", "refused"])
    assert warnings(verdict) == [("EB13", "row_repeated", 3)]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], (True, ["registered", "registered"])),
        (["0012", "0012"], (True, ["refused", "refused"])),
        (["0012"], (False, ["ambiguous", "ambiguous"])),
        (["0012", "A016"], (False, ["ambiguous", "ambiguous"])),
    ],
)
def test_like_applications_are_clear_only_if_all_are_refused_alike(codes, expected):
    row = application("P1")
    answers = [each for code in codes for each in refused(row, code=code)]
    verdict = judged(applications_file("EB13", row, row), applications_file("EB14", *answers))
    assert (verdict.accepted, words(verdict)) == expected
    assert {code for _, code, _ in errors(verdict)} == (set() if expected[0] else {"request_ambiguous"})


def test_an_ambiguous_refusal_leaves_the_others_known():
    row = application("P1")
    verdict = judged(applications_file("EB13", row, row, application("P3", "3")), eb14(row))
    assert words(verdict) == ["ambiguous", "ambiguous", "cancelled"]
    [(_, finding, hint)] = verdict.errors
    assert (finding.value, hint.as_json()) == (
        "P1",
        {"file": "EB13", "record": 2, "field": "payer_no", "value": "P1", "others": [3]},
    )


def test_a_refusal_given_twice_is_an_error():
    verdict = judged(EB13, eb14(ROWS[0], ROWS[0]))
    assert errors(verdict) == [("EB14", "result_repeated", 3)]


def test_a_cut_off_result_says_nothing_of_anybody():
    cut = eb14(ROWS[0])[:-120]
    verdict = judged(EB13, cut)
    assert errors(verdict) == [("EB14", "trailer_missing", None)]
    assert words(verdict) == ["unknown"] * 4
    assert [outcome.code for outcome in verdict.outcomes] == [""] * 4


def test_a_result_with_a_wrong_count_says_nothing_of_anybody():
    wrong = eb14(ROWS[0])
    wrong = wrong[: -120 + 27] + b"00000002" + wrong[-120 + 35 :]
    verdict = judged(EB13, wrong)
    assert ("EB14", "count_mismatch", 3) in errors(verdict)
    assert words(verdict) == ["unknown"] * 4


def test_a_fault_that_the_result_names_is_answered():
    bad = application("P2", account_no="12345 12345")
    verdict = judged(applications_file("EB13", ROWS[0], bad), eb14(bad, code="0098"))
    assert (verdict.accepted, words(verdict)) == (True, ["registered", "refused"])
    assert ("EB13", "0098", 3) in warnings(verdict)


def test_a_fault_that_the_result_does_not_name_stays_an_error():
    bad = application("P2", account_no="12345 12345")
    verdict = judged(applications_file("EB13", ROWS[0], bad), eb14())
    assert errors(verdict) == [("EB13", "0098", 3)]
    assert words(verdict) == ["unknown", "unknown"]


def test_a_garbled_key_is_one_error():
    verdict = judged(EB13, eb14(application("P1", account_no="12-45")))
    assert errors(verdict) == [("EB14", "0088", 2)]
    assert outcome_of(verdict, 2).outcome == "unknown"

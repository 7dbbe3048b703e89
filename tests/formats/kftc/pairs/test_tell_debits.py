"""EB21 and EB22, EC21 and EC22: what was debited of each request."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from .pair_files import (
    OLD_BANK,
    debit,
    errors,
    failed,
    in_json,
    judged,
    outcome_of,
    part,
    requests_file,
    results_file,
    warnings,
    words,
)

ASKED = [debit("P1", 33_000), debit("P2", 50_000, "3"), debit("P3", 80_000, "0")]
EB21 = requests_file(*ASKED)


def debited(verdict):
    return [outcome.debited for outcome in verdict.outcomes]


@pytest.mark.parametrize(("request_kind", "result_kind"), [("EB21", "EB22"), ("EC21", "EC22")])
def test_silence_of_a_whole_result_means_debited(request_kind, result_kind):
    verdict = judged(requests_file(*ASKED, kind=request_kind), results_file([], [], [], kind=result_kind))
    assert (verdict.kinds, verdict.accepted) == ((request_kind, result_kind), True)
    assert (words(verdict), debited(verdict)) == (["debited"] * 3, [33_000, 50_000, 80_000])
    assert verdict.partial_reading is None


def test_each_request_gets_its_result_whatever_the_order():
    rows = [part(ASKED[2], 30_000), failed(ASKED[0], "0031")]
    verdict = judged(EB21, results_file(rows, [33_000], [30_000]))
    assert (verdict.accepted, words(verdict)) == (True, ["failed", "debited", "partial"])
    assert debited(verdict) == [0, 50_000, 50_000]
    assert verdict.totals == {
        "requests": 3, "results": 2, "debited": 1, "partial": 1, "failed": 1, "ambiguous": 0, "unknown": 0,
        "requested_amount": 163_000, "debited_amount": 100_000, "not_debited_amount": 63_000, "undecided_amount": 0,
    }  # fmt: skip


def test_a_failure_says_what_follows_from_it():
    told = json.loads(in_json(judged(EB21, results_file([failed(ASKED[0])], [33_000], []))))
    assert told["outcomes"][0] == {
        "record": 2, "payer_no": "P1", "account_no": ASKED[0].account_no, "amount": 33_000, "outcome": "failed",
        "code": "0021", "answer_record": 2, "debited": 0, "not_debited": 33_000,
    }  # fmt: skip
    assert (told["codes"]["0021"]["item"], told["codes"]["0021"]["mandate"]) == ("arrears", "keep")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (failed(debit("P9", 33_000)), "payer_no"),
        (failed(replace(ASKED[0], account_no="999999999999")), "account_no"),
        (failed(replace(ASKED[0], amount=32_000)), "amount"),
    ],
)
def test_a_failure_of_nothing_leaves_silence_without_meaning(row, field):
    rows = [failed(ASKED[1]), row]
    verdict = judged(EB21, results_file(rows, [row.amount], [50_000]))
    assert errors(verdict) == [("EB22", "request_unknown", 3)]
    assert verdict.errors[0].finding.field == field
    assert words(verdict) == ["unknown", "failed", "unknown"]
    assert verdict.totals["undecided_amount"] == 113_000


@pytest.mark.parametrize("shown", [80_000, 80_001])
def test_a_part_is_less_than_what_was_asked(shown):
    verdict = judged(EB21, results_file([part(ASKED[2], shown)], [], [shown]))
    assert errors(verdict) == [("EB22", "partial_amount_invalid", 2)]
    assert words(verdict) == ["debited", "debited", "ambiguous"]


def test_a_part_of_what_was_asked_as_a_whole_is_odd():
    rows = [replace(part(ASKED[0], 3_000), debit_form="2")]
    verdict = judged(EB21, results_file(rows, [], [3_000]))
    assert ("EB22", "partial_for_full", 2) in warnings(verdict)
    assert ("EB22", "answer_differs", 2) in warnings(verdict)


def test_two_requests_of_one_payer_are_told_apart_by_their_amounts():
    asked = [debit("P1", 10_000), debit("P1", 20_000)]
    verdict = judged(requests_file(*asked), results_file([failed(asked[1])], [20_000], []))
    assert (verdict.accepted, words(verdict)) == (True, ["debited", "failed"])
    assert warnings(verdict) == [("EB21", "duplicate_request", 3)]


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(0, (True, "debited")), (1, (False, "ambiguous")), (2, (True, "failed"))],
)
def test_like_requests_are_clear_only_if_all_failed_or_none(failures, expected):
    row = debit("P1", 10_000)
    result = results_file([failed(row)] * failures, [10_000] * failures, [])
    verdict = judged(requests_file(row, row, ASKED[1]), result)
    assert verdict.accepted == expected[0]
    assert words(verdict) == [expected[1]] * 2 + ["debited"]
    assert {code for _, code, _ in errors(verdict)} == (set() if expected[0] else {"request_ambiguous"})


def test_like_requests_that_failed_for_different_reasons_failed_all_the_same():
    row = debit("P1", 10_000)
    rows = [failed(row), failed(row, "0031")]
    verdict = judged(requests_file(row, row), results_file(rows, [10_000] * 2, []))
    assert (verdict.accepted, debited(verdict)) == (True, [0, 0])
    assert [outcome.code for outcome in verdict.outcomes] == ["", ""]
    assert ("EB22", "request_ambiguous", 2) in warnings(verdict)


def test_a_failure_told_twice_is_an_error():
    verdict = judged(EB21, results_file([failed(ASKED[0])] * 2, [33_000] * 2, []))
    assert errors(verdict) == [("EB22", "result_repeated", 3)]
    assert words(verdict) == ["ambiguous", "unknown", "unknown"]


def test_banks_under_another_code_are_a_warning():
    rows = [failed(replace(ASKED[0], bank_branch_code=OLD_BANK))]
    verdict = judged(EB21, results_file(rows, [33_000], []))
    assert verdict.accepted
    assert ("EB22", "bank_code_differs", 2) in warnings(verdict)


def test_a_request_whose_fault_the_centre_names_is_answered():
    bad = replace(ASKED[0], amount=0)
    verdict = judged(requests_file(bad, *ASKED[1:]), results_file([failed(bad, "0061")], [0], []))
    assert (verdict.accepted, words(verdict)) == (True, ["failed", "debited", "debited"])
    assert ("EB21", "0061", 2) in warnings(verdict)


def test_a_faulty_request_that_nobody_names_leaves_all_unknown():
    bad = replace(ASKED[0], account_no="1 2")
    verdict = judged(requests_file(bad, *ASKED[1:]), results_file([], [], []))
    assert errors(verdict) == [("EB21", "0098", 2)]
    assert words(verdict) == ["unknown"] * 3
    assert verdict.totals["debited_amount"] == 0


@pytest.mark.parametrize("lost", [150, 300])
def test_a_cut_off_result_proves_nothing(lost):
    whole = results_file([failed(ASKED[0]), failed(ASKED[1])], [33_000], [50_000])
    verdict = judged(EB21, whole[:-lost])
    assert errors(verdict) == [("EB22", "trailer_missing", None)]
    assert debited(verdict) == [None] * 3


@pytest.mark.parametrize(
    ("full", "partial", "fields"),
    [
        ([33_001], [], ["full_fail_amount"]),
        ([33_000, 1], [], ["full_fail_amount", "full_fail_count"]),
        ([], [33_000], ["full_fail_amount", "full_fail_count", "partial_fail_amount", "partial_fail_count"]),
    ],
)
def test_a_trailer_that_disagrees_proves_nothing(full, partial, fields):
    verdict = judged(EB21, results_file([failed(ASKED[0])], full, partial))
    told = [finding for _, finding, _ in verdict.errors if finding.field != "total_count"]
    assert sorted(finding.field for finding in told) == fields
    assert {finding.record for finding in told} == {3}
    assert words(verdict) == ["unknown"] * 3


def test_the_trailer_may_count_failures_by_their_result():
    """With partial debits apart, a request that allowed a part and failed whole counts as a full one."""
    verdict = judged(EB21, results_file([failed(ASKED[1])], [50_000], []))
    assert (verdict.accepted, debited(verdict)) == (True, [33_000, 0, 80_000])


def test_the_form_of_the_request_counts_and_not_that_of_the_result():
    rows = [replace(failed(ASKED[1]), debit_form="1")]
    verdict = judged(EB21, results_file(rows, [], [50_000]))
    assert verdict.accepted
    assert outcome_of(verdict, 3).outcome == "failed"

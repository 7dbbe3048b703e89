"""What the amount of a partial debit means: the trailer decides, or nobody does but a person."""

from __future__ import annotations

import pytest

from .pair_files import debit, errors, failed, judged, part, requests_file, results_file, warnings, words

# 100,000 won were asked for, and 60,000 came: the row shows 40,000 or 60,000, the trailer counts 40,000 as missing.
ASKED = debit("P1", 100_000, "0")
OTHER = debit("P2", 30_000, "5")
WHOLE = debit("P3", 7_000)
EB21 = requests_file(ASKED, OTHER, WHOLE)


@pytest.mark.parametrize(("shown", "reading"), [(40_000, "not-debited"), (60_000, "debited")])
def test_the_trailer_decides(shown, reading):
    verdict = judged(EB21, results_file([part(ASKED, shown)], [], [40_000]))
    assert (verdict.accepted, verdict.partial_reading) == (True, reading)
    first = next(iter(verdict.outcomes))
    assert (first.outcome, first.debited, first.not_debited) == ("partial", 60_000, 40_000)
    assert verdict.totals["debited_amount"] == 60_000 + 30_000 + 7_000


@pytest.mark.parametrize("by", ["form", "result"])
@pytest.mark.parametrize(("shown", "reading"), [(40_000, "not-debited"), (60_000, "debited")])
def test_the_trailer_may_count_by_the_form_or_by_the_result(by, shown, reading):
    rows = [part(ASKED, shown), failed(OTHER), failed(WHOLE)]
    full, partial = ([7_000], [40_000, 30_000]) if by == "form" else ([7_000, 30_000], [40_000])
    verdict = judged(EB21, results_file(rows, full, partial))
    assert (verdict.accepted, verdict.partial_reading) == (True, reading)
    assert verdict.totals["debited_amount"] == 60_000


def test_a_result_without_parts_has_no_reading():
    verdict = judged(EB21, results_file([failed(OTHER)], [], [30_000]))
    assert (verdict.accepted, verdict.partial_reading) == (True, None)


# 100,000 with 45,000 shown and 30,000 with 20,000 shown: missing are 45 + 20 or 55 + 10 thousand, 65,000 either way.
BOTH = results_file([part(ASKED, 45_000), part(OTHER, 20_000)], [], [65_000, 0])
NEITHER = results_file([part(ASKED, 45_000), part(OTHER, 20_000)], [], [64_000, 0])


def test_sums_that_fit_both_readings_are_left_to_a_person():
    verdict = judged(EB21, BOTH)
    assert (verdict.accepted, verdict.partial_reading) == (False, None)
    assert errors(verdict) == [("EB22", "partial_reading_undecided", 4)]
    assert [outcome.debited for outcome in verdict.outcomes] == [None, None, 7_000]
    assert words(verdict) == ["partial", "partial", "debited"]
    assert verdict.totals["undecided_amount"] == 130_000


@pytest.mark.parametrize(
    ("chosen", "came"), [("not-debited", [55_000, 10_000]), ("debited", [45_000, 20_000])]
)
def test_a_person_may_decide_where_both_fit(chosen, came):
    verdict = judged(EB21, BOTH, partial_reading=chosen)
    assert (verdict.accepted, verdict.partial_reading) == (True, chosen)
    assert [outcome.debited for outcome in verdict.outcomes] == [*came, 7_000]


def test_sums_that_fit_no_reading_are_left_to_a_person():
    verdict = judged(EB21, NEITHER)
    assert errors(verdict) == [("EB22", "partial_reading_undecided", 4)]
    assert words(verdict) == ["unknown"] * 3


def test_a_person_may_decide_where_none_fits():
    verdict = judged(EB21, NEITHER, partial_reading="debited")
    assert (verdict.accepted, verdict.partial_reading) == (True, "debited")
    assert ("EB22", "amount_mismatch", 4) in warnings(verdict)


def test_a_choice_against_the_trailer_is_an_error():
    result = results_file([part(ASKED, 40_000)], [], [40_000])
    verdict = judged(EB21, result, partial_reading="debited")
    assert (verdict.accepted, errors(verdict)) == (False, [("EB22", "partial_reading_differs", 3)])
    assert verdict.errors[0].finding.value == "not-debited"
    assert [outcome.debited for outcome in verdict.outcomes] == [None] * 3


@pytest.mark.parametrize("chosen", [None, "debited", "not-debited"])
def test_no_choice_mends_a_wrong_count(chosen):
    rows = [part(ASKED, 40_000), failed(WHOLE)]
    verdict = judged(EB21, results_file(rows, [7_001], [40_000]), partial_reading=chosen)
    assert errors(verdict) == [("EB22", "amount_mismatch", 4)]
    assert verdict.errors[0].finding.field == "full_fail_amount"
    assert words(verdict) == ["unknown"] * 3

"""Two files that do not belong together at all, and files that are none."""

from __future__ import annotations

import io
from datetime import date

import pytest

from moa.formats.kftc.pairs import check_pair

from .pair_files import (
    INSTITUTION,
    application,
    applications_file,
    consents_file,
    debit,
    errors,
    failed,
    judged,
    requests_file,
    results_file,
)

TOMORROW = date(2026, 11, 24)
EB21, EB22 = requests_file(debit("P1", 1_000)), results_file([], [], [])
FILES = {
    **{kind: applications_file(kind) for kind in ("EB11", "EB12", "EB13", "EB14")},
    "EB21": EB21,
    "EB22": EB22,
    "EC21": requests_file(kind="EC21"),
    "EC22": results_file([], [], [], kind="EC22"),
    "EI13": consents_file(),
}
PAIRS = {("EB11", "EB12"), ("EI13", "EB13"), ("EB13", "EB14"), ("EB21", "EB22"), ("EC21", "EC22")}
OTHERS = [
    (one, other)
    for one in FILES
    for other in FILES
    if one < other and not {(one, other), (other, one)} & PAIRS
]


@pytest.mark.parametrize("kinds", sorted(PAIRS))
def test_empty_files_that_belong_together_agree(kinds):
    verdict = judged(FILES[kinds[0]], FILES[kinds[1]])
    assert (verdict.kinds, verdict.accepted) == (kinds, True)


@pytest.mark.parametrize("kinds", OTHERS)
def test_other_kinds_do_not_belong_together(kinds):
    for one, other in (kinds, kinds[::-1]):
        verdict = check_pair(io.BytesIO(FILES[one]), io.BytesIO(FILES[other]))
        assert (verdict.accepted, errors(verdict)) == (False, [(None, "pair_kinds", None)])
        assert verdict.errors[0].finding.value == f"{one}, {other}"
        assert list(verdict.outcomes) == []


def test_a_file_does_not_belong_to_itself():
    verdict = judged(EB21, EB21)
    assert errors(verdict) == [(None, "pair_kinds", None)]


def test_files_of_one_kind_are_named_by_their_place():
    verdict = check_pair(io.BytesIO(EB21), io.BytesIO(EB21[:-150]))
    assert errors(verdict) == [(None, "pair_kinds", None), ("FILE2", "trailer_missing", None)]


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "file_empty"), (b"nothing of the kind" * 50, "kind_unknown")]
)
def test_what_is_no_cms_file_is_named_by_its_place(content, code):
    verdict = check_pair(io.BytesIO(EB21), io.BytesIO(content))
    assert (verdict.accepted, errors(verdict)) == (False, [("FILE2", code, None)])
    assert verdict.kinds == ("EB21", "")
    verdict = check_pair(io.BytesIO(content), io.BytesIO(EB21))
    assert errors(verdict) == [("FILE1", code, None)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (EB21, results_file([], [], [], day=TOMORROW)),
        (requests_file(kind="EC21"), results_file([], [], [], kind="EC22", day=TOMORROW)),
        (FILES["EB11"], applications_file("EB12", day=TOMORROW)),
        (FILES["EB13"], applications_file("EB14", day=TOMORROW)),
        (consents_file(day=TOMORROW), FILES["EB13"]),
    ],
)
def test_files_of_different_days_are_not_compared(one, other):
    verdict = judged(one, other)
    assert errors(verdict) == [(None, "pair_dates", None)]
    assert verdict.totals == {}


def test_files_of_different_institutions_are_not_compared():
    other = applications_file("EB12", institution="9900000001")
    verdict = judged(applications_file("EB11", application("P1", handling_branch="0123")), other)
    assert errors(verdict) == [(None, "pair_institutions", None)]
    [(_, finding, hint)] = verdict.errors
    assert (finding.value, hint) == ("9900000001", ("EB11", 1, "institution_code", INSTITUTION, ()))


def test_faults_of_both_files_are_told_with_their_file():
    asked = requests_file(debit("P1", 100), debit("P2", 5_000))
    answer = results_file([failed(debit("P2", 5_000), "    ")], [5_000], [])
    verdict = judged(asked, answer)
    assert errors(verdict) == [("EB21", "0075", 2), ("EB22", "error_code_missing", 2)]


def test_line_breaks_are_a_warning_only():
    lines = b"\r\n".join(EB21[at : at + 150] for at in range(0, len(EB21), 150)) + b"\r\n"
    verdict = judged(lines, EB22)
    assert (verdict.accepted, verdict.warning_counts) == (True, {"line_breaks": 1})


def test_of_very_many_errors_the_first_are_listed_and_all_are_counted():
    rows = [application(f"P{number}") for number in range(20_500)]
    verdict = judged(consents_file(), applications_file("EB13", *rows))
    assert verdict.error_count == 20_500
    assert len(verdict.errors) == 20_001
    assert errors(verdict)[-1] == ("EB13", "too_many_errors", None)
    assert sum(outcome.outcome == "refused" for outcome in verdict.outcomes) == 20_500


def test_of_very_many_warnings_the_first_thousand_are_listed_and_all_are_counted():
    row = debit("P1", 1_000)
    verdict = judged(requests_file(*[row] * 1_500), EB22)
    assert verdict.warning_counts == {"duplicate_request": 1_499}
    assert (verdict.accepted, len(verdict.warnings)) == (True, 1_000)

"""EB11 and EB12: the institution's refusals, and changed accounts that are refused whole or not at all."""

from __future__ import annotations

import json

import pytest

from .pair_files import (
    OLD_BANK,
    applications_file,
    branch,
    changed,
    errors,
    in_json,
    judged,
    outcome_of,
    refused,
    warnings,
    words,
)

PLAIN, GONE = branch("P1"), branch("P3", "3", handling_branch="CNCL")
OLD, NEW = changed("P2")
EB11 = applications_file("EB11", PLAIN, OLD, NEW, GONE)


def eb12(*rows, code="A013"):
    return applications_file("EB12", *refused(*rows, code=code))


def test_what_is_not_refused_is_accepted():
    verdict = judged(EB11, eb12())
    assert (verdict.kinds, verdict.accepted, words(verdict)) == (("EB11", "EB12"), True, ["accepted"] * 4)
    assert [outcome.change_with for outcome in verdict.outcomes] == [None, 4, 3, None]


def test_a_day_without_applications_is_accepted():
    verdict = judged(applications_file("EB11"), eb12())
    assert (verdict.accepted, list(verdict.outcomes)) == (True, [])


def test_a_change_may_be_refused_as_a_whole():
    verdict = judged(EB11, eb12(OLD, NEW))
    assert (verdict.accepted, words(verdict)) == (True, ["accepted", "refused", "refused", "accepted"])
    assert verdict.totals["changes"] == 1
    half = outcome_of(verdict, 3)
    assert (half.code, half.answer_record, half.change_with) == ("A013", 2, 4)


@pytest.mark.parametrize(("rows", "record"), [([OLD], 2), ([NEW], 2), ([PLAIN, NEW], 3), ([OLD, GONE], 2)])
def test_half_a_refused_change_makes_the_centre_refuse_all(rows, record):
    verdict = judged(EB11, eb12(*rows))
    assert errors(verdict) == [("EB12", "0079", record)]
    assert words(verdict) == ["unknown"] * 4


def test_half_a_change_is_found_when_the_answer_hides_its_mark():
    hidden = branch("P2", account_no=NEW.account_no)
    verdict = judged(EB11, eb12(hidden))
    assert errors(verdict) == [("EB12", "0079", 2)]
    assert ("EB12", "answer_differs", 2) in warnings(verdict)


def test_two_changes_of_which_one_is_refused_by_half():
    others = changed("P7", "123456789111", "123456789222")
    verdict = judged(applications_file("EB11", OLD, NEW, *others), eb12(OLD, NEW, others[1]))
    assert errors(verdict) == [("EB12", "0079", 4)]


@pytest.mark.parametrize(
    "other",
    [
        {"payer_no": "P9"},
        {"account_no": "999999999999"},
        {"application_date": "261122"},
        {"application_type": "3"},
        {"bank_branch_code": "0880000"},
    ],
)
def test_an_answer_to_nothing_is_refused(other):
    verdict = judged(EB11, eb12(branch("P1", **({"account_no": PLAIN.account_no} | other))))
    assert errors(verdict) == [("EB12", "request_unknown", 2)]
    [(_, finding, hint)] = verdict.errors
    assert finding.field == next(iter(other))
    assert (hint.file, hint.record, hint.field) == ("EB11", 2, finding.field)
    assert hint.value != finding.value
    assert words(verdict) == ["unknown"] * 4


def test_banks_are_compared_by_their_codes_of_today():
    verdict = judged(EB11, eb12(branch("P1", bank_branch_code=OLD_BANK)))
    assert verdict.accepted
    assert ("EB12", "bank_code_differs", 2) in warnings(verdict)


def test_an_answer_given_twice_is_refused():
    verdict = judged(EB11, eb12(PLAIN, PLAIN))
    assert errors(verdict) == [("EB12", "result_repeated", 3)]


def test_a_code_is_explained_as_the_institution_gives_it():
    verdict = judged(EB11, eb12(PLAIN, code="A016"))
    told = json.loads(in_json(verdict))["codes"]["A016"]
    assert told["given_by"] == "institution"
    assert "registered" in told["reason"]["en"]

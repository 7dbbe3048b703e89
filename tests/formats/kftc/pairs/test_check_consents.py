"""EI13 beside EB13: every new application needs evidence with its payer, bank, account and date."""

from __future__ import annotations

from datetime import date

import pytest

from tests.formats.kftc.oracle import pictures

from .pair_files import (
    OLD_BANK,
    application,
    applications_file,
    consent,
    consents_file,
    errors,
    judged,
    outcome_of,
    warnings,
    words,
)

NEW = [application("P1"), application("P2"), application("P3")]
EB13 = applications_file("EB13", *NEW, application("P4", "3"), application("P5", "7"))
PROOFS = [consent(row) for row in NEW]


def test_it_accepts_new_applications_with_evidence_and_cancels_without():
    verdict = judged(consents_file(*reversed(PROOFS)), EB13)
    assert (verdict.kinds, verdict.accepted, errors(verdict), warnings(verdict)) == (
        ("EI13", "EB13"),
        True,
        [],
        [],
    )
    assert [outcome.answer_record for outcome in verdict.outcomes] == [4, 3, 2, None, None]
    assert verdict.totals == {
        "requests": 5, "new": 3, "evidence": 3, "accepted": 5, "refused": 0, "unknown": 0,
    }  # fmt: skip


def test_it_refuses_a_new_application_without_evidence():
    verdict = judged(consents_file(PROOFS[0], PROOFS[2]), EB13)
    assert (verdict.accepted, errors(verdict)) == (False, [("EB13", "0078", 3)])
    lacking = outcome_of(verdict, 3)
    assert (lacking.outcome, lacking.code, lacking.answer_record) == ("refused", "0078", None)
    assert words(verdict) == ["accepted", "refused", "accepted", "accepted", "accepted"]
    assert [code.code for code in verdict.codes] == ["0078"]


def test_it_says_that_nothing_passes_before_the_evidence_is_sent():
    verdict = judged(consents_file(), EB13)
    assert errors(verdict) == [("EB13", "0078", record) for record in (2, 3, 4)]
    assert warnings(verdict) == [("EI13", "evidence_first", None)]


def test_it_accepts_an_empty_evidence_file_when_none_is_needed():
    verdict = judged(consents_file(), applications_file("EB13", application("P4", "3")))
    assert (verdict.accepted, warnings(verdict)) == (True, [])


@pytest.mark.parametrize(
    ("wrong", "field", "value", "hint"),
    [
        ({"account_no": "999999999999"}, "account_no", "123456789129", ("account_no", "999999999999")),
        ({"payer_no": "P9"}, "payer_no", "P1", ("payer_no", "P9")),
        ({"bank_code": "088"}, "bank_branch_code", "0040000", ("bank_code", "088")),
        ({"application_date": "20261122"}, "application_date", "261123", ("application_date", "20261122")),
        (
            {"bank_code": "088", "application_date": "20261122"},
            "bank_branch_code",
            "0040000",
            ("bank_code", "088"),
        ),
    ],
)
def test_it_names_the_evidence_that_was_probably_meant(wrong, field, value, hint):
    verdict = judged(consents_file(consent(NEW[0], **wrong), *PROOFS[1:]), EB13)
    [(file, finding, told)] = verdict.errors
    assert (file, *finding) == ("EB13", "error", "0078", 2, field, value)
    assert told == ("EI13", 2, *hint, ())
    assert warnings(verdict) == [("EI13", "evidence_unused", 2)]


def test_it_names_no_evidence_that_belongs_to_another_application():
    """One household, one account: what P1 sent in is not what P2 forgot."""
    rows = [application("P1"), application("P2", account_no=application("P1").account_no)]
    verdict = judged(consents_file(consent(rows[0])), applications_file("EB13", *rows))
    assert errors(verdict) == [("EB13", "0078", 3)]
    assert (verdict.errors[0].finding.value, verdict.errors[0].hint) == ("P2", None)
    assert "hint" not in verdict.errors[0].as_json()


def test_it_compares_banks_by_their_codes_of_today():
    verdict = judged(consents_file(consent(NEW[0], bank_code=OLD_BANK[:3]), *PROOFS[1:]), EB13)
    assert verdict.accepted
    assert ("EI13", "bank_code_differs", 2) in warnings(verdict)


def test_it_does_not_take_another_bank_for_an_old_code():
    verdict = judged(consents_file(consent(NEW[0], bank_code="020"), *PROOFS[1:]), EB13)
    assert errors(verdict) == [("EB13", "0078", 2)]


def test_it_warns_of_evidence_that_nobody_needs():
    verdict = judged(consents_file(*PROOFS, consent(application("P4", "3"))), EB13)
    assert (verdict.accepted, warnings(verdict)) == (True, [("EI13", "evidence_unused", 5)])


def test_it_warns_of_evidence_that_is_there_twice():
    verdict = judged(consents_file(*PROOFS, PROOFS[0]), EB13)
    assert (verdict.accepted, warnings(verdict)) == (True, [("EI13", "duplicate_evidence", 5)])


def test_one_evidence_serves_an_application_that_is_repeated():
    verdict = judged(consents_file(PROOFS[0]), applications_file("EB13", NEW[0], NEW[0]))
    assert (verdict.accepted, warnings(verdict)) == (True, [("EB13", "row_repeated", 3)])
    assert [outcome.answer_record for outcome in verdict.outcomes] == [2, 2]


FAULTY = [
    ("0101", {"evidence_type": "9"}),
    ("0102", {"extension": "wav"}),
    ("0103", {"content": b"\xff" * 400_000}),
    ("0105", {"content": pictures.picture("png")}),
]


@pytest.mark.parametrize(("code", "wrong"), FAULTY)
def test_faulty_evidence_refuses_its_own_application_and_no_other(code, wrong):
    verdict = judged(consents_file(PROOFS[0], consent(NEW[1], **wrong), PROOFS[2]), EB13)
    assert (verdict.accepted, errors(verdict)) == (False, [("EI13", code, 3)])
    assert words(verdict) == ["accepted", "refused", "accepted", "accepted", "accepted"]
    refused = outcome_of(verdict, 3)
    assert (refused.code, refused.answer_record) == (code, 3)
    assert [each.code for each in verdict.codes] == [code]


def test_faulty_evidence_leaves_what_is_missing_missing():
    verdict = judged(consents_file(consent(NEW[0], evidence_type="9"), PROOFS[2]), EB13)
    assert words(verdict) == ["refused", "refused", "accepted", "accepted", "accepted"]
    assert [outcome.code for outcome in verdict.outcomes] == ["0101", "0078", "", "", ""]


def test_nobody_knows_which_of_two_pieces_of_evidence_counts_when_one_is_faulty():
    verdict = judged(consents_file(*PROOFS, consent(NEW[0], evidence_type="9")), EB13)
    assert words(verdict) == ["unknown", "accepted", "accepted", "accepted", "accepted"]


def test_faulty_evidence_serves_every_application_like_it():
    verdict = judged(
        consents_file(consent(NEW[0], evidence_type="9")), applications_file("EB13", NEW[0], NEW[0])
    )
    assert [(each.outcome, each.code) for each in verdict.outcomes] == [("refused", "0101")] * 2


def test_evidence_that_is_no_whole_file_proves_nothing():
    """Its counts are wrong, so what else is wrong with it nobody knows."""
    short = consents_file(consent(NEW[0], evidence_type="9"), *PROOFS[1:])
    wrong = short[:-1024] + short[-1024:].replace(b"0000003", b"0000009", 1)
    verdict = judged(wrong, EB13)
    assert ("EI13", "count_mismatch", 5) in errors(verdict)
    assert words(verdict) == ["refused", "unknown", "unknown", "unknown", "unknown"]


@pytest.mark.parametrize(
    "garbled", [{"account_no": "1-2"}, {"payer_no": "P-1"}, {"application_date": "20261399"}]
)
def test_evidence_with_a_garbled_key_is_one_error_and_not_also_missing(garbled):
    verdict = judged(consents_file(consent(NEW[0], **garbled), *PROOFS[1:]), EB13)
    assert [(file, record) for file, _, record in errors(verdict)] == [("EI13", 2)]
    assert not verdict.accepted


def test_an_application_with_a_garbled_key_is_one_error():
    rows = [application("P1", account_no="1-2"), *NEW[1:]]
    verdict = judged(consents_file(*PROOFS), applications_file("EB13", *rows))
    assert errors(verdict) == [("EB13", "0088", 2)]
    assert warnings(verdict) == []


def test_a_file_of_evidence_that_was_cut_off_is_one_error():
    one, three = consents_file(PROOFS[0]), consents_file(*PROOFS)
    verdict = judged(three[: len(one) - 1024], EB13)
    assert {file for file, _, _ in errors(verdict)} == {"EI13"}
    assert ("EI13", "pair_file_invalid", None) in warnings(verdict)
    assert "refused" not in words(verdict)


def test_another_day_is_told_once_and_not_for_each_row():
    verdict = judged(consents_file(day=date(2026, 11, 24)), EB13)
    assert errors(verdict) == [(None, "pair_dates", None)]
    assert verdict.errors[0].finding.value == "2026-11-23"
    assert verdict.errors[0].hint == ("EI13", 1, "application_date", "2026-11-24", ())

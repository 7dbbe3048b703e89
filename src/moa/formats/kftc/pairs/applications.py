"""EB13 and EB14: which applications were registered, which cancelled, and which the bank or the centre refused.

Also the part that EB11 and EB12 share with it: to which application a refusal belongs. Source: KFTC notice of
2015-07-22 (EB14 and EB12 carry refusals only); nothing says that sequence numbers agree, so they are not looked at.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from .answers import (
    BANK,
    DOUBTS_SILENCE,
    excuse_answered,
    matched,
    tell_doubt,
    tell_orphans,
    warn_banks,
    warn_differing,
)
from .columns import Bytes, Table, joined
from .judgement import Judgement
from .matching import grouped
from .outcomes import OutcomeTable
from .sides import Side
from .verdict import PartialReading

_REGISTERED, _CANCELLED, REFUSED, AMBIGUOUS, UNKNOWN = (
    "registered",
    "cancelled",
    "refused",
    "ambiguous",
    "unknown",
)
_WORDS = (_REGISTERED, _CANCELLED, REFUSED, AMBIGUOUS, UNKNOWN)
_FIELDS = ("payer_no", "account_no", "application_type", "application_date", BANK)


def judge_applications(request: Side, answer: Side, chosen: PartialReading | None) -> Judgement:
    """Shape: an EB13 and its EB14, with the same institution and date."""
    judgement = Judgement(OutcomeTable(request.table, _WORDS))
    match_refusals(judgement, request, answer, _key(request.table), _key(answer.table))
    together = matched(judgement, answer)
    warn_differing(judgement, request, answer, together, "application_date")
    warn_banks(judgement, request, answer, together)
    excuse_answered(request, judgement)
    outcomes = judgement.outcomes
    silent = outcomes.state == 0
    outcomes.set(np.flatnonzero(silent & (request.table["application_type"] != b"1")), _CANCELLED)
    if judgement.has(*DOUBTS_SILENCE):
        outcomes.set(np.flatnonzero(silent), UNKNOWN)
    if request.is_faulty or answer.is_faulty:
        forget(outcomes)
    judgement.totals = {"requests": len(request.table), "results": len(answer.table), **outcomes.counts()}
    judgement.codes = outcomes.codes()
    return judgement


def forget(outcomes: OutcomeTable) -> None:
    """Nothing is known of any request: the files prove nothing as they are."""
    outcomes.state[:] = outcomes.words.index(UNKNOWN)
    outcomes.code[:] = b"    "


def _key(table: Table) -> Bytes:
    return joined(table["payer_no"], table["account_no"], table["application_type"])


def match_refusals(judgement: Judgement, request: Side, answer: Side, asked: Bytes, answered: Bytes) -> None:
    """Gives each refusal to its application, and tells those that belong to none or might belong to several.

    Shape: the keys of both tables. Applications with one key are told apart by their date, and by nothing else.
    """
    groups = grouped(asked, answered)
    repeated = groups.repeated().tolist()
    judgement.warn_rows(request, "row_repeated", repeated, "payer_no", request.table.text_of("payer_no"))
    plain = np.flatnonzero(groups.is_plain)
    rows = groups.first_request[groups.answer_group[plain]]
    outcomes = judgement.outcomes
    outcomes.set(rows, REFUSED)
    outcomes.code[rows] = answer.table["error_code"][plain]
    outcomes.answer_record[rows] = answer.table.records[plain]
    for requests, answers in groups.doubtful():
        _settle(judgement, request, answer, requests, answers)
    tell_orphans(judgement, request, answer, np.flatnonzero(groups.is_orphan), _FIELDS)


def _settle(
    judgement: Judgement, request: Side, answer: Side, requests: list[int], answers: list[int]
) -> None:
    """Several applications or several refusals with one key."""
    asked: dict[bytes, list[int]] = defaultdict(list)
    told: dict[bytes, list[int]] = defaultdict(list)
    for row in requests:
        asked[request.table["application_date"][row]].append(row)
    for row in answers:
        told[answer.table["application_date"][row]].append(row)
    if told.keys() - asked.keys():
        _settle_alike(judgement, request, answer, requests, answers)
        return
    for day, its in told.items():
        _settle_alike(judgement, request, answer, asked[day], its)


def _settle_alike(
    judgement: Judgement, request: Side, answer: Side, requests: list[int], answers: list[int]
) -> None:
    """Applications that nothing tells apart: clear only if all of them are refused, and for one reason."""
    outcomes = judgement.outcomes
    codes = {answer.table["error_code"][row] for row in answers}
    if len(answers) == len(requests) and len(codes) == 1:
        outcomes.set(requests, REFUSED)
        outcomes.code[requests] = codes.pop()
        outcomes.answer_record[requests] = answer.table.records[answers]
        return
    outcomes.set(requests, AMBIGUOUS)
    tell_doubt(judgement, request, answer, requests, answers)

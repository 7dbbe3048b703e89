"""EB11 and EB12: which applications taken by banks the institution refuses, and whether the centre takes its answer.

A changed account comes as two rows, the old account cancelled and the new one opened, both marked CHNG. Both must be
refused or none: half an answer makes the centre refuse the whole EB12. Source: KFTC notice of 2015-07-22, 3 가.
"""

from __future__ import annotations

import numpy as np

from moa.formats.fixed_width.finding import error
from moa.formats.kftc.change_pairs import CHANGE
from moa.formats.kftc.codes import Giver

from .answers import BANK, matched, warn_banks, warn_differing
from .applications import AMBIGUOUS, REFUSED, UNKNOWN, forget, match_refusals
from .columns import Bytes, Numbers, Table, joined, representative_banks
from .judgement import Judgement
from .outcomes import NOBODY, OutcomeTable
from .sides import Side
from .verdict import PartialReading

_WORDS = ("accepted", REFUSED, AMBIGUOUS, UNKNOWN)
_HALF_REFUSED = "0079"


def judge_changes(request: Side, answer: Side, chosen: PartialReading | None) -> Judgement:
    """Shape: an EB11 and its EB12, with the same institution and date."""
    outcomes = OutcomeTable(request.table, _WORDS)
    judgement = Judgement(outcomes)
    match_refusals(judgement, request, answer, _key(request.table), _key(answer.table))
    together = matched(judgement, answer)
    warn_differing(judgement, request, answer, together, "handling_branch")
    warn_banks(judgement, request, answer, together)
    partner = _partners(request.table)
    outcomes.change_with[:] = np.where(partner >= 0, _record_of(request.table, partner), NOBODY)
    _tell_halves(judgement, answer, partner)
    if judgement.error_count or request.is_faulty or answer.is_faulty:
        forget(outcomes)
    judgement.totals = {
        "requests": len(request.table),
        "results": len(answer.table),
        "changes": int((partner >= 0).sum()) // 2,
        **outcomes.counts(),
    }
    judgement.codes = outcomes.codes(Giver.INSTITUTION)
    return judgement


def _key(table: Table) -> Bytes:
    """An EB12 row repeats what it answers, so all that names an application must agree."""
    return joined(
        table["payer_no"],
        table["account_no"],
        table["application_type"],
        table["application_date"],
        representative_banks(table[BANK]),
    )


def _partners(table: Table) -> Numbers:
    """The row of each changed account's other half, -1 for all other rows; the old account comes first."""
    partner = np.full(len(table), -1, dtype=np.int64)
    waiting: dict[bytes, int] = {}
    for row in np.flatnonzero(table["handling_branch"] == CHANGE).tolist():
        payer, kind = table["payer_no"][row], table["application_type"][row]
        if kind == b"3":
            waiting[payer] = row
            continue
        old = waiting.pop(payer, None) if kind == b"1" else None
        if old is not None and table["account_no"][old] != table["account_no"][row]:
            partner[old], partner[row] = row, old
    return partner


def _record_of(table: Table, rows: Numbers) -> Numbers:
    return table.records[rows] if len(table) else rows


def _tell_halves(judgement: Judgement, answer: Side, partner: Numbers) -> None:
    """Refusals of one half whose other half is not refused, unless the EB12 shows it by itself."""
    outcomes = judgement.outcomes
    refused = outcomes.state == outcomes.words.index(REFUSED)
    silent = outcomes.state == 0
    alone = np.flatnonzero(refused & (partner >= 0) & silent[partner]) if len(partner) else partner
    told = {finding.record for finding in answer.findings if finding.code == _HALF_REFUSED}
    for record in sorted(outcomes.answer_record[alone].tolist()):
        if record not in told:
            judgement.found(answer, error(_HALF_REFUSED, record, "handling_branch", CHANGE.decode()))

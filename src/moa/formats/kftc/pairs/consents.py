"""EI13 and EB13: whether every new application has the evidence of the payer's consent.

The key is what KFTC names as such: payer number, bank, account and application date. Only type 1 needs evidence. Banks
are compared under their codes of today. Evidence serves every application with its key, so of two like
applications neither lacks it; that the second repeats the first is a warning of its own. Faulty evidence (0101 to 0105) refuses the
applications that it serves and no other; evidence whose file is broken otherwise proves nothing for any.
Source: KFTC notice of 2015-07-22, annex 2 (matching key) and code 0078.
"""

from __future__ import annotations

import numpy as np

from moa.formats.fixed_width.finding import Finding, error, warning
from moa.formats.kftc.listing import ERRORS_LISTED

from .answers import BANK, hint_at
from .columns import Bytes, Numbers, Table, bank_of_today, joined, representative_banks, widened
from .hint import Hint
from .judgement import Judgement
from .matching import Groups, grouped
from .near import Neighbours
from .outcomes import OutcomeTable
from .sides import Side
from .verdict import PartialReading

_ACCEPTED, _REFUSED, _UNKNOWN = "accepted", "refused", "unknown"
_WORDS = (_ACCEPTED, _REFUSED, _UNKNOWN)
_MISSING = "0078"
# What the centre refuses one application for; all other faults are those of the file.
_EVIDENCE_FAULTS = frozenset(("0101", "0102", "0103", "0105"))
_NEW = b"1"
_FIELDS = (
    ("payer_no", "payer_no"),
    (BANK, "bank_code"),
    ("account_no", "account_no"),
    ("application_date", "application_date"),
)


def judge_consents(evidence: Side, request: Side, chosen: PartialReading | None) -> Judgement:
    """Shape: an EI13 and its EB13, with the same institution and date. The outcomes are those of EB13's rows."""
    outcomes = OutcomeTable(request.table, _WORDS)
    judgement = Judgement(outcomes)
    new = np.flatnonzero(request.table["application_type"] == _NEW)
    groups = grouped(_request_key(request.table)[new], _evidence_key(evidence.table))
    _serve(outcomes, evidence, new, groups)
    _warn_about_evidence(judgement, evidence, request, new, groups)
    _warn_about_banks(judgement, evidence, request)
    lacking = new[groups.answers[groups.request_group] == 0]
    _tell_lacking(judgement, evidence, request, lacking, groups)
    _refuse_for_faults(outcomes, evidence, new, groups)
    if len(new) and not len(evidence.table) and not evidence.lost_rows():
        judgement.found(evidence, warning("evidence_first"))
    if request.is_faulty or any(finding.code not in _EVIDENCE_FAULTS for finding in evidence.errors):
        outcomes.set(np.flatnonzero(outcomes.state == 0), _UNKNOWN)
    judgement.totals = {
        "requests": len(request.table),
        "new": len(new),
        "evidence": len(evidence.table),
        **outcomes.counts(),
    }
    judgement.codes = outcomes.codes()
    return judgement


def _request_key(table: Table) -> Bytes:
    century = np.full(len(table), b"20", dtype="S2")
    return joined(
        widened(table["payer_no"], 30),
        widened(table["account_no"], 20),
        representative_banks(table[BANK]),
        century,
        table["application_date"],
    )


def _evidence_key(table: Table) -> Bytes:
    return joined(
        table["payer_no"],
        table["account_no"],
        representative_banks(table["bank_code"]),
        table["application_date"],
    )


def _serve(outcomes: OutcomeTable, evidence: Side, new: Numbers, groups: Groups) -> None:
    """Names for each new application the first evidence with its key."""
    first = np.full(len(groups.answers), -1, dtype=np.int64)
    first[groups.answer_group[::-1]] = evidence.table.records[::-1]
    outcomes.answer_record[new] = first[groups.request_group]


def _refuse_for_faults(outcomes: OutcomeTable, evidence: Side, new: Numbers, groups: Groups) -> None:
    """Applications whose evidence the centre refuses; where only some of it is faulty nobody knows which counts.

    Where one piece has several faults, the first is the reason.
    """
    reasons = {
        finding.record: finding.code
        for finding in reversed(evidence.errors)
        if finding.code in _EVIDENCE_FAULTS and finding.record is not None
    }
    faulty = evidence.rows_of(sorted(record for record in reasons if record is not None))
    count = np.bincount(groups.answer_group[faulty], minlength=len(groups.answers))
    all_faulty = (count == groups.answers) & (count > 0)
    outcomes.set(new[((count > 0) & ~all_faulty)[groups.request_group]], _UNKNOWN)
    refused = new[all_faulty[groups.request_group]]
    outcomes.set(refused, _REFUSED)
    for row in refused.tolist():
        outcomes.code[row] = reasons[int(outcomes.answer_record[row])].encode()


def _warn_about_evidence(
    judgement: Judgement, evidence: Side, request: Side, new: Numbers, groups: Groups
) -> None:
    """Evidence that nothing needs, or that is there twice; applications that repeat an earlier one."""
    payer, payer_asked = evidence.table.text_of("payer_no"), request.table.text_of("payer_no")
    garbled = {payer_asked(row) for row in request.rows_of(request.unrecognisable())}
    unused = [row for row in np.flatnonzero(groups.is_orphan).tolist() if payer(row) not in garbled]
    judgement.warn_rows(evidence, "evidence_unused", unused, "payer_no", payer)
    _, first = np.unique(groups.answer_group, return_index=True)
    again = np.setdiff1d(np.arange(len(evidence.table)), first).tolist()
    judgement.warn_rows(evidence, "duplicate_evidence", again, "payer_no", payer)
    repeated = new[groups.repeated()].tolist()
    judgement.warn_rows(request, "row_repeated", repeated, "payer_no", payer_asked)


def _warn_about_banks(judgement: Judgement, evidence: Side, request: Side) -> None:
    """Evidence that names the bank by another code than the first application it serves."""
    asked = np.flatnonzero(judgement.outcomes.answer_record >= 0)
    served = np.searchsorted(evidence.table.records, judgement.outcomes.answer_record[asked])
    unlike = request.table[BANK][asked].astype("S3") != evidence.table["bank_code"][served]
    theirs = dict(zip(served[unlike][::-1].tolist(), asked[unlike][::-1].tolist(), strict=True))

    judgement.warn_rows(
        evidence,
        "bank_code_differs",
        sorted(theirs),
        "bank_code",
        evidence.table.text_of("bank_code"),
        lambda row: hint_at(request, [theirs[row]], BANK),
    )


def _tell_lacking(judgement: Judgement, evidence: Side, request: Side, rows: Numbers, groups: Groups) -> None:
    """New applications without evidence, with the evidence that comes nearest and what differs in it.

    Not told where a fault that is told already explains it: in the row's own key, or in evidence that may be meant.
    """
    outcomes = judgement.outcomes
    if evidence.lost_rows():
        if len(rows):
            judgement.found(evidence, warning("pair_file_invalid"))
        outcomes.set(rows, _UNKNOWN)
        return
    unrecognisable, excused = request.unrecognisable(), evidence.unrecognisable()
    asking = rows.tolist()
    near = Neighbours(
        evidence.table, request.table, asking[: 2 * ERRORS_LISTED], _FIELDS, _normal, ~groups.is_orphan
    )
    refused = []
    for row in asking:
        record = int(request.table.records[row])
        if record in unrecognisable or any(
            int(evidence.table.records[each]) in excused for each in near.candidates(row)
        ):
            outcomes.set([row], _UNKNOWN)
            continue
        refused.append(row)
        listed = judgement.error_count < ERRORS_LISTED
        finding, hint = _lacking(evidence, request, near, row) if listed else (error(_MISSING, record), None)
        judgement.found(request, finding, hint)
    outcomes.set(refused, _REFUSED)
    outcomes.code[refused] = _MISSING.encode()


def _lacking(evidence: Side, request: Side, near: Neighbours, row: int) -> tuple[Finding, Hint | None]:
    """The finding is at the field that differs, the hint says what stands in the evidence instead."""
    nearest = near.nearest(row)
    differing = nearest.differing if nearest else {}
    name = next((ours for ours, theirs in _FIELDS if theirs in differing), "payer_no")
    finding = error(_MISSING, int(request.table.records[row]), name, request.table.text(name, row))
    return finding, nearest.hint(evidence.label) if nearest else None


def _normal(name: str, text: str) -> str:
    """Texts that mean the same are the same: a bank under its code of today, a date with its century."""
    if name in (BANK, "bank_code"):
        return bank_of_today(text)
    return f"20{text}" if name == "application_date" and len(text) == 6 else text

"""EB21 and EB22, EC21 and EC22: what was debited of each request, to the won.

A result names only what failed (N) or was debited in part (P). It is matched by payer number and account, and by the
amount: a failure shows the whole amount of its request, a part less. Requests that nothing tells apart are clear only if
all of them failed or none; their sequence numbers may be renumbered and are not looked at.
Source: reference layouts (amount, result); DESIGN §9.5.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from moa.formats.fixed_width.finding import error, warning

from .answers import (
    DOUBTS_SILENCE,
    excuse_answered,
    hint_at,
    matched,
    tell_doubt,
    tell_orphans,
    warn_banks,
    warn_differing,
)
from .columns import Bytes, Flags, Numbers, Table, joined, summed, won
from .judgement import Judgement
from .matching import Groups, grouped
from .outcomes import NOBODY, OutcomeTable
from .partial_reading import FIGURES, Decision, Failures, decide
from .settling import settle
from .sides import Side
from .verdict import PartialReading

_DEBITED, _PARTIAL, _FAILED, _AMBIGUOUS, _UNKNOWN = _WORDS = (
    "debited", "partial", "failed", "ambiguous", "unknown",
)  # fmt: skip
_FIELDS = ("payer_no", "account_no", "amount")
_TRAILER_CODES = ("count_mismatch", "amount_mismatch", "partial_reading_undecided")
_FULL, _PART = b"1", b"P"


def judge_debits(request: Side, answer: Side, chosen: PartialReading | None) -> Judgement:
    """Shape: a request file and its result, with the same institution and date."""
    case = _Case(request, answer)
    case.match()
    excuse_answered(request, case.judgement)
    decision = case.decide(chosen)
    case.conclude(decision)
    return case.judgement


class _Case:
    """One pair while it is judged."""

    def __init__(self, request: Side, answer: Side) -> None:
        self.request, self.answer = request, answer
        self.outcomes = OutcomeTable(request.table, _WORDS, has_amounts=True)
        self.judgement = Judgement(self.outcomes)
        assert self.outcomes.amount is not None
        self.asked: Numbers = self.outcomes.amount
        self.shown = won(answer.table["amount"])
        self.is_part: Flags = answer.table["result"] == _PART
        self.strangers: list[int] = []

    def match(self) -> None:
        """Gives each result to its request, and tells those that belong to none or might belong to several."""
        groups = grouped(_key(self.request.table), _key(self.answer.table))
        repeated, payer = groups.repeated().tolist(), self.request.table.text_of("payer_no")
        self.judgement.warn_rows(self.request, "duplicate_request", repeated, "payer_no", payer)
        self._match_plain(groups)
        for requests, answers in groups.doubtful():
            self._settle(requests, answers)
        orphans = np.flatnonzero(groups.is_orphan).tolist()
        strangers = np.array(sorted(orphans + self.strangers), dtype=np.int64)
        tell_orphans(self.judgement, self.request, self.answer, strangers, _FIELDS)
        together = matched(self.judgement, self.answer)
        warn_banks(self.judgement, self.request, self.answer, together)
        warn_differing(self.judgement, self.request, self.answer, together, "debit_form")
        self._warn_parts_of_whole(together)

    def _match_plain(self, groups: Groups) -> None:
        """Results that are the only one of the only request of their payer and account."""
        plain = np.flatnonzero(groups.is_plain)
        rows = groups.first_request[groups.answer_group[plain]]
        asked, shown, part = self.asked[rows], self.shown[plain], self.is_part[plain]
        whole = ~part & (shown == asked)
        self._give(rows[whole], plain[whole], _FAILED)
        some = part & (shown > 0) & (shown < asked)
        self._give(rows[some], plain[some], _PARTIAL)
        self.strangers += plain[~part & ~whole].tolist()
        for row, its in zip(rows[part & ~some].tolist(), plain[part & ~some].tolist(), strict=True):
            self._tell_impossible(its, [row])

    def _give(self, rows: Numbers | list[int], answers: Numbers | list[int], word: str) -> None:
        self.outcomes.set(rows, word)
        self.outcomes.code[rows] = self.answer.table["error_code"][answers]
        self.outcomes.answer_record[rows] = self.answer.table.records[answers]

    def _tell_impossible(self, answer: int, rows: list[int]) -> None:
        """A part that is nothing, or not less than what was asked. Shape: `rows` are the requests it may be meant for."""
        record, shown = int(self.answer.table.records[answer]), str(self.shown[answer])
        most = max(rows, key=lambda row: self.asked[row])
        hint = hint_at(self.request, [most], "amount")
        self.judgement.found(self.answer, error("partial_amount_invalid", record, "amount", shown), hint)
        self.outcomes.set(rows, _AMBIGUOUS)

    def _settle(self, requests: list[int], answers: list[int]) -> None:
        """Several requests or several results of one payer and account."""
        results = list(zip(self.is_part[answers].tolist(), self.shown[answers].tolist(), strict=True))
        settled = settle(self.asked[requests].tolist(), results)
        for certain, word in ((settled.failed, _FAILED), (settled.partial, _PARTIAL)):
            rows, its = [requests[row] for row, _ in certain], [answers[at] for _, at in certain]
            self._give(rows, its, word)
            self._clear_codes_unless_alike(rows, its)
        self.outcomes.set([requests[row] for row in settled.doubtful], _AMBIGUOUS)
        self.strangers += [answers[at] for at in settled.strangers]
        for meant, its in settled.doubts:
            rows, its = [requests[row] for row in meant], [answers[at] for at in its]
            tell_doubt(self.judgement, self.request, self.answer, rows, its)
        for at in settled.impossible:
            self._tell_impossible(answers[at], [requests[row] for row in sorted(settled.doubtful)])

    def _clear_codes_unless_alike(self, rows: list[int], answers: list[int]) -> None:
        """Requests with like results for different reasons: what became of each is certain, but not why.

        Shape: all failed, or all debited in part.
        """
        codes: dict[int, set[bytes]] = defaultdict(set)
        for at in answers:
            codes[int(self.shown[at])].add(self.answer.table["error_code"][at])
        for row, at in zip(rows, answers, strict=True):
            reasons = codes[int(self.shown[at])]
            if len(reasons) > 1:
                self.outcomes.code[row] = b"    "
                told = ", ".join(sorted(each.decode("ascii", "replace").strip() for each in reasons))
                record = int(self.answer.table.records[at])
                self.judgement.found(self.answer, warning("request_ambiguous", record, "error_code", told))

    def _warn_parts_of_whole(self, together: tuple[Numbers, Numbers]) -> None:
        """A part of what was asked for as a whole; where the result's own debit form shows it, that is told already."""
        asked, answered = together
        own = self.answer.table["debit_form"][answered] == _FULL
        odd = self.is_part[answered] & (self.request.table["debit_form"][asked] == _FULL) & ~own
        self.judgement.warn_rows(
            self.answer, "partial_for_full", answered[odd].tolist(), "result", lambda row: _PART.decode()
        )

    def decide(self, chosen: PartialReading | None) -> Decision | None:
        """The trailer's figures judged with the requests. Shape: None when they can't be, for a fault told already."""
        asked, answered = matched(self.judgement, self.answer)
        others = [f for f in self.answer.errors if f.code not in _TRAILER_CODES or f.field not in FIGURES]
        if others or self.request.is_faulty or len(answered) < len(self.answer.table):
            return None
        self.answer.drop(_TRAILER_CODES, FIGURES)
        failures = Failures(
            self.is_part[answered],
            self.request.table["debit_form"][asked] != _FULL,
            self.asked[asked],
            self.shown[answered],
        )
        decision = decide(failures, self.answer.summary.trailer, chosen)
        for finding in decision.findings:
            self.judgement.found(self.answer, finding._replace(record=self.answer.trailer_record))
        return decision

    def conclude(self, decision: Decision | None) -> None:
        """What is known of each request, and the sums."""
        outcomes, judgement = self.outcomes, self.judgement
        if self.request.is_faulty or self.answer.is_faulty or (decision and not decision.is_sound):
            outcomes.state[:] = outcomes.words.index(_UNKNOWN)
            outcomes.code[:] = b"    "
        elif judgement.has(*DOUBTS_SILENCE):
            outcomes.set(np.flatnonzero(outcomes.state == 0), _UNKNOWN)
        judgement.partial_reading = decision.reading if decision else None
        self._tell_debited()
        judgement.totals = {
            "requests": len(self.request.table),
            "results": len(self.answer.table),
            **outcomes.counts(),
            **_sums(self.asked, outcomes.debited),
        }
        judgement.codes = outcomes.codes()

    def _tell_debited(self) -> None:
        outcomes, reading = self.outcomes, self.judgement.partial_reading
        states = {word: outcomes.state == outcomes.words.index(word) for word in _WORDS}
        outcomes.debited[:] = NOBODY
        outcomes.debited[states[_DEBITED]] = self.asked[states[_DEBITED]]
        outcomes.debited[states[_FAILED]] = 0
        if reading is not None:
            rows = np.flatnonzero(states[_PARTIAL])
            answered = np.searchsorted(self.answer.table.records, outcomes.answer_record[rows])
            shown = self.shown[answered]
            outcomes.debited[rows] = shown if reading == "debited" else self.asked[rows] - shown


def _key(table: Table) -> Bytes:
    return joined(table["payer_no"], table["account_no"])


def _sums(asked: Numbers, debited: Numbers) -> dict[str, int]:
    """Won by what is known: requested = debited + not debited + undecided."""
    known = debited >= 0
    sums = {"requested_amount": summed(asked), "debited_amount": summed(debited[known])}
    sums["not_debited_amount"] = summed(asked[known]) - sums["debited_amount"]
    sums["undecided_amount"] = summed(asked[~known])
    return sums

"""What all failures-only results have in common: an answer without its request, answers that differ, doubles."""

from __future__ import annotations

import numpy as np

from moa.formats.fixed_width.finding import error, warning
from moa.formats.kftc.listing import ERRORS_LISTED

from .columns import Flags, Numbers, bank_of_today, representative_banks
from .hint import Hint
from .judgement import Judgement
from .near import Neighbours
from .sides import Side

# An answer that belongs to nothing may be a garbled answer to one of ours, so silence proves nothing any more.
DOUBTS_SILENCE = ("request_unknown", "result_repeated", "too_many_errors")
BANK = "bank_branch_code"
_MEANT_TOLD = 100


def tell_orphans(
    judgement: Judgement, request: Side, answer: Side, rows: Numbers, fields: tuple[str, ...]
) -> None:
    """Answers for which there is no request, with the request that comes nearest.

    Not told where a fault that is told already explains it: in the answer's own key, or in a request that may be meant.
    Called when all others have been given to their requests.
    """
    if request.lost_rows():
        if len(rows):
            judgement.found(request, warning("pair_file_invalid"))
        return
    unrecognisable = answer.unrecognisable()
    asking = [row for row in rows.tolist() if int(answer.table.records[row]) not in unrecognisable]
    near = Neighbours(
        request.table,
        answer.table,
        asking[:ERRORS_LISTED],
        tuple((name, name) for name in fields),
        _normal,
        judgement.outcomes.state != 0,
    )
    excused = request.unrecognisable()
    for row in asking:
        if judgement.error_count > ERRORS_LISTED:
            judgement.error_count += 1
            continue
        candidates = near.candidates(row)
        if any(int(request.table.records[each]) in excused for each in candidates):
            continue
        nearest = near.nearest(row)
        name = next(iter(nearest.differing), "payer_no") if nearest else "payer_no"
        finding = error("request_unknown", int(answer.table.records[row]), name, answer.table.text(name, row))
        judgement.found(answer, finding, nearest.hint(request.label) if nearest else None)


def _normal(name: str, text: str) -> str:
    """Banks are the same when their codes of today are."""
    return bank_of_today(text) if name == BANK else text


def warn_differing(
    judgement: Judgement, request: Side, answer: Side, pairs: tuple[Numbers, Numbers], name: str
) -> None:
    """Answers that say something else in a field which does not decide to whom they belong.

    Shape: `pairs` are the rows of requests and of answers that belong together.
    """
    unlike = request.table[name][pairs[0]] != answer.table[name][pairs[1]]
    _warn_pairs(judgement, request, answer, pairs, unlike, "answer_differs", name)


def warn_banks(judgement: Judgement, request: Side, answer: Side, pairs: tuple[Numbers, Numbers]) -> None:
    """The same bank under another code; and another bank, though payer and account agree."""
    asked, answered = request.table[BANK][pairs[0]], answer.table[BANK][pairs[1]]
    same = representative_banks(asked) == representative_banks(answered)
    unlike = same & (asked.astype("S3") != answered.astype("S3"))
    _warn_pairs(judgement, request, answer, pairs, unlike, "bank_code_differs", BANK)
    _warn_pairs(judgement, request, answer, pairs, ~same, "answer_differs", BANK)


def _warn_pairs(
    judgement: Judgement,
    request: Side,
    answer: Side,
    pairs: tuple[Numbers, Numbers],
    unlike: Flags,
    code: str,
    name: str,
) -> None:
    """Shape: `unlike` marks those of the pairs that are told, with what stands in the request."""
    asked = dict(zip(pairs[1][unlike].tolist(), pairs[0][unlike].tolist(), strict=True))

    judgement.warn_rows(
        answer,
        code,
        sorted(asked),
        name,
        answer.table.text_of(name),
        lambda row: hint_at(request, [asked[row]], name),
    )


def matched(judgement: Judgement, answer: Side) -> tuple[Numbers, Numbers]:
    """The rows of requests and answers that belong together, in the order of the requests."""
    asked = np.flatnonzero(judgement.outcomes.answer_record >= 0)
    answered = np.searchsorted(answer.table.records, judgement.outcomes.answer_record[asked])
    return asked, answered


def excuse_answered(request: Side, judgement: Judgement) -> None:
    """A fault of a request that its own result names is answered: from then on it is a warning."""
    table, codes = request.table, judgement.outcomes.code
    for at, finding in enumerate(request.findings):
        if finding.severity != "error" or finding.record is None:
            continue
        row = table.row_of(finding.record)
        if row is not None and codes[row] == finding.code.encode("ascii", "replace"):
            request.excuse(at)


def tell_doubt(
    judgement: Judgement, request: Side, answer: Side, requests: list[int], answers: list[int]
) -> None:
    """Answers that might belong to several requests; the first beyond their number are repetitions instead."""
    meant = hint_at(request, requests, "payer_no")
    for at, row in enumerate(answers):
        if len(answers) > len(requests):
            if at < len(requests):
                continue
            code = "result_repeated"
        else:
            code = "request_ambiguous"
        payer = answer.table.text("payer_no", row)
        judgement.found(answer, error(code, int(answer.table.records[row]), "payer_no", payer), meant)


def hint_at(side: Side, rows: list[int], name: str) -> Hint:
    """These rows of a file, with what the first says in this field; of very many the first hundred."""
    first, *others = (int(side.table.records[row]) for row in rows[:_MEANT_TOLD])
    return Hint(side.label, first, name, side.table.text(name, rows[0]), tuple(others))

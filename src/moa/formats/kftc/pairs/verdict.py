"""What is said about a pair: whether it holds, everything against it, and the outcome of each request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, TextIO

from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc.codes import LANGUAGES, ResultCode

from .hint import Hint

PartialReading = Literal["not-debited", "debited"]
READINGS: tuple[PartialReading, ...] = ("not-debited", "debited")


class PairFinding(NamedTuple):
    """A finding and the file it is about.

    Shape: `file` is the kind (EB13), FILE1 or FILE2 where the kinds do not tell the files apart, None for the pair.
    `hint` says what stands in the other file instead, where that is known.
    """

    file: str | None
    finding: Finding
    hint: Hint | None = None

    def as_json(self) -> dict[str, Any]:
        """Shape: `hint` is there only where there is one."""
        told = {"file": self.file, **self.finding.as_json()}
        return told if self.hint is None else {**told, "hint": self.hint.as_json()}


class Outcome(NamedTuple):
    """What became of one request.

    Shape: `record` is the request's, `answer_record` that of the result or evidence which decides it (None: nothing
    does, or several). `outcome` is one of those of its pair of files:
    EI13+EB13 accepted refused unknown · EB11+EB12 accepted refused ambiguous unknown ·
    EB13+EB14 registered cancelled refused ambiguous unknown · EB21+EB22, EC21+EC22 debited partial failed ambiguous
    unknown. `code` is empty unless it was refused, failed or partly debited; also where several like requests failed for
    different reasons. `amount`, `debited` and `not_debited` are won, None where there is no amount or it is not
    known. `change_with` is the record of the other half of a changed account.
    """

    record: int
    payer_no: str
    account_no: str
    application_type: str
    amount: int | None
    outcome: str
    code: str
    answer_record: int | None
    debited: int | None
    not_debited: int | None
    change_with: int | None

    def as_json(self) -> dict[str, str | int | None]:
        told: dict[str, str | int | None] = {
            "record": self.record,
            "payer_no": self.payer_no,
            "account_no": self.account_no,
        }
        if self.amount is None:
            told["application_type"] = self.application_type
        else:
            told["amount"] = self.amount
        told |= {"outcome": self.outcome, "code": self.code, "answer_record": self.answer_record}
        if self.amount is not None:
            told |= {"debited": self.debited, "not_debited": self.not_debited}
        if self.change_with is not None:
            told["change_with"] = self.change_with
        return told


class Outcomes(Protocol):
    """The outcomes in the order of the requests; they are made as they are asked for, as often as one likes."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Outcome]: ...


@dataclass(frozen=True)
class PairVerdict:
    """Whether the pair holds, and all that was found.

    Shape: `kinds` has the request or evidence first, whatever the order of the arguments. `totals` counts the requests, their
    answers and each outcome, and for debits the won. `partial_reading` says what the amount of a partial debit means in
    this result, None where it has none or that is not known. At most 20,000 errors, and 1,000 warnings of a code, are
    listed; all are counted in `error_count` and `warning_counts`. `codes` explains the codes that occur in the outcomes.
    """

    kinds: tuple[str, str]
    accepted: bool
    errors: tuple[PairFinding, ...]
    warnings: tuple[PairFinding, ...]
    outcomes: Outcomes
    partial_reading: PartialReading | None = None
    totals: dict[str, int] = field(default_factory=dict)
    error_count: int = 0
    warning_counts: dict[str, int] = field(default_factory=dict)
    codes: tuple[ResultCode, ...] = ()

    def write_json(self, out: TextIO) -> None:
        """One object with the names of this class; the outcomes are written one by one."""
        facts = {
            "kinds": self.kinds,
            "accepted": self.accepted,
            "partial_reading": self.partial_reading,
            "totals": self.totals,
            "warning_counts": self.warning_counts,
            "codes": {each.code: code_json(each) for each in self.codes},
            "errors": [each.as_json() for each in self.errors],
            "warnings": [each.as_json() for each in self.warnings],
        }
        out.write(json.dumps(facts, ensure_ascii=False)[:-1] + ', "outcomes": [')
        encode = json.JSONEncoder(ensure_ascii=False).encode
        for number, outcome in enumerate(self.outcomes):
            out.write((",\n" if number else "\n") + encode(outcome.as_json()))
        out.write("]}\n")


def code_json(code: ResultCode) -> dict[str, Any]:
    """Who gives the code, what it says, and what follows for the billed item and for the mandate."""
    return {
        "given_by": code.given_by.value,
        "item": code.item.value,
        "mandate": code.mandate.value,
        "same_payer_no": code.same_payer_no,
        "title": {language: code.title(language) for language in LANGUAGES},
        "reason": {language: code.reason(language) for language in LANGUAGES},
    }

"""What a statement file says, as one JSON document, written while the file is read.

A file of millions of entries is never held: an entry is written when it is read, the facts that a file states last
(account, balances) after the entries of their statement, the problems at the end. Only problems are kept, and of
those no more than `MOST_LISTED` of each kind; their full number is always told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TextIO

from moa.formats.recognise import reader_for, recognise
from moa.formats.statements import Detail, Entry, FileFacts, ReadOptions, StatementEnd, StatementStart
from moa.kernel.errors import Problem, error
from moa.kernel.masking import mask_residents, mask_text
from moa.kernel.money import to_text

MOST_LISTED = 10_000
# Entries written together: one call into the encoder and the stream for many.
_BATCH = 200


@dataclass(slots=True)
class Findings:
    """The problems of one severity: the first of them, and how many there were."""

    listed: list[dict[str, str]] = field(default_factory=list)
    count: int = 0

    def add(self, problem: Problem) -> None:
        self.count += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append(problem._replace(value=mask_text(problem.value)).as_json())


def inspect(
    source: BinaryIO, options: ReadOptions, out: TextIO, *, format: str = "", limit: int | None = None
) -> int:
    """Write what the file says to `out` and give the number of errors.

    Shape: `source` is seekable; `format` forces a reader; `limit` caps the entries that are written, not those that
    are read and counted. Problems: format_unknown, and those of the reader.
    """
    facts = FileFacts(format=format)
    recognised = reader_for(format) if format else recognise(source, options)
    document = _Document(out, limit)
    if recognised is None:
        document.problem(error("format_unknown", "file", "", ""))
    else:
        facts.format = recognised.format
        source.seek(0)
        for event in recognised.reader(source, options, facts):
            if type(event) is Entry:
                document.entry(event)
            elif isinstance(event, Problem):
                document.problem(event)
            elif isinstance(event, StatementStart):
                document.start()
            elif isinstance(event, StatementEnd):
                document.end(event)
    return document.close(facts)


class _Document:
    """The JSON text in the making. The entries of a statement come first in it, its other keys after them."""

    def __init__(self, out: TextIO, limit: int | None) -> None:
        self._out = out
        self._left = limit
        self._warnings, self._errors = Findings(), Findings()
        self._statements = 0
        self._open = False
        self._waiting: list[dict[str, Any]] = []
        self._first_entry = True
        self._encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        out.write('{"statements":[')

    def start(self) -> None:
        if self._open:
            self._finish({})
        self._out.write('\n{"entries":[' if not self._statements else ',\n{"entries":[')
        self._statements += 1
        self._open = self._first_entry = True

    def entry(self, entry: Entry) -> None:
        if self._left is not None:
            if self._left <= 0:
                return
            self._left -= 1
        self._waiting.append(entry_json(entry))
        if len(self._waiting) >= _BATCH:
            self._write_entries()

    def problem(self, problem: Problem) -> None:
        (self._errors if problem.severity == "error" else self._warnings).add(problem)

    def end(self, end: StatementEnd) -> None:
        self._finish(statement_json(end))

    def close(self, facts: FileFacts) -> int:
        if self._open:
            self._finish({})
        rest = {
            "format": facts.format,
            "encoding": facts.encoding,
            "profile": facts.profile,
            "warnings": self._warnings.listed,
            "errors": self._errors.listed,
            "warning_count": self._warnings.count,
            "error_count": self._errors.count,
        }
        self._out.write("\n]," + self._encode(rest)[1:] + "\n")
        return self._errors.count

    def _finish(self, facts: dict[str, Any]) -> None:
        self._write_entries()
        self._out.write("]" + ("," + self._encode(facts)[1:] if facts else "}"))
        self._open = False

    def _write_entries(self) -> None:
        if not self._waiting:
            return
        rows = self._encode(self._waiting)[1:-1]
        self._out.write(("\n" if self._first_entry else ",\n") + rows)
        self._waiting.clear()
        self._first_entry = False


def entry_json(entry: Entry) -> dict[str, Any]:
    """One entry for a machine. Shape: amounts unsigned decimal text, persons' numbers masked."""
    return {
        "date": entry.date.isoformat(),
        "value_date": entry.value_date.isoformat() if entry.value_date else None,
        "time": entry.time.isoformat() if entry.time else None,
        "amount": to_text(entry.amount_minor, entry.currency),
        "currency": entry.currency,
        "direction": entry.direction,
        "status": entry.status,
        "reference": mask_residents(entry.reference),
        "bank_reference": mask_residents(entry.bank_reference),
        "description": mask_text(entry.description),
        "counterparty": mask_text(entry.counterparty),
        "counterparty_account": entry.counterparty_account,
        "balance": None if entry.balance_minor is None else to_text(entry.balance_minor, entry.currency),
        "place": entry.place,
        "details": [_detail_json(detail) for detail in entry.details],
    }


def _detail_json(detail: Detail) -> dict[str, str]:
    return {
        "amount": to_text(detail.amount_minor, detail.currency),
        "currency": detail.currency,
        "direction": detail.direction,
        "reference": mask_residents(detail.reference),
        "description": mask_text(detail.description),
        "counterparty": mask_text(detail.counterparty),
        "counterparty_account": detail.counterparty_account,
    }


def statement_json(end: StatementEnd) -> dict[str, Any]:
    """What a statement says as a whole. Shape: balances signed decimal text, None where not known."""

    def balance(minor: int | None) -> str | None:
        return None if minor is None else to_text(minor, end.currency)

    return {
        "account": end.account,
        "currency": end.currency,
        "opening": balance(end.opening_minor),
        "closing": balance(end.closing_minor),
        "from": end.from_date.isoformat() if end.from_date else None,
        "to": end.to_date.isoformat() if end.to_date else None,
        "entry_count": end.entry_count,
        "provisional": end.provisional,
        "newest_first": end.newest_first,
        "reference": mask_residents(end.reference),
        "bank": end.bank,
        "holder": mask_text(end.holder),
        "place": end.place,
    }

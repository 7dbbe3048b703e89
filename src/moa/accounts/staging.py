"""From a reader's events to a temporary table, in one pass: nothing of the file is held in memory.

The temporary table lives in the importing transaction; what it holds is not stored until `storing` says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from moa.accounts.rules import fingerprint
from moa.formats.statements import Entry, Event, StatementEnd, StatementStart
from moa.kernel.errors import Problem
from moa.kernel.masking import mask_text

KEPT_PROBLEMS = 1000
_BLOCK = 500

_TABLE = """
create temporary table if not exists import_line (
    index integer not null, n bigint not null, status text not null, booked_on date not null, value_date date,
    booked_time time, amount_minor bigint not null, running_minor bigint not null, balance_minor bigint,
    fingerprint uuid not null, place text not null, reference text not null, bank_reference text not null,
    description text not null, counterparty text not null, counterparty_account text not null, details jsonb,
    occurrence integer not null default 1, known boolean not null default false
) on commit delete rows
"""
_COPY = """
copy import_line (index, n, status, booked_on, value_date, booked_time, amount_minor, running_minor, balance_minor,
    fingerprint, place, reference, bank_reference, description, counterparty, counterparty_account, details) from stdin
"""


@dataclass(slots=True)
class Sums:
    """What the booked lines of one statement come to, for the page that shows its sum."""

    credits: int = 0
    credits_minor: int = 0
    debits: int = 0
    debits_minor: int = 0


@dataclass(slots=True)
class Staged:
    """What a file holds: its statements by index, and its problems, of which the first thousand are kept."""

    ends: dict[int, StatementEnd] = field(default_factory=dict)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    error_count: int = 0
    warning_count: int = 0
    entry_count: int = 0
    sums: dict[int, Sums] = field(default_factory=dict)

    def note(self, problem: Problem) -> None:
        if problem.severity == "error":
            self.error_count += 1
            if len(self.errors) < KEPT_PROBLEMS:
                self.errors.append(problem)
        else:
            self.warning_count += 1
            if len(self.warnings) < KEPT_PROBLEMS:
                self.warnings.append(problem)


def stage(events: Iterable[Event], progress: Callable[[int], None]) -> Staged:
    """Read all events; lines go to the temporary table `import_line` of this transaction."""
    staged = Staged()
    with connection.cursor() as cursor:
        # A big file is sorted and checked in memory; the setting ends with the transaction.
        cursor.execute("set local work_mem = '128MB'")
        cursor.execute(_TABLE)
        cursor.execute("truncate import_line")
        with cursor.copy(_COPY) as copy:
            _copy_lines(events, staged, copy.write, progress)
    return staged


def _copy_lines(
    events: Iterable[Event], staged: Staged, write: Callable[[str], Any], progress: Callable[[int], None]
) -> None:
    index, n, running, block = 0, 0, 0, []
    sums = Sums()
    for event in events:
        if type(event) is Entry:
            n += 1
            amount = event.amount_minor if event.direction == "credit" else -event.amount_minor
            if event.status == "booked":
                running += amount
                if amount >= 0:
                    sums.credits += 1
                    sums.credits_minor += amount
                else:
                    sums.debits += 1
                    sums.debits_minor -= amount
            block.append(_line(event, index, n, amount, running))
            if len(block) >= _BLOCK:
                write("".join(block))
                staged.entry_count += len(block)
                block.clear()
                progress(staged.entry_count)
        elif type(event) is StatementStart:
            index, running = event.index, 0
            sums = staged.sums[index] = Sums()
        elif type(event) is StatementEnd:
            staged.ends[index] = event
        elif type(event) is Problem:
            staged.note(event)
    write("".join(block))
    staged.entry_count += len(block)
    progress(staged.entry_count)


def _line(entry: Entry, index: int, n: int, amount: int, running: int) -> str:
    description, counterparty = mask_text(entry.description), mask_text(entry.counterparty)
    text = (
        f"{entry.place}\x1f{entry.reference}\x1f{entry.bank_reference}\x1f{description}\x1f{counterparty}\x1f"
        f"{entry.counterparty_account}"
    )
    if text.count("\x1f") != 5:
        return _line(_without_separators(entry), index, n, amount, running)
    # COPY's text form gives a meaning to these; they are rare, so the common line pays one look each.
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    text = text.replace("\x1f", "\t")
    balance = "\\N" if entry.balance_minor is None else entry.balance_minor
    return (
        f"{index}\t{n}\t{entry.status}\t{entry.date}\t{entry.value_date or _NULL}\t{entry.time or _NULL}\t{amount}\t"
        f"{running}\t{balance}\t{fingerprint(entry, description, counterparty)}\t{text}\t"
        f"{_details(entry) if entry.details else _NULL}\n"
    )


_NULL = "\\N"


def _without_separators(entry: Entry) -> Entry:
    return entry._replace(
        **{
            name: getattr(entry, name).replace("\x1f", " ")
            for name in (
                "place", "reference", "bank_reference", "description", "counterparty", "counterparty_account"
            )
        }
    )  # fmt: skip


def _details(entry: Entry) -> str:
    rows = [
        {
            "amount_minor": one.amount_minor, "currency": one.currency, "direction": one.direction,
            "reference": one.reference, "description": mask_text(one.description),
            "counterparty": mask_text(one.counterparty), "counterparty_account": one.counterparty_account,
        }
        for one in entry.details
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False).replace("\\", "\\\\")

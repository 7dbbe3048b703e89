"""From a reader's events to a temporary table, in one pass: nothing of the file is held in memory.

The temporary table lives in the importing transaction; what it holds is not stored until `storing` says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from moa.accounts.rules import DayMovement, fingerprint_of
from moa.formats.statements import Entry, Event, StatementEnd, StatementStart
from moa.kernel.errors import Problem, error
from moa.kernel.masking import mask_residents, mask_text
from moa.kernel.money import to_text

KEPT_PROBLEMS = 1000
_BLOCK = 500
# Three of these added up still fit the database's integers.
_MOST_MINOR = 10**18
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
# With so many statements in one file, finding the lines of each by reading the whole table would be slow.
_MANY_STATEMENTS = 20

# `twin` numbers lines of one statement that say the same; `occurrence` is the number under which one is stored.
_TABLE = """
create temporary table if not exists import_line (
    index integer not null, n bigint not null, status text not null, booked_on date not null, value_date date,
    booked_time time, amount_minor bigint not null, running_minor bigint not null, balance_minor bigint,
    fingerprint uuid not null, place text not null, reference text not null, bank_reference text not null,
    description text not null, counterparty text not null, counterparty_account text not null, details jsonb,
    twin integer not null default 1, occurrence integer not null default 1, known boolean not null default false
) on commit delete rows
"""
_COPY = """
copy import_line (index, n, status, booked_on, value_date, booked_time, amount_minor, running_minor, balance_minor,
    fingerprint, place, reference, bank_reference, description, counterparty, counterparty_account, details) from stdin
"""
# Only lines that have a twin in their statement are numbered by sorting; all others are the first of their kind.
_NUMBER_TWINS = """
update import_line l set twin = numbered.place, occurrence = numbered.place
  from (
    select l.index, l.n,
           row_number() over (partition by l.index, l.status = 'booked', l.booked_on, l.fingerprint order by l.n) as place
      from import_line l
      join (select index, status = 'booked' as booked, booked_on, fingerprint from import_line
             group by 1, 2, 3, 4 having count(*) > 1) twin
        on twin.index = l.index and twin.booked = (l.status = 'booked') and twin.booked_on = l.booked_on
           and twin.fingerprint = l.fingerprint
  ) numbered
 where numbered.index = l.index and numbered.n = l.n and numbered.place > 1
"""


@dataclass(slots=True)
class Sums:
    """What the lines of one statement come to. Shape: `days` movement and number of booked lines by day."""

    credits: int = 0
    credits_minor: int = 0
    debits: int = 0
    debits_minor: int = 0
    not_booked: int = 0
    days: dict[date, DayMovement] = field(default_factory=dict)

    @property
    def moved_minor(self) -> int:
        return self.credits_minor - self.debits_minor


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
                self.errors.append(_masked(problem))
        else:
            self.warning_count += 1
            if len(self.warnings) < KEPT_PROBLEMS:
                self.warnings.append(_masked(problem))


def _masked(problem: Problem) -> Problem:
    """What is kept of a finding holds no person's number; an account number is one, whatever it looks like."""
    if problem.code.startswith("account_"):
        return problem
    return problem._replace(value=mask_text(problem.value))


def stage(events: Iterable[Event], progress: Callable[[int], None]) -> Staged:
    """Read all events; lines go to the temporary table `import_line` of this transaction.

    Adds to the reader's findings what no reader can know: closing_mismatch (also of a reader that forgot to look),
    amount_too_large and date_out_of_range (nothing here can hold them).
    """
    staged = Staged()
    with connection.cursor() as cursor:
        # A big file is sorted and checked in memory; the setting ends with the transaction.
        cursor.execute(f"set local work_mem = '128MB'; {_TABLE}; delete from import_line")
        with cursor.copy(_COPY) as copy:
            _Copier(staged, copy.write, progress).take(events)
        if staged.error_count:
            return staged
        cursor.execute(_NUMBER_TWINS)
        if len(staged.ends) > _MANY_STATEMENTS:
            cursor.execute("create index if not exists import_line_by_statement on import_line (index)")
            cursor.execute("analyze import_line")
    return staged


class _Copier:
    """Writes entries as rows of COPY's text form, block by block, and adds up what they come to."""

    def __init__(self, staged: Staged, write: Callable[[str], Any], progress: Callable[[int], None]) -> None:
        self._staged, self._write, self._progress = staged, write, progress
        self._sums = Sums()
        self._day: date | None = None
        self._day_text = ""
        self._moved = self._count = 0

    def take(self, events: Iterable[Event]) -> None:
        staged, block = self._staged, list[str]()
        index, n, running = 0, 0, 0
        for event in events:
            if type(event) is Entry:
                n += 1
                amount = event.amount_minor if event.direction == "credit" else -event.amount_minor
                if event.date is not self._day and event.date != self._day:
                    self._begin_day(event)
                if event.status == "booked":
                    running += amount
                    self._add(amount)
                else:
                    self._sums.not_booked += 1
                if not -_MOST_MINOR < running < _MOST_MINOR or event.amount_minor >= _MOST_MINOR:
                    staged.note(error("amount_too_large", event.place, "amount", str(event.amount_minor)))
                if not staged.error_count:
                    block.append(_row(event, self._day_text, index, n, amount, running))
                if n % _BLOCK == 0:
                    self._flush(block, n)
            elif type(event) is StatementStart:
                index, running = event.index, 0
                self._sums = staged.sums[index] = Sums()
            elif type(event) is StatementEnd:
                self._end_day()
                staged.ends[index] = event
                self._check(event)
            elif type(event) is Problem:
                staged.note(event)
        self._flush(block, n)

    def _flush(self, block: list[str], n: int) -> None:
        if block:
            self._write("".join(block))
            block.clear()
        self._staged.entry_count = n
        self._progress(n)

    def _add(self, amount: int) -> None:
        sums = self._sums
        self._moved += amount
        self._count += 1
        if amount >= 0:
            sums.credits += 1
            sums.credits_minor += amount
        else:
            sums.debits += 1
            sums.debits_minor -= amount

    def _begin_day(self, entry: Entry) -> None:
        self._end_day()
        self._day, self._day_text = entry.date, entry.date.isoformat()
        if not _FIRST_DAY <= entry.date <= _LAST_DAY:
            self._staged.note(error("date_out_of_range", entry.place, "date", self._day_text))

    def _end_day(self) -> None:
        if self._day is not None and self._count:
            before = self._sums.days.get(self._day, DayMovement(self._day, 0, 0))
            self._sums.days[self._day] = DayMovement(
                self._day, before.movement_minor + self._moved, before.count + self._count
            )
        self._day, self._moved, self._count = None, 0, 0

    def _check(self, end: StatementEnd) -> None:
        for name, minor in (("opening", end.opening_minor), ("closing", end.closing_minor)):
            if minor is not None and abs(minor) >= _MOST_MINOR:
                self._staged.note(error("amount_too_large", end.place, name, str(minor)))
        if end.provisional or end.opening_minor is None or end.closing_minor is None:
            return
        computed = end.opening_minor + self._sums.moved_minor
        if computed != end.closing_minor and not self._staged.error_count:
            value = f"{to_text(end.closing_minor, end.currency)} ≠ {to_text(computed, end.currency)}"
            self._staged.note(error("closing_mismatch", end.place, "closing", value))


_NULL = "\\N"


def _row(entry: Entry, day: str, index: int, n: int, amount: int, running: int) -> str:
    value = entry.value_date
    value_text = _NULL if value is None else day if value == entry.date else value.isoformat()
    time_text = _NULL if entry.time is None else entry.time.isoformat()
    text = (
        f"{mask_residents(entry.reference)}\x1f{mask_residents(entry.bank_reference)}\x1f"
        f"{mask_text(entry.description)}\x1f{mask_text(entry.counterparty)}\x1f{entry.counterparty_account}"
    )
    printed = fingerprint_of(f"{day}\x1f{value_text}\x1f{time_text}\x1f{amount}\x1f{text}")
    text = f"{entry.place}\x1f{text}"
    if text.count("\x1f") != 5:
        return _row(_without_separators(entry), day, index, n, amount, running)
    # COPY's text form gives a meaning to these; they are rare, so the common line pays one look each.
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    text = text.replace("\x1f", "\t")
    balance = _NULL if entry.balance_minor is None else entry.balance_minor
    details = _details(entry) if entry.details else _NULL
    return (
        f"{index}\t{n}\t{entry.status}\t{day}\t{value_text}\t{time_text}\t{amount}\t{running}\t{balance}\t{printed}\t"
        f"{text}\t{details}\n"
    )


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
            "reference": _kept(mask_residents(one.reference)), "description": _kept(mask_text(one.description)),
            "counterparty": _kept(mask_text(one.counterparty)),
            "counterparty_account": _kept(one.counterparty_account),
        }
        for one in entry.details
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False).replace("\\", "\\\\")


def _kept(text: str) -> str:
    """The database keeps no NUL."""
    return text.replace("\x00", "\ufffd")

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
from moa.kernel.masking import mask_residents, mask_text, may_hold_number
from moa.kernel.money import to_text
from moa.kernel.plain_text import may_hold_unseen, without_unseen

KEPT_PROBLEMS = 1000
_BLOCK = 500
# Three of these added up still fit the database's integers.
_MOST_MINOR = 10**18
_MOST_OF_A_DAY = 50_000
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
copy import_line (index, n, status, amount_minor, running_minor, fingerprint, booked_on, value_date, booked_time,
    balance_minor, place, reference, bank_reference, description, counterparty, counterparty_account, details) from stdin
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
            copier = _Copier(staged, copy.write, progress)
            copier.take(events)
        if staged.error_count:
            return staged
        if copier.may_have_twins:
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
        # What the lines of the day at hand say, to see twins; unknown once a day comes back or has too many lines.
        self._said: set[str] = set()
        self.may_have_twins = False

    def take(self, events: Iterable[Event]) -> None:
        staged, block, said = self._staged, list[str](), self._said
        index, n, running = 0, 0, 0
        credits = credited = debits = debited = 0
        for event in events:
            if type(event) is Entry:
                n += 1
                amount = event.amount_minor if event.direction == "credit" else -event.amount_minor
                if event.date is not self._day and event.date != self._day:
                    self._end_day(credits, credited, debits, debited)
                    credits = credited = debits = debited = 0
                    self._begin_day(event)
                if event.status != "booked":
                    self._sums.not_booked += 1
                elif amount >= 0:
                    running += amount
                    credits, credited = credits + 1, credited + amount
                else:
                    running += amount
                    debits, debited = debits + 1, debited - amount
                if not -_MOST_MINOR < running < _MOST_MINOR or event.amount_minor >= _MOST_MINOR:
                    staged.note(error("amount_too_large", event.place, "amount", str(event.amount_minor)))
                if not staged.error_count:
                    printed, rest = _words(event, self._day_text, amount)
                    block.append(f"{index}\t{n}\t{event.status}\t{amount}\t{running}\t{printed}\t{rest}\n")
                    if printed in said:
                        self.may_have_twins = True
                    else:
                        said.add(printed)
                if n % _BLOCK == 0:
                    self._flush(block, n)
            elif type(event) is StatementStart:
                index, running = event.index, 0
                self._sums = staged.sums[index] = Sums()
            elif type(event) is StatementEnd:
                self._end_day(credits, credited, debits, debited)
                credits = credited = debits = debited = 0
                staged.ends[index] = event
                self._check(event)
            elif type(event) is Problem:
                staged.note(event)
        self._flush(block, n)

    def _flush(self, block: list[str], n: int) -> None:
        if block:
            self._write("".join(block))
            block.clear()
        if len(self._said) > _MOST_OF_A_DAY:
            self.may_have_twins = True
            self._said.clear()
        self._staged.entry_count = n
        self._progress(n)

    def _begin_day(self, entry: Entry) -> None:
        self._day, self._day_text = entry.date, entry.date.isoformat()
        self._said.clear()
        if entry.date in self._sums.days:
            self.may_have_twins = True
        if not _FIRST_DAY <= entry.date <= _LAST_DAY:
            self._staged.note(error("date_out_of_range", entry.place, "date", self._day_text))

    def _end_day(self, credits: int, credited: int, debits: int, debited: int) -> None:
        """Add what the booked lines of the day came to."""
        day, sums = self._day, self._sums
        self._day = None
        if day is None or not credits + debits:
            return
        sums.credits, sums.credits_minor = sums.credits + credits, sums.credits_minor + credited
        sums.debits, sums.debits_minor = sums.debits + debits, sums.debits_minor + debited
        before = sums.days.get(day, DayMovement(day, 0, 0))
        sums.days[day] = DayMovement(
            day, before.movement_minor + credited - debited, before.count + credits + debits
        )

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
# COPY's text form gives a meaning to these, and the database keeps no NUL.
_SPECIAL = b"\\\t\n\r\x00"


def _words(entry: Entry, day: str, amount: int) -> tuple[str, str]:
    """The fingerprint of a line, and what of its row does not depend on its place among the others."""
    value, at = entry.value_date, entry.time
    value_text = _NULL if value is None else day if value == entry.date else value.isoformat()
    time_text = _NULL if at is None else at.isoformat()
    text = (
        f"{entry.reference}\x1f{entry.bank_reference}\x1f{entry.description}\x1f{entry.counterparty}\x1f"
        f"{entry.counterparty_account}"
    )
    raw = text.encode()
    if may_hold_number(raw):
        text = _masked_words(entry)
        raw = text.encode()
    # The fingerprint is over the words as they came, so that a file which is here already is known again.
    printed = fingerprint_of(f"{day}\x1f{value_text}\x1f{time_text}\x1f{amount}\x1f".encode() + raw)
    if may_hold_unseen(raw.replace(b"\x1f", b"")):
        text = "\x1f".join(map(without_unseen, text.split("\x1f")))
        raw = text.encode()
    if len(raw.translate(None, _SPECIAL)) != len(raw):
        text = _escaped(text)
    if text.count("\x1f") != 4:
        return _words(_without_separators(entry), day, amount)
    balance = _NULL if entry.balance_minor is None else entry.balance_minor
    details = _details(entry) if entry.details else _NULL
    text = text.replace("\x1f", "\t")
    return printed, f"{day}\t{value_text}\t{time_text}\t{balance}\t{_escaped(entry.place)}\t{text}\t{details}"


def _masked_words(entry: Entry) -> str:
    return (
        f"{mask_residents(entry.reference)}\x1f{mask_residents(entry.bank_reference)}\x1f"
        f"{mask_text(entry.description)}\x1f{mask_text(entry.counterparty)}\x1f{entry.counterparty_account}"
    )


def _escaped(text: str) -> str:
    if "\\" not in text and text.isprintable():
        return text
    text = text.replace("\\", "\\\\").replace("\x00", "\ufffd")
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _without_separators(entry: Entry) -> Entry:
    return entry._replace(
        **{
            name: getattr(entry, name).replace("\x1f", " ")
            for name in ("reference", "bank_reference", "description", "counterparty", "counterparty_account")
        }
    )


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
    return without_unseen(text)

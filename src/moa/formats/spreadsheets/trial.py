"""A sample read by one profile: the lines as they would be taken in, and what does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from moa.formats.spreadsheets.cells import Row, Sheet
from moa.formats.spreadsheets.profiles import Profile
from moa.formats.spreadsheets.reader import open_sheets, read_sheets
from moa.formats.spreadsheets.refusals import WorkbookRefused
from moa.formats.statements import Entry, FileFacts, ReadOptions, StatementEnd
from moa.kernel.errors import Problem, error

TRIED_ROWS = 5000
SHOWN_LINES = 30
SHOWN_PROBLEMS = 50
# What is held against the end of a file says nothing where only its beginning was read.
_OF_THE_WHOLE = frozenset(("opening_mismatch", "closing_mismatch", "totals_mismatch", "date_outside_period"))


@dataclass(slots=True)
class Trial:
    """Shape: `lines` the first ones; `unlike` the balances that do not run; `balances` lines with a printed balance;
    counts of everything that was read; `is_cut` says that the sample goes on."""

    lines: list[Entry] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unlike: list[Problem] = field(default_factory=list)
    ends: list[StatementEnd] = field(default_factory=list)
    count: int = 0
    balances: int = 0
    error_count: int = 0
    unlike_count: int = 0
    is_cut: bool = False

    @property
    def holds_persons(self) -> bool:
        return any(one.code == "resident_number_refused" for one in self.errors)

    @property
    def is_sound(self) -> bool:
        """Whether lines were read, nothing is wrong, and every printed balance runs."""
        return bool(self.count) and not self.error_count and not self.unlike_count

    def note(self, problem: Problem) -> None:
        if problem.severity != "error":
            self.warnings.append(problem)
            del self.warnings[SHOWN_PROBLEMS:]
        elif problem.code == "balance_mismatch":
            self.unlike_count += 1
            self.unlike.append(problem)
            del self.unlike[SHOWN_PROBLEMS:]
        else:
            self.error_count += 1
            # A person's number must be seen even behind fifty other errors.
            if len(self.errors) < SHOWN_PROBLEMS or problem.code == "resident_number_refused":
                self.errors.append(problem)


def try_profile(source: BinaryIO, options: ReadOptions, profile: Profile, rows: int = TRIED_ROWS) -> Trial:
    """Read the first `rows` rows of every sheet by `profile` alone."""
    trial, facts = Trial(), FileFacts()
    try:
        sheets = open_sheets(source, options, facts, [profile])
    except WorkbookRefused as refusal:
        trial.note(error(refusal.code, "file", "", str(refusal.facts.get("value", ""))))
        return trial
    begun = [Sheet(one.name, _first(one, rows, trial), one.exact_width, one.serial_base) for one in sheets]
    held: list[Problem] = []
    for event in read_sheets(begun, options, facts, [profile]):
        if isinstance(event, Entry):
            trial.count += 1
            trial.balances += event.balance_minor is not None
            if len(trial.lines) < SHOWN_LINES:
                trial.lines.append(event)
        elif isinstance(event, StatementEnd):
            trial.ends.append(event)
        elif isinstance(event, Problem):
            if event.code in _OF_THE_WHOLE:
                held.append(event)
            else:
                trial.note(event)
    for problem in held:
        if not trial.is_cut:
            trial.note(problem)
    return trial


def _first(sheet: Sheet, rows: int, trial: Trial) -> Iterator[Row | Problem]:
    for number, item in enumerate(sheet.rows):
        if number >= rows:
            trial.is_cut = True
            return
        yield item

"""Understand a received statement file and store it whole, or refuse it whole with all its errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError

from moa.accounts.finding import AccountFinder
from moa.accounts.lifecycle import FILE, FileState
from moa.accounts.models import BankAccount, StatementFile
from moa.accounts.operations.store_statement import Outcome, park_statement, store_statement
from moa.accounts.permissions import IMPORT
from moa.accounts.reading import SHEET_LIMIT_BYTES, Reading, log_fault, stage_file
from moa.accounts.same_file import asked_before, lock_file, stored_before
from moa.accounts.staging import KEPT_PROBLEMS, Staged, Sums
from moa.accounts.storing import lock_clock, make_months
from moa.accounts.watching import file_refused, file_stored
from moa.control.access import permitted_units, require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.documents import DocumentNotKept, forget_content, open_document
from moa.control.models import Document
from moa.formats.statements import FileFacts, StatementEnd
from moa.kernel.errors import DomainError, NotFound, Problem, error

NOT_TO_BE_KEPT = "resident_number_refused"
# A larger file is looked up by its bytes before it is read a second time.
_SLOW_BYTES = 1_000_000


@dataclass(slots=True)
class ImportResult:
    """What became of a file. Shape: `parked` are account numbers; `errors` the kept ones, all counted."""

    file_id: int
    name: str
    stored: bool = False
    duplicate: bool = False
    entries_new: int = 0
    entries_known: int = 0
    parked: list[str] = field(default_factory=list)
    conflicts: int = 0
    errors: list[Problem] = field(default_factory=list)
    error_count: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.name, "stored": self.stored, "duplicate": self.duplicate, "entries_new": self.entries_new,
            "entries_known": self.entries_known, "parked": self.parked, "conflicts": self.conflicts,
            "errors": [problem.as_json() for problem in self.errors],
        }  # fmt: skip


class _Refused(Exception):
    """Rolls the storing transaction back; carries what was staged."""

    def __init__(self, staged: Staged, facts: FileFacts) -> None:
        super().__init__("refused")
        self.staged, self.facts = staged, facts


def import_file(
    ctx: Context, *, file_id: int, password: str = "", sheet_limit: int = SHEET_LIMIT_BYTES,
    progress: Callable[[int], None] = lambda done: None,
) -> ImportResult:  # fmt: skip
    """Store all statements of a received file, or none when it has any error.

    Opens its own transactions: one to claim the file, one to store or to mark it refused. Killed in between, the
    file is in state "reading" and a second call starts over; two calls at once do it one after the other, so the
    second finds it done. Raises: not_found, forbidden, move_not_allowed (already done).
    """
    with ctx.open():
        require(ctx, IMPORT)
        _claim(ctx, file_id)
    how = Reading(password, sheet_limit, progress)
    try:
        with ctx.open():
            return _store(ctx, _locked(ctx, file_id), how)
    except _Refused as refusal:
        staged, facts = refusal.staged, refusal.facts
    except (DomainError, OperationalError, InterfaceError, OSError, MemoryError):
        # A refusal of the call, or a fault that the next try may not meet; the file stays in reading.
        raise
    except Exception as fault:
        log_fault(f"storing file {file_id}", fault)
        staged, facts = Staged(), FileFacts()
        staged.note(error("storing_failed", "file"))
    with ctx.open():
        return _refuse(ctx, _locked(ctx, file_id), staged, facts)


def _claim(ctx: Context, file_id: int) -> None:
    """Put the file in state "reading", for whoever looks at it while it is read. Raises: not_found, move_not_allowed."""
    readable = [state for state in FileState if FILE.allows(state, "read")]
    claimed = StatementFile.objects.filter(id=file_id, state__in=readable)
    if not claimed.update(state=FileState.READING, state_at=ctx.at):
        FILE.after(_locked(ctx, file_id).state, "read")


def _locked(ctx: Context, file_id: int) -> StatementFile:
    file = lock_file(ctx, file_id)
    if file is None:
        raise NotFound(file=file_id)
    return file


def _store(ctx: Context, file: StatementFile, how: Reading) -> ImportResult:
    # Another call may have done it while this one waited for the file.
    FILE.after(file.state, "store")
    if file.size_bytes > _SLOW_BYTES and permitted_units(ctx, IMPORT) is None:
        twin = asked_before(file)
        if twin is not None:
            return _know(ctx, file, twin)
    finder = AccountFinder(ctx, file.asked_account)
    staged, facts = _read(ctx, file, finder, how)
    found = _accounts(finder, staged)
    if staged.error_count:
        raise _Refused(staged, facts)
    at = lock_clock(ctx)
    ids = {index: account.id if account else None for index, account in found.items()}
    twin = stored_before(file, ids, facts.profile)
    if twin is not None:
        return _know(ctx, file, twin)
    make_months(staged)
    outcomes: list[Outcome] = []
    for index, account in found.items():
        if account is None:
            end = staged.ends[index]
            outcomes.append(park_statement(ctx, file=file, index=index, end=end, number=finder.number(end)))
        else:
            outcomes.append(
                store_statement(ctx, file=file, staged=staged, index=index, account=account, at=at)
            )
    return _finish(ctx, file, staged, facts, outcomes)


def _read(ctx: Context, file: StatementFile, finder: AccountFinder, how: Reading) -> tuple[Staged, FileFacts]:
    try:
        with open_document(ctx, file.document_id) as source:
            return stage_file(ctx, file, finder, how, source)
    except DomainError as refusal:
        staged = Staged()
        code = NOT_TO_BE_KEPT if isinstance(refusal, DocumentNotKept) else refusal.code
        staged.note(error(code, "file"))
        return staged, FileFacts()


def _accounts(finder: AccountFinder, staged: Staged) -> dict[int, BankAccount | None]:
    """The account of each statement by its index, None where nobody has opened it here; what is wrong is noted."""
    found: dict[int, BankAccount | None] = {}
    if staged.error_count:
        return found
    for index, end in sorted(staged.ends.items()):
        account = finder.find(end)
        if isinstance(account, Problem):
            staged.note(account)
        else:
            found[index] = account
    return found


def _finish(
    ctx: Context, file: StatementFile, staged: Staged, facts: FileFacts, outcomes: list[Outcome]
) -> ImportResult:
    result = ImportResult(
        file.id, file.name,
        stored=any(one.stored for one in outcomes) or not outcomes,
        entries_new=sum(one.entries_new for one in outcomes),
        entries_known=sum(one.entries_known for one in outcomes),
        parked=list(dict.fromkeys(one.parked for one in outcomes if one.parked)),
        conflicts=sum(one.conflict for one in outcomes),
    )  # fmt: skip
    _describe(file, staged, facts)
    file.entries_new, file.entries_known = result.entries_new, result.entries_known
    _move(ctx, file, "store")
    file_stored(ctx, file)
    return result


def _know(ctx: Context, file: StatementFile, twin: StatementFile) -> ImportResult:
    """The very same file was stored before: nothing changes, and its facts are those of the other."""
    for name in (
        "format", "profile", "encoding", "entries_read", "warning_count", "problems", "checks", "accounts",
        "from_date", "to_date",
    ):  # fmt: skip
        setattr(file, name, getattr(twin, name))
    file.duplicate_of_id, file.entries_known = twin.id, twin.entries_read
    _move(ctx, file, "find_known")
    return ImportResult(file.id, file.name, stored=True, duplicate=True, entries_known=twin.entries_read)


def _refuse(ctx: Context, file: StatementFile, staged: Staged, facts: FileFacts) -> ImportResult:
    _describe(file, staged, facts)
    if any(problem.code == NOT_TO_BE_KEPT for problem in staged.errors):
        document = Document.objects.get(id=file.document_id)
        if document.stored:
            forget_content(ctx, document, code=NOT_TO_BE_KEPT)
    _move(ctx, file, "refuse")
    file_refused(ctx, file)
    return ImportResult(file.id, file.name, errors=staged.errors, error_count=staged.error_count)


def _describe(file: StatementFile, staged: Staged, facts: FileFacts) -> None:
    ends = list(staged.ends.values())
    firsts = [end.from_date for end in ends if end.from_date]
    lasts = [end.to_date for end in ends if end.to_date]
    file.format, file.profile, file.encoding = facts.format, facts.profile, facts.encoding
    file.entries_read = staged.entry_count
    file.error_count, file.warning_count = staged.error_count, staged.warning_count
    file.problems = [
        {"severity": problem.severity, **problem.as_json()}
        for problem in (staged.errors + staged.warnings)[:KEPT_PROBLEMS]
    ]
    file.checks = [_check(end, staged.sums[index]) for index, end in sorted(staged.ends.items())][:50]
    file.accounts = sorted({end.account for end in ends if end.account})[:1000]
    file.from_date, file.to_date = min(firsts, default=None), max(lasts, default=None)


def _check(end: StatementEnd, sums: Sums) -> dict[str, Any]:
    opening = end.opening_minor
    computed = None if opening is None else opening + sums.moved_minor
    return {
        "account": end.account, "currency": end.currency, "opening_minor": opening, "credits": sums.credits,
        "credits_minor": sums.credits_minor, "debits": sums.debits, "debits_minor": sums.debits_minor,
        "computed_minor": computed, "closing_minor": end.closing_minor,
        "from": str(end.from_date or ""), "to": str(end.to_date or ""), "entries": end.entry_count,
    }  # fmt: skip


def _move(ctx: Context, file: StatementFile, move: str) -> None:
    before = file.state
    file.state = FileState(FILE.after(file.state, move))
    file.state_at = ctx.at
    file.save()
    record(
        ctx, f"accounts.file.{file.state}", "statement_file", file.id, before={"state": str(before)},
        after={
            "state": str(file.state), "new": file.entries_new, "known": file.entries_known, "errors": file.error_count,
        },
    )  # fmt: skip

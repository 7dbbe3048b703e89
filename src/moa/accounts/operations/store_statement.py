"""Store one staged statement: as booked or provisional lines, as parked, or as a conflict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from moa.accounts.contradictions import balance_contradiction, contradiction
from moa.accounts.models import BankAccount, Conflict, ParkedStatement, Statement, StatementFile
from moa.accounts.storing import (
    closings_of,
    count_new,
    mark_known,
    movements,
    opening_of,
    store_booked,
    store_provisional,
)
from moa.control.audit import record
from moa.control.context import Context
from moa.formats.statements import StatementEnd


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one statement. `parked` is the account number that nobody has opened here."""

    stored: bool = False
    entries_new: int = 0
    entries_known: int = 0
    parked: str = ""
    conflict: bool = False


def store_statement(
    ctx: Context, *, file: StatementFile, index: int, end: StatementEnd, account: BankAccount | None, at: datetime,
    settled: bool = False,
) -> Outcome:  # fmt: skip
    """`account` None parks the statement; `settled` stores it although it contradicts, for a person decided so.

    Expects the lines of `index` staged and the group's import clock locked.
    """
    if account is None:
        return _park(ctx, file, index, end)
    first, last = period_of(index, end)
    if first is None or last is None:
        # A statement without lines and without a date says nothing that could be stored.
        return Outcome(stored=True)
    mark_known(account.id, index, end.opening_minor, first)
    opening = None if end.provisional else opening_of(account.id, end, first)
    if not end.provisional and not settled:
        lines = contradiction(account.id, index, end, first, last)
        days = balance_contradiction(account.id, index, closings_of(index, opening, last), first, last)
        if lines or days:
            return _conflict(ctx, file, index, account, first, last, len(lines) or len(days), at)
    statement = Statement.objects.create(
        group_id=ctx.group_id, account_id=account.id, file_id=file.id, index=index, provisional=end.provisional,
        reference=end.reference[:100], from_date=first, to_date=last, opening_minor=opening,
        closing_minor=_closing(index, end, opening), entry_count=end.entry_count, entries_new=count_new(index), recorded_at=at,
    )  # fmt: skip
    if end.provisional:
        stored = store_provisional(ctx, account_id=account.id, statement=statement, end=end, at=at)
    else:
        stored = store_booked(
            ctx, account_id=account.id, statement=statement, end=end, opening=opening, at=at
        )
    return Outcome(stored=True, entries_new=stored.entries_new, entries_known=stored.entries_known)


def period_of(index: int, end: StatementEnd) -> tuple[date | None, date | None]:
    """First and last day that a statement speaks of: as stated, widened by its lines' own dates."""
    days = [one.day for one in movements(index)]
    firsts = [day for day in (end.from_date, min(days, default=None)) if day]
    lasts = [day for day in (end.to_date, max(days, default=None)) if day]
    first, last = min(firsts, default=None), max(lasts, default=None)
    return first or last, last or first


def _closing(index: int, end: StatementEnd, opening: int | None) -> int | None:
    if end.closing_minor is not None or opening is None or end.provisional:
        return end.closing_minor
    return opening + sum(one.movement_minor for one in movements(index))


def _park(ctx: Context, file: StatementFile, index: int, end: StatementEnd) -> Outcome:
    ParkedStatement.objects.create(
        group_id=ctx.group_id, file_id=file.id, index=index, account_number=end.account[:40], bank=end.bank[:40],
        holder=end.holder[:200], currency=end.currency, from_date=end.from_date, to_date=end.to_date,
        opening_minor=end.opening_minor, closing_minor=end.closing_minor, entry_count=end.entry_count,
    )  # fmt: skip
    record(
        ctx,
        "accounts.statement.parked",
        "statement_file",
        file.id,
        after={"index": index, "account": end.account},
    )
    return Outcome(parked=end.account)


def _conflict(
    ctx: Context, file: StatementFile, index: int, account: BankAccount, first: date, last: date, count: int,
    at: datetime,
) -> Outcome:  # fmt: skip
    conflict = Conflict.objects.create(
        group_id=ctx.group_id, file_id=file.id, index=index, account_id=account.id, from_date=first, to_date=last,
        line_count=count, found_at=at,
    )  # fmt: skip
    record(
        ctx, "accounts.conflict.found", "conflict", conflict.id,
        after={"account": account.number, "from": str(first), "to": str(last), "lines": count},
    )  # fmt: skip
    return Outcome(conflict=True)

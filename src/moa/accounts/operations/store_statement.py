"""Store one staged statement: as booked or provisional lines, as parked, or as a conflict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moa.accounts.incoming import Incoming, fetched_on, incoming
from moa.accounts.models import BankAccount, Conflict, ParkedStatement, Statement, StatementFile
from moa.accounts.news import lines_changed
from moa.accounts.overlap import Overlap, find_overlap
from moa.accounts.points import derive_points, refresh_current, store_points
from moa.accounts.staging import Staged
from moa.accounts.storing import Target, replace_provisional, store_booked_lines, store_other_lines
from moa.control.audit import record
from moa.control.context import Context
from moa.formats.statements import StatementEnd
from moa.kernel.masking import mask_residents, mask_text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one statement. `parked` is the account number that nobody has opened here."""

    stored: bool = False
    entries_new: int = 0
    entries_known: int = 0
    parked: str = ""
    conflict: bool = False


def store_statement(
    ctx: Context, *, file: StatementFile, staged: Staged, index: int, account: BankAccount, at: datetime,
    settled: bool = False,
) -> Outcome:  # fmt: skip
    """Store the statement, or note a conflict; `settled` stores it although it contradicts, for a person decided so.

    Expects its lines staged, their months made and the group's import clock locked.
    """
    one = incoming(staged, index, fetched_on=fetched_on(ctx, file))
    if one is None:
        return Outcome(stored=True)
    if one.end.provisional:
        statement = _make_statement(ctx, file, account, one, 0, at)
        new = store_other_lines(ctx, one, Target(account.id, statement.id, at))
        return Outcome(stored=True, entries_new=new, entries_known=one.end.entry_count - new)
    overlap = find_overlap(account.id, one)
    if overlap.contradicts and not settled:
        return _conflict(ctx, file, account, one, overlap, at)
    outcome = _store_booked(ctx, file, account, one, overlap, at)
    if outcome.entries_new or settled:
        lines_changed(ctx, [account.id])
    return outcome


def park_statement(
    ctx: Context, *, file: StatementFile, index: int, end: StatementEnd, number: str
) -> Outcome:
    """Note that nobody has opened the statement's account here; its lines wait in the file."""
    ParkedStatement.objects.create(
        group_id=ctx.group_id, file_id=file.id, index=index, account_number=number, bank=end.bank,
        holder=mask_text(end.holder), currency=end.currency, from_date=end.from_date, to_date=end.to_date,
        opening_minor=end.opening_minor, closing_minor=end.closing_minor, entry_count=end.entry_count,
    )  # fmt: skip
    after = {"index": index, "account": number}
    record(ctx, "accounts.statement.parked", "statement_file", file.id, after=after)
    return Outcome(parked=number)


def _store_booked(
    ctx: Context, file: StatementFile, account: BankAccount, one: Incoming, overlap: Overlap, at: datetime
) -> Outcome:
    around, new = overlap.around, one.booked - overlap.known
    statement = _make_statement(ctx, file, account, one, new, at)
    target = Target(account.id, statement.id, at)
    if around.has_provisional:
        joins = around.before_minor is not None and around.before_minor == one.opening_minor
        replace_provisional(one, target, joins=joins)
    if new:
        opening = around.before_minor if one.opening_minor is None else one.opening_minor
        store_booked_lines(ctx, one, target, opening=opening)
    if one.not_booked:
        new += store_other_lines(ctx, one, target)
    store_points(ctx, one, around, target, later_from=overlap.later_from)
    if around.has_unstated or not one.is_stated:
        derive_points(ctx, account.id, at=at)
    refresh_current(account.id, received_at=file.received_at)
    return Outcome(stored=True, entries_new=new, entries_known=one.end.entry_count - new)


def _make_statement(
    ctx: Context, file: StatementFile, account: BankAccount, one: Incoming, new: int, at: datetime
) -> Statement:
    return Statement.objects.create(
        group_id=ctx.group_id, account_id=account.id, file_id=file.id, index=one.index,
        provisional=one.end.provisional, goes_on=one.end.goes_on, reference=mask_residents(one.end.reference), from_date=one.first,
        to_date=one.last, opening_minor=one.end.opening_minor if one.end.provisional else one.opening_minor,
        closing_minor=one.end.closing_minor if one.end.provisional else one.closing_minor,
        entry_count=one.end.entry_count, entries_new=new, recorded_at=at,
    )  # fmt: skip


def _conflict(
    ctx: Context, file: StatementFile, account: BankAccount, one: Incoming, overlap: Overlap, at: datetime
) -> Outcome:
    conflict = Conflict.objects.create(
        group_id=ctx.group_id, file_id=file.id, index=one.index, account_id=account.id, from_date=one.first,
        to_date=one.last, line_count=len(overlap.absent) or len(overlap.changed), found_at=at,
    )  # fmt: skip
    record(
        ctx, "accounts.conflict.found", "conflict", conflict.id,
        after={
            "account": account.number, "from": str(one.first), "to": str(one.last), "lines": len(overlap.absent),
            "days": len(overlap.changed),
        },
    )  # fmt: skip
    return Outcome(conflict=True)

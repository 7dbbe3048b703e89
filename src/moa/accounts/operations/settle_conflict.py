"""Decide between stored lines and a re-issued statement that contradicts them."""

from __future__ import annotations

from django.db import connection

from moa.accounts.incoming import fetched_on, incoming
from moa.accounts.lifecycle import CONFLICT, ConflictState
from moa.accounts.models import BankAccount, Conflict, StatementFile
from moa.accounts.operations.store_statement import store_statement
from moa.accounts.overlap import find_overlap
from moa.accounts.permissions import SETTLE
from moa.accounts.reading import Reading, stage_again
from moa.accounts.storing import lock_clock, make_months
from moa.accounts.watching import file_stored
from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound

_SUPERSEDE = """
insert into accounts_supersession (group_id, account_id, transaction_id, booked_on, amount_minor, conflict_id, recorded_at)
select group_id, account_id, id, booked_on, amount_minor, %s, %s from accounts_transaction
 where account_id = %s and id = any(%s)
"""


class ReasonNeeded(DomainError):
    """A decision that overrules a bank's word is written down with its reason."""

    code = "reason_needed"


def settle_conflict(
    ctx: Context, *, conflict_id: int, replace: bool, reason: str, password: str = ""
) -> Conflict:
    """Keep the stored lines, or let the incoming statement replace those that it contradicts.

    Replaced lines stay as superseded. Shape: `password` opens a locked workbook again. Raises: forbidden, not_found,
    move_not_allowed, reason_needed, file_unreadable.
    """
    conflict = Conflict.objects.select_for_update().filter(id=conflict_id).first()
    if conflict is None:
        raise NotFound(conflict=conflict_id)
    account = BankAccount.objects.get(id=conflict.account_id)
    require(ctx, SETTLE, account.unit_id)
    state = CONFLICT.after(conflict.state, "replace" if replace else "keep")
    if not reason.strip():
        raise ReasonNeeded(conflict=conflict_id)
    superseded = _replace(ctx, conflict, account, password) if replace else 0
    before = conflict.state
    conflict.state = ConflictState(state)
    conflict.decided_at, conflict.decided_by_id, conflict.reason = ctx.at, ctx.actor.person_id, reason.strip()
    conflict.save()
    record(
        ctx, f"accounts.conflict.{conflict.state}", "conflict", conflict.id, before={"state": str(before)},
        after={"state": str(conflict.state), "superseded": superseded, "reason": conflict.reason},
    )  # fmt: skip
    return conflict


def _replace(ctx: Context, conflict: Conflict, account: BankAccount, password: str) -> int:
    file = StatementFile.objects.get(id=conflict.file_id)
    staged = stage_again(ctx, file, Reading(password))
    at = lock_clock(ctx)
    make_months(staged)
    one = incoming(staged, conflict.index, fetched_on=fetched_on(ctx, file))
    lines = [] if one is None else find_overlap(account.id, one).absent
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDE, [conflict.id, at, account.id, lines])
    outcome = store_statement(
        ctx, file=file, staged=staged, index=conflict.index, account=account, at=at, settled=True
    )
    file.entries_new += outcome.entries_new
    file.entries_known += outcome.entries_known
    file.save(update_fields=["entries_new", "entries_known"])
    file_stored(ctx, file)
    return len(lines)

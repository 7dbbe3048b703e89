"""Store the statements that waited for an account to be opened."""

from __future__ import annotations

from moa.accounts.lifecycle import PARKED, ParkedState
from moa.accounts.models import BankAccount, ParkedStatement, StatementFile
from moa.accounts.operations.store_statement import store_statement
from moa.accounts.reading import FileUnreadable, Reading, stage_again
from moa.accounts.rules import names_account
from moa.accounts.storing import lock_clock, make_months
from moa.accounts.watching import file_stored
from moa.control.audit import record
from moa.control.context import Context
from moa.control.documents import DocumentNotKept


def store_waiting(
    ctx: Context, *, account: BankAccount, chosen: ParkedStatement | None = None, how: Reading | None = None
) -> int:
    """Store every parked statement of the account's number and currency, the oldest first; returns their number.

    `chosen` is stored whatever its number. A file that can no longer be read leaves its statements waiting, but for
    the chosen one. Raises: file_unreadable.
    """
    waiting = ParkedStatement.objects.select_for_update().filter(
        state=ParkedState.WAITING, currency=account.currency
    )
    found = [
        one for one in waiting.order_by("from_date", "id")
        if names_account(one.account_number, account.number) or (chosen and one.id == chosen.id)
    ]  # fmt: skip
    by_file: dict[int, list[ParkedStatement]] = {}
    for one in found:
        by_file.setdefault(one.file_id, []).append(one)
    stored = 0
    for file_id, statements in by_file.items():
        try:
            stored += _store(ctx, file_id, statements, account, how)
        except (FileUnreadable, DocumentNotKept):
            if chosen is not None and chosen.file_id == file_id:
                raise
    return stored


def _store(
    ctx: Context, file_id: int, statements: list[ParkedStatement], account: BankAccount, how: Reading | None
) -> int:
    file = StatementFile.objects.get(id=file_id)
    staged = stage_again(ctx, file, how)
    at = lock_clock(ctx)
    make_months(staged)
    for parked in statements:
        outcome = store_statement(ctx, file=file, staged=staged, index=parked.index, account=account, at=at)
        file.entries_new += outcome.entries_new
        file.entries_known += outcome.entries_known
        move_parked(ctx, parked, "open", account.id)
    file.save(update_fields=["entries_new", "entries_known"])
    file_stored(ctx, file)
    return len(statements)


def move_parked(ctx: Context, parked: ParkedStatement, move: str, account_id: int | None) -> None:
    """Raises: move_not_allowed."""
    before = parked.state
    parked.state = ParkedState(PARKED.after(parked.state, move))
    parked.account_id = account_id
    parked.save(update_fields=["state", "account_id"])
    record(
        ctx, f"accounts.parked.{parked.state}", "parked_statement", parked.id, before={"state": str(before)},
        after={"state": str(parked.state), "account": account_id},
    )  # fmt: skip

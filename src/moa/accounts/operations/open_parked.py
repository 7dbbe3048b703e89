"""Open the account of a parked statement and store what was parked; or dismiss it."""

from __future__ import annotations

from moa.accounts.lifecycle import PARKED, ParkedState
from moa.accounts.models import BankAccount, ParkedStatement, StatementFile
from moa.accounts.operations.open_account import NewAccount, open_account
from moa.accounts.operations.store_statement import store_statement
from moa.accounts.permissions import OPEN
from moa.accounts.reading import stage_again
from moa.accounts.storing import lock_clock, make_ready
from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound


class ParkedCurrencyDiffers(DomainError):
    """The account is to be kept in another currency than the file's statement is in."""

    code = "currency_mismatch"


def open_parked(ctx: Context, *, parked_id: int, new: NewAccount) -> BankAccount:
    """Open the account and store every waiting statement of it. Raises: not_found, currency_mismatch, and as open_account."""
    parked = _lock(parked_id)
    if parked.currency != new.currency:
        raise ParkedCurrencyDiffers(file=parked.currency, asked=new.currency)
    account = open_account(ctx, new=new)
    siblings = ParkedStatement.objects.select_for_update().filter(
        account_number=parked.account_number, currency=parked.currency, state=ParkedState.WAITING
    )
    for one in siblings.order_by("from_date", "id"):
        _store(ctx, one, account)
    return account


def dismiss_parked(ctx: Context, *, parked_id: int) -> None:
    """Say that this statement is not of our group; its file stays. Raises: not_found, move_not_allowed, forbidden."""
    require(ctx, OPEN)
    parked = _lock(parked_id)
    _move(ctx, parked, "dismiss", None)


def _lock(parked_id: int) -> ParkedStatement:
    parked = ParkedStatement.objects.select_for_update().filter(id=parked_id).first()
    if parked is None:
        raise NotFound(parked=parked_id)
    return parked


def _store(ctx: Context, parked: ParkedStatement, account: BankAccount) -> None:
    file = StatementFile.objects.get(id=parked.file_id)
    staged = stage_again(ctx, file)
    at = lock_clock(ctx)
    make_ready()
    end = staged.ends[parked.index]
    outcome = store_statement(ctx, file=file, index=parked.index, end=end, account=account, at=at)
    StatementFile.objects.filter(id=file.id).update(
        entries_new=file.entries_new + outcome.entries_new,
        entries_known=file.entries_known + outcome.entries_known,
    )
    _move(ctx, parked, "open", account.id)


def _move(ctx: Context, parked: ParkedStatement, move: str, account_id: int | None) -> None:
    before = parked.state
    parked.state = ParkedState(PARKED.after(parked.state, move))
    parked.account_id = account_id
    parked.save()
    record(
        ctx, f"accounts.parked.{parked.state}", "parked_statement", parked.id, before={"state": str(before)},
        after={"state": str(parked.state), "account": account_id},
    )  # fmt: skip

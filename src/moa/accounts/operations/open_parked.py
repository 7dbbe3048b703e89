"""Open the account of a parked statement and store what was parked; or dismiss it."""

from __future__ import annotations

from moa.accounts.lifecycle import PARKED
from moa.accounts.models import BankAccount, ParkedStatement
from moa.accounts.operations.open_account import NewAccount, make_account
from moa.accounts.operations.store_waiting import move_parked, store_waiting
from moa.accounts.permissions import OPEN
from moa.accounts.reading import Reading
from moa.control.access import require
from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound


class ParkedCurrencyDiffers(DomainError):
    """The account is to be kept in another currency than the file's statement is in."""

    code = "currency_mismatch"


def open_parked(ctx: Context, *, parked_id: int, new: NewAccount, password: str = "") -> BankAccount:
    """Open the account and store every waiting statement of it. Shape: `password` opens a locked workbook again.

    Raises: not_found, move_not_allowed, currency_mismatch, file_unreadable, and as open_account.
    """
    parked = _lock(parked_id)
    PARKED.after(parked.state, "open")
    if parked.currency != new.currency:
        raise ParkedCurrencyDiffers(file=parked.currency, asked=new.currency)
    account = make_account(ctx, new=new)
    store_waiting(ctx, account=account, chosen=parked, how=Reading(password))
    return account


def dismiss_parked(ctx: Context, *, parked_id: int) -> None:
    """Say that this statement is not of our group; its file stays. Raises: not_found, move_not_allowed, forbidden."""
    require(ctx, OPEN)
    move_parked(ctx, _lock(parked_id), "dismiss", None)


def _lock(parked_id: int) -> ParkedStatement:
    parked = ParkedStatement.objects.select_for_update().filter(id=parked_id).first()
    if parked is None:
        raise NotFound(parked=parked_id)
    return parked

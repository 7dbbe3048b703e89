"""Close a bank account here: from a day on it holds nothing of ours."""

from __future__ import annotations

from datetime import date

from moa.accounts.models import BankAccount
from moa.accounts.permissions import OPEN
from moa.accounts.queries import access_account
from moa.accounts.storing import lock_clock
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError


class AccountClosed(DomainError):
    """It was closed before; the first closing stays, for answers as known at past moments rest on it."""

    code = "account_closed"


class ClosedBeforeOpened(DomainError):
    code = "closed_before_opened"


def close_account(ctx: Context, *, account_id: int, closed_on: date) -> BankAccount:
    """Day rule: `closed_on` is the first day without the account. Raises: not_found, forbidden, account_closed,
    closed_before_opened.
    """
    access_account(ctx, account_id, OPEN)
    account = BankAccount.objects.select_for_update().get(id=account_id)
    if account.closed_on is not None:
        raise AccountClosed(number=account.number, closed_on=account.closed_on)
    if account.opened_on is not None and closed_on < account.opened_on:
        raise ClosedBeforeOpened(opened_on=account.opened_on, closed_on=closed_on)
    account.closed_on, account.closed_at = closed_on, lock_clock(ctx)
    account.save(update_fields=["closed_on", "closed_at"])
    record(
        ctx, "accounts.account.closed", "bank_account", account.id,
        before={"closed_on": None}, after={"closed_on": str(closed_on)},
    )  # fmt: skip
    return account

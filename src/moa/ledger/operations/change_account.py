"""Freeze, unfreeze or close an account of a book."""

from __future__ import annotations

from moa.control.access import require
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.book_lock import hold_book
from moa.ledger.lifecycle import ACCOUNT, AccountState
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.permissions import CHANGE_ACCOUNTS

SUBJECT = "ledger.account_change"


class AccountNotEmpty(DomainError):
    """An account with a balance, or with an amount set aside, is not closed."""

    code = "account_not_empty"


def change_account(ctx: Context, book: Book, code: str, move: str) -> LedgerAccount:
    """Make one move of the account's life; the book is held alone, so every later voucher sees it.

    Raises: forbidden, second_person_needed, not_found, move_not_allowed, account_not_empty.
    """
    require(ctx, CHANGE_ACCOUNTS, book.unit_id)
    guard(ctx, SUBJECT, book.unit_id)
    hold_book(book.id)
    account = LedgerAccount.objects.filter(book_id=book.id, code=code).select_related("balance").first()
    if account is None:
        raise NotFound(account=code)
    before, state = account.state, ACCOUNT.after(account.state, move)
    closes = state is AccountState.CLOSED
    if closes and (account.balance.current_minor or account.balance.held_minor):
        raise AccountNotEmpty(account=code)
    LedgerAccount.objects.filter(id=account.id).update(
        state=state, state_at=ctx.at, closed_on=ctx.today if closes else None
    )
    account.refresh_from_db()
    record(
        ctx, f"ledger.account.{state.value}", "ledger_account", account.id,
        before={"state": before}, after={"state": state.value},
    )  # fmt: skip
    return account

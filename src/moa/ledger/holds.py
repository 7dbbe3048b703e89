"""Set an amount aside on an account, and give it free again; for the contexts above, which ask for their own rights.

The order of locks is that of a posting: the book, then balances by their account. Who gives a hold free and books in one
transaction locks every balance of the voucher here first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import share_book
from moa.ledger.models import Balance, Book, Hold
from moa.ledger.rules.decision import AccountFacts
from moa.ledger.rules.holding import hold_problem


class HoldRefused(DomainError):
    """The account cannot spare the amount now. Facts: `problem` as a voucher would be refused, `account`."""

    code = "hold_refused"


def lock_accounts(book: Book, account_ids: Collection[int]) -> dict[int, Balance]:
    """The book shared and the balances locked in the order of their accounts, until the transaction ends."""
    share_book(book.id)
    locked = Balance.objects.select_for_update(of=("self",)).filter(
        book_id=book.id, account_id__in=list(account_ids)
    )
    return {one.account_id: one for one in locked.select_related("account").order_by("account_id")}


def place_hold(
    ctx: Context, book: Book, account_id: int, amount_minor: int, *, source_kind: str, source_id: object
) -> Hold:
    """Raises: hold_refused. A second hold for one source at a time is refused by the database."""
    balance = lock_accounts(book, [account_id])[account_id]
    problem = hold_problem(facts_of(balance), amount_minor)
    if problem:
        raise HoldRefused(problem=problem, account=balance.account.code)
    return Hold.objects.create(
        group_id=ctx.group_id, book_id=book.id, account_id=account_id, amount_minor=amount_minor,
        source_kind=source_kind, source_id=str(source_id), placed_at=ctx.at,
    )  # fmt: skip


def end_hold(ctx: Context, book: Book, *, source_kind: str, source_id: object) -> Hold | None:
    """Give free what is set aside for the source; None when nothing is."""
    return next(iter(end_holds(ctx, book, source_kind=source_kind, source_ids=[source_id])), None)


def end_holds(ctx: Context, book: Book, *, source_kind: str, source_ids: Iterable[object]) -> list[Hold]:
    """The same of many sources of one kind. Shape: those that were ended."""
    asked = [str(one) for one in source_ids]
    waiting = Hold.objects.filter(
        book_id=book.id, source_kind=source_kind, source_id__in=asked, ended_at=None
    )
    found = list(waiting.order_by("id"))
    if found:
        lock_accounts(book, {one.account_id for one in found})
        Hold.objects.filter(id__in=[one.id for one in found], ended_at=None).update(ended_at=ctx.at)
    for one in found:
        one.ended_at = ctx.at
    return found


def facts_of(balance: Balance) -> AccountFacts:
    account = balance.account
    return AccountFacts(
        account.id, account.code, account.currency, account.normal_side, account.floor_minor, account.state,
        balance.current_minor, balance.held_minor, balance.version,
    )  # fmt: skip

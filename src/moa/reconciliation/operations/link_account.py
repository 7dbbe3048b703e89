"""Link a bank account to its account of a book: from then on its lines come into the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from moa.accounts.models import BalancePoint, BankAccount
from moa.accounts.permissions import VIEW as SEE_ACCOUNTS
from moa.accounts.queries import access_account
from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.directory.queries import calendar_for
from moa.kernel.errors import DomainError
from moa.ledger.models import Book, LedgerAccount
from moa.reconciliation.models import BankLink
from moa.reconciliation.permissions import LINK


class LinkInvalid(DomainError):
    """Facts: `problem`: linked_already, account_unknown, wrong_currency, not_a_business_day, or opening_unknown."""

    code = "link_invalid"


@dataclass(frozen=True, slots=True)
class NewLink:
    """Shape: `ledger` and `suspense` account codes of the book; `since` the first business day that is reconciled."""

    account_id: int
    ledger: str
    suspense: str
    since: date
    unit_id: int | None = None
    business_ends: time | None = None


def link_account(ctx: Context, book: Book, *, new: NewLink) -> BankLink:
    """Raises: forbidden, not_found, link_invalid.

    Who sees the book will see the account's lines, so it takes one who may see them where they are. What the bank account
    holds before `since` must be known: it is what the book has to open with.
    """
    require(ctx, LINK, book.unit_id)
    account = access_account(ctx, new.account_id, SEE_ACCOUNTS)
    calendar = calendar_for(ctx, book.calendar)
    if not calendar.is_business_day(new.since):
        raise LinkInvalid(account=account.number, problem="not_a_business_day")
    ledger, suspense = (_of_book(book, code, account) for code in (new.ledger, new.suspense))
    taken = BankLink.objects.filter(account_id=account.id) | BankLink.objects.filter(
        ledger_account_id=ledger.id
    )
    if taken.exists() or ledger.id == suspense.id:
        raise LinkInvalid(account=account.number, problem="linked_already")
    first = calendar.previous_business_day(new.since) + timedelta(days=1)
    opening = BalancePoint.objects.filter(account_id=account.id, day__lt=first).order_by(
        "-day", "-recorded_at", "-id"
    )
    point = opening.first()
    if point is None:
        raise LinkInvalid(account=account.number, problem="opening_unknown")
    link = BankLink.objects.create(
        group_id=ctx.group_id, book_id=book.id, account_id=account.id, ledger_account_id=ledger.id,
        suspense_id=suspense.id, unit_id=new.unit_id or account.unit_id, since=new.since, from_booked_on=first,
        name=f"{account.bank_country}{account.bank_code} {account.number} {account.currency}",
        opening_minor=point.balance_minor, business_ends=new.business_ends, linked_by_id=ctx.actor.person_id,
    )  # fmt: skip
    record(
        ctx, "reconciliation.account.linked", "bank_account", account.id,
        after={"book": book.code, "ledger": ledger.code, "suspense": suspense.code, "since": str(new.since)},
    )  # fmt: skip
    return link


def _of_book(book: Book, code: str, account: BankAccount) -> LedgerAccount:
    found = LedgerAccount.objects.filter(book_id=book.id, code=code).first()
    if found is None:
        raise LinkInvalid(account=code, problem="account_unknown")
    if found.currency != account.currency:
        raise LinkInvalid(account=code, problem="wrong_currency")
    return found

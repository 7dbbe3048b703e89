"""Say where a book keeps money that is under way to payees at banks, and what it books the banks' fees to."""

from __future__ import annotations

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.ledger.models import Book, LedgerAccount
from moa.payments.lifecycle import IN_FLIGHT, OrderState
from moa.payments.models import PaymentAccounts, PaymentOrder
from moa.payments.permissions import NAME_ACCOUNTS
from moa.reconciliation.models import BankLink


class PaymentAccountsInvalid(DomainError):
    """Facts: `field` transit or fees, `problem`: account_unknown, account_at_bank, wrong_currency, same_account or in_use."""

    code = "payment_accounts_invalid"


def name_accounts(ctx: Context, book: Book, *, transit: str, fees: str) -> PaymentAccounts:
    """Raises: forbidden, payment_accounts_invalid."""
    require(ctx, NAME_ACCOUNTS, book.unit_id)
    found = {"transit": _account(book, "transit", transit), "fees": _account(book, "fees", fees)}
    if found["transit"].id == found["fees"].id:
        raise PaymentAccountsInvalid(field="fees", problem="same_account")
    known = PaymentAccounts.objects.select_for_update().filter(book_id=book.id).first()
    if known is not None and known.transit_id != found["transit"].id and _is_used(book):
        raise PaymentAccountsInvalid(field="transit", problem="in_use")
    ids = {"transit_id": found["transit"].id, "fees_id": found["fees"].id, "named_by_id": ctx.actor.person_id}
    if known is None:
        known = PaymentAccounts.objects.create(group_id=ctx.group_id, book_id=book.id, **ids)
    else:
        for name, value in ids.items():
            setattr(known, name, value)
        known.save(update_fields=list(ids))
    record(ctx, "payments.accounts.named", "book", book.id, after={"transit": transit, "fees": fees})
    return known


def _account(book: Book, field: str, code: str) -> LedgerAccount:
    account = LedgerAccount.objects.filter(book_id=book.id, code=code.strip()).exclude(state="closed").first()
    if account is None:
        raise PaymentAccountsInvalid(field=field, problem="account_unknown")
    if account.currency != book.functional_currency:
        raise PaymentAccountsInvalid(field=field, problem="wrong_currency")
    if BankLink.objects.filter(ledger_account_id=account.id).exists():
        raise PaymentAccountsInvalid(field=field, problem="account_at_bank")
    return account


def _is_used(book: Book) -> bool:
    """Money may be in transit still: what goes in by one account must come out by it."""
    return PaymentOrder.objects.filter(
        book_id=book.id, kind="bank", state__in=(*IN_FLIGHT, OrderState.PAID)
    ).exists()

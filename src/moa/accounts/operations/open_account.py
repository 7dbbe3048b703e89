"""Open a bank account here, from a form or from a parked statement's own header."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from moa.accounts.finding import LONGEST_NUMBER, AccountNumberTooLong
from moa.accounts.lifecycle import AccountKind
from moa.accounts.models import BankAccount
from moa.accounts.operations.store_waiting import store_waiting
from moa.accounts.permissions import OPEN
from moa.accounts.rules import number_key
from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Unit
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.money import minor_digits


class AccountExists(DomainError):
    code = "account_exists"


class AccountNumberEmpty(DomainError):
    code = "account_number_empty"


@dataclass(frozen=True, slots=True)
class NewAccount:
    unit_id: int
    bank_country: str
    bank_code: str
    number: str
    currency: str
    kind: str = AccountKind.OPERATING
    holder: str = ""
    nickname: str = ""
    note: str = ""
    opened_on: date | None = None
    is_simulated: bool = False


def open_account(ctx: Context, *, new: NewAccount) -> BankAccount:
    """Open the account and store the statements of it that waited parked.

    Raises: forbidden, not_found (unit), account_exists, account_number_empty, account_number_too_long,
    currency_unknown.
    """
    account = make_account(ctx, new=new)
    store_waiting(ctx, account=account)
    return account


def make_account(ctx: Context, *, new: NewAccount) -> BankAccount:
    """The account alone. Raises: as open_account."""
    require(ctx, OPEN, new.unit_id)
    minor_digits(new.currency)
    if not number_key(new.number):
        raise AccountNumberEmpty(number=new.number)
    if len(new.number.strip()) > LONGEST_NUMBER:
        raise AccountNumberTooLong(number=new.number, limit=LONGEST_NUMBER)
    if not Unit.objects.filter(id=new.unit_id).exists():
        raise NotFound(unit=new.unit_id)
    try:
        with transaction.atomic():
            account = BankAccount.objects.create(
                group_id=ctx.group_id, unit_id=new.unit_id, bank_country=new.bank_country, bank_code=new.bank_code,
                number=new.number.strip(), number_key=number_key(new.number), currency=new.currency,
                kind=AccountKind(new.kind), holder=new.holder, nickname=new.nickname, note=new.note,
                opened_on=new.opened_on, is_simulated=new.is_simulated,
            )  # fmt: skip
    except IntegrityError:
        raise AccountExists(number=new.number, currency=new.currency) from None
    record(
        ctx, "accounts.account.opened", "bank_account", account.id,
        after={
            "number": account.number, "currency": account.currency, "bank": new.bank_country + new.bank_code,
            "unit": new.unit_id, "kind": str(account.kind),
        },
    )  # fmt: skip
    return account

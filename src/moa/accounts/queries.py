"""Reads of accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q

from moa.accounts.lifecycle import FileState
from moa.accounts.models import BankAccount, StatementFile
from moa.control.access import permitted_units
from moa.control.context import Context
from moa.directory.queries import bank_map
from moa.kernel.errors import NotFound


def stored_twin(file: StatementFile) -> StatementFile | None:
    """An earlier upload of the same bytes, for the same asked account, that was stored."""
    return (
        StatementFile.objects.filter(
            sha256=file.sha256, asked_account=file.asked_account, state=FileState.STORED
        )
        .exclude(id=file.id)
        .order_by("id")
        .first()
    )


def access_account(ctx: Context, account_id: int, permission: str) -> BankAccount:
    """The account, if it is there and the actor has `permission` in its unit. Raises: not_found, forbidden."""
    units = permitted_units(ctx, permission)
    account = BankAccount.objects.filter(id=account_id).first()
    if account is None or (units is not None and account.unit_id not in units):
        raise NotFound(account=account_id)
    return account


def accounts_by_currency(ctx: Context) -> dict[str, int]:
    """How many open accounts the group has in each currency."""
    open_accounts = BankAccount.objects.filter(Q(closed_on=None) | Q(closed_on__gt=ctx.today))
    return dict(open_accounts.values_list("currency").order_by("currency").annotate(number=Count("id")))


def account_word(account_id: int) -> str:
    """How an account is called where it is a condition of a list; its id when it is not there."""
    account = BankAccount.objects.filter(id=account_id).first()
    return str(account_id) if account is None else account.nickname or account.number


class AccountName(NamedTuple):
    """What a line shows of its account."""

    bank: str
    account_end: str
    currency: str


def account_names(ctx: Context, ids: Iterable[int]) -> dict[int, AccountName]:
    """Bank, last digits and currency of some accounts, in one query."""
    banks = bank_map(ctx)
    found = BankAccount.objects.filter(id__in=set(ids)).order_by("id")
    rows = found.values_list("id", "bank_country", "bank_code", "number_key", "currency")
    return {
        account: AccountName(
            banks[country, code].short_name(ctx.language) if (country, code) in banks else code,
            key[-4:],
            currency,
        )
        for account, country, code, key, currency in rows
    }

"""Reads of accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from moa.accounts.lifecycle import ConflictState, ParkedState
from moa.accounts.models import BankAccount, Conflict, ParkedStatement, Statement, StatementFile
from moa.accounts.permissions import VIEW
from moa.accounts.rules import number_key
from moa.control.access import permitted_units
from moa.control.asked_together import Question, answer_to
from moa.control.context import Context
from moa.directory.queries import bank_map
from moa.kernel.errors import NotFound
from moa.ui.formatting import account_end

# Accounts that a field offers by name; where there are more, one types.
MOST_TO_CHOOSE = 200


def access_account(ctx: Context, account_id: int, permission: str) -> BankAccount:
    """The account, if it is there and the actor has `permission` in its unit. Raises: not_found, forbidden."""
    units = permitted_units(ctx, permission)
    account = BankAccount.objects.filter(id=account_id).first()
    if account is None or (units is not None and account.unit_id not in units):
        raise NotFound(account=account_id)
    return account


def visible_files(ctx: Context) -> QuerySet[StatementFile]:
    """The files that the actor may see: all of the group, or with a right in some units only, those that speak of
    nothing but accounts there, and her own uploads. Raises: forbidden.

    A file is shown with its raw text, so one account elsewhere hides it whole.
    """
    units = permitted_units(ctx, VIEW)
    files = StatementFile.objects.all()
    if units is None:
        return files
    statements = Statement.objects.filter(file_id=OuterRef("id"))
    contradictions = Conflict.objects.filter(file_id=OuterRef("id"))
    waiting = ParkedStatement.objects.filter(file_id=OuterRef("id")).exclude(account__unit_id__in=units)
    inside = Exists(statements.filter(account__unit_id__in=units))
    elsewhere = (
        Exists(statements.exclude(account__unit_id__in=units))
        | Exists(contradictions.exclude(account__unit_id__in=units))
        | Exists(waiting)
    )
    return files.filter(Q(person_id=ctx.actor.person_id) | (inside & ~elsewhere))


def access_file(ctx: Context, file_id: int) -> StatementFile:
    """Raises: not_found, forbidden."""
    file = visible_files(ctx).filter(id=file_id).first()
    if file is None:
        raise NotFound(file=file_id)
    return file


def waiting_statements(ctx: Context) -> QuerySet[ParkedStatement]:
    """Parked statements that wait for their account, of the files that the actor may see. Raises: forbidden."""
    waiting = ParkedStatement.objects.filter(state=ParkedState.WAITING).select_related("file").order_by("-id")
    return waiting if permitted_units(ctx, VIEW) is None else waiting.filter(file__in=visible_files(ctx))


def open_conflicts(ctx: Context) -> QuerySet[Conflict]:
    """Contradictions nobody has decided yet, of the accounts that the actor may see. Raises: forbidden."""
    units = permitted_units(ctx, VIEW)
    found = Conflict.objects.filter(state=ConflictState.OPEN).select_related("account").order_by("-id")
    return found if units is None else found.filter(account__unit_id__in=units)


# Most days nothing waits; the first page asks this prepared statement before it asks what.
# The state of files is written out, for an index is kept for it.
_WAITING = """
select array[exists (select 1 from accounts_statementfile where state = 'refused' and received_at >= %(since)s),
             exists (select 1 from accounts_parkedstatement where state = %(waiting)s),
             exists (select 1 from accounts_conflict where state = %(open)s)]
"""


class Waiting(NamedTuple):
    """Whether the group has refused files, parked statements, contradictions at all; whose they are is not asked."""

    refused: bool
    parked: bool
    conflicts: bool


def waits_question(since: datetime) -> Question:
    """Shape: refused files count that were received from `since` on."""
    facts = {"since": since, "waiting": str(ParkedState.WAITING), "open": str(ConflictState.OPEN)}
    return Question("accounts.waits", _WAITING, facts, Waiting._make)


def waits_of_page(ctx: Context, *, since: datetime) -> Waiting:
    """Asked once while a page is made: most groups have nothing waiting most of the time."""
    found: Waiting = answer_to(ctx, waits_question(since))
    return found


def accounts_by_currency(ctx: Context) -> dict[str, int]:
    """How many open accounts the group has in each currency."""
    open_accounts = BankAccount.objects.filter(Q(closed_on=None) | Q(closed_on__gt=ctx.today))
    return dict(open_accounts.values_list("currency").order_by("currency").annotate(number=Count("id")))


def accounts_by_bank(ctx: Context) -> Counter[str]:
    """How many accounts the actor may see at each bank, by its country and code. Raises: forbidden."""
    units = permitted_units(ctx, VIEW)
    accounts = BankAccount.objects.all() if units is None else BankAccount.objects.filter(unit_id__in=units)
    found = accounts.order_by().values_list("bank_country", "bank_code").annotate(number=Count("id"))
    return Counter({country + code: number for country, code, number in found})


def currencies_held(ctx: Context) -> list[str]:
    """The currencies of the accounts that the actor may see. Raises: forbidden."""
    units = permitted_units(ctx, VIEW)
    accounts = BankAccount.objects.all() if units is None else BankAccount.objects.filter(unit_id__in=units)
    return sorted(accounts.order_by().values_list("currency", flat=True).distinct())


def accounts_to_choose(ctx: Context) -> list[tuple[str, str]]:
    """The numbers of the accounts and what each is called; none where they are so many that one types instead.

    Raises: forbidden.
    """
    units, banks = permitted_units(ctx, VIEW), bank_map(ctx)
    seen = BankAccount.objects.filter(closed_on=None)
    if units is not None:
        seen = seen.filter(unit_id__in=units)
    found = seen.order_by("bank_country", "bank_code", "number_key")[: MOST_TO_CHOOSE + 1]
    rows = list(found.values_list("bank_country", "bank_code", "number", "nickname", "holder", "currency"))
    if len(rows) > MOST_TO_CHOOSE:
        return []
    chosen = []
    for country, code, number, nickname, holder, currency in rows:
        bank = banks.get((country, code))
        called = (bank.short_name(ctx.language) if bank is not None else code, nickname or holder, currency)
        chosen.append((number, " · ".join(one for one in called if one)))
    return chosen


class NumberedAccount(NamedTuple):
    """One of the accounts of a number, which each bank and currency may have once."""

    id: int
    bank_country: str
    bank_code: str
    currency: str


def open_accounts_numbered(
    ctx: Context, number: str, *, bank_key: str = "", currency: str = ""
) -> list[NumberedAccount]:
    """The open accounts that the actor may see under a number, with its signs or without; ten at most. Raises: forbidden."""
    units = permitted_units(ctx, VIEW)
    found = BankAccount.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=ctx.today), number_key=number_key(number)
    )
    if units is not None:
        found = found.filter(unit_id__in=units)
    if bank_key:
        found = found.filter(bank_country=bank_key[:2], bank_code=bank_key[2:])
    if currency:
        found = found.filter(currency=currency)
    rows = found.order_by("bank_country", "bank_code", "currency").values_list(*NumberedAccount._fields)[:10]
    return [NumberedAccount(*row) for row in rows]


def account_called(ctx: Context, text: str) -> str:
    """How the account of a number is called where it is a condition of a list; else what was typed."""
    found = BankAccount.objects.filter(number=text).exclude(nickname="")
    units = permitted_units(ctx, VIEW)
    if units is not None:
        found = found.filter(unit_id__in=units)
    known = list(found[:2])
    return f"{known[0].nickname} {account_end(known[0].number_key[-4:])}" if len(known) == 1 else text


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


def account_ids_after(
    ctx: Context, after: int, *, limit: int, currency: str = "", company: str = "", bank: str = ""
) -> list[int]:
    """The next accounts by number here that the actor may see, of a currency, company code and bank (country and
    code). Raises: forbidden."""
    units = permitted_units(ctx, VIEW)
    found = BankAccount.objects.filter(id__gt=after)
    if units is not None:
        found = found.filter(unit_id__in=units)
    if currency:
        found = found.filter(currency=currency)
    if company:
        found = found.filter(Q(unit__code=company, unit__company=None) | Q(unit__company__code=company))
    if bank:
        found = found.filter(bank_country=bank[:2], bank_code=bank[2:])
    return list(found.order_by("id").values_list("id", flat=True)[:limit])

"""Which account a statement speaks of."""

from __future__ import annotations

from typing import Any

from django.db import connection

from moa.accounts.models import BankAccount
from moa.accounts.permissions import IMPORT
from moa.accounts.rules import SHORTEST_INSIDE_IBAN, is_iban_key, names_account, number_key, number_keys
from moa.control.access import permitted_units
from moa.control.context import Context
from moa.directory.queries import find_bank
from moa.formats.statements import StatementEnd
from moa.kernel.errors import DomainError, Problem, error

LONGEST_NUMBER = 40
# Written another way: with leading noughts, inside an IBAN or with one around it; `names_account` decides.
_OTHERWISE = """
select id from accounts_bankaccount
 where ltrim(number_key, '0') = ltrim(%(key)s, '0')
    or (%(iban)s and length(number_key) >= %(least)s and right(%(key)s, length(number_key)) = number_key)
    or (not %(iban)s and length(%(key)s) >= %(least)s and number_key ~ '^[A-Z]{2}[0-9]{2}'
        and right(number_key, length(%(key)s)) = %(key)s)
 order by id limit 10
"""


class AccountNumberTooLong(DomainError):
    """Facts: `number`, `limit`."""

    code = "account_number_too_long"


class AccountFinder:
    """Finds accounts by number and currency for the statements of one file.

    The account that the person named (`asked`) must be the file's own where the file names one.
    """

    def __init__(self, ctx: Context, asked: str, permission: str = IMPORT) -> None:
        self._ctx = ctx
        self._units = permitted_units(ctx, permission)
        self._asked = asked
        self._known: dict[str, list[BankAccount]] = {}

    def find(self, end: StatementEnd) -> BankAccount | Problem | None:
        """The account, None when nobody has opened it here, or what is wrong.

        Problems: account_needed, account_number_too_long, account_mismatch, currency_mismatch, account_ambiguous,
        account_forbidden.
        """
        place, number = end.place or "file", self.number(end)
        if not number_key(number) or "*" in number:
            return error("account_needed", place, "account", number)
        if len(number) > LONGEST_NUMBER:
            return error("account_number_too_long", place, "account", number)
        candidates = self.candidates(number)
        if self._asked and end.account and not self._agrees(end.account, candidates):
            return error("account_mismatch", place, "account", end.account)
        if not candidates:
            return None
        same = self._of_bank([one for one in candidates if one.currency == end.currency], end.bank)
        if not same:
            return error("currency_mismatch", place, "currency", end.currency)
        if len(same) > 1:
            return error("account_ambiguous", place, "account", number)
        if self._units is not None and same[0].unit_id not in self._units:
            return error("account_forbidden", place, "account", number)
        return same[0]

    def number(self, end: StatementEnd) -> str:
        """The number as the file has it, else as the person named it."""
        return end.account or self._asked

    def candidates(self, number: str) -> list[BankAccount]:
        """Every account of that number, in whatever currency and at whatever bank, oldest first."""
        if number not in self._known:
            self._known[number] = candidates_for(number)
        return self._known[number]

    def _agrees(self, stated: str, candidates: list[BankAccount]) -> bool:
        """Whether the file's number and the one that the person named are the same account."""
        if names_account(stated, self._asked):
            return True
        asked = {one.id for one in self.candidates(self._asked)}
        return bool(asked & {one.id for one in candidates})

    def _of_bank(self, same: list[BankAccount], bank: str) -> list[BankAccount]:
        """Two banks may have given the same number; the file may name its bank."""
        if len(same) < 2 or not bank:
            return same
        found = find_bank(self._ctx, country="KR", code=bank) or find_bank(self._ctx, bic=bank)
        if found is None:
            return same
        return [one for one in same if (one.bank_country, one.bank_code) == (found.country, found.code)]


def candidates_for(number: str) -> list[BankAccount]:
    """The accounts that a number may mean: those filed under it, else the only one that it is another writing of."""
    for key in number_keys(number):
        found = list(BankAccount.objects.filter(number_key=key).order_by("id"))
        if found:
            return found
    key = number_key(number)
    facts: dict[str, Any] = {"key": key, "iban": is_iban_key(key), "least": SHORTEST_INSIDE_IBAN}
    with connection.cursor() as cursor:
        cursor.execute(_OTHERWISE, facts)
        ids = [one for (one,) in cursor.fetchall()]
    alike = [
        one
        for one in BankAccount.objects.filter(id__in=ids).order_by("id")
        if names_account(number, one.number)
    ]
    return alike if len({(one.bank_country, one.bank_code, one.number_key) for one in alike}) == 1 else []

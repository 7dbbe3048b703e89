"""Which account a statement speaks of."""

from __future__ import annotations

from moa.accounts.models import BankAccount
from moa.accounts.permissions import IMPORT
from moa.accounts.rules import number_key, number_keys
from moa.control.access import permitted_units
from moa.control.context import Context
from moa.formats.statements import StatementEnd
from moa.kernel.errors import Problem, error


class AccountFinder:
    """Finds accounts by number and currency for the statements of one file.

    The account that the person named (`asked`) must be the file's own where the file names one.
    """

    def __init__(self, ctx: Context, asked: str) -> None:
        self._units = permitted_units(ctx, IMPORT)
        self._asked = asked

    def find(self, end: StatementEnd) -> BankAccount | Problem | None:
        """The account, None when nobody has opened it here, or what is wrong."""
        number = end.account or self._asked
        if not number_key(number):
            return error("account_needed", end.place or "file", "account", end.account)
        if self._asked and end.account and not set(number_keys(end.account)) & set(number_keys(self._asked)):
            return error("account_mismatch", end.place or "file", "account", end.account)
        candidates = self._candidates(number)
        if not candidates:
            return None
        same = [one for one in candidates if one.currency == end.currency]
        if not same:
            return error("currency_mismatch", end.place or "file", "currency", end.currency)
        if len(same) > 1:
            return error("account_ambiguous", end.place or "file", "account", number)
        if self._units is not None and same[0].unit_id not in self._units:
            return error("account_forbidden", end.place or "file", "account", number)
        return same[0]

    def _candidates(self, number: str) -> list[BankAccount]:
        for key in number_keys(number):
            found = list(BankAccount.objects.filter(number_key=key).order_by("id"))
            if found:
                return found
        key = number_key(number)
        if len(key) >= 15 and key[:2].isalpha():
            # An IBAN ends with the account's own number; it counts when only one account fits.
            ends = BankAccount.objects.extra(
                where=["length(number_key) >= 8 and right(%s, length(number_key)) = number_key"], params=[key]
            )
            return list(ends.order_by("id")[:3])
        return []

"""Lines as a list prints them: every cell ready, because fifty rows pay fifty times for whatever is left to do."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext
from markupsafe import Markup

from moa.accounts.lines import LineRow
from moa.accounts.overview import AccountRow
from moa.accounts.queries import AccountName
from moa.kernel.money import minor_digits
from moa.ui.formatting import account_end, cell, clock, day, money, named

# Where the column is too narrow the bank's name is cut, never the end of the account's number.
_ACCOUNT = Markup('<span class="mo-fit"><span>{}</span> <span>{}</span></span>')


class ShownLine(NamedTuple):
    """One row. Shape: cells are text, escaped where they hold a bank's words; `minor` is unsigned."""

    id: str
    side: str
    minor: int
    currency: str
    digits: int
    called: str
    when: str
    account: Markup
    who: Markup
    what: Markup
    out: Markup
    into: Markup
    balance: Markup
    state: str


class RowMaker:
    """Makes the rows of one page. `plain_currency` is printed without its code, the column's head names it."""

    def __init__(self, today: date, plain_currency: str) -> None:
        self._today, self._plain = today, plain_currency
        self._accounts: dict[int, Markup] = {}
        self._nobody = gettext("(no words)")

    def row(self, line: LineRow, account: AccountName | AccountRow, state: str) -> ShownLine:
        amount, currency = line.amount_minor, account.currency
        figure = cell if currency == self._plain else money
        nothing = Markup("")
        called = line.counterparty or line.description or self._nobody
        return ShownLine(
            f"p{line.id}" if state == "provisional" else str(line.id), "debit" if amount < 0 else "credit", abs(amount), currency, minor_digits(currency), called,
            f"{day(line.booked_on, self._today)} {clock(line.time)}", self._account(line.account_id, account),
            named(called), named(line.description) if line.counterparty and line.description else nothing,
            figure(-amount, currency) if amount < 0 else nothing, nothing if amount < 0 else figure(amount, currency),
            nothing if line.balance_minor is None else figure(line.balance_minor, currency), state,
        )  # fmt: skip

    def _account(self, account_id: int, account: AccountName | AccountRow) -> Markup:
        if account_id not in self._accounts:
            self._accounts[account_id] = _ACCOUNT.format(
                named(account.bank), account_end(account.account_end)
            )
        return self._accounts[account_id]

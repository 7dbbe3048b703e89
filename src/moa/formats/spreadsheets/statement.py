"""One statement while its rows come in: its span, its sums, its running balance, and what they give at the end."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import date, time

from moa.formats.spreadsheets.amounts import AmountUnreadable, plain_figures, read_minor
from moa.formats.spreadsheets.balances import RunningBalance
from moa.formats.spreadsheets.cells import Row
from moa.formats.spreadsheets.header import Header
from moa.formats.spreadsheets.interpret import Line
from moa.formats.spreadsheets.titles import Titles
from moa.formats.spreadsheets.totals import Totals
from moa.formats.statements import Event, ReadOptions, StatementEnd
from moa.kernel.errors import Problem, error, warning
from moa.kernel.money import to_text

_MIDNIGHT = time()


class OpenStatement:
    """The statement that the rows at hand belong to."""

    def __init__(
        self, *, place: str, header: Header, titles: Titles, options: ReadOptions, currency: str
    ) -> None:
        self.place = place
        self.currency = currency
        self.account = titles.account or options.account
        self.holder = titles.holder
        self.totals = Totals()
        self.balances = RunningBalance()
        self.count = 0
        self._header = header
        self._titles = titles
        self._options = options
        self._first: date | None = None
        self._last: date | None = None
        self._movements = 0
        self._contradiction = ""

    def belongs(self, line: Line) -> bool:
        """Whether a row is of this account and currency; a table may hold several, one after the other."""
        if not self.count:
            return True
        same_account = not line.account or line.account == self.account
        return same_account and line.entry.currency == self.currency

    def is_other_account(self, account: str) -> bool:
        return bool(account) and not _same_account(account, self.account)

    def add(self, line: Line) -> None:
        """Take a row in."""
        entry = line.entry
        if not self.count:
            self.currency = entry.currency
            if (
                line.account
                and self._titles.account
                and not _same_account(line.account, self._titles.account)
            ):
                self._contradiction = line.account
            self.account = line.account or self.account
            self.holder = line.holder or self.holder
        self.count += 1
        if self._first is None or entry.date < self._first:
            self._first = entry.date
        if self._last is None or entry.date > self._last:
            self._last = entry.date
        movement = entry.amount_minor if entry.direction == "credit" else -entry.amount_minor
        self._movements += movement
        self.totals.add(line.withdrawn, line.deposited)
        self.balances.add(entry.place, movement, entry.balance_minor, (entry.date, entry.time or _MIDNIGHT))

    def lose_row(self) -> None:
        """A row was refused: neither the next balance nor a total is held against the file for it."""
        self.balances.interrupt()
        self.totals.known = False

    def check_totals(self, row: Row, place: str) -> list[Problem]:
        return self.totals.check(row, place, self._header, self.currency)

    def close(self) -> Iterator[Event]:
        """The end of the statement. Problems: balance_mismatch, opening_mismatch, closing_mismatch,
        account_mismatch; warnings account_missing, account_number_numeric, date_outside_period."""
        yield from self._check_account()
        for found in self.balances.mismatches():
            value = self._unlike(found.printed, found.expected)
            yield error("balance_mismatch", found.place, self._balance_name(), value)
        opening, closing = self.balances.opening(), self.balances.closing()
        titles = self._titles
        said = yield from self._said("opening_mismatch", "opening", titles.opening, opening)
        if opening is None and said is not None:
            opening, closing = said, said + self._movements
        yield from self._said("closing_mismatch", "closing", titles.closing, closing)
        if titles.from_date and titles.to_date and self._first and self._last:
            for day in {self._first, self._last}:
                if not titles.from_date <= day <= titles.to_date:
                    yield warning("date_outside_period", self.place, "period", day.isoformat())
        yield StatementEnd(
            account=self.account,
            currency=self.currency,
            opening_minor=opening,
            closing_minor=closing,
            from_date=titles.from_date or self._first,
            to_date=titles.to_date or self._last,
            entry_count=self.count,
            newest_first=self.balances.newest_first,
            bank=titles.bank or self._header.profile.bank,
            holder=self.holder,
            place=self.place,
        )

    def _said(
        self, code: str, field: str, text: str, found: int | None
    ) -> Generator[Event, None, int | None]:
        """Hold a balance in the titles against the rows; gives it back in minor units."""
        if not text:
            return None
        try:
            said = read_minor(plain_figures(text, self._header.profile.figures), self.currency)
        except AmountUnreadable:
            yield warning("title_unread", self.place, field, text)
            return None
        if said is not None and found is not None and said != found:
            yield error(code, self.place, field, self._unlike(said, found))
        return said

    def _check_account(self) -> Iterator[Event]:
        titles, asked = self._titles, self._options.account
        if self._contradiction:
            yield error(
                "account_mismatch", self.place, "account", f"{titles.account} / {self._contradiction}"
            )
        if not self.account:
            yield warning("account_missing", self.place, "account", "")
        elif asked and not _same_account(asked, self.account):
            yield error("account_mismatch", titles.place or self.place, "account", self.account)
        elif asked and "*" in self.account:
            self.account = asked
        if titles.account_numeric and titles.account == self.account:
            yield warning("account_number_numeric", titles.place, "account", self.account)

    def _unlike(self, said: int, found: int) -> str:
        """What the file says, and what its rows give."""
        return f"{to_text(said, self.currency)} ≠ {to_text(found, self.currency)}"

    def _balance_name(self) -> str:
        column = self._header.only("balance")
        return column.name if column else ""


def _same_account(asked: str, said: str) -> bool:
    """Whether two writings are the same number: dashes and spaces do not count, a star stands for any digit."""
    left = [sign for sign in asked.upper() if sign.isalnum() or sign == "*"]
    right = [sign for sign in said.upper() if sign.isalnum() or sign == "*"]
    return len(left) == len(right) and all(a == b or "*" in (a, b) for a, b in zip(left, right, strict=True))

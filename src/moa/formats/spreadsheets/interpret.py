"""One row of a table as one entry, or everything that is wrong with the row.

Decisions that the files leave open:
- A negative amount in a withdrawal (deposit) column is a cancelled one: the money moved the other way, so it is
  booked on the other side with a warning `amount_reversed`, and opening + movements = closing holds.
- A row without an amount that says something (a balance carried over, a note) is an entry with status "info" and
  amount 0; one that says nothing beside its date is the error `amount_missing`.
- In a single amount column the word beside it gives the side; without such a word the amount's sign does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import NamedTuple

from moa.formats.spreadsheets.amounts import AmountUnreadable, plain_figures, read_minor
from moa.formats.spreadsheets.cells import Cell, Row, cell_text, one_line, shown
from moa.formats.spreadsheets.dates import (
    DateUnreadable,
    Moment,
    TimeUnreadable,
    read_time,
    read_value_date,
)
from moa.formats.spreadsheets.header import Column, Header, column_letter
from moa.formats.spreadsheets.identity import personal_number
from moa.formats.spreadsheets.profiles import KEPT, TEXTS, currency_named
from moa.formats.spreadsheets.sides import side_of
from moa.formats.statements import Entry
from moa.kernel.errors import Problem, error, warning
from moa.kernel.masking import mask_residents, mask_text

# Excel keeps 15 digits of a number.
_EXCEL_DIGITS = 10**15


class Line(NamedTuple):
    """An entry with what else its row said. Shape: column sums in minor units with the signs of the columns."""

    entry: Entry
    account: str
    holder: str
    withdrawn: int
    deposited: int


class RowReader:
    """Reads the rows below one header. `problems` fills as it reads; whoever calls takes them out."""

    def __init__(self, header: Header, *, currency: str, serial_base: date) -> None:
        self.header = header
        self.default_currency = currency
        self.problems: list[Problem] = []
        self._base = serial_base
        self._order = header.profile.date_order
        self._figures = header.profile.figures
        self._width = len(header.columns)
        self._time = header.only("time")
        self._value_date = header.only("value_date")
        self._out = header.only("withdrawal")
        self._in = header.only("deposit")
        self._amount = header.only("amount")
        self._side = None if header.profile.signed else header.only("side") or header.only("kind")
        self._balance = header.only("balance")
        self._currency = header.only("currency")
        self._account = header.only("own_account")
        self._holder = header.only("own_holder")
        self._reference = header.only("reference")
        self._bank_reference = header.only("bank_reference")
        self._counterparties = header.all_of(("counterparty",))
        self._counterparty_account = header.only("counterparty_account")
        self._identities = header.all_of(("identity",))
        self._texts = tuple(column for column in header.columns if self._is_text(column))
        self._warned: set[int] = set()

    def _is_text(self, column: Column) -> bool:
        if column.field == "kind":
            return self._amount is None or column is not self._side
        return column.field in TEXTS or column.field in KEPT or not column.field

    def read(self, row: Row, moment: Moment, place: str) -> Line | None:
        """The row as an entry, or None when its problems say why not.

        Problems: amount_unreadable, both_sides, amount_missing, direction_unknown, time_unreadable,
        value_date_unreadable, date_impossible,
        currency_unknown, account_number_inexact, resident_number_refused; warnings
        amount_reversed, date_adjusted, account_number_numeric, column_unknown.
        """
        cells = row.cells
        if len(cells) < self._width:
            cells = [*cells, *[None] * (self._width - len(cells))]
        before = len(self.problems)
        currency = self._row_currency(cells, place)
        if not currency:
            return None
        balance = self._minor(cells, self._balance, currency, place)
        out, into, direction, amount = self._movement(cells, currency, place)
        at = self._row_time(cells, moment, place)
        value_date = self._row_value_date(cells, place)
        self._refuse_persons(cells, place)
        account = self._account_text(cells, self._account, place)
        partner_account = self._account_text(cells, self._counterparty_account, place)
        description, counterparty = self._words(cells, place)
        status = "booked"
        if not amount:
            status = "info"
            if not (description or counterparty or balance is not None) and len(self.problems) == before:
                self.problems.append(error("amount_missing", place, self._money_names(), ""))
        if any(problem.severity == "error" for problem in self.problems[before:]):
            return None
        entry = Entry(
            moment.day, value_date, at, amount, currency, direction, status,
            mask_residents(self._text(cells, self._reference)), mask_residents(self._text(cells, self._bank_reference)),
            description, counterparty, partner_account, balance, place,
        )  # fmt: skip
        return Line(entry, account, self._text(cells, self._holder), out, into)

    def column_name(self, index: int) -> str:
        """The header word of a column, or its letter where the header has none."""
        column = self.header.columns[index] if index < len(self.header.columns) else None
        return column.name if column and column.name else f"column {column_letter(index)}"

    def _text(self, cells: Sequence[Cell], column: Column | None) -> str:
        return cell_text(cells[column.at]) if column is not None else ""

    def _row_currency(self, cells: Sequence[Cell], place: str) -> str:
        if self._currency is None:
            return self.default_currency
        text = cell_text(cells[self._currency.at])
        named = currency_named(text) if text else self.default_currency
        if not named:
            self.problems.append(error("currency_unknown", place, self._currency.name, text))
        return named or self.default_currency

    def _minor(self, cells: Sequence[Cell], column: Column | None, currency: str, place: str) -> int | None:
        if column is None:
            return None
        cell = cells[column.at]
        if cell is None or cell == "":
            return None
        try:
            return read_minor(plain_figures(cell, self._figures), currency)
        except AmountUnreadable:
            self.problems.append(error("amount_unreadable", place, column.name, shown(cell)))
            return None

    def _movement(self, cells: Sequence[Cell], currency: str, place: str) -> tuple[int, int, str, int]:
        """Column sums, booked side and unsigned amount of the row."""
        if self._amount is not None:
            return self._single(cells, self._amount, currency, place)
        out = self._minor(cells, self._out, currency, place) or 0
        into = self._minor(cells, self._in, currency, place) or 0
        if out and into:
            assert self._out is not None
            assert self._in is not None
            left, right = shown(cells[self._out.at]), shown(cells[self._in.at])
            value = left if left == right else f"{left} / {right}"
            self.problems.append(error("both_sides", place, self._money_names(), value))
            return 0, 0, "credit", 0
        signed = into - out
        column = self._out if out else self._in
        if column is not None and (out < 0 or into < 0):
            self.problems.append(warning("amount_reversed", place, column.name, shown(cells[column.at])))
        return out, into, "debit" if signed < 0 else "credit", abs(signed)

    def _single(
        self, cells: Sequence[Cell], column: Column, currency: str, place: str
    ) -> tuple[int, int, str, int]:
        minor = self._minor(cells, column, currency, place) or 0
        side = ""
        if self._side is not None and minor:
            said = cell_text(cells[self._side.at])
            side = side_of(self.header.profile, said)
            # A word about the kind of entry may name no side where the amount shows its own sign.
            if not side and (minor > 0 or self._side.field == "side"):
                self.problems.append(error("direction_unknown", place, self._side.name, shown(said)))
        if minor < 0 and side == "credit":
            self.problems.append(warning("amount_reversed", place, column.name, shown(cells[column.at])))
        direction = "debit" if minor < 0 or side == "debit" else "credit"
        amount = abs(minor)
        return (amount, 0, direction, amount) if direction == "debit" else (0, amount, direction, amount)

    def _money_names(self) -> str:
        return "·".join(column.name for column in (self._out, self._in, self._amount) if column is not None)

    def _row_time(self, cells: Sequence[Cell], moment: Moment, place: str) -> time | None:
        if self._time is None:
            return moment.at
        try:
            return read_time(cells[self._time.at]) or moment.at
        except TimeUnreadable:
            self.problems.append(
                error("time_unreadable", place, self._time.name, shown(cells[self._time.at]))
            )
            return None

    def _row_value_date(self, cells: Sequence[Cell], place: str) -> date | None:
        if self._value_date is None:
            return None
        cell = cells[self._value_date.at]
        try:
            day, adjusted = read_value_date(cell, self._order, self._base)
        except DateUnreadable as problem:
            code = "date_impossible" if problem.impossible else "value_date_unreadable"
            self.problems.append(error(code, place, self._value_date.name, shown(cell)))
            return None
        if adjusted:
            self.problems.append(warning("date_adjusted", place, self._value_date.name, shown(cell)))
        return day

    def _refuse_persons(self, cells: Sequence[Cell], place: str) -> None:
        for column in self._identities:
            masked = personal_number(cells[column.at])
            if masked:
                self.problems.append(error("resident_number_refused", place, column.name, masked))

    def _account_text(self, cells: Sequence[Cell], column: Column | None, place: str) -> str:
        """An account number. A number cell has lost its leading noughts, and above 2^53 its last digits too."""
        if column is None:
            return ""
        cell = cells[column.at]
        text = cell_text(cell)
        if isinstance(cell, str) or not text:
            return text
        if isinstance(cell, int | Decimal) and not -_EXCEL_DIGITS < cell < _EXCEL_DIGITS:
            self.problems.append(error("account_number_inexact", place, column.name, text))
        elif column.at not in self._warned:
            self._warned.add(column.at)
            self.problems.append(warning("account_number_numeric", place, column.name, text))
        return text

    def _words(self, cells: Sequence[Cell], place: str) -> tuple[str, str]:
        """The description and the counterparty.

        The description has the words about the entry first, in the order of their columns, and then whatever other
        columns say under their names in brackets.
        """
        counterparty = ""
        words: list[str] = []
        named: list[str] = []
        for column in self._counterparties:
            text = cell_text(cells[column.at])
            if text and not counterparty:
                counterparty = text
            elif text and text != counterparty:
                words.append(text)
        for column in self._texts:
            cell = cells[column.at]
            if cell is None or cell == "":
                continue
            text = cell_text(cell)
            if not text or _says_nothing(column, text):
                continue
            if column.field not in TEXTS:
                named.append(self._named(column.at, text, place))
            elif text not in words:
                words.append(text)
        others = [column.at for column in self._identities]
        for at in (*others, *range(self._width, len(cells))):
            text = cell_text(cells[at])
            if text:
                named.append(self._named(at, text, place))
        return mask_text(one_line(" ".join(words + named))), mask_text(one_line(counterparty))

    def _named(self, at: int, text: str, place: str) -> str:
        """What a column without a place in the entry says; a column without a name is told of once."""
        name = self.column_name(at)
        nameless = at >= len(self.header.columns) or not self.header.columns[at].name
        if nameless and at not in self._warned:
            self._warned.add(at)
            self.problems.append(warning("column_unknown", place, name, ""))
        return f"[{name}] {text}"


def _says_nothing(column: Column, text: str) -> bool:
    """A nought where a cheque's amount could stand, and the row numbers in a first column without a name."""
    if column.field == "code":
        return not text.strip("0.,")
    return column.at == 0 and not column.name and text.isdecimal()

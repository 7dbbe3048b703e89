"""A sheet's rows as statements: titles, header, entries, totals, footers, and the next account's table below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from moa.formats.spreadsheets.cells import Row, Sheet, cell_text, is_blank, shown
from moa.formats.spreadsheets.dates import DateUnreadable, read_moment
from moa.formats.spreadsheets.header import (
    HEADER_WITHIN_ROWS,
    Header,
    find_header,
    same_header,
)
from moa.formats.spreadsheets.interpret import Line, RowReader
from moa.formats.spreadsheets.profiles import Profile
from moa.formats.spreadsheets.statement import OpenStatement
from moa.formats.spreadsheets.titles import Titles, account_named
from moa.formats.spreadsheets.totals import is_totals
from moa.formats.statements import Event, FileFacts, ReadOptions, StatementStart
from moa.kernel.errors import Problem, error, warning


class Table:
    """Reads one sheet. `found` says afterwards whether it had a header; `statements` counts what it began."""

    def __init__(
        self,
        sheet: Sheet,
        options: ReadOptions,
        facts: FileFacts,
        profiles: Sequence[Profile],
        *,
        first_index: int,
    ) -> None:
        self.found = False
        self.empty = True
        self.index = first_index
        self._sheet = sheet
        self._options = options
        self._facts = facts
        self._profiles = profiles
        self._prefix = f"sheet {sheet.name}, " if sheet.name else ""
        self._titles = Titles()
        self._open: OpenStatement | None = None
        self._after_totals = False
        self._unreadable = False
        self._header: Header
        self._reader: RowReader
        self._date_index = 0

    def events(self) -> Iterator[Event]:
        """The events of every statement in the sheet; only problems when it has no header."""
        rows = iter(self._sheet.rows)
        head: list[Row] = []
        for row in rows:
            if isinstance(row, Problem):
                yield row
                continue
            head.append(row)
            if len(head) >= HEADER_WITHIN_ROWS:
                break
        self.empty = all(is_blank(row.cells) for row in head)
        header = find_header(head, self._profiles)
        if header is None:
            return
        self.found = True
        for row in head[: header.after - 1]:
            self._titles.add(row, self._place(row))
        self._take_account(header, head)
        yield from self._begin(header)
        for item in chain(islice(head, header.after, None), rows):
            if self._unreadable:
                break
            if isinstance(item, Problem):
                yield item
            else:
                yield from self._row(item)
        yield from self._close()

    def _take_account(self, header: Header, head: Sequence[Row]) -> None:
        """The account's number from the cell that a person pointed at, whatever stands before it."""
        if header.profile.account_at is None:
            return
        number, at = header.profile.account_at
        row = next((row for row in head if row.number == number), None)
        if row is not None and at < len(row.cells):
            self._titles.take_account(row.cells[at], self._place(row))

    def _place(self, row: Row) -> str:
        return f"{self._prefix}row {row.number}"

    def _begin(self, header: Header) -> Iterator[Event]:
        """A header: its columns are known from here on, and a statement begins."""
        self._header = header
        self._after_totals = False
        self._facts.profile = self._facts.profile or header.profile.name
        date_column = header.only("date")
        assert date_column is not None
        self._date_index = date_column.at
        place = f"{self._prefix}row {header.number}"
        currency = self._currency()
        if not currency and not header.has("currency"):
            self._unreadable = True
            yield error("currency_missing", place)
            return
        self._reader = RowReader(header, currency=currency, serial_base=self._sheet.serial_base)
        for column in header.columns:
            if column.name and not column.field:
                yield warning("column_unknown", place, column.name, "")
        yield from self._start(place)

    def _start(self, place: str) -> Iterator[Event]:
        yield from self._close()
        self._open = OpenStatement(
            place=place, header=self._header, titles=self._titles, options=self._options,
            currency=self._reader.default_currency,
        )  # fmt: skip
        yield StatementStart(self.index, place)
        self.index += 1

    def _close(self) -> Iterator[Event]:
        if self._open is not None:
            yield from self._open.close()
            self._open = None

    def _currency(self) -> str:
        """The titles' currency, else the one in the header's brackets, else the caller's, else the profile's."""
        named = (
            column.currency for column in self._header.all_of(("withdrawal", "deposit", "amount", "balance"))
        )
        in_header = next((currency for currency in named if currency), "")
        profile = self._header.profile.currency
        return self._titles.currency or in_header or self._options.currency or profile

    def _row(self, row: Row) -> Iterator[Event]:
        cells = row.cells
        cell = cells[self._date_index] if self._date_index < len(cells) else None
        try:
            moment = read_moment(cell, self._header.profile.date_order, self._sheet.serial_base)
        except DateUnreadable as problem:
            yield from self._other(row, "date_impossible" if problem.impossible else "date_unreadable")
            return
        if moment is None:
            yield from self._other(row, "date_missing")
            return
        place = self._place(row)
        if self._open is None:
            yield error("header_missing", place, self._header.columns[self._date_index].name, shown(cell))
            return
        if row.damage or (self._sheet.exact_width and not self._fits(row)):
            yield from self._refuse_shape(row, place)
            return
        line = self._reader.read(row, moment, place)
        if self._reader.problems:
            yield from self._reader.problems
            self._reader.problems.clear()
        if line is None:
            self._open.lose_row()
        else:
            yield from self._take(line, place)

    def _take(self, line: Line, place: str) -> Iterator[Event]:
        assert self._open is not None
        if not self._open.belongs(line):
            yield from self._start(place)
        self._open.add(line)
        yield line.entry

    def _fits(self, row: Row) -> bool:
        """Whether a row has a cell for every named column, and nothing beyond the header's cells."""
        if len(row.cells) < self._header.width:
            return False
        return len(row.cells) <= self._header.cells or is_blank(row.cells[self._header.cells :])

    def _refuse_shape(self, row: Row, place: str) -> Iterator[Event]:
        """Bytes that are no text, or a row with more or fewer cells than the header."""
        assert self._open is not None
        for index in row.damage:
            name = self._reader.column_name(index)
            yield error("character_unreadable", place, name, shown(row.cells[index]))
        if self._sheet.exact_width and not self._fits(row):
            yield error("column_count", place, "", str(len(row.cells)))
        self._open.lose_row()

    def _other(self, row: Row, fault: str) -> Iterator[Event]:
        """A row without a day: blank, a header, a total, another account's titles, a footer, or a fault."""
        if is_blank(row.cells):
            return
        place = self._place(row)
        header = find_header([row], self._profiles)
        if header is not None:
            if self._open is None or not same_header(self._header, row.cells):
                yield from self._begin(header)
        elif self._open is None:
            self._titles.add(row, place)
        elif is_totals(row):
            self._after_totals = True
            yield from self._open.check_totals(row, place)
        elif self._open.is_other_account(account := account_named(row)):
            yield from self._close()
            self._titles = Titles()
            self._titles.add(row, place)
        elif not account:
            yield from self._fault_or_footer(row, place, fault)

    def _fault_or_footer(self, row: Row, place: str, fault: str) -> Iterator[Event]:
        """A row with figures under the amounts should have had a day; any other is text around the table."""
        assert self._open is not None
        for index in row.damage:
            yield error(
                "character_unreadable", place, self._reader.column_name(index), shown(row.cells[index])
            )
        cell = row.cells[self._date_index] if self._date_index < len(row.cells) else None
        text = cell_text(cell)
        figures = [
            column for column in self._header.all_of(("withdrawal", "deposit", "amount", "balance"))
            if column.at < len(row.cells) and any(sign.isdigit() for sign in cell_text(row.cells[column.at]))
        ]  # fmt: skip
        dated = sum(sign.isdigit() for sign in text) >= 6
        if dated or (figures and not self._after_totals):
            name = self._header.columns[self._date_index].name
            yield error(fault, place, name, shown(cell))
            self._open.lose_row()
        elif not self._after_totals or figures:
            words = " ".join(filter(None, map(cell_text, row.cells)))
            yield warning("row_ignored", place, "", shown(words))

"""What the columns of a table without known words seem to hold, told from their cells.

Nothing is taken in by a guess: a person sees it, with the balances that run by it, and points elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import NamedTuple

from moa.formats.spreadsheets.amounts import AmountUnreadable, Figures, plain_figures, read_minor
from moa.formats.spreadsheets.cells import Cell, Row, cell_text
from moa.formats.spreadsheets.dates import (
    DateUnreadable,
    Moment,
    Order,
    TimeUnreadable,
    read_moment,
    read_time,
)
from moa.formats.spreadsheets.header import find_header
from moa.formats.spreadsheets.pointing import (
    FIGURES,
    MOST_COLUMNS,
    ORDERS,
    Pointing,
    holds_persons,
    names_in,
    names_without_header,
    text_of,
    width_of,
)
from moa.formats.spreadsheets.profiles import PROFILES
from moa.formats.spreadsheets.sides import side_named
from moa.formats.spreadsheets.titles import Titles, account_in

_LOOKED_AT = 40
_MOST_FIGURES = 6
# A currency of two decimals takes every amount that one of none takes.
_TRIED_CURRENCY = "USD"
_Column = list[Cell]


class _Movement(NamedTuple):
    """How the figures run. Shape: columns from 0; `side` only with `amount`; the words of that column by side."""

    hits: int
    withdrawal: int = -1
    deposit: int = -1
    amount: int = -1
    balance: int = -1
    side: int = -1
    credit_words: tuple[str, ...] = ()
    debit_words: tuple[str, ...] = ()


def guess(rows: Sequence[Row]) -> Pointing:
    """The likeliest pointing: by known header words where there are any, else by what the cells below look like."""
    known = find_header(rows, list(PROFILES.values()))
    if known is not None:
        two = (
            known.after > 1 and rows[known.after - 1].number == known.number and _is_joined(rows, known.after)
        )
        first = rows[known.after - (2 if two else 1)].number
        names = tuple(column.name for column in known.columns[:MOST_COLUMNS])
        fields = tuple(
            column.field or ("code" if column.name else "") for column in known.columns[:MOST_COLUMNS]
        )
        side = "kind" in fields and "amount" in fields and "side" not in fields
        fields = tuple(("side" if side else "content") if one == "kind" else one for one in fields)
        return Pointing(
            first, names, fields, header_rows=2 if two else 1, date_order=known.profile.date_order
        )
    return _by_cells(rows)


def _is_joined(rows: Sequence[Row], after: int) -> bool:
    """Whether the header that ends before `after` needed the row above: its own words name no day or no amount."""
    return find_header(rows[after - 1 : after], list(PROFILES.values())) is None


def _by_cells(rows: Sequence[Row]) -> Pointing:
    at, names = _likely_header(rows)
    if not names:
        return Pointing(0, (), ())
    return _pointing(rows, at, names, header_rows=1)


def guess_without_header(rows: Sequence[Row]) -> Pointing:
    """The likeliest pointing of a table that begins at once, in the first row with a day and two cells more."""
    for at, row in enumerate(rows):
        said = [cell for cell in row.cells if cell_text(cell)]
        if len(said) >= 3 and any(_day(cell, order) for cell in said for order in ORDERS):
            names = names_without_header(rows, row.number) or ()
            return _pointing(rows, at, names[:MOST_COLUMNS], header_rows=0)
    return Pointing(0, (), (), 0)


def _pointing(rows: Sequence[Row], at: int, names: tuple[str, ...], *, header_rows: int) -> Pointing:
    """What the columns below the header, or of the table without one, look like."""
    below = rows[at + header_rows : at + header_rows + _LOOKED_AT]
    width = min(len(names), MOST_COLUMNS)
    columns = [
        [row.cells[index] if index < len(row.cells) else None for row in below] for index in range(width)
    ]
    fields = ["identity" if holds_persons(name) else "code" if name else "" for name in names[:width]]
    order, day = _day_column(columns)
    if day >= 0:
        fields[day] = "date"
    taken = {index for index, name in enumerate(fields) if name in ("date", "identity")}
    moment = next((index for index in range(width) if index not in taken and _all_times(columns[index])), -1)
    if moment >= 0:
        fields[moment] = "time"
        taken.add(moment)
    figures, movement = _likely_movement(columns, taken)
    for name in ("withdrawal", "deposit", "amount", "balance", "side"):
        index = getattr(movement, name)
        if index >= 0:
            fields[index] = name
    _describe(fields, columns)
    return Pointing(
        rows[at].number, names[:width], tuple(fields), header_rows, date_order=order, figures=figures,
        credit_words=movement.credit_words, debit_words=movement.debit_words, account_at=_only_place(rows, rows[at].number),
    )  # fmt: skip


def _only_place(rows: Sequence[Row], header_row: int) -> tuple[int, int] | None:
    """The one cell above the header that holds an account number, where no label names one."""
    titles = Titles()
    for row in rows:
        if row.number < header_row:
            titles.add(row, "")
    places = account_places(rows, header_row)
    return places[0][:2] if len(places) == 1 and not titles.account else None


def _likely_header(rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """The first row of three words or more with a day in the row below."""
    for at, row in enumerate(rows[:-1]):
        names = names_in([row], row.number, 1)
        if names is None or sum(1 for name in names if name) < 3 or width_of([row]) > MOST_COLUMNS:
            continue
        if any(_day(cell, order) for cell in row.cells for order in ORDERS):
            continue
        if any(_day(cell, order) for cell in rows[at + 1].cells for order in ORDERS):
            return at, names[: width_of([row])]
    return 0, ()


def _day(cell: Cell, order: Order) -> Moment | None:
    try:
        return read_moment(cell, order)
    except DateUnreadable:
        return None


def _day_column(columns: Sequence[_Column]) -> tuple[Order, int]:
    """The first column whose cells are days, and the order in which all of them are."""
    for index, column in enumerate(columns):
        said = [cell for cell in column if cell_text(cell)]
        for order in ORDERS:
            days = [_day(cell, order) for cell in said]
            if len(said) >= 2 and sum(day is not None for day in days) * 10 >= len(said) * 9:
                return order, index
    return "ymd", -1


def _all_times(column: _Column) -> bool:
    said = [cell for cell in column if cell_text(cell)]
    try:
        return len(said) >= 2 and all(":" in cell_text(cell) and read_time(cell) is not None for cell in said)
    except TimeUnreadable:
        return False


def _likely_movement(columns: Sequence[_Column], taken: set[int]) -> tuple[Figures, _Movement]:
    """The columns of money by which the most balances run, in whichever way the figures are written."""
    best: tuple[Figures, _Movement] = ("1,234.56", _Movement(-1))
    for figures in FIGURES:
        read = {
            index: values
            for index, column in enumerate(columns)
            if index not in taken and (values := _amounts(column, figures))
        }
        read = dict(list(read.items())[:_MOST_FIGURES])
        found = _best_movement(read, columns, taken)
        if found.hits > best[1].hits:
            best = figures, found
    return best


def _amounts(column: _Column, figures: Figures) -> list[int | None]:
    """The cells in hundredths; empty where one is no amount, or nothing stands in the column."""
    values: list[int | None] = []
    for cell in column:
        try:
            values.append(read_minor(plain_figures(cell, figures), _TRIED_CURRENCY))
        except AmountUnreadable:
            if sum(sign.isdigit() for sign in cell_text(cell)):
                return []
            values.append(None)
    return values if any(value is not None for value in values) else []


def _best_movement(
    read: dict[int, list[int | None]], columns: Sequence[_Column], taken: set[int]
) -> _Movement:
    best = _Movement(0 if read else -1)
    for balance in read:
        steps = _steps(read[balance])
        others = [index for index in read if index != balance]
        for out, into in permutations(others, 2):
            hits = _hits(steps, [(b or 0) - (a or 0) for a, b in zip(read[out], read[into], strict=True)])
            if hits > best.hits:
                best = _Movement(hits, withdrawal=out, deposit=into, balance=balance)
        for amount in others:
            signed = [value or 0 for value in read[amount]]
            # An amount with signs of its own needs no second column beside it.
            hits = _hits(steps, signed) + (min(signed) < 0)
            if hits > best.hits:
                best = _Movement(hits, amount=amount, balance=balance)
            beside = _beside(steps, signed, columns, {*taken, amount, balance})
            if beside and beside.hits > best.hits:
                best = beside._replace(amount=amount, balance=balance)
    if best.hits <= 0 and len(read) == 1:
        return _Movement(0, amount=next(iter(read)))
    return best


def _steps(balances: list[int | None]) -> list[tuple[int, int]]:
    """From one printed balance to the next. Shape: (index of the later row, step)."""
    return [
        (at + 1, later - before)
        for at, (before, later) in enumerate(zip(balances, balances[1:], strict=False))
        if before is not None and later is not None
    ]


def _hits(steps: list[tuple[int, int]], moved: list[int]) -> int:
    """How many steps a movement explains, oldest first or newest first, whichever explains more."""
    oldest = sum(1 for at, step in steps if moved[at] == step and step)
    newest = sum(1 for at, step in steps if -moved[at - 1] == step and step)
    return max(oldest, newest)


def _beside(
    steps: list[tuple[int, int]], moved: list[int], columns: Sequence[_Column], taken: set[int]
) -> _Movement | None:
    """A column whose words say which side an amount without a sign is on: each word stands for one side only."""
    if any(value < 0 for value in moved):
        return None
    for index, column in enumerate(columns):
        if index in taken:
            continue
        for newest in (False, True):
            words: dict[str, set[bool]] = {}
            hits = 0
            for at, step in steps:
                row = at - 1 if newest else at
                way = -step if newest else step
                if way and abs(way) == moved[row]:
                    hits += 1
                    words.setdefault(cell_text(column[row]), set()).add(way > 0)
            if (
                hits
                and 1 <= len(words) <= 6
                and all(len(ways) == 1 for ways in words.values())
                and all(words)
            ):
                credit = tuple(word for word, ways in words.items() if True in ways)
                debit = tuple(word for word, ways in words.items() if False in ways)
                known = {side_named(word) for word in credit} <= {"credit"} and {
                    side_named(word) for word in debit
                } <= {"debit"}
                return _Movement(
                    hits, side=index, credit_words=() if known else credit, debit_words=() if known else debit
                )
    return None


def _describe(fields: list[str], columns: Sequence[_Column]) -> None:
    """The longest words of a row are its description where nothing else is."""
    if any(name in ("summary", "content", "memo") for name in fields):
        return
    free = [index for index, name in enumerate(fields) if name == "code"]
    lengths = {index: len({cell_text(cell) for cell in columns[index]} - {""}) for index in free}
    worded = [
        index for index in free if any(not _is_figure(cell) for cell in columns[index] if cell_text(cell))
    ]
    if worded:
        fields[max(worded, key=lambda index: lengths[index])] = "summary"


def _is_figure(cell: Cell) -> bool:
    return not any(sign.isalpha() for sign in cell_text(cell))


def account_places(rows: Sequence[Row], header_row: int) -> list[tuple[int, int, str]]:
    """The cells above a header that hold an account number. Shape: row as the sheet shows it, column from 0, text."""
    return [
        (row.number, at, text)
        for row in rows
        if row.number < header_row
        for at, text in enumerate(text_of(row))
        if account_in(text)
    ]

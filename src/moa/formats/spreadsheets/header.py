"""Where the header row is, and which column holds which field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from moa.formats.spreadsheets.cells import Cell, Row, cell_text, one_line, readable
from moa.formats.spreadsheets.dates import DateUnreadable, read_moment
from moa.formats.spreadsheets.profiles import (
    IGNORED,
    KEPT,
    SINGLE,
    TEXTS,
    Profile,
    currency_in,
    normal,
    without_brackets,
)

# Titles above a header take a few rows; a table whose header is further down is not a statement.
HEADER_WITHIN_ROWS = 100
_MONEY = ("withdrawal", "deposit", "amount")
# Without a meaning of their own in this table, these are words about the entry.
_TEXT_WHEN_UNUSED = frozenset(("kind", "reference"))


class Column(NamedTuple):
    """One column. Shape: `at` counts from 0; `field` is empty for a header word that no profile knows."""

    at: int
    name: str
    field: str
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The header that was found.

    Shape: `number` of its last row as the sheet shows it; `after` is where the rows below it begin in the list that
    was searched; `width` counts the columns up to the last named one, `cells` all cells of the row.
    """

    number: int
    after: int
    width: int
    cells: int
    columns: tuple[Column, ...]
    profile: Profile

    def only(self, name: str) -> Column | None:
        """The column of a field that stands in one column, or None."""
        return next((column for column in self.columns if column.field == name), None)

    def all_of(self, names: Iterable[str]) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.field in names)

    def has(self, name: str) -> bool:
        return self.only(name) is not None


def find_header(rows: Sequence[Row], profiles: Sequence[Profile]) -> Header | None:
    """The first of `rows` that names a date and an amount column, read by the profile that knows it best.

    A header that a person has pointed at goes before one that only looks like a header.
    """
    pointed = [profile for profile in profiles if profile.pointed]
    if pointed:
        header = _find_pointed(rows, pointed)
        if header is not None:
            return header
        profiles = [profile for profile in profiles if not profile.pointed]
    for at, row in enumerate(rows):
        below = rows[at + 1] if at + 1 < len(rows) else None
        header = _header_at(row, at, profiles)
        if header is not None:
            joined = _joined(row, below, profiles) if below is not None else None
            return _header_at(joined, at, profiles, rows_used=2) or header if joined else header
        joined = _joined(row, below, profiles) if below is not None else None
        header = _header_at(joined, at, profiles, rows_used=2) if joined else None
        if header is not None:
            return header
    return None


def header_names(rows: Sequence[Row], at: int, header_rows: int) -> list[str] | None:
    """The names in a header of one row or two, where the lower word wins; None where a cell holds no word."""
    used = rows[at : at + header_rows]
    if len(used) < header_rows or not all(_only_words(row.cells) for row in used):
        return None
    width = max(len(row.cells) for row in used)
    names = [""] * width
    for row in used:
        for index, cell in enumerate(row.cells):
            names[index] = one_line(readable(cell_text(cell))) or names[index]
    return names


def _find_pointed(rows: Sequence[Row], profiles: Sequence[Profile]) -> Header | None:
    for at in range(len(rows)):
        best: tuple[int, Header] | None = None
        for profile in profiles:
            if not profile.header_rows:
                header = _table_at(rows, at, profile)
                if header is not None:
                    return header
                continue
            names = header_names(rows, at, profile.header_rows)
            columns = pointed_columns(names, profile) if names else ()
            if not names or not columns:
                continue
            width = max(index + 1 for index, name in enumerate(names) if name)
            after = at + profile.header_rows
            header = Header(rows[after - 1].number, after, width, len(names), columns, profile)
            known = sum(1 for column in columns if column.field)
            if best is None or known > best[0]:
                best = known, header
        if best is not None:
            return best[1]
    return None


def _table_at(rows: Sequence[Row], at: int, profile: Profile) -> Header | None:
    """A table without a header begins where the column of its days holds one; its columns are called by their letters."""
    cells = rows[at].cells
    columns = pointed_columns([column_letter(index) for index in range(len(cells))], profile)
    day = next((column.at for column in columns if column.field == "date"), None)
    if day is None:
        return None
    try:
        if read_moment(cells[day], profile.date_order) is None:
            return None
    except DateUnreadable:
        return None
    meant = [one.at for one in columns if one.field and one.field not in IGNORED and one.field not in KEPT]
    return Header(rows[at].number, at, max(meant) + 1, len(cells), columns, profile)


def pointed_columns(names: Sequence[str], profile: Profile) -> tuple[Column, ...]:
    """The columns of a header by what a person pointed at; empty where one that says something is not there.

    A column that nobody pointed at is kept in the description under its name, as an unknown one is.
    """
    places: dict[tuple[str, int], int] = {}
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        word = normal(name)
        if word:
            places[word, seen.get(word, 0)] = index
            seen[word] = seen.get(word, 0) + 1
    chosen: dict[int, str] = {}
    for one in profile.pointed:
        at: int | None = places.get((one.name, one.nth))
        if not one.name:
            at = one.at if one.at < len(names) and not names[one.at] else None
        if at is not None:
            chosen[at] = one.field
        elif one.field not in IGNORED and one.field not in KEPT:
            return ()
    return tuple(
        Column(index, name, chosen.get(index, ""), currency_in(name)) for index, name in enumerate(names)
    )


def same_header(header: Header, cells: Sequence[Cell]) -> bool:
    """Whether a row repeats the header, as printed lists do on every page."""
    if not header.profile.header_rows:
        return False
    named = [column for column in header.columns if column.name]
    return all(column.at < len(cells) and cell_text(cells[column.at]) == column.name for column in named)


def column_letter(index: int) -> str:
    """A column as a sheet names it: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _header_at(row: Row | None, at: int, profiles: Sequence[Profile], rows_used: int = 1) -> Header | None:
    if row is None or not _only_words(row.cells):
        return None
    names = [one_line(readable(cell_text(cell))) for cell in row.cells]
    width = max((index + 1 for index, name in enumerate(names) if name), default=0)
    present = {normal(word) for name in names if name for word in (name, without_brackets(name))}
    best: tuple[tuple[int, int], Header] | None = None
    for profile in profiles:
        signed = {normal(word) for word in profile.signature}
        if not signed <= present and len(profiles) > 1:
            continue
        columns = map_columns(names, profile)
        fields = {column.field for column in columns}
        if "date" not in fields or not fields.intersection(_MONEY):
            continue
        score = (len(signed), sum(1 for column in columns if column.field))
        if best is None or score > best[0]:
            best = score, Header(row.number, at + rows_used, width, len(names), columns, profile)
    return best[1] if best else None


def _only_words(cells: Sequence[Cell]) -> bool:
    return all(cell is None or isinstance(cell, str) for cell in cells)


def _joined(row: Row, below: Row, profiles: Sequence[Profile]) -> Row | None:
    """Two rows read as one header, where a title like 거래금액 spans 출금 and 입금 below it."""
    if not (_only_words(row.cells) and _only_words(below.cells)):
        return None
    upper = [cell_text(cell) for cell in row.cells]
    lower = [cell_text(cell) for cell in below.cells]
    words = [text for text in upper + lower if text]
    known = any(all(profile.meanings_of(word) for word in words) for profile in profiles)
    if not known or not any(upper) or not any(lower):
        return None
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    return Row(below.number, [low or high for high, low in zip(upper, lower, strict=True)])


def map_columns(names: Sequence[str], profile: Profile) -> tuple[Column, ...]:
    """Which field each column holds: a field that has one place goes to the best word, the others keep their name."""
    chosen: dict[int, str] = {}
    taken: dict[str, int] = {}
    # The day first: 交易时间 is the day's column where no other is, else the time's.
    wishes = sorted(
        (name != "date", rank, index, name)
        for index, word in enumerate(names)
        if word
        for rank, name in profile.meanings_of(word)
    )
    for *_, index, name in wishes:
        if index in chosen or (name in SINGLE and name in taken):
            continue
        if name == "amount" and ("withdrawal" in taken or "deposit" in taken):
            continue
        chosen[index] = name
        taken[name] = index
    _drop_needless_amount(chosen, names, profile)
    return tuple(
        Column(index, word, _field(index, chosen, names, profile), currency_in(word))
        for index, word in enumerate(names)
    )


def _drop_needless_amount(chosen: dict[int, str], names: Sequence[str], profile: Profile) -> None:
    """With a withdrawal or deposit column, an amount column only repeats them."""
    if "withdrawal" in chosen.values() or "deposit" in chosen.values():
        for index in [index for index, name in chosen.items() if name == "amount"]:
            del chosen[index]


def _field(index: int, chosen: Mapping[int, str], names: Sequence[str], profile: Profile) -> str:
    name = chosen.get(index, "")
    if name or not names[index]:
        return name
    # A second column of a kind that stands once: a word about the entry if it can be one, else unknown.
    others = {meaning for _, meaning in profile.meanings_of(names[index])}
    return "content" if others & (TEXTS | _TEXT_WHEN_UNUSED) else ""

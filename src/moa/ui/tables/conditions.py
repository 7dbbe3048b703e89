"""The conditions, order and place of a list as they stand in the address: read, checked, kept.

Whatever stands there opens a page: what cannot be read is told beside its field and left out, the rest holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from moa.kernel.days import read_typed_day
from moa.kernel.money import CURRENCIES, minor_digits
from moa.ui.fields import read_amount
from moa.ui.tables.places import Place, read_place
from moa.ui.tables.spec import AMOUNT, DATE, MOMENT, NUMBER, RANGES, Column, Table

# Names that mean a page's place or look; a condition is everything else.
PLACE_NAMES = ("after", "before", "n", "open", "part", "as")
# Names that every list's page is opened with: its order, the ground of a sum, what was typed into a form before.
FRAME_NAMES = ("sort", "sum", "of", "kept")
LONGEST_TEXT = 200
MOST_CODES = 50
_MOST_UNKNOWN, _LONGEST_NAME = 12, 60
WORDS = "text"


@dataclass(frozen=True, slots=True)
class Condition:
    """What is asked of one column. Shape: `low` and `high` inside; days for DATE and MOMENT; a Decimal in major units for
    AMOUNT, counted in `currency` where it is known; `codes` any of them; `text` contained."""

    column: Column
    low: Any = None
    high: Any = None
    codes: tuple[str, ...] = ()
    text: str = ""
    currency: str = ""


@dataclass(slots=True)
class Asked:
    """What was asked, what of it was understood, and what could not be. `query` holds the fields as they were typed."""

    conditions: list[Condition]
    words: str
    sort: Column
    descending: bool
    after: Place | None = None
    before: Place | None = None
    first: int = 1
    query: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    currency: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    @property
    def narrowed(self) -> bool:
        return bool(self.conditions or self.words)

    @property
    def mixed(self) -> bool:
        """Whether amounts of several currencies are sorted: then one currency stands after the other, for a dollar and a
        won are not compared."""
        return self.sort.kind == AMOUNT and not self.currency_of(self.sort)

    def currency_of(self, column: Column) -> str:
        """The one currency that the rows' amounts are in as far as the conditions tell, else ""."""
        return column.currency if column.currency in CURRENCIES else self.currency


def read_asked(
    table: Table,
    given: QueryDict,
    *,
    currency: str = "",
    zone: ZoneInfo,
    hidden: frozenset[str] = frozenset(),
) -> Asked:
    """`currency` is that of all rows where the page has only one; `hidden` are columns that the page has settled."""
    sorted_by = given.get("sort", "")
    sort, descending = _order(table, sorted_by)
    counted = currency or _chosen_currency(table, given)
    asked = Asked([], _text(given.get(WORDS, "")), sort, descending, currency=counted, zone=zone)
    asked.query = {WORDS: asked.words, "sort": sorted_by}
    for column in table.conditions:
        if column.key not in hidden:
            condition = _condition(column, given, asked)
            if condition is not None:
                asked.conditions.append(condition)
    for name in unknown_names(table, given)[:_MOST_UNKNOWN]:
        told = {"name": _text(name)[:_LONGEST_NAME]}
        asked.errors[name] = _("“%(name)s” is nothing that this list can be asked for.") % told
    if sorted_by and _sorts(table, sorted_by) is None:
        told = {"name": _text(sorted_by)[:_LONGEST_NAME], "column": str(sort.label)}
        asked.errors["sort"] = (
            _("This list cannot be sorted by “%(name)s”; it is sorted by %(column)s.") % told
        )
    asked.after = read_place(sort, given.get("after", ""), mixed=asked.mixed)
    asked.before = None if asked.after else read_place(sort, given.get("before", ""), mixed=asked.mixed)
    number = given.get("n", "")
    if number.isascii() and number.isdigit() and len(number) < 12 and (asked.after or asked.before):
        asked.first = max(1, int(number))
    return asked


def unknown_names(table: Table, given: QueryDict) -> list[str]:
    """Names of the address that neither a condition nor the page reads. An empty field asks nothing."""
    known = {name for column in table.conditions for name in column.names}
    known.update(PLACE_NAMES, FRAME_NAMES, table.further, table.said, (WORDS,) if table.search else ())
    return [name for name, values in given.lists() if name not in known and any(values)]


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the same list: conditions and order stay, place and look go."""

    path: str
    given: QueryDict

    def query(self, *, without: tuple[str, ...] = (), **more: str) -> str:
        """The query alone. Shape: `more` comes; an underscore at a name's end goes (`as_`)."""
        asked = {name.rstrip("_"): value for name, value in more.items()}
        gone = {*PLACE_NAMES, *without, *asked}
        left = [
            (name, value)
            for name, values in self.given.lists()
            if name not in gone and any(values)
            for value in values
        ]
        return urlencode([*left, *asked.items()])

    def to(self, *, without: tuple[str, ...] = (), **more: str) -> str:
        query = self.query(without=without, **more)
        return f"{self.path}?{query}" if query else self.path


def _order(table: Table, asked: str) -> tuple[Column, bool]:
    column = _sorts(table, asked)
    if column is None:
        asked, column = table.order, table.by_key[table.order.lstrip("-")]
    return column, asked.startswith("-")


def _sorts(table: Table, asked: str) -> Column | None:
    """The column of that order, if rows can be sorted by it."""
    column = table.by_key.get(asked.removeprefix("-"))
    return column if column is not None and column.sortable and column.sql else None


def _chosen_currency(table: Table, given: QueryDict) -> str:
    for column in table.conditions:
        if column.key == "currency":
            chosen = [one for one in given.getlist(column.names[0]) if one]
            if len(chosen) == 1 and chosen[0] in CURRENCIES:
                return chosen[0]
    return ""


def _condition(column: Column, given: QueryDict, asked: Asked) -> Condition | None:
    if column.kind in RANGES:
        raw = [_text(given.get(name, "")) for name in column.names]
        asked.query.update(zip(column.names, raw, strict=True))
        low, high = (_bound(column, name, text, asked) for name, text in zip(column.names, raw, strict=True))
        if low is None and high is None:
            return None
        return Condition(column, low, high, currency=asked.currency_of(column))
    (name,) = column.names
    values = [one for one in map(_text, given.getlist(name)) if one][:MOST_CODES]
    asked.query[name] = values[0] if values else ""
    if not values:
        return None
    if column.kind == "text":
        return Condition(column, text=values[0])
    return Condition(column, codes=tuple(dict.fromkeys(values)))


def _text(value: str) -> str:
    return value.replace("\0", "").strip()[:LONGEST_TEXT]


def _bound(column: Column, name: str, text: str, asked: Asked) -> Any:
    if not text:
        return None
    if column.kind in (DATE, MOMENT):
        day = _day(text)
        if day is None:
            asked.errors[name] = _("This is not a date. Write it as 2026-06-24.")
        return day
    amount = _amount(text, asked.currency_of(column) if column.kind == AMOUNT else "")
    if amount is None:
        asked.errors[name] = (
            _("This is not a number. Write digits, such as 1,250.")
            if column.kind == NUMBER
            else _("This is not an amount. Write digits, such as 1,250,000.")
        )
    return amount


def _day(text: str) -> date | None:
    try:
        day = read_typed_day(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < date.max.year else None


def _amount(text: str, currency: str) -> Decimal | None:
    amount = read_amount(text)
    if amount is None or amount.adjusted() > 15:
        return None
    if currency and amount != amount.quantize(Decimal(1).scaleb(-minor_digits(currency))):
        return None
    return amount


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time_of_day.min, zone)


def day_after(day: date) -> date:
    return day + timedelta(days=1)

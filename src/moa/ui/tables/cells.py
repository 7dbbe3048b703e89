"""Cells of a list: as escaped text for a page, as plain values for a file.

What a page repeats is made once: a maker is called once a page and gives the function for its rows. Measured, this is
what keeps a page of fifty rows at a third of what objects and template tags cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from markupsafe import Markup, escape

from moa.kernel.money import CURRENCIES, minor_digits
from moa.ui.environment import state
from moa.ui.formatting import MINUS, day, figure, full_moment, named
from moa.ui.tables.spec import AMOUNT, CHOICE, DATE, MOMENT, NUMBER, STATE, Column, Row, Table

# A row's id, far from any other text, stands in for the ids of all rows.
_SAMPLE = 987654321012345678
_CSS = {
    AMOUNT: "mo-n w-amt",
    NUMBER: "mo-n w-num",
    DATE: "mo-nw mo-2 w-day",
    MOMENT: "mo-nw mo-2 w-at",
    STATE: "w-st",
}


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the cells of a page may draw on. Shape: `now` in the group's zone; `plain_currency` is printed without its
    code; `choices` words by column and code; `selected` the id of the open row; `fresh` those of rows that have
    just come; `ctx` the Context of the page."""

    ctx: Any
    now: datetime
    today: date
    plain_currency: str
    choices: Mapping[str, Mapping[str, Any]]
    selected: str = ""
    fresh: frozenset[str] = frozenset()
    memo: dict[str, Any] = field(default_factory=dict)


def row_writer(
    table: Table, columns: Sequence[Column], facts: PageFacts, *, chooses: bool
) -> Callable[[Row], str]:
    """The function that writes a whole row of the table as escaped text, with a box to choose it or without."""
    cells = [_cell(table, column, facts) for column in columns]
    pieces = [f'<td class="{cell_css(column)}"{_label(column)}>%s</td>' for column in columns]
    if chooses:
        pieces.insert(0, '<td class="w-ck">%s</td>')
        cells.insert(0, _box(table, columns, facts))
    frame = '<tr data-row="%s"%s%s>' + "".join(pieces) + "</tr>"
    money = _money_of(table) if chooses and table.summed else None
    looks = dict.fromkeys(facts.fresh, ' class="is-fresh"') | {facts.selected: ' class="is-on"'}
    row_class = table.row_class

    def write(row: Row) -> str:
        key = str(row.id)
        look = looks.get(key, "")
        if row_class is not None and not look:
            name = row_class(row)
            look = f' class="{name}"' if name else ""
        amounts = money(row) if money is not None else ""
        return frame % (key, amounts, look, *[cell(row) for cell in cells])

    return write


def choosable(table: Table) -> bool:
    return table.choosable


def cell_css(column: Column) -> str:
    if column.css:
        return column.css
    return "mo-el w-who" if column.link else _CSS.get(column.kind, "mo-el w-txt")


def _label(column: Column) -> str:
    """On a phone a row is a card; there, what is not plain from itself says its name."""
    if column.link or column.kind in (AMOUNT, STATE) or "w-who" in column.css:
        return ""
    return f' data-l="{escape(column.label)}"'.replace("%", "%%")


def _box(table: Table, columns: Sequence[Column], facts: PageFacts) -> Callable[[Row], str]:
    """The check box of a row, called by what its link says."""
    before, _, after = str(escape(gettext("Choose %(who)s"))).partition("%(who)s")
    called = next((column for column in columns if column.link), None)
    word: Callable[[Row], Any] = attrgetter("id")
    if called is not None and called.plain is not None:
        word = called.plain(facts)
    elif called is not None and called.sql:
        word = attrgetter(called.key)

    def box(row: Row) -> str:
        return (
            f'<input class="mo-ck" type="checkbox" name="row" value="{row.id}" form="batch"'
            f' aria-label="{before}{escape(word(row))}{after}">'
        )

    return box


def _money_of(table: Table) -> Callable[[Row], str]:
    """The amounts that a chosen row adds to the sums of the choice: one attribute for each summed column."""
    getters = [
        (column.key, attrgetter(column.key)) for column in table.summed if column.key != table.base_key
    ]
    fixed = next(one.currency for one in table.summed if one.key != table.base_key)
    currency_of = (lambda row: fixed) if fixed in CURRENCIES else attrgetter(fixed)

    def money(row: Row) -> str:
        currency = currency_of(row)
        if not currency:
            # A draft of which no amount is understood yet adds nothing.
            return ""
        amounts = ",".join(f"{key}:{getter(row) or 0}" for key, getter in getters)
        return f' data-amounts="{amounts}" data-currency="{escape(currency)}" data-digits="{minor_digits(currency)}"'

    return money


def _cell(table: Table, column: Column, facts: PageFacts) -> Callable[[Row], str]:
    inner = column.cell(facts) if column.cell is not None else _by_kind(column, facts)
    if not column.link or not table.row_url:
        return inner
    before, _, after = reverse(table.row_url, args=[_SAMPLE]).partition(str(_SAMPLE))
    selected = facts.selected

    def linked(row: Row) -> str:
        current = ' aria-current="true"' if str(row.id) == selected else ""
        return f'<a href="{before}{row.id}{after}" class="mo-rowa"{current}>{inner(row)}</a>'

    if column.aside is None:
        return linked
    aside = column.aside(facts)

    def with_aside(row: Row) -> str:
        more = aside(row)
        return f'{linked(row)} <span class="mo-3">{more}</span>' if more else linked(row)

    return with_aside


def _by_kind(column: Column, facts: PageFacts) -> Callable[[Row], str]:
    value = attrgetter(column.key)
    if column.kind == DATE:
        return remembered(value, lambda one: "" if one is None else day(one, facts.today))
    if column.kind == MOMENT:
        return lambda row: "" if value(row) is None else full_moment(value(row), facts.now)
    if column.kind == AMOUNT:
        return amount_cell(column, facts)
    if column.kind == NUMBER:
        return lambda row: number_text(value(row))
    if column.kind == STATE:
        looks = column.states
        return remembered(value, lambda code: _state(code, looks))
    if column.kind == CHOICE:
        words = facts.choices.get(column.key, {})
        return remembered(value, lambda code: "" if code is None else str(named(str(words.get(code, code)))))
    return lambda row: str(named(str(value(row)))) if value(row) else ""


def remembered(value: Callable[[Row], Any], make: Callable[[Any], str]) -> Callable[[Row], str]:
    """Few values, many rows."""
    known: dict[Any, str] = {}

    def cell(row: Row) -> str:
        one = value(row)
        if one not in known:
            known[one] = make(one)
        return known[one]

    return cell


def _state(code: Any, looks: Mapping[str, Any]) -> str:
    if code is None:
        return ""
    kind, word, *shape = looks.get(code, ("draft", code))
    return str(state(kind, word, shape=shape[0] if shape else ""))


def amount_cell(column: Column, facts: PageFacts) -> Callable[[Row], str]:
    """Figures; with their currency's code where it is not the one that goes without saying. None is an empty cell."""
    value = attrgetter(column.key)
    if column.currency in CURRENCIES:
        code = column.currency
        return lambda row: "" if value(row) is None else figure(value(row), code)
    currency_of = attrgetter(column.currency)
    plain = facts.plain_currency

    def cell(row: Row) -> str:
        minor = value(row)
        if minor is None:
            return ""
        currency = currency_of(row)
        shown = figure(minor, currency)
        return shown if currency == plain else f'<span class="mo-cur">{escape(currency)}</span> {shown}'

    return cell


def number_text(value: Any) -> str:
    return "" if value is None else f"{value:,}".replace("-", MINUS)


def plain_maker(column: Column, facts: PageFacts) -> Callable[[Row], Any]:
    """The column's values as a file holds them. Shape: AMOUNT as (minor, digits), or minor where the currency is one."""
    if column.plain is not None:
        return column.plain(facts)
    value = attrgetter(column.key)
    if column.kind == MOMENT:
        zone = facts.now.tzinfo
        return lambda row: None if value(row) is None else value(row).astimezone(zone)
    if column.kind == AMOUNT and column.currency not in CURRENCIES:
        currency_of = attrgetter(column.currency)
        return lambda row: None if value(row) is None else (value(row), minor_digits(currency_of(row)))
    if column.kind == STATE:
        states = {code: str(look[1]) for code, look in column.states.items()}
        return lambda row: states.get(value(row), value(row) or "")
    if column.kind == CHOICE:
        words = {code: str(word) for code, word in facts.choices.get(column.key, {}).items()}
        return lambda row: words.get(value(row), value(row) or "")
    if column.kind in (DATE, NUMBER, AMOUNT):
        return value
    return lambda row: "" if value(row) is None else str(value(row))


def rows_markup(rows: Sequence[Row], write: Callable[[Row], str]) -> Markup:
    return Markup("\n".join(map(write, rows)))  # noqa: S704

"""The SQL of a list: its rows from a place, their number up to the cap, the totals of the whole filter.

Only expressions of the declaration and numbered parameters come into a statement, never a word of the address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moa.kernel.money import CURRENCIES, minor_digits
from moa.ui.tables.conditions import Asked, Condition, day_after, day_begins
from moa.ui.tables.places import least_of
from moa.ui.tables.spec import AMOUNT, COUNT_CAP, MOMENT, RANGES, TEXT, Column, Table

Statement = tuple[str, dict[str, Any]]
# Predicates that hold besides the address: the rights' and the page's own.
Fixed = Iterable[tuple[str, Mapping[str, Any]]]


class _Where:
    """Predicates with their values, and the joins that they need."""

    def __init__(self, table: Table, fixed: Fixed) -> None:
        self.table = table
        self.predicates: list[str] = []
        self.facts: dict[str, Any] = {}
        self.needed: set[str] = set()
        for predicate, facts in fixed:
            self.predicates.append(predicate)
            self.facts.update(facts)

    def value(self, value: Any) -> str:
        name = f"p{len(self.facts)}"
        self.facts[name] = value
        return f"%({name})s"

    def text(self) -> str:
        return " and ".join(self.predicates) or "true"


def rows_statement(table: Table, asked: Asked, fixed: Fixed, *, limit: int | None) -> Statement:
    """The rows in the asked order; with `before` in the opposite one, from the place backwards. No limit: all of them."""
    where = _where(table, asked, fixed)
    place = asked.before or asked.after
    descending = asked.descending != (asked.before is not None)
    sorted_by = [_sorted(asked.sort), table.key]
    needed = set(table.selected_joins) | set(asked.sort.needs)
    if asked.mixed:
        sorted_by.insert(0, table.selected[asked.sort.currency])
        needed |= set(_needs_of(table, asked.sort.currency))
    if place is not None:
        sign = "<" if descending else ">"
        values = [place.currency] if asked.mixed else []
        bounds = ", ".join(where.value(one) for one in (*values, place.value, place.id))
        where.predicates.append(f"({', '.join(sorted_by)}) {sign} ({bounds})")
    direction = "desc" if descending else "asc"
    columns = ", ".join(table.selected.values())
    needed |= where.needed
    order = ", ".join(f"{one} {direction}" for one in sorted_by)
    ending = "" if limit is None else f" limit {limit}"
    return (
        f"select {columns} from {_from(table, needed)} where {where.text()}"
        f" order by {order}{ending}",
        where.facts,
    )  # fmt: skip


def count_statement(table: Table, asked: Asked, fixed: Fixed) -> Statement:
    """How many rows match, counted to one above the cap."""
    where = _where(table, asked, fixed)
    return (
        f"select count(*) from (select 1 from {_from(table, where.needed)} where {where.text()}"
        f" limit {COUNT_CAP + 1}) found",
        where.facts,
    )


def largest_statement(
    table: Table, asked: Asked, fixed: Fixed, *, column: Column, currency: str, most: int
) -> Statement:
    """The rows that count in a column's total of one currency, the largest figures first."""
    where = _where(table, asked, fixed)
    if table.sum_where:
        where.predicates.append(table.sum_where)
    where.predicates.append(f"({column.sql}) is not null")
    if column.currency not in CURRENCIES:
        where.predicates.append(f"{table.selected[column.currency]} = {where.value(currency)}")
    needed = set(table.selected_joins) | where.needed | set(column.needs)
    return (
        f"select {', '.join(table.selected.values())} from {_from(table, needed)} where {where.text()}"
        f" order by abs({column.sql}) desc, {table.key} desc limit {int(most)}",
        where.facts,
    )


def totals_statement(table: Table, asked: Asked, fixed: Fixed) -> Statement:
    """Currency, number of rows and the sum of each summed column, of the whole filter."""
    where = _where(table, asked, fixed)
    if table.sum_where:
        where.predicates.append(table.sum_where)
    needed = set(where.needed)
    for column in table.summed:
        needed |= set(column.needs)
    sums = "".join(f", coalesce(sum({column.sql}), 0)::numeric" for column in table.summed)
    currency = next(one.currency for one in table.summed if one.key != table.base_key)
    if currency in CURRENCIES:
        label = f"'{currency}'"
    else:
        label = table.selected[currency]
        needed |= set(_needs_of(table, currency))
    return (
        f"select {label}, count(*){sums} from {_from(table, needed)} where {where.text()} group by 1 order by 2 desc, 1",
        where.facts,
    )  # fmt: skip


def _where(table: Table, asked: Asked, fixed: Fixed) -> _Where:
    where = _Where(table, fixed)
    for condition in asked.conditions:
        if not condition.column.condition:
            where.needed |= set(condition.column.needs)
        if condition.column.kind in RANGES:
            _add_range(where, condition, asked)
        else:
            where.predicates.append(_chosen(where, condition))
    if asked.words and table.search:
        pattern = where.value(_contained(asked.words))
        where.needed |= set(table.search_needs)
        where.predicates.append("(" + " or ".join(f"{one} ilike {pattern}" for one in table.search) + ")")
    return where


def _add_range(where: _Where, condition: Condition, asked: Asked) -> None:
    column = condition.column
    measured = column.measured or column.sql
    for bound, sign in ((condition.low, ">="), (condition.high, "<=")):
        if bound is None:
            continue
        value = bound
        if column.kind == MOMENT:
            # A day's end is the beginning of the next.
            value = day_begins(bound if sign == ">=" else day_after(bound), asked.zone)
            sign = ">=" if sign == ">=" else "<"
        if column.kind != AMOUNT:
            where.predicates.append(f"{measured} {sign} {where.value(value)}")
        elif condition.currency:
            minor = int(bound.scaleb(minor_digits(condition.currency)))
            where.predicates.append(f"{measured} {sign} {where.value(minor)}")
        else:
            where.needed |= set(_needs_of(where.table, column.currency))
            currency = where.table.selected[column.currency]
            where.predicates.append(
                f"{measured} {sign} {where.value(bound)}::numeric * {_scale(where, currency)}"
            )


def _scale(where: _Where, currency: str) -> str:
    """How many minor units one unit of each row's currency has."""
    none = where.value([code for code in sorted(CURRENCIES) if minor_digits(code) == 0])
    three = where.value([code for code in sorted(CURRENCIES) if minor_digits(code) == 3])
    return f"case when {currency} = any({none}) then 1 when {currency} = any({three}) then 1000 else 100 end"


def _chosen(where: _Where, condition: Condition) -> str:
    column = condition.column
    if column.kind == TEXT:
        if column.condition:
            return column.condition.replace("%(value)s", where.value(condition.text))
        return f"{column.sql} ilike {where.value(_contained(condition.text))}"
    if column.condition:
        parts = [column.condition.replace("%(value)s", where.value(code)) for code in condition.codes]
        return "(" + " or ".join(parts) + ")"
    return f"({column.sql}) = any({where.value(list(condition.codes))})"


def _contained(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _sorted(column: Column) -> str:
    """The expression that rows are ordered by: a missing value is the least, so that no comparison is unknown."""
    if column.not_null:
        return column.sql
    least = least_of(column)
    if column.kind in RANGES and column.kind != AMOUNT:
        kind = {"date": "date", "moment": "timestamptz", "number": "numeric"}[column.kind]
        text = least.isoformat() if hasattr(least, "isoformat") else str(least)
        return f"coalesce({column.sql}, '{text}'::{kind})"
    return f"coalesce({column.sql}, {least})" if column.kind == AMOUNT else f"coalesce({column.sql}, '')"


def _needs_of(table: Table, field: str) -> tuple[str, ...]:
    column = table.by_key.get(field)
    return column.needs if column is not None and column.sql else table.field_needs


def _from(table: Table, needed: Iterable[str]) -> str:
    return " ".join([table.source, *(table.joins[key] for key in table.in_order(needed))])

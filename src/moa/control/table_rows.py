"""The rows, number and totals of a declared list, under the row security of the open Context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.ui.tables.conditions import Asked
from moa.ui.tables.spec import COUNT_CAP, PAGE_SIZE, Column, Row, Table
from moa.ui.tables.statements import (
    count_statement,
    largest_statement,
    rows_statement,
    totals_statement,
)

ROWS_AT_ONCE = 2000
# Predicates that a page adds of its own, each with its values.
Given = Sequence[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class RowPage:
    rows: list[Row]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class TableTotal:
    """Shape: `sums` in minor units, by the keys of the summed columns."""

    currency: str
    count: int
    sums: dict[str, int]


def read_page(
    ctx: Context, table: Table, asked: Asked, given: Given = (), *, size: int = PAGE_SIZE
) -> RowPage:
    """The page from just behind `asked.after`, or the one that ends just before `asked.before`. Raises: forbidden."""
    statement, facts = rows_statement(table, asked, _fixed(ctx, table, asked, given), limit=size + 1)
    with _cursor(asked, given) as cursor:
        cursor.execute(statement, facts)
        found = [table.row_type._make(row) for row in cursor.fetchall()]
    more = len(found) > size
    rows = found[:size]
    if asked.before is not None:
        rows.reverse()
        return RowPage(rows, has_next=True, has_previous=more)
    return RowPage(rows, has_next=more, has_previous=asked.after is not None)


def count_rows(ctx: Context, table: Table, asked: Asked, given: Given = ()) -> tuple[int, bool]:
    """How many rows match, up to the cap. Shape: (number, whether there are more). Raises: forbidden."""
    statement, facts = count_statement(table, asked, _fixed(ctx, table, asked, given))
    with _cursor(asked, given) as cursor:
        cursor.execute(statement, facts)
        count = int(cursor.fetchone()[0])
    return min(count, COUNT_CAP), count > COUNT_CAP


def total_rows(ctx: Context, table: Table, asked: Asked, given: Given = ()) -> list[TableTotal]:
    """The totals of the whole filter by currency, none for a table that sums nothing. Raises: forbidden."""
    if not table.summed:
        return []
    statement, facts = totals_statement(table, asked, _fixed(ctx, table, asked, given))
    keys = [column.key for column in table.summed]
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return [
            TableTotal(currency, count, dict(zip(keys, map(int, sums), strict=True)))
            for currency, count, *sums in cursor.fetchall()
            # A row whose currency is not known yet, as a draft that was just begun, has no amount either.
            if currency
        ]


def largest_rows(
    ctx: Context, table: Table, asked: Asked, given: Given = (), *, column: Column, currency: str, most: int
) -> list[Row]:  # fmt: skip
    """The rows with the largest figures of a summed column, of those that its total counts. Raises: forbidden."""
    fixed = _fixed(ctx, table, asked, given)
    statement, facts = largest_statement(table, asked, fixed, column=column, currency=currency, most=most)
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return [table.row_type._make(row) for row in cursor.fetchall()]


def stream_rows(ctx: Context, table: Table, asked: Asked, given: Given = ()) -> Iterator[Row]:
    """All rows of the filter in their order, a few thousand at a time from a cursor of the server. Raises: forbidden."""
    statement, facts = rows_statement(table, asked, _fixed(ctx, table, asked, given), limit=None)
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, facts)
        while found := cursor.fetchmany(ROWS_AT_ONCE):
            yield from map(table.row_type._make, found)


def _cursor(asked: Asked, given: Given) -> Any:
    """The whole list is asked for again and again in the same words: prepared, its partitions are planned once. A filter
    wants a plan of its own, for its values decide which index serves."""
    return connection.cursor() if asked.narrowed or given else driver_cursor()


def _fixed(ctx: Context, table: Table, asked: Asked, given: Given) -> list[tuple[str, Mapping[str, Any]]]:
    limits = table.limits(ctx) if table.limits is not None else ()
    return [*limits, *given, *_narrowed(ctx, table, asked)]


def _narrowed(ctx: Context, table: Table, asked: Asked) -> Given:
    if table.narrow is None:
        return ()
    texts = [one.text for one in asked.conditions if one.text and one.column.sql in table.search]
    return table.narrow(ctx, [*texts, asked.words] if asked.words else texts)

"""A list over rows that stand in its statement, for tests of order, conditions and files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moa.ui.tables.spec import AMOUNT, CHOICE, DATE, MOMENT, NUMBER, STATE, TEXT, Column, Table

# Shape of a row: id, name, day, at, minor, currency, number, state.
ValueRow = tuple[Any, ...]


def list_of(rows: Sequence[ValueRow], name: str = "test.values", right: str = "control.units.view") -> Table:
    """A table whose source holds `rows` themselves."""
    kinds = ("bigint", "text", "date", "timestamptz", "bigint", "text", "numeric", "text")
    lines = [
        "(" + ", ".join(f"{_literal(value)}::{kind}" for value, kind in zip(row, kinds, strict=True)) + ")"
        for row in rows
    ]
    source = f"(values {', '.join(lines)}) v(id, name, day, at, minor, currency, number, state)"
    return Table(
        name=name, label="Values", right=right, source=source, key="v.id", order="-day", search=("v.name",),
        columns=(
            Column("day", "Day", DATE, "v.day", sortable=True, filterable=True),
            Column("name", "Name", TEXT, "v.name", link=True, sortable=True, filterable=True),
            Column("at", "At", MOMENT, "v.at", sortable=True, filterable=True),
            Column("amount", "Amount", AMOUNT, "v.minor", currency="currency", sortable=True, filterable=True, summed=True),
            Column("currency", "Currency", CHOICE, "v.currency", choices=(("KRW", "원"), ("USD", "달러")), filterable=True),
            Column("number", "Number", NUMBER, "v.number", sortable=True, filterable=True),
            Column("state", "State", STATE, "v.state", sortable=True, filterable=True,
                   states={"new": ("draft", "새것"), "done": ("paid", "끝남")}),
        ),
    )  # fmt: skip


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    return "'" + str(value).replace("'", "''").replace("%", "%%") + "'"

"""Short ways to ask for a position and to fill what it is made of."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from moa.control.context import Context
from moa.directory.operations.enter_rate import enter_rate
from moa.directory.rules.rates import NewRate
from moa.reports.comparison import Difference, compare
from moa.reports.position import Position, position, present_moment
from tests.accounts.bank_files import Line, mt940
from tests.accounts.books import Books


def ask(ctx: Context, day: date, **more: Any) -> Position:
    with ctx.open():
        return position(ctx, day=day, **more)


def figures(ctx: Context, day: date, **more: Any) -> dict[tuple[str, str], tuple[int, int | None]]:
    """Own and base balance by key and currency."""
    return {
        (row.key, row.currency): (row.balance_minor, row.base_minor) for row in ask(ctx, day, **more).rows
    }


def differences(ctx: Context, day: date, known_at: datetime | None, other: datetime) -> list[Difference]:
    with ctx.open():
        return compare(ctx, day=day, known_at=known_at, other=other)


def now(ctx: Context) -> datetime:
    with ctx.open():
        return present_moment()


def rate(ctx: Context, day: date, base: str, value: str, quote: str = "KRW") -> None:
    with ctx.open():
        enter_rate(ctx, new=NewRate(day, base, quote, Decimal(value)))


def bring_lines(books: Books, number: str, *lines: Line, opening: int = 0, **more: Any) -> None:
    name = more.get("reference", "statement")
    result = books.bring(mt940(lines, opening=opening, account=number, **more), f"{name}.sta")
    assert (result.errors, result.conflicts, result.parked) == ([], 0, [])

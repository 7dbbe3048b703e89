"""The cash position on a day, as known at a moment."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from moa.control.context import Context
from moa.control.moments import Clock
from moa.entry.api.routes import reads
from moa.entry.api.values import AmountText, Day, DayText, Moment, MomentText, amount_text
from moa.reports.permissions import VIEW_POSITION
from moa.reports.position import Position, position

router = Router(tags=["position"])


class PositionItem(Schema):
    key: str
    name: str
    currency: str
    balance: AmountText
    base_balance: AmountText | None = Field(description="In the base currency; null without a rate")
    accounts: int
    oldest_balance_date: DayText = Field(description="The oldest of the balances that are added up")


class RateUsed(Schema):
    currency: str
    rate: str = Field(description="Base currency for one unit")
    date: DayText


class PositionAnswer(Schema):
    date: DayText
    by: str
    known_at: MomentText | None
    base_currency: str
    total: AmountText = Field(description="In the base currency, of all that has a rate")
    missing_rates: list[str] = Field(description="Currencies that are not in the total")
    rates: list[RateUsed]
    items: list[PositionItem]


class PositionAsked(Schema):
    date: Day | None = Field(None, description="Today if left out")
    by: Literal["group", "company", "unit", "bank", "currency", "account"] = "company"
    known_at: Moment | None = Field(None, description="Only what was recorded by then counts")


@reads(
    router, "/position", scope=VIEW_POSITION, answer=PositionAnswer, summary="Cash position",
    example={
        "date": "2026-11-20", "by": "company", "known_at": None, "base_currency": "KRW", "total": "9812000000",
        "missing_rates": [], "rates": [{"currency": "USD", "rate": "1391.5", "date": "2026-11-20"}],
        "items": [{
            "key": "PREC", "name": "해온정밀", "currency": "USD", "balance": "120000.00", "base_balance": "166980000",
            "accounts": 2, "oldest_balance_date": "2026-11-20",
        }],
    },
)  # fmt: skip
def read_position(request: HttpRequest, ctx: Context, asked: Query[PositionAsked]) -> dict[str, Any]:
    """What the token may see of it. With `known_at` the same question gets the same answer for ever."""
    found = position(ctx, day=asked.date or ctx.today, by=asked.by, known_at=asked.known_at)
    base = found.base_currency
    return {
        "date": found.day.isoformat(), "by": found.by, "known_at": Clock(ctx).maybe(found.known_at),
        "base_currency": base, "total": amount_text(found.total_base_minor, base),
        "missing_rates": found.missing_rates, "rates": _rates(found),
        "items": [
            {
                "key": row.key, "name": row.name, "currency": row.currency,
                "balance": amount_text(row.balance_minor, row.currency),
                "base_balance": amount_text(row.base_minor, base), "accounts": row.accounts,
                "oldest_balance_date": row.oldest.isoformat(),
            }
            for row in found.rows
        ],
    }  # fmt: skip


def _rates(found: Position) -> list[dict[str, str]]:
    held = {row.currency for row in found.rows} - {found.base_currency}
    return [
        {"currency": code, "rate": f"{dated.rate.value.normalize():f}", "date": dated.on_date.isoformat()}
        for code, dated in sorted(found.rates.items())
        if code in held
    ]

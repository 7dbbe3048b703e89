"""Accounts gathered: how many there are of a bank, unit and currency, how new they are and which days they lack.

Pages say this of a hundred thousand accounts; the server counts them, and only what is shown by itself is read by itself.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from moa.accounts.overview import (
    WINDOW_DAYS,
    expectations,
    freshness_and_gaps,
    places_of_units,
    read_gaps,
    seen_on,
    sort_as_listed,
)
from moa.control.context import Context
from moa.directory.queries import bank_map


class Gathered(NamedTuple):
    """Accounts that are alike. Shape: `live` of them have a balance, and `live_since` is the oldest word on one of those."""

    bank_key: str
    bank: str
    unit_key: str
    unit: str
    company_key: str
    company: str
    currency: str
    covered_until: date | None
    freshness: str
    accounts: int
    live: int
    live_since: datetime | None
    received_at: datetime | None


class Gap(NamedTuple):
    """Accounts of one bank that lack the same business days, oldest first."""

    bank_key: str
    bank: str
    days: tuple[date, ...]
    accounts: list[int]


_GATHERED = """
select a.bank_country, a.bank_code, a.unit_id, a.currency, b.covered_until,
       case when a.closed_on <= %(today)s then %(today)s::date end, count(*), count(b.balance_minor),
       min(b.received_at) filter (where b.balance_minor is not null), max(b.received_at)
  from accounts_bankaccount a
  left join accounts_currentbalance b on b.account_id = a.id
 where true {inside}
 group by 1, 2, 3, 4, 5, 6
"""
_MORE = "select 1 from accounts_bankaccount a where true {inside} offset %(than)s limit 1"


def gather_accounts(ctx: Context, *, window_days: int = WINDOW_DAYS) -> list[Gathered]:
    """All that the actor may see, by company and bank, as `list_accounts` has them one by one. Raises: forbidden."""
    inside, facts = _seen(ctx, window_days)
    with connection.cursor() as cursor:
        cursor.execute(_GATHERED.format(inside=inside), facts)
        found = cursor.fetchall()
    places, banks = places_of_units(ctx), bank_map(ctx)
    expected = expectations(ctx, facts["since"])
    sort_as_listed(found, places, unit=2, country=0, within=(1, 3))
    rows = []
    for country, code, unit, currency, until, closed_on, accounts, live, live_since, received in found:
        held = banks.get((country, code))
        state, _ = freshness_and_gaps(expected(country), until, None, closed_on)
        rows.append(
            Gathered(
                country + code, held.short_name(ctx.language) if held else code, *places[unit][1], currency, until, state,
                accounts, live, live_since, received,
            )
        )  # fmt: skip
    return rows


def has_more_accounts(ctx: Context, than: int, *, on: date | None = None, also: str = "") -> bool:
    """Whether the actor may see more accounts, that were open `on` a day, in units where the actor has `also` this right.
    Raises: forbidden."""
    inside, facts = seen_on(ctx, on, also)
    with connection.cursor() as cursor:
        cursor.execute(_MORE.format(inside=inside), facts | {"than": than})
        return cursor.fetchone() is not None


def gather_gaps(ctx: Context, *, window_days: int = WINDOW_DAYS) -> list[Gap]:
    """Of the accounts that the actor may see and that are open, those that lack business days. Raises: forbidden."""
    inside, facts = _seen(ctx, window_days)
    banks = bank_map(ctx)
    rows = []
    for (country, code, days), accounts in read_gaps(ctx, facts["since"], inside, facts).items():
        held = banks.get((country, code))
        rows.append(Gap(country + code, held.short_name(ctx.language) if held else code, days, accounts))
    return rows


def _seen(ctx: Context, window_days: int) -> tuple[str, dict[str, Any]]:
    """The condition of what the actor may see, and what both statements are asked with."""
    inside, facts = seen_on(ctx, None, "")
    return inside, {**facts, "today": ctx.today, "since": ctx.today - timedelta(days=window_days)}

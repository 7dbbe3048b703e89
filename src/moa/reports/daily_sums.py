"""The sums of the daily fund report, counted by the server: for a group with more accounts than a page shows.

They are what the rows of the report add up to; a test holds both beside each other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from moa.accounts.overview import (
    COVERED_DAYS,
    MOST_DAYS,
    coverage_of,
    places_of_units,
    seen_on,
    sort_as_listed,
)
from moa.control.context import Context
from moa.directory.queries import DatedRate, bank_map, calendar_for
from moa.reports.daily_rules import Late, Part, Sums
from moa.reports.permissions import VIEW_POSITION
from moa.reports.position import minor_factor

# What a column of the report is among the figures of an account.
_VALUES = {
    "previous": "before",
    "in": "came",
    "out": "went",
    "balance": "held",
    "base": "round(held * factor)",
}

# By what statements cover of the days, too: of an account without one, a movement that nobody told of is not known.
_FIGURES = """
with covered as (
    select s.account_id, {covered} as days from accounts_statement s
     where not s.provisional and s.file_id is not null and s.to_date >= %(since)s and s.from_date <= %(today)s group by 1
), moved as (
    select t.account_id, coalesce(sum(t.amount_minor) filter (where t.amount_minor > 0), 0)::bigint as came,
           coalesce(-sum(t.amount_minor) filter (where t.amount_minor < 0), 0)::bigint as went
      from accounts_transaction t
     where t.booked_on > %(before)s and t.booked_on <= %(day)s
       and not exists (select 1 from accounts_supersession x where x.transaction_id = t.id)
     group by 1
), figure as (
    select a.id, a.bank_country, a.bank_code, a.unit_id, a.currency, a.number, coalesce(nullif(a.nickname, ''), a.holder, a.number) as name,
           covered.days, n.received_at, moved.came, moved.went,
           case when n.day <= %(before)s then n.balance_minor else before.balance_minor end as before,
           case when n.day <= %(before)s then n.day else before.day end as before_on,
           case when n.day <= %(day)s then n.balance_minor else held.balance_minor end as held,
           case when n.day <= %(day)s then n.day else held.day end as held_on,
           case when a.currency = %(base)s then 1 else rate.factor end as factor
      from accounts_bankaccount a
      left join accounts_currentbalance n on n.account_id = a.id
      left join lateral (
          select p.day, p.balance_minor from accounts_balancepoint p where n.day > %(before)s and p.account_id = a.id and p.day <= %(before)s
           order by p.day desc, p.recorded_at desc, p.id desc limit 1) before on true
      left join lateral (
          select p.day, p.balance_minor from accounts_balancepoint p where n.day > %(day)s and p.account_id = a.id and p.day <= %(day)s
           order by p.day desc, p.recorded_at desc, p.id desc limit 1) held on true
      left join covered on covered.account_id = a.id
      left join moved on moved.account_id = a.id
      left join unnest(%(currencies)s::text[], %(factors)s::numeric[]) as rate (currency, factor) on rate.currency = a.currency
     where true {inside}
)
"""
_SUMS = f"""{_FIGURES}
select bank_country, bank_code, unit_id, currency, days, min(number collate "C"), max(received_at), count(*), count(before),
       count(came), count(held), count(*) filter (where came is null or held is null), coalesce(sum(before), 0)::bigint,
       coalesce(sum(came), 0)::bigint, coalesce(sum(went), 0)::bigint, coalesce(sum(held), 0)::bigint,
       coalesce(sum(gap), 0)::bigint, count(*) filter (where gap <> 0), coalesce(sum(round(held * factor)), 0)::bigint,
       count(*) filter (where held is not null and factor is null)
  from figure cross join lateral (select held - before - coalesce(came, 0) + coalesce(went, 0)) g (gap)
 group by 1, 2, 3, 4, 5
"""


def days_asked(ctx: Context, previous: date, day: date) -> Callable[[str], tuple[date, ...]]:
    """The business days of a country's banks after `previous` up to `day`."""
    days = [previous + timedelta(days=n) for n in range(1, (day - previous).days + 1)]
    by_country: dict[str, tuple[date, ...]] = {}

    def of(country: str) -> tuple[date, ...]:
        if country not in by_country:
            by_country[country] = tuple(filter(calendar_for(ctx, country).is_business_day, days))
        return by_country[country]

    return of


def figures_of(
    ctx: Context, *, day: date, previous: date, base: str, rates: dict[str, DatedRate]
) -> tuple[str, dict[str, Any]]:
    """What begins a statement over `figure`, the figures of each account of the report, and its values. Raises: forbidden."""
    inside, facts = _asked(ctx, day, previous, base, rates)
    return _FIGURES.format(inside=inside, covered=COVERED_DAYS), facts


def sum_parts(
    ctx: Context, *, day: date, previous: date, base: str, rates: dict[str, DatedRate]
) -> tuple[list[Part], list[Late]]:
    """In the order in which their first accounts stand in the report. Raises: forbidden."""
    inside, facts = _asked(ctx, day, previous, base, rates)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(inside=inside, covered=COVERED_DAYS), facts)
        found = cursor.fetchall()
    places, banks, asked = places_of_units(ctx), bank_map(ctx), days_asked(ctx, previous, day)
    sort_as_listed(found, places, unit=2, country=0, within=(1, 5))
    parts, late = [], _LateBanks()
    for country, code, unit, currency, bits, _, received, *figures in found:
        bank = banks.get((country, code))
        name = bank.short_name(ctx.language) if bank else code
        covered = coverage_of(bits, facts["since"])
        missing = [one for one in asked(country) if not covered.covers(one)]
        if missing:
            late.add(name, figures[0], missing, received)
        sums, gaps, worth, without_rate = _sums(figures, is_told=not missing)
        parts.append(
            Part(country + code, name, *places[unit][1][2:], currency, sums, gaps, worth, without_rate)
        )
    return parts, late.all()


def largest_accounts(
    ctx: Context, *, day: date, previous: date, base: str, rates: dict[str, DatedRate], what: str, by: str, key: str,
    currency: str, most: int,
) -> list[int]:  # fmt: skip
    """The accounts with the largest figures of a column, of a bank or company and of a currency where they are named.

    Shape: `what` "previous", "in", "out", "balance" or "base". Raises: forbidden."""
    inside, facts = _asked(ctx, day, previous, base, rates)
    narrowed = "(%(currency)s = '' or currency = %(currency)s)"
    if by == "bank":
        narrowed += " and bank_country || bank_code = %(key)s"
    elif by == "company":
        narrowed += " and unit_id = any(%(of)s)"
        facts["of"] = [unit for unit, (_, words) in places_of_units(ctx).items() if words[2] == key]
    statement = _FIGURES.format(inside=inside, covered=COVERED_DAYS) + (
        f"select id from figure where {narrowed} order by abs({_VALUES[what]}) desc nulls last, id limit %(most)s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, facts | {"currency": currency, "key": key, "most": most})
        return [number for (number,) in cursor.fetchall()]


def _asked(
    ctx: Context, day: date, previous: date, base: str, rates: dict[str, DatedRate]
) -> tuple[str, dict[str, Any]]:
    """Only accounts that the actor may see in both ways stand in the report."""
    inside, seen = seen_on(ctx, day, VIEW_POSITION)
    return inside, {
        **seen, "day": day, "before": previous, "since": max(previous + timedelta(days=1), day - timedelta(days=MOST_DAYS - 2)),
        "today": day, "base": base, "currencies": list(rates),
        "factors": [minor_factor(rate.rate.value, code, base) for code, rate in rates.items()],
    }  # fmt: skip


def _sums(figures: list[int], *, is_told: bool) -> tuple[Sums, int, int, int]:
    """Shape: `is_told` when statements cover every day, so that no movement is none."""
    (
        accounts, before, moved, held, unknown, before_minor, in_minor, out_minor, balance_minor, gap_minor, gaps, worth, without_rate,
    ) = figures  # fmt: skip
    untold = 0 if is_told else accounts - moved
    # What is no gap of accounts with both balances began with those whose balance before nobody knows.
    begun = balance_minor - before_minor - in_minor + out_minor - gap_minor
    sums = Sums(
        accounts, before_minor, in_minor, out_minor, gap_minor, begun, balance_minor, accounts - held if is_told else unknown,
        {"previous": accounts - before, "in": untold, "out": untold, "balance": accounts - held},
    )  # fmt: skip
    return sums, gaps, worth, without_rate


class _LateBanks:
    """Banks in the order in which they come, each with what is missing of it."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, set[date], datetime | None]] = {}

    def add(self, bank: str, accounts: int, days: list[date], received: datetime | None) -> None:
        number, known, newest = self._found.get(bank, (0, set(), None))
        moments = [one for one in (newest, received) if one is not None]
        self._found[bank] = number + accounts, known | set(days), max(moments, default=None)

    def all(self) -> list[Late]:
        return [
            Late(bank, accounts, tuple(sorted(days)), newest)
            for bank, (accounts, days, newest) in self._found.items()
        ]

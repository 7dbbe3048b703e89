"""The position of each of the last days, by one statement.

Each balance stands from its day until the next one of its account, so sums of what comes and goes on a day tell every day
in the accounts' own currencies. What is converted is converted on each day, for the rate is that day's and each account
is rounded by itself; hence each day is what `position` says of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.directory.queries import DatedRate
from moa.reports.permissions import VIEW_POSITION
from moa.reports.position import (
    KEYS,
    CurrencySum,
    GroupingUnknown,
    by_currency,
    minor_factor,
    places_on,
    rates_of,
)


class DayRow(NamedTuple):
    """One key and currency at the end of a day. Shape: minor units; `base_minor` None without a rate."""

    day: date
    key: str
    name: str
    currency: str
    accounts: int
    balance_minor: int
    base_minor: int | None


@dataclass(frozen=True, slots=True)
class Days:
    """Shape: `rows` by day and key; `rates` to the base currency by day."""

    base_currency: str
    rows: list[DayRow]
    rates: dict[date, dict[str, DatedRate]]

    def curve(self) -> list[tuple[date, str, str, int | None]]:
        """Shape: (day, key, name, base minor or None where nothing could be converted)."""
        sums: dict[tuple[date, str, str], int | None] = {}
        for row in self.rows:
            held = sums.get(row[:3])
            sums[row[:3]] = held if row.base_minor is None else (held or 0) + row.base_minor
        return [(*key, minor) for key, minor in sums.items()]

    def held(self, day: date) -> dict[str, int | None]:
        """By key in base currency. Shape: None where not all could be converted."""
        sums: dict[str, int | None] = {}
        for row in self.rows:
            if row.day == day:
                held = sums.get(row.key, 0)
                sums[row.key] = None if held is None or row.base_minor is None else held + row.base_minor
        return sums

    def on(self, day: date) -> list[CurrencySum]:
        return by_currency(row for row in self.rows if row.day == day)


# What an account counts for in the rows, and how that is called: units first, for they move between companies.
_LAYERS = {
    "bank": ("a.bank_country || a.bank_code", "g.leaf", KEYS["bank"][1].replace("a.bank_code", "substr(g.leaf, 3)"),
             "left join directory_bank b on b.country || b.code = g.leaf"),
    "currency": ("a.currency", "g.leaf", "g.leaf", ""),
    "company": ("a.unit_id", *KEYS["company"], """join control_unit u on u.id = g.leaf
    left join unnest(%(place_days)s::date[], %(placed)s::bigint[], %(companies)s::bigint[])
           as place (day, unit_id, company_id) on place.unit_id = u.id and place.day = g.day
    join control_unit c on c.id = coalesce(place.company_id, u.company_id, u.id)"""),
}  # fmt: skip
# The balances of the days are read in the order of their index, so that nothing is sorted: of two of one day the earlier
# stands for no day at all. What all accounts of a leaf share is summed up before anything else; what is converted stays
# by itself, for it is rounded by itself.
_DAYS = """
with held as (
    select a.id, {leaf} as leaf, a.currency, coalesce(least(a.closed_on, %(end)s::date), %(end)s) as until, n.day, n.balance_minor
      from accounts_bankaccount a join accounts_currentbalance n on n.account_id = a.id
     where n.balance_minor is not null and (a.closed_on is null or a.closed_on > %(first)s) {units}
), span as (
    select leaf, currency, balance_minor as minor, %(first)s::date as day, until from held where day <= %(first)s
    union all
    select h.leaf, h.currency, before.balance_minor, %(first)s, least(h.until, (
               select e.day from accounts_balancepoint e where e.account_id = h.id and e.day > %(first)s and e.day < %(end)s
                order by e.day limit 1))
      from held h cross join lateral (
        select p.balance_minor from accounts_balancepoint p where h.day > %(first)s and p.account_id = h.id and p.day <= %(first)s
         order by p.day desc, p.recorded_at desc, p.id desc limit 1) before
    union all
    select h.leaf, h.currency, e.balance_minor, e.day, least(h.until, e.next)
      from (select account_id, day, balance_minor,
                   lag(day) over (partition by account_id order by day desc, recorded_at desc, id desc) as next
              from accounts_balancepoint where day > %(first)s and day < %(end)s) e
      join held h on h.id = e.account_id and h.until > e.day
), stretch as materialized (
    select leaf, currency, day, until, case when currency <> %(base)s then minor end as each, count(*) as number, sum(minor) as minor
      from span group by 1, 2, 3, 4, 5
), change as (
    select leaf, currency, c.day, sum(c.sign * s.number) as number, sum(c.sign * s.minor) as minor
      from (select leaf, currency, day, until, sum(number) as number, sum(minor) as minor from stretch group by 1, 2, 3, 4) s
     cross join lateral (values (s.day, 1), (s.until, -1)) c (day, sign) group by 1, 2, 3
), grouped as (
    select l.leaf, l.currency, d.day, sum(c.number) over days as accounts, sum(c.minor) over days as minor
      from (select distinct leaf, currency from change) l cross join unnest(%(dates)s::date[]) as d (day)
      left join change c on c.leaf = l.leaf and c.currency = l.currency and c.day = d.day
    window days as (partition by l.leaf, l.currency order by d.day)
), each_day as (
    select leaf, currency, day + generate_series(0, until - day - 1) as day, each, number from stretch where each is not null
), converted as (
    select s.leaf, s.currency, s.day, sum(s.number * round(s.each * rate.factor)::bigint) as minor
      from each_day s
      join unnest(%(rate_days)s::date[], %(currencies)s::text[], %(factors)s::numeric[]) as rate (day, currency, factor)
        on rate.day = s.day and rate.currency = s.currency
     group by 1, 2, 3
)
select g.day, {key}, {name}, g.currency, sum(g.accounts)::bigint, sum(g.minor)::bigint,
       sum(case when g.currency = %(base)s then g.minor else v.minor end)::bigint
  from grouped g left join converted v on v.leaf = g.leaf and v.currency = g.currency and v.day = g.day {joins}
 where g.accounts > 0
 group by 1, 2, 3, 4
 order by 1, 2, 4
"""


def position_by_day(ctx: Context, *, until: date, days: int = 30, by: str = "bank") -> Days:
    """Of the last `days` days, by "bank", "company" or "currency". Raises: forbidden, grouping_unknown."""
    units = permitted_units(ctx, VIEW_POSITION)
    if by not in _LAYERS:
        raise GroupingUnknown(by=by)
    base = the_group_of(ctx).base_currency
    dates = [until - timedelta(days=back) for back in range(days - 1, -1, -1)]
    by_day = rates_of(ctx, base, dates, None)
    rated: list[tuple[date, str, Decimal]] = [
        (day, code, minor_factor(rate.rate.value, code, base))
        for day, rates in by_day.items()
        for code, rate in rates.items()
    ]
    leaf, key, name, joins = _LAYERS[by]
    statement = _DAYS.format(
        leaf=leaf, key=key, name=name, joins=joins, units="" if units is None else "and a.unit_id = any(%(units)s)"
    )  # fmt: skip
    facts: dict[str, Any] = {
        "dates": dates, "first": dates[0], "end": until + timedelta(days=1), "base": base, "units": list(units or ()),
        "rate_days": [day for day, _, _ in rated], "currencies": [code for _, code, _ in rated],
        "factors": [factor for _, _, factor in rated],
    } | (places_on(ctx, dates) if by == "company" else {})  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return Days(base, [DayRow(*row) for row in cursor.fetchall()], by_day)

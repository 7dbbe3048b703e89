"""The position: what the group holds at the end of a day, in own and base currency, as known at a moment.

Each account is converted once and rounded half up to the base currency's minor unit; every grouping sums those, so
all totals agree. Source: issue "position"; DESIGN §1.4 (as known at).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.control.models import UnitPlace
from moa.control.queries import the_group_of, tree_on
from moa.directory.models import ExchangeRate
from moa.directory.queries import DatedRate, rated_currencies, rates_for_days
from moa.directory.recording import take_recording_moment
from moa.kernel.errors import DomainError
from moa.kernel.money import minor_digits
from moa.reports.permissions import VIEW_POSITION

GROUPINGS = ("group", "company", "unit", "bank", "currency", "account")

# The key of a row and its name by grouping. Source: issue "position" (--by).
_KEYS = {
    "group": ("''", "''"),
    "company": ("c.code", "c.name"),
    "unit": ("u.code", "u.name"),
    "bank": (
        "a.bank_country || a.bank_code",
        "coalesce(b.short_names ->> case b.country when 'CN' then 'zh-hans' else 'ko' end, a.bank_code)",
    ),
    "currency": ("a.currency", "a.currency"),
    # Two banks may have given the same number; then the bank stands before it.
    "account": (
        """case when exists (select 1 from accounts_bankaccount o where o.group_id = a.group_id
                                and o.number_key = a.number_key and o.currency = a.currency and o.id <> a.id)
                then a.bank_country || a.bank_code || '/' || a.number else a.number end""",
        "coalesce(nullif(a.nickname, ''), a.number)",
    ),
}

# The newest balance counts where it is not after the day asked for; the others are looked up in their history.
_NEWEST = """
    join (
        select n.account_id, n.day, n.balance_minor from accounts_currentbalance n where n.day <= %(day)s
        union all
        select n.account_id, p.day, p.balance_minor from accounts_currentbalance n
          cross join lateral (
            select p.day, p.balance_minor from accounts_balancepoint p
             where p.account_id = n.account_id and p.day <= %(day)s
             order by p.day desc, p.recorded_at desc, p.id desc limit 1
          ) p
         where n.day > %(day)s
    ) held on held.account_id = a.id
"""
_KNOWN = """
    join lateral (
        select p.day, p.balance_minor from accounts_balancepoint p
         where p.account_id = a.id and p.day <= %(day)s and p.recorded_at <= %(known_at)s
         order by p.day desc, p.recorded_at desc, p.id desc limit 1
    ) held on true
"""
_LEAVES = """
select {key} as key, {name} as name, a.currency,
       sum(held.balance_minor)::bigint as balance_minor,
       sum(case when a.currency = %(base)s then held.balance_minor
                else round(held.balance_minor * rate.factor)::bigint end)::bigint as base_minor,
       count(*) as accounts, min(held.day) as oldest
  from accounts_bankaccount a
  {held}
  {joins}
  left join unnest(%(currencies)s::text[], %(factors)s::numeric[]) as rate (currency, factor)
         on rate.currency = a.currency
 where held.balance_minor is not null
   and (a.closed_on is null or a.closed_on > %(day)s or a.closed_at > %(known_at)s) {units}
 group by 1, 2, 3
 order by 1, 3
"""
_JOINS = {
    # Of the company that the unit belonged to on the day; a unit that was not there yet, of the one it belongs to now.
    "company": """join control_unit u on u.id = a.unit_id
    left join unnest(%(place_days)s::date[], %(placed)s::bigint[], %(companies)s::bigint[])
           as place (day, unit_id, company_id) on place.unit_id = u.id and place.day = {day}
    join control_unit c on c.id = coalesce(place.company_id, u.company_id, u.id)""",
    "unit": "join control_unit u on u.id = a.unit_id",
    "bank": "left join directory_bank b on b.country = a.bank_country and b.code = a.bank_code",
}


class MomentInFuture(DomainError):
    """What will be known later cannot be asked for yet."""

    code = "moment_in_future"


class GroupingUnknown(DomainError):
    code = "grouping_unknown"


@dataclass(frozen=True, slots=True)
class PositionRow:
    """One key and currency. Shape: minor units; `base_minor` None without a rate; `oldest` the oldest balance day."""

    key: str
    name: str
    currency: str
    balance_minor: int
    base_minor: int | None
    accounts: int
    oldest: date


@dataclass(frozen=True, slots=True)
class Position:
    day: date
    base_currency: str
    by: str
    rows: tuple[PositionRow, ...]
    rates: dict[str, DatedRate]
    known_at: datetime | None

    @property
    def total_base_minor(self) -> int:
        """The sum of what could be converted; `missing_rates` says what could not."""
        return sum(row.base_minor for row in self.rows if row.base_minor is not None)

    @property
    def missing_rates(self) -> list[str]:
        return sorted({row.currency for row in self.rows if row.base_minor is None})


def position(
    ctx: Context, *, day: date, by: str = "company", known_at: datetime | None = None,
    only: Collection[int] | None = None, of: str | None = None,
) -> Position:  # fmt: skip
    """Of all accounts that the actor may see, or of those of the ids `only`. With `of`, what the row of that key is made
    of: a row for each account, whose key is its id. Raises: forbidden, grouping_unknown,
    moment_in_future.
    """
    units = permitted_units(ctx, VIEW_POSITION)
    if by not in _KEYS:
        raise GroupingUnknown(by=by)
    base = the_group_of(ctx).base_currency
    if known_at is not None:
        settle_moment(ctx, known_at)
    rates = _rates(ctx, base, [day], known_at)[day]
    key, name = _KEYS[by]
    statement = _LEAVES.format(
        key=key if of is None else "a.id::text", name=name, held=_NEWEST if known_at is None else _KNOWN,
        joins=_JOINS.get(by, "").format(day="%(day)s"),
        units=("" if units is None else "and a.unit_id = any(%(units)s)")
        + ("" if only is None else " and a.id = any(%(only)s)")
        + ("" if of is None else f" and {key} = %(of)s"),
    )  # fmt: skip
    facts = {
        "day": day, "known_at": known_at, "base": base, "units": list(units or ()), "only": list(only or ()),
        "currencies": list(rates), "factors": [minor_factor(rate.rate.value, code, base) for code, rate in rates.items()],
        "of": of,
    } | (_places(ctx, [day]) if by == "company" else {})  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        rows = tuple(PositionRow(*row) for row in cursor.fetchall())
    return Position(day, base, by, rows, rates, known_at)


def by_currency(found: Position) -> Position:
    """The same, summed by currency: every account is converted once, so the sums agree."""
    sums: dict[str, PositionRow] = {}
    for row in found.rows:
        held = sums.get(row.currency)
        if held is None:
            sums[row.currency] = replace(row, key=row.currency, name=row.currency)
            continue
        base = None if held.base_minor is None or row.base_minor is None else held.base_minor + row.base_minor
        sums[row.currency] = replace(
            held, balance_minor=held.balance_minor + row.balance_minor, base_minor=base,
            accounts=held.accounts + row.accounts, oldest=min(held.oldest, row.oldest),
        )  # fmt: skip
    return replace(found, by="currency", rows=tuple(sums[code] for code in sorted(sums)))


def _places(ctx: Context, days: list[date]) -> dict[str, list[Any]]:
    """To which company each unit belonged on each of the days, which follow one another."""
    moves = UnitPlace.objects.filter(valid_from__gt=days[0], valid_from__lte=days[-1])
    changes = {days[0], *moves.values_list("valid_from", flat=True)}
    places: dict[str, list[Any]] = {"place_days": [], "placed": [], "companies": []}
    tree: dict[int, int] = {}
    for day in days:
        if day in changes:
            tree = {unit: standing.company_id or unit for unit, standing in tree_on(ctx, day).items()}
        places["place_days"] += [day] * len(tree)
        places["placed"] += tree.keys()
        places["companies"] += tree.values()
    return places


def minor_factor(rate: Decimal, currency: str, base: str) -> Decimal:
    """What one minor unit of `currency` is in minor units of `base`."""
    return rate.scaleb(minor_digits(base) - minor_digits(currency))


_CLOCK = """
select clock_timestamp(), (select last_at from accounts_importclock where group_id = %s)
"""
# Waits for whoever records now, and lets all later stamps come after the moment, also when the clock steps back.
_SETTLE = """
insert into accounts_importclock as clock (group_id, last_at) values (%s, %s)
    on conflict (group_id) do update set last_at = greatest(clock.last_at, excluded.last_at)
"""


def settle_moment(ctx: Context, moment: datetime) -> None:
    """Make sure that nothing can be recorded under `moment` any more. Raises: moment_in_future.

    Whoever records stamps under the lock of the group's import clock and after its last stamp, so it is enough that
    the clock has come to the moment; rates have a lock of their own, which is waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLOCK, [ctx.group_id])
        now, last = cursor.fetchone()
        if last is None or last < moment:
            if moment > now:
                raise MomentInFuture(asked=moment.isoformat(), now=now.isoformat())
            cursor.execute(_SETTLE, [ctx.group_id, moment])
    take_recording_moment(ctx, ExchangeRate)


def present_moment() -> datetime:
    """The moment of the database's clock, by which everything is stamped."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        return cursor.fetchone()[0]


def curve(
    ctx: Context, *, until: date, days: int = 30, by: str = "bank"
) -> list[tuple[date, str, str, int | None]]:
    """The position of each of the last `days` days in base currency. Shape: (day, key, name, base minor or None)."""
    units = permitted_units(ctx, VIEW_POSITION)
    if by not in {"bank", "company", "currency"}:
        raise GroupingUnknown(by=by)
    base = the_group_of(ctx).base_currency
    dates = [until - timedelta(days=back) for back in range(days - 1, -1, -1)]
    rate_days: list[date] = []
    currencies: list[str] = []
    factors: list[Decimal] = []
    for day, rates in _rates(ctx, base, dates, None).items():
        for code, rate in rates.items():
            rate_days.append(day)
            currencies.append(code)
            factors.append(minor_factor(rate.rate.value, code, base))
    leaf, key, name, joins = _LAYERS[by]
    statement = _CURVE.format(
        leaf=leaf,
        key=key,
        name=name,
        joins=joins,
        units="" if units is None else "and a.unit_id = any(%(units)s)",
    )
    facts: dict[str, Any] = {
        "dates": dates, "first": dates[0], "end": until + timedelta(days=1), "base": base, "units": list(units or ()),
        "rate_days": rate_days, "currencies": currencies, "factors": factors,
    } | (_places(ctx, dates) if by == "company" else {})  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return [(row[0], row[1], row[2], row[3]) for row in cursor.fetchall()]


def rates_on(ctx: Context, day: date) -> dict[str, DatedRate]:
    """The last rate of every currency to the group's base currency on or before `day`."""
    return _rates(ctx, the_group_of(ctx).base_currency, [day], None)[day]


def _rates(
    ctx: Context, base: str, days: list[date], known_at: datetime | None
) -> dict[date, dict[str, DatedRate]]:
    """For each day, the last rate of every currency on or before it. Shape: {day: {currency: rate}}."""
    by_day: dict[date, dict[str, DatedRate]] = {day: {} for day in days}
    currencies = set(rated_currencies(ctx, base)) - {base}
    for (code, day), rate in rates_for_days(ctx, currencies, base, days, known_at).items():
        by_day[day][code] = rate
    return by_day


# What an account counts for in the layers of the curve, and how that is called: units first, for they move between companies.
_LAYERS = {
    "bank": ("a.bank_country || a.bank_code", "g.leaf", _KEYS["bank"][1].replace("a.bank_code", "substr(g.leaf, 3)"),
             "left join directory_bank b on b.country || b.code = g.leaf"),
    "currency": ("a.currency", "g.leaf", "g.leaf", ""),
    "company": ("a.unit_id", *_KEYS["company"], """join control_unit u on u.id = g.leaf
    left join unnest(%(place_days)s::date[], %(placed)s::bigint[], %(companies)s::bigint[])
           as place (day, unit_id, company_id) on place.unit_id = u.id and place.day = g.day
    join control_unit c on c.id = coalesce(place.company_id, u.company_id, u.id)"""),
}  # fmt: skip
# Each balance stands from its day until the next one: in base currency its coming and going are summed over the days; what
# is converted is converted on each day, for the rate is that day's and each account is rounded by itself.
_CURVE = """
with point as (
    select a.id, {leaf} as leaf, a.currency, a.closed_on, p.day, p.balance_minor
      from accounts_bankaccount a join accounts_currentbalance n on n.account_id = a.id
     cross join lateral (
        select %(first)s::date as day, n.balance_minor where n.day <= %(first)s
        union all
        (select %(first)s::date, e.balance_minor from accounts_balancepoint e
          where n.day > %(first)s and e.account_id = a.id and e.day <= %(first)s
          order by e.day desc, e.recorded_at desc, e.id desc limit 1)
        union all
        (select distinct on (e.day) e.day, e.balance_minor from accounts_balancepoint e
          where n.day > %(first)s and e.account_id = a.id and e.day > %(first)s and e.day < %(end)s
          order by e.day desc, e.recorded_at desc, e.id desc)) p
     where (a.closed_on is null or a.closed_on > p.day) {units}
), span as materialized (
    select leaf, currency, balance_minor, day,
           least(lead(day, 1, %(end)s::date) over (partition by id order by day), closed_on) as until
      from point
), change as (
    select leaf, c.day, sum(c.sign) as number, sum(c.sign * balance_minor) as minor
      from span cross join lateral (values (span.day, 1), (span.until, -1)) c (day, sign)
     where currency = %(base)s group by 1, 2
), grouped as (
    select l.leaf, d.day, sum(c.number) over days as held, sum(c.number) over days as known, sum(c.minor) over days as minor
      from (select distinct leaf from change) l cross join unnest(%(dates)s::date[]) as d (day)
      left join change c on c.leaf = l.leaf and c.day = d.day
    window days as (partition by l.leaf order by d.day)
    union all
    select s.leaf, d.day, count(*), count(rate.factor), sum(round(s.balance_minor * rate.factor)::bigint)
      from span s cross join lateral generate_series(0, s.until - s.day - 1) n cross join lateral (select s.day + n) d (day)
      left join unnest(%(rate_days)s::date[], %(currencies)s::text[], %(factors)s::numeric[])
             as rate (day, currency, factor) on rate.day = d.day and rate.currency = s.currency
     where s.currency <> %(base)s group by 1, 2
)
select g.day, {key}, {name}, case when sum(g.known) > 0 then sum(g.minor)::bigint end
  from grouped g {joins}
 where g.held > 0
 group by 1, 2, 3
 order by 1, 2
"""

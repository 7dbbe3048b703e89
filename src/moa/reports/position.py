"""The position: what the group holds at the end of a day, in own and base currency, as known at a moment.

Each account is converted once and rounded half up to the base currency's minor unit; every grouping sums those, so
all totals agree. Source: issue "position"; DESIGN §1.4 (as known at).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from django.db import connection

from moa.accounts.overview import narrowed
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
KEYS = {
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
# Such an account counts; one that is closed by then counts at moments at which nobody knew of it.
_COUNTED = """held.balance_minor is not null
   and (a.closed_on is null or a.closed_on > %(day)s or a.closed_at > %(known_at)s)"""
_LEAVES = f"""
select {{key}} as key, {{name}} as name, a.currency,
       sum(held.balance_minor)::bigint as balance_minor,
       sum(case when a.currency = %(base)s then held.balance_minor
                else round(held.balance_minor * rate.factor)::bigint end)::bigint as base_minor,
       count(*) as accounts, min(held.day) as oldest
  from accounts_bankaccount a
  {{held}}
  {{joins}}
  left join unnest(%(currencies)s::text[], %(factors)s::numeric[]) as rate (currency, factor)
         on rate.currency = a.currency
 where {_COUNTED} {{units}}
 group by 1, 2, 3
 order by 1, 3
"""
_FIRST = f"""
select a.id from accounts_bankaccount a {{held}}
 where {_COUNTED} {{inside}}
 order by a.number, a.id limit %(most)s
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


class CurrencySum(NamedTuple):
    """What accounts of one currency hold. Shape: minor units; `base_minor` None without a rate."""

    currency: str
    balance_minor: int
    base_minor: int | None
    accounts: int


class Summed(Protocol):
    """A row of a position, of a day or of an account."""

    @property
    def currency(self) -> str: ...
    @property
    def balance_minor(self) -> int: ...
    @property
    def base_minor(self) -> int | None: ...
    @property
    def accounts(self) -> int: ...


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
    only: Collection[int] | None = None, company: str = "", bank: str = "", of: str | None = None,
) -> Position:  # fmt: skip
    """Of all accounts that the actor may see, or of those of the ids `only`, of a company and of a bank (their keys).
    With `of`, what the row of that key is made of: a row for each account, whose key is its id. Raises: forbidden, grouping_unknown,
    moment_in_future.
    """
    units = permitted_units(ctx, VIEW_POSITION)
    if by not in KEYS:
        raise GroupingUnknown(by=by)
    base = the_group_of(ctx).base_currency
    if known_at is not None:
        settle_moment(ctx, known_at)
    rates = rates_of(ctx, base, [day], known_at)[day]
    key, name = KEYS[by]
    statement = _LEAVES.format(
        key=key if of is None else "a.id::text", name=name, held=_NEWEST if known_at is None else _KNOWN,
        joins=_JOINS.get(by, "").format(day="%(day)s"),
        units=("" if units is None else "and a.unit_id = any(%(units)s)")
        + ("" if only is None else " and a.id = any(%(only)s)")
        + narrowed(company, bank)
        + ("" if of is None else f" and {key} = %(of)s"),
    )  # fmt: skip
    facts: dict[str, Any] = {
        "day": day, "known_at": known_at, "base": base, "units": list(units or ()), "only": list(only or ()),
        "currencies": list(rates), "factors": [minor_factor(rate.rate.value, code, base) for code, rate in rates.items()],
        "of": of, "company": company, "bank": bank,
    } | (places_on(ctx, [day]) if by == "company" else {})  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        rows = tuple(PositionRow(*row) for row in cursor.fetchall())
    return Position(day, base, by, rows, rates, known_at)


def first_accounts(
    ctx: Context, *, day: date, known_at: datetime | None, most: int, company: str = "", bank: str = ""
) -> list[int]:
    """The ids of the first accounts that the position of the day counts, as known at the moment, by number. Raises: forbidden."""
    units = permitted_units(ctx, VIEW_POSITION)
    inside = "" if units is None else "and a.unit_id = any(%(units)s)"
    facts: dict[str, Any] = {
        "day": day, "known_at": known_at, "most": most, "company": company, "bank": bank, "units": list(units or ()),
    }  # fmt: skip
    held = _NEWEST if known_at is None else _KNOWN
    with connection.cursor() as cursor:
        cursor.execute(_FIRST.format(held=held, inside=inside + narrowed(company, bank)), facts)
        return [number for (number,) in cursor.fetchall()]


def by_currency(rows: Iterable[Summed]) -> list[CurrencySum]:
    """The sums of rows by currency: every account is converted once, so they agree with any grouping."""
    sums: dict[str, CurrencySum] = {}
    for row in rows:
        held = sums.get(row.currency, CurrencySum(row.currency, 0, 0, 0))
        base = None if held.base_minor is None or row.base_minor is None else held.base_minor + row.base_minor
        sums[row.currency] = CurrencySum(
            row.currency, held.balance_minor + row.balance_minor, base, held.accounts + row.accounts
        )
    return [sums[code] for code in sorted(sums)]


def places_on(ctx: Context, days: list[date]) -> dict[str, list[Any]]:
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


def rates_on(ctx: Context, day: date) -> dict[str, DatedRate]:
    """The last rate of every currency to the group's base currency on or before `day`."""
    return rates_of(ctx, the_group_of(ctx).base_currency, [day], None)[day]


def rates_of(
    ctx: Context, base: str, days: list[date], known_at: datetime | None
) -> dict[date, dict[str, DatedRate]]:
    """For each day, the last rate of every currency on or before it. Shape: {day: {currency: rate}}."""
    by_day: dict[date, dict[str, DatedRate]] = {day: {} for day in days}
    currencies = set(rated_currencies(ctx, base)) - {base}
    for (code, day), rate in rates_for_days(ctx, currencies, base, days, known_at).items():
        by_day[day][code] = rate
    return by_day

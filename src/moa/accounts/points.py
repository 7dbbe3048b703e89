"""Balance points: what an account holds at the end of a day, as known from a moment on; and the newest of them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from moa.accounts.incoming import Incoming
from moa.accounts.models import BalancePoint
from moa.accounts.storing import Target
from moa.accounts.surroundings import DayBalance, Surroundings
from moa.control.context import Context

# Lines of statements without any balance, by day, from a day on; the newest stated and the newest derived balance.
_UNSTATED = """
with lines as (
    select t.booked_on as day, sum(t.amount_minor)::bigint as moved, max(t.statement_id) as statement_id
      from accounts_transaction t join accounts_statement s on s.id = t.statement_id
     where t.account_id = %(account)s and s.account_id = %(account)s and not s.provisional
       and s.opening_minor is null and s.closing_minor is null
       and not exists (select 1 from accounts_supersession x where x.transaction_id = t.id)
     group by 1
)
select l.day, l.moved, l.statement_id,
       (select p.day from accounts_balancepoint p where p.account_id = %(account)s and p.day <= l.day and not p.derived
         order by p.day desc limit 1),
       (select p.balance_minor from accounts_balancepoint p where p.account_id = %(account)s and p.day = l.day
         order by p.recorded_at desc, p.id desc limit 1)
  from lines l order by l.day
"""
_STATED = """
select balance_minor from accounts_balancepoint where account_id = %s and day = %s and not derived
 order by recorded_at desc, id desc limit 1
"""
_CURRENT = """
insert into accounts_currentbalance (account_id, group_id, day, balance_minor, covered_until, received_at)
select a.id, a.group_id, newest.day, newest.balance_minor,
       (select max(s.to_date) from accounts_statement s where s.account_id = a.id and not s.provisional
           and s.file_id is not null),
       %(received_at)s
  from accounts_bankaccount a
  left join lateral (
      select p.day, p.balance_minor from accounts_balancepoint p where p.account_id = a.id
       order by p.day desc, p.recorded_at desc, p.id desc limit 1) newest on true
 where a.id = %(account)s
    on conflict (account_id) do update set day = excluded.day, balance_minor = excluded.balance_minor,
       covered_until = excluded.covered_until,
       received_at = greatest(accounts_currentbalance.received_at, excluded.received_at)
"""


def store_points(
    ctx: Context, one: Incoming, around: Surroundings, target: Target, *, later_from: date | None
) -> None:
    """Record the balance of the statement's first and last day, and of each day that it or a stored figure speaks of.

    From `later_from` on stored lines lie after its end, so the download of a morning that comes after that of the
    evening does not move the day's balance back; nor does a page that goes on, once the last page has told it.
    """
    if one.balance is None:
        return
    found = []
    for day in sorted({day for day, _ in one.balance.steps} | set(around.balances)):
        minor, held = one.balance.on(day), around.balances.get(day)
        if later_from is not None and day >= later_from:
            break
        if held is None or _replaces(one, day, minor, held):
            found.append((day, minor, target.statement_id))
    _record(ctx, target.account_id, found, derived=False, at=target.at)


def _replaces(one: Incoming, day: date, minor: int, held: DayBalance) -> bool:
    """Whether the statement's figure is to be told anew although the day has one."""
    if one.end.goes_on and day == one.last:
        return not held.is_final and held.balance_minor != minor
    return not held.is_final or held.balance_minor != minor


def derive_points(ctx: Context, account_id: int, *, at: datetime) -> None:
    """Where lines came without any balance: the balance of their days, from the last stated one and the lines since.

    Asked after every change, so it does not matter in which order files with and without balances came.
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNSTATED, {"account": account_id})
        rows = cursor.fetchall()
        found: list[tuple[date, int, int]] = []
        since: date | None = None
        balance = 0
        for day, moved, statement_id, stated_day, held in rows:
            if stated_day is None:
                continue
            if stated_day != since:
                since = stated_day
                cursor.execute(_STATED, [account_id, stated_day])
                balance = cursor.fetchone()[0]
            if stated_day == day:
                # The stated balance of a day holds all lines of it.
                continue
            balance += moved
            if held != balance:
                found.append((day, balance, statement_id))
    _record(ctx, account_id, found, derived=True, at=at)


def refresh_current(account_id: int, *, received_at: datetime | None) -> None:
    """Keep the newest balance where lists find it. Shape: `received_at` None for what a person said."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT, {"account": account_id, "received_at": received_at})


def _record(
    ctx: Context, account_id: int, points: list[tuple[date, int, int]], *, derived: bool, at: datetime
) -> None:
    BalancePoint.objects.bulk_create(
        BalancePoint(
            group_id=ctx.group_id, account_id=account_id, day=day, balance_minor=minor, derived=derived,
            statement_id=statement_id, recorded_at=at,
        )
        for day, minor, statement_id in points
    )  # fmt: skip

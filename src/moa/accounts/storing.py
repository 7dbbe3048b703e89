"""From staged lines to stored ones: set by set, under the lock of the group's import clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from moa.accounts.incoming import Incoming
from moa.accounts.overlap import balance_after
from moa.accounts.staging import Staged
from moa.control.context import Context

# A line that is stored already would break the constraint on its fingerprint and with it the whole import; nothing
# is skipped in silence.
_BOOKED = """
insert into accounts_transaction (booked_on, group_id, account_id, value_date, booked_time, amount_minor,
    balance_minor, balance_stated, fingerprint, occurrence, statement_id, place, reference, bank_reference,
    description, counterparty, counterparty_account, details, recorded_at)
select l.booked_on, %(group)s, %(account)s, l.value_date, l.booked_time, l.amount_minor,
       {balance}, l.balance_minor is not null, l.fingerprint, l.occurrence,
       %(statement)s, l.place, l.reference, l.bank_reference, l.description, l.counterparty, l.counterparty_account,
       l.details, %(recorded_at)s
  from import_line l
 where l.index = %(index)s and l.status = 'booked' and not l.known
 order by l.booked_on, l.n {direction}
"""

_PROVISIONAL = """
insert into accounts_provisionalentry (booked_on, group_id, account_id, value_date, booked_time, amount_minor, status,
    fingerprint, occurrence, statement_id, place, reference, bank_reference, description, counterparty,
    counterparty_account, recorded_at, replaced_at)
select l.booked_on, %(group)s, %(account)s, l.value_date, l.booked_time, l.amount_minor, l.status, l.fingerprint,
       l.occurrence, %(statement)s, l.place, l.reference, l.bank_reference, l.description, l.counterparty,
       l.counterparty_account, %(recorded_at)s, case when {replaced} then %(recorded_at)s::timestamptz end
  from import_line l
 where l.index = %(index)s {only}
 order by l.booked_on, l.n
    on conflict (account_id, booked_on, fingerprint, occurrence) do update set status = excluded.status
       where accounts_provisionalentry.status = 'pending' and excluded.status = 'booked'
returning xmax = 0
"""
# An intraday line is known better already when a booked statement covers its day.
_DAY_IS_BOOKED = """
exists (select 1 from accounts_statement s where s.account_id = %(account)s and not s.provisional
           and s.file_id is not null and l.booked_on between s.from_date and s.to_date)
"""
# What a booked statement says is pending, is so until a later one; what only informs was never money.
_NO_LONGER_PENDING = """
l.status = 'info' or exists (select 1 from accounts_statement s where s.account_id = %(account)s and not s.provisional
           and s.file_id is not null and s.to_date > %(last)s and s.to_date >= l.booked_on)
"""
# Where the balances join, everything before the statement is booked as well.
_REPLACE = """
update accounts_provisionalentry set replaced_at = %(recorded_at)s
 where account_id = %(account)s and replaced_at is null
   and booked_on <= %(last)s and (booked_on >= %(first)s or %(joins)s)
"""


@dataclass(frozen=True, slots=True)
class Target:
    """Where and under which moment a statement is stored."""

    account_id: int
    statement_id: int
    at: datetime


def lock_clock(ctx: Context) -> datetime:
    """Take the group's import lock until the transaction ends; returns the moment to record under.

    The moment is read after the lock was given and is never before the last one, also when the clock steps back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into accounts_importclock as clock (group_id, last_at) values (%s, clock_timestamp())"
            " on conflict (group_id) do update"
            " set last_at = greatest(clock_timestamp(), clock.last_at + interval '1 microsecond')"
            " returning last_at",
            [ctx.group_id],
        )
        return cursor.fetchone()[0]


def make_months(staged: Staged) -> None:
    """Make the months that the staged lines need."""
    months = {day.replace(day=1) for sums in staged.sums.values() for day in sums.days}
    if months:
        with connection.cursor() as cursor:
            cursor.execute(
                "select accounts_make_month(month) from unnest(%s::date[]) as month", [sorted(months)]
            )


def store_booked_lines(ctx: Context, one: Incoming, target: Target, *, opening: int | None) -> int:
    """Insert the staged booked lines that are not known; returns their number.

    `opening` is the balance that the statement states or, where it states none, the last one known before it.
    """
    balance = balance_after(one)
    if one.opening_minor is None and opening is not None:
        balance = f"coalesce(l.balance_minor, {opening} + l.running_minor)"
    with connection.cursor() as cursor:
        cursor.execute(
            _BOOKED.format(balance=balance, direction="desc" if one.end.newest_first else "asc"),
            _facts(ctx, one, target),
        )
        return cursor.rowcount


def store_other_lines(ctx: Context, one: Incoming, target: Target) -> int:
    """Insert what is not booked: an intraday report's lines, or the pending ones of a statement. No balance moves."""
    replaced = _DAY_IS_BOOKED if one.end.provisional else _NO_LONGER_PENDING
    only = "" if one.end.provisional else "and l.status <> 'booked'"
    with connection.cursor() as cursor:
        cursor.execute(_PROVISIONAL.format(replaced=replaced, only=only), _facts(ctx, one, target))
        return sum(is_new for (is_new,) in cursor.fetchall())


def replace_provisional(one: Incoming, target: Target, *, joins: bool) -> None:
    """Intraday and pending lines of booked days give way to the statement; `joins` says that no day is missing before."""
    with connection.cursor() as cursor:
        cursor.execute(
            _REPLACE,
            {
                "account": target.account_id,
                "first": one.first,
                "last": one.last,
                "joins": joins,
                "recorded_at": target.at,
            },
        )


def _facts(ctx: Context, one: Incoming, target: Target) -> dict[str, Any]:
    return {
        "group": ctx.group_id, "account": target.account_id, "statement": target.statement_id, "index": one.index,
        "last": one.last, "recorded_at": target.at,
    }  # fmt: skip

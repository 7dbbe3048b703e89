"""From staged lines to stored ones: set by set, under the lock of the group's import clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from moa.accounts.models import BalancePoint, ProvisionalEntry, Statement
from moa.accounts.rules import DayMovement, day_before, day_closings
from moa.control.context import Context
from moa.formats.statements import StatementEnd

# Only lines that have a twin in their statement are numbered by sorting; all others are the first of their kind.
_NUMBER_TWINS = """
update import_line l set occurrence = numbered.place
  from (
    select l.index, l.n, row_number() over (partition by l.index, l.booked_on, l.fingerprint order by l.n) as place
      from import_line l
      join (select index, booked_on, fingerprint from import_line group by 1, 2, 3 having count(*) > 1) twin
           using (index, booked_on, fingerprint)
  ) numbered
 where numbered.index = l.index and numbered.n = l.n and numbered.place > 1
"""

_MARK_KNOWN = """
update import_line l set known = true
  from accounts_transaction t
 where l.index = %(index)s and t.account_id = %(account)s and t.booked_on = l.booked_on
   and t.fingerprint = l.fingerprint and t.occurrence = l.occurrence
   and t.booked_on between %(first)s and %(last)s
"""

_INSERT = """
insert into accounts_transaction (booked_on, group_id, account_id, value_date, booked_time, amount_minor,
    balance_minor, balance_stated, fingerprint, occurrence, statement_id, place, reference, bank_reference,
    description, counterparty, counterparty_account, details, recorded_at)
select l.booked_on, %(group)s, %(account)s, l.value_date, l.booked_time, l.amount_minor,
       coalesce(l.balance_minor, {balance}), l.balance_minor is not null, l.fingerprint, l.occurrence,
       %(statement)s, l.place, l.reference, l.bank_reference, l.description, l.counterparty, l.counterparty_account,
       l.details, %(recorded_at)s
  from import_line l
 where l.index = %(index)s and l.status = 'booked' and not l.known
 order by l.booked_on, l.n {direction}
on conflict (account_id, booked_on, fingerprint, occurrence) do nothing
"""

_PROVISIONAL = """
insert into accounts_provisionalentry (booked_on, group_id, account_id, value_date, booked_time, amount_minor, status,
    fingerprint, occurrence, statement_id, place, reference, bank_reference, description, counterparty,
    counterparty_account, recorded_at, replaced_at)
select l.booked_on, %(group)s, %(account)s, l.value_date, l.booked_time, l.amount_minor, l.status, l.fingerprint,
       l.occurrence, %(statement)s, l.place, l.reference, l.bank_reference, l.description, l.counterparty,
       l.counterparty_account, %(recorded_at)s,
       case when exists (select 1 from accounts_statement s where s.account_id = %(account)s and not s.provisional
                            and l.booked_on between s.from_date and s.to_date) then %(recorded_at)s end
  from import_line l
 where l.index = %(index)s {only}
 order by l.booked_on, l.n
on conflict (account_id, booked_on, fingerprint, occurrence) do nothing
"""

_MOVEMENTS = """
select booked_on, sum(amount_minor)::bigint, count(*) from import_line
 where index = %s and status = 'booked' group by 1 order by 1
"""

_CURRENT = """
insert into accounts_currentbalance (account_id, group_id, day, balance_minor, covered_until, received_at)
select p.account_id, p.group_id, p.day, p.balance_minor,
       (select max(s.to_date) from accounts_statement s where s.account_id = p.account_id and not s.provisional
           and s.file_id is not null),
       %(received_at)s
  from accounts_balancepoint p where p.account_id = %(account)s
 order by p.day desc, p.recorded_at desc, p.id desc limit 1
on conflict (account_id) do update set day = excluded.day, balance_minor = excluded.balance_minor,
    covered_until = excluded.covered_until,
    received_at = greatest(accounts_currentbalance.received_at, excluded.received_at)
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of one statement."""

    statement_id: int
    entries_new: int
    entries_known: int


def lock_clock(ctx: Context) -> datetime:
    """Take the group's import lock until the transaction ends; returns the moment to record under.

    The moment is read after the lock was given and is never before the last one, also when the clock steps back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into accounts_importclock (group_id, last_at) values (%s, '-infinity') on conflict do nothing",
            [ctx.group_id],
        )
        cursor.execute(
            "update accounts_importclock set last_at = greatest(clock_timestamp(), last_at + interval '1 microsecond')"
            " where group_id = %s returning last_at",
            [ctx.group_id],
        )
        return cursor.fetchone()[0]


def make_ready() -> None:
    """Number the twins among the staged lines and make the months that they need."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER_TWINS)
        cursor.execute("select distinct date_trunc('month', booked_on)::date from import_line order by 1")
        for (month,) in cursor.fetchall():
            cursor.execute("select accounts_make_month(%s)", [month])


def mark_known(account_id: int, index: int, opening: int | None, first: date) -> None:
    """Mark the staged lines of a statement that are stored already.

    `opening` and `first` say where the statement begins: what is stored of that day from before is not in it.
    """
    with connection.cursor() as cursor:
        cursor.execute("select min(booked_on), max(booked_on) from import_line where index = %s", [index])
        since, until = cursor.fetchone()
        if since is None:
            return
        cursor.execute(
            "select exists (select 1 from accounts_transaction where account_id = %s and booked_on between %s and %s)",
            [account_id, since, until],
        )
        if not cursor.fetchone()[0]:
            return
        cursor.execute("analyze import_line")
        _number_around_superseded(account_id, index)
        _number_after_earlier(account_id, index, opening, first)
        cursor.execute(_MARK_KNOWN, {"account": account_id, "index": index, "first": since, "last": until})


_FIRST_DAY = """
select t.fingerprint, t.amount_minor, t.balance_minor from accounts_transaction t
 where t.account_id = %s and t.booked_on = %s
   and not exists (select 1 from accounts_supersession s where s.transaction_id = t.id)
 order by t.id
"""


def _number_after_earlier(account_id: int, index: int, opening: int | None, first: date) -> None:
    """A statement that begins in the middle of a day (a second page, an afternoon's download) has none of the lines
    before it; a line of its own that reads the same as one of those is a twin, not that line.

    Where it begins is told by its opening balance: the balance after one of the stored lines of that day, and not
    the balance that the day began with.
    """
    if opening is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_DAY, [account_id, first])
        stored = cursor.fetchall()
        if not stored or stored[0][2] is None or stored[0][2] - stored[0][1] == opening:
            return
        balances = [balance for _, _, balance in stored]
        if opening not in balances:
            return
        earlier = Counter(printed for printed, _, _ in stored[: balances.index(opening) + 1])
        cursor.executemany(
            "update import_line set occurrence = occurrence + %s where index = %s and booked_on = %s and fingerprint = %s",
            [(count, index, first, printed) for printed, count in earlier.items()],
        )


_REVIVED = """
select t.booked_on, t.fingerprint, max(t.occurrence),
       coalesce(array_agg(t.occurrence order by t.occurrence) filter (where s.id is null), '{}')
  from accounts_transaction t left join accounts_supersession s on s.transaction_id = t.id
 where t.account_id = %(account)s and (t.booked_on, t.fingerprint) in (
       select t2.booked_on, t2.fingerprint from accounts_supersession s2
         join accounts_transaction t2 on t2.id = s2.transaction_id and t2.booked_on = s2.booked_on
        where s2.account_id = %(account)s)
 group by 1, 2
"""


def _number_around_superseded(account_id: int, index: int) -> None:
    """A line that was superseded and is stated again is a new line beside the old one, not the old one.

    The k-th of the incoming twins is the k-th stored one that still counts, or comes after all stored ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REVIVED, {"account": account_id})
        for day, printed, top, live in cursor.fetchall():
            cursor.execute(
                "select n from import_line where index = %s and booked_on = %s and fingerprint = %s order by occurrence",
                [index, day, printed],
            )
            for rank, (n,) in enumerate(cursor.fetchall()):
                occurrence = live[rank] if rank < len(live) else top + 1 + rank - len(live)
                cursor.execute(
                    "update import_line set occurrence = %s where index = %s and n = %s",
                    [occurrence, index, n],
                )


def count_new(index: int) -> int:
    """How many lines of the statement are not stored yet."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from import_line where index = %s and not known", [index])
        return int(cursor.fetchone()[0])


def movements(index: int) -> list[DayMovement]:
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, [index])
        return [DayMovement(*row) for row in cursor.fetchall()]


def opening_of(account_id: int, end: StatementEnd, first: date) -> int | None:
    """The statement's opening balance, or the last one known before it when it states none."""
    if end.opening_minor is not None:
        return end.opening_minor
    point = (
        BalancePoint.objects.filter(account_id=account_id, day__lt=first)
        .order_by("-day", "-recorded_at", "-id")
        .first()
    )
    return None if point is None else point.balance_minor


def closings_of(index: int, opening: int | None, last: date) -> list[tuple[date, int, int]]:
    return [] if opening is None else day_closings(opening, movements(index), last)


def store_booked(
    ctx: Context,
    *,
    account_id: int,
    statement: Statement,
    end: StatementEnd,
    opening: int | None,
    at: datetime,
) -> Stored:
    """Insert the lines of a booked statement that are new, its balance points, and the account's newest balance."""
    if opening is None:
        balance = "null::bigint"
    elif end.newest_first:
        total = sum(one.movement_minor for one in movements(statement.index))
        balance = f"{opening + total} - (l.running_minor - l.amount_minor)"
    else:
        balance = f"{opening} + l.running_minor"
    facts = {
        "group": ctx.group_id, "account": account_id, "statement": statement.id, "index": statement.index,
        "recorded_at": at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT.format(balance=balance, direction="desc" if end.newest_first else "asc"), facts
        )
        new = cursor.rowcount
        cursor.execute(_PROVISIONAL.format(only="and l.status <> 'booked'"), facts)
        new += cursor.rowcount
    ProvisionalEntry.objects.filter(
        account_id=account_id, replaced_at=None, booked_on__lte=statement.to_date, statement__provisional=True
    ).update(replaced_at=at)
    _store_points(ctx, account_id, statement, closings_of(statement.index, opening, statement.to_date), at)
    if opening is not None:
        _store_first_opening(ctx, account_id, statement, opening, at)
    refresh_current(account_id, received_at=ctx.at)
    return Stored(statement.id, new, end.entry_count - new)


def store_provisional(
    ctx: Context, *, account_id: int, statement: Statement, end: StatementEnd, at: datetime
) -> Stored:
    """Insert the lines of an intraday report beside the booked ones; no balance moves."""
    with connection.cursor() as cursor:
        cursor.execute(
            _PROVISIONAL.format(only=""),
            {
                "group": ctx.group_id, "account": account_id, "statement": statement.id, "index": statement.index,
                "recorded_at": at,
            },
        )  # fmt: skip
        new = cursor.rowcount
    return Stored(statement.id, new, end.entry_count - new)


def refresh_current(account_id: int, *, received_at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT, {"account": account_id, "received_at": received_at})


_COUNTS = """
select booked_on, count(*) from accounts_transaction t
 where account_id = %s and booked_on = any(%s)
   and not exists (select 1 from accounts_supersession s where s.transaction_id = t.id)
 group by 1
"""


def _store_points(
    ctx: Context, account_id: int, statement: Statement, closings: list[tuple[date, int, int]], at: datetime
) -> None:
    """A day's balance is taken from a statement only when it has all lines of that day that are stored.

    So a download of the morning that arrives after that of the evening does not move the day's balance back.
    """
    days = [day for day, _, _ in closings]
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [account_id, days])
        stored = dict(cursor.fetchall())
    newest: dict[date, int] = {}
    for point in BalancePoint.objects.filter(account_id=account_id, day__in=days).order_by(
        "recorded_at", "id"
    ):
        newest[point.day] = point.balance_minor
    BalancePoint.objects.bulk_create(
        BalancePoint(
            group_id=ctx.group_id, account_id=account_id, day=day, balance_minor=minor, statement_id=statement.id,
            recorded_at=at,
        )
        for day, minor, count in closings
        if count >= stored.get(day, 0) and newest.get(day) != minor
    )  # fmt: skip


def _store_first_opening(
    ctx: Context, account_id: int, statement: Statement, opening: int, at: datetime
) -> None:
    """The first statement of an account also tells the balance of the day before it."""
    day = day_before(statement.from_date)
    if not BalancePoint.objects.filter(account_id=account_id, day__lte=day).exists():
        BalancePoint.objects.create(
            group_id=ctx.group_id, account_id=account_id, day=day, balance_minor=opening, statement_id=statement.id,
            recorded_at=at,
        )  # fmt: skip

"""What became known between two moments: each difference with its line and its file.

The rows of an account are a chain: `before` of the first is the balance as known at the earlier moment, each row
is one line (or one balance) that became known, and `after` of the last is the balance as known at the later one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.reports.permissions import VIEW_POSITION
from moa.reports.position import present_moment, settle_moment


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that changed an account's balance. Shape: minor units; None where no balance was known."""

    account_id: int
    account: str
    currency: str
    before_minor: int | None
    after_minor: int | None
    file_id: int | None
    file: str
    line: str


_BALANCES = """
select a.id, a.number, a.currency, early.balance_minor, late.balance_minor, late.file_id, late.file,
       a.closed_on <= %(day)s and a.closed_at <= %(late)s
  from accounts_bankaccount a
  left join lateral (
      select p.balance_minor, p.id from accounts_balancepoint p
       where p.account_id = a.id and p.day <= %(day)s and p.recorded_at <= %(early)s
       order by p.day desc, p.recorded_at desc, p.id desc limit 1) early on true
  join lateral (
      select p.balance_minor, p.id, s.file_id, coalesce(f.name, '') as file from accounts_balancepoint p
        join accounts_statement s on s.id = p.statement_id
        left join accounts_statementfile f on f.id = s.file_id
       where p.account_id = a.id and p.day <= %(day)s and p.recorded_at <= %(late)s
       order by p.day desc, p.recorded_at desc, p.id desc limit 1) late on true
 where (early.id is distinct from late.id or (a.closed_on <= %(day)s and a.closed_at <= %(late)s))
   and (a.closed_on is null or a.closed_on > %(day)s or a.closed_at > %(early)s) {units}
 order by a.number, a.currency
"""

_LINES = """
select moment, amount, file_id, file, place from (
    select t.recorded_at as moment, t.id as id, t.amount_minor as amount, s.file_id, coalesce(f.name, '') as file, t.place
      from accounts_transaction t
      join accounts_statement s on s.id = t.statement_id
      left join accounts_statementfile f on f.id = s.file_id
     where t.account_id = %(account)s and t.booked_on <= %(day)s
       and t.recorded_at > %(early)s and t.recorded_at <= %(late)s
    union all
    select x.recorded_at, x.transaction_id, -x.amount_minor, s.file_id, coalesce(f.name, ''), t.place || ' superseded'
      from accounts_supersession x
      join accounts_transaction t on t.id = x.transaction_id and t.booked_on = x.booked_on
      join accounts_statement s on s.id = t.statement_id
      left join accounts_statementfile f on f.id = s.file_id
     where x.account_id = %(account)s and x.booked_on <= %(day)s
       and x.recorded_at > %(early)s and x.recorded_at <= %(late)s
) changes order by moment, amount = 0, id
"""


def compare(ctx: Context, *, day: date, known_at: datetime | None, other: datetime) -> list[Difference]:
    """The differences of the position of `day` from `known_at` to `other`. Shape: `known_at` None is now.

    Raises: forbidden, moment_in_future.
    """
    units = permitted_units(ctx, VIEW_POSITION)
    known_at = known_at or present_moment()
    early, late = sorted((known_at, other))
    settle_moment(ctx, late)
    facts: dict[str, Any] = {"day": day, "early": early, "late": late, "units": list(units or ())}
    found: list[Difference] = []
    with connection.cursor() as cursor:
        cursor.execute(
            _BALANCES.format(units="" if units is None else "and a.unit_id = any(%(units)s)"), facts
        )
        for row in cursor.fetchall():
            account_id, number, currency, before, after, file_id, file, is_closed = row
            end = Difference(account_id, number, currency, before, after, file_id, file, "")
            cursor.execute(_LINES, facts | {"account": account_id})
            found.extend(_chain(end, cursor.fetchall()))
            if is_closed:
                found.append(
                    replace(
                        end,
                        before_minor=end.after_minor,
                        after_minor=None,
                        file_id=None,
                        file="",
                        line="closed",
                    )
                )
    if known_at > other:
        return [
            replace(one, before_minor=one.after_minor, after_minor=one.before_minor)
            for one in reversed(found)
        ]
    return found


def _chain(whole: Difference, lines: list[tuple[datetime, int, int | None, str, str]]) -> list[Difference]:
    """One account's rows, so that each begins where the one before it ended and the last ends at the new balance."""
    rows: list[Difference] = []
    moved = sum(line[1] for line in lines)
    at = whole.before_minor
    start = None if whole.after_minor is None else whole.after_minor - moved
    if start is not None and start != at:
        # The balance itself changed without a line: a first opening, or a figure by hand.
        rows.append(replace(whole, before_minor=at, after_minor=start, line="balance"))
        at = start
    for _, amount, file_id, file, place in lines:
        after = None if at is None else at + amount
        rows.append(
            replace(whole, before_minor=at, after_minor=after, file_id=file_id, file=file, line=place)
        )
        at = after
    return rows

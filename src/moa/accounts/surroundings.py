"""What is stored around a statement, asked in one go: lines, balances, and what waits for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db import connection

from moa.accounts.incoming import Incoming

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)

_AROUND = """
select exists (select 1 from accounts_transaction
                where account_id = %(account)s and booked_on between %(least)s and %(greatest)s),
       exists (select 1 from accounts_balancepoint
                where account_id = %(account)s and day between %(first)s and %(last)s),
       exists (select 1 from accounts_statement where account_id = %(account)s and not provisional
                  and opening_minor is null and closing_minor is null),
       exists (select 1 from accounts_provisionalentry where account_id = %(account)s and replaced_at is null),
       (select balance_minor from accounts_balancepoint
         where account_id = %(account)s and day < %(first)s and recorded_at < %(until)s
         order by day desc, recorded_at desc, id desc limit 1)
"""
_BALANCES = """
select distinct on (p.day) p.day, p.balance_minor, s.to_date,
       s.file_id is not null and not p.derived and not (s.goes_on and p.day = s.to_date)
  from accounts_balancepoint p join accounts_statement s on s.id = p.statement_id
 where p.account_id = %(account)s and p.day between %(first)s and %(last)s and p.recorded_at < %(until)s
 order by p.day, p.recorded_at desc, p.id desc
"""


class DayBalance(NamedTuple):
    """The newest balance of a day. Shape: `statement_last` the last day of the statement that told it; `is_final`
    that a file stated it for the end of that day: neither a person nor our own arithmetic, and no page that goes on.
    """

    day: date
    balance_minor: int
    statement_last: date
    is_final: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Shape: `before_minor` the last balance of an earlier day; `balances` by day inside the statement's period;
    `has_unstated` that the account has statements without any balance; `has_provisional` lines not replaced yet.
    """

    has_lines: bool
    has_unstated: bool
    has_provisional: bool
    before_minor: int | None
    balances: dict[date, DayBalance] = field(default_factory=dict)


def look_around(account_id: int, one: Incoming, *, until: datetime = FOREVER) -> Surroundings:
    """What is stored where the statement is to go. Shape: balances as they were before `until`."""
    facts: dict[str, Any] = {
        "account": account_id, "first": one.first, "last": one.last, "least": one.least, "greatest": one.greatest,
        "until": until,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, facts)
        has_lines, has_balances, has_unstated, has_provisional, before = cursor.fetchone()
        balances: dict[date, DayBalance] = {}
        if has_balances:
            cursor.execute(_BALANCES, facts)
            balances = {row[0]: DayBalance(*row) for row in cursor.fetchall()}
    return Surroundings(has_lines, has_unstated, has_provisional, before, balances)

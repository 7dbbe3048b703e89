"""On which days a statement gives another balance than is stored, although that day was over when it was stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from moa.accounts.incoming import Incoming
from moa.accounts.surroundings import DayBalance, Surroundings
from moa.kernel.masking import mask_residents

_NEXT_OPENING = """
select opening_minor from accounts_statement
 where account_id = %(account)s and not provisional and file_id is not null and opening_minor is not null
   and from_date > %(last)s and recorded_at < %(until)s
 order by from_date, recorded_at desc, id desc limit 1
"""
_ISSUED_BEFORE = """
select exists (
    select 1 from accounts_statement s join accounts_statementfile f on f.id = s.file_id
      join control_group g on g.id = f.group_id
     where s.account_id = %(account)s and not s.provisional and s.reference = %(reference)s
       and s.from_date = %(first)s and s.to_date = %(last)s and s.opening_minor = %(opening)s
       and s.recorded_at < %(until)s and (f.received_at at time zone g.time_zone)::date > s.to_date)
"""


def issued_before(account_id: int, one: Incoming, until: datetime) -> bool:
    """Whether the bank gave this very statement before, by its own name for it, when its last day was over.

    Then it is neither an earlier nor a later look at that day, and every difference is a contradiction.
    """
    if not one.end.reference or one.opening_minor is None:
        return False
    facts: dict[str, Any] = {
        "account": account_id, "first": one.first, "last": one.last, "until": until, "opening": one.opening_minor,
        "reference": mask_residents(one.end.reference),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ISSUED_BEFORE, facts)
        return bool(cursor.fetchone()[0])


def changed_days(
    account_id: int,
    one: Incoming,
    around: Surroundings,
    new: dict[date, int],
    later_from: date | None,
    until: datetime,
) -> list[date]:
    """The days whose stored balance the statement contradicts; empty when it agrees or says nothing of balances.

    A day is open while it is the last day of the statement that told of it: more lines may come, as from a morning
    to an evening, and move its balance. It is over when a later statement goes on from its balance, or when the
    bank issues the very same statement again. Shape: `new` new lines by day; days from `later_from` on are not the
    statement's to tell.
    """
    if one.balance is None:
        return []
    found: list[date] = []
    for held in around.balances.values():
        if (later_from is not None and held.day >= later_from) or (one.end.goes_on and held.day == one.last):
            break
        if not held.is_final or one.balance.on(held.day) == held.balance_minor:
            continue
        is_open = bool(new.get(held.day)) and held.day == held.statement_last
        if not is_open or _is_over(account_id, one, held, until):
            found.append(held.day)
    return found


def _is_over(account_id: int, one: Incoming, held: DayBalance, until: datetime) -> bool:
    """Whether the statement's last day was over when its stored balance was told."""
    if held.day != one.last:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_OPENING, {"account": account_id, "last": one.last, "until": until})
        following = cursor.fetchone()
    if following is not None and following[0] == held.balance_minor:
        return True
    return issued_before(account_id, one, until)

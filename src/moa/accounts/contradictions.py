"""Does an incoming statement contradict what is stored? Asked before anything of it is stored.

A statement that covers a day says all of that day. A stored line of a covered day that the statement does not
have is a contradiction, unless the statement plainly begins or ends in the middle of that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from moa.formats.statements import StatementEnd


@dataclass(frozen=True, slots=True)
class _Stored:
    id: int
    booked_on: date
    amount_minor: int
    balance_minor: int | None
    matched: bool


_STORED = """
select t.id, t.booked_on, t.amount_minor, t.balance_minor,
       exists (select 1 from import_line r where r.index = %(index)s and r.status = 'booked' and r.booked_on = t.booked_on
                  and r.fingerprint = t.fingerprint and r.occurrence = t.occurrence)
  from accounts_transaction t
 where t.account_id = %(account)s and t.booked_on between %(first)s and %(last)s
   and not exists (select 1 from accounts_supersession s where s.transaction_id = t.id)
 order by t.booked_on, t.id
"""


def contradiction(account_id: int, index: int, end: StatementEnd, first: date, last: date) -> list[int]:
    """The stored lines (their ids) that the statement contradicts; empty when it agrees."""
    with connection.cursor() as cursor:
        cursor.execute(_STORED, {"index": index, "account": account_id, "first": first, "last": last})
        stored = [_Stored(*row) for row in cursor.fetchall()]
    if not stored or all(line.matched for line in stored):
        return []
    absent = {line.id for line in stored if not line.matched}
    absent -= _before_it_begins(stored, end.opening_minor, first)
    absent -= _after_it_ends(stored, end.closing_minor, last)
    return sorted(absent)


def _before_it_begins(stored: list[_Stored], opening: int | None, first: date) -> set[int]:
    """Stored lines of the first day before the first common one, when their last balance is the opening."""
    head: list[_Stored] = []
    for line in stored:
        if line.matched or line.booked_on != first:
            break
        head.append(line)
    if head and opening is not None and head[-1].balance_minor == opening:
        return {line.id for line in head}
    return set()


def _after_it_ends(stored: list[_Stored], closing: int | None, last: date) -> set[int]:
    """Stored lines of the last day after the last common one, when the balance before them is the closing."""
    tail: list[_Stored] = []
    for line in reversed(stored):
        if line.matched or line.booked_on != last:
            break
        tail.append(line)
    if not tail or closing is None:
        return set()
    oldest = tail[-1]
    if oldest.balance_minor is not None and oldest.balance_minor - oldest.amount_minor == closing:
        return {line.id for line in tail}
    return set()


_CHANGED_DAYS = """
select b.day from (
    select distinct on (p.day) p.day, p.balance_minor from accounts_balancepoint p
     where p.account_id = %(account)s and p.day between %(first)s and %(last)s
     order by p.day, p.recorded_at desc, p.id desc
) b
 where b.day = any(%(days)s) and b.balance_minor <> (%(closings)s::bigint[])[array_position(%(days)s::date[], b.day)]
   and not exists (select 1 from import_line r where r.index = %(index)s and r.status = 'booked' and r.booked_on = b.day and not r.known)
   and (select count(*) from import_line r where r.index = %(index)s and r.status = 'booked' and r.booked_on = b.day) =
       (select count(*) from accounts_transaction t where t.account_id = %(account)s and t.booked_on = b.day
           and not exists (select 1 from accounts_supersession s where s.transaction_id = t.id))
 order by b.day
"""


def balance_contradiction(
    account_id: int, index: int, closings: list[tuple[date, int, int]], first: date, last: date
) -> list[date]:
    """Days on which the statement has the very lines that are stored and yet another closing balance."""
    inside = [(day, minor) for day, minor, _ in closings if first <= day <= last]
    if not inside:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _CHANGED_DAYS,
            {
                "account": account_id, "index": index, "first": first, "last": last,
                "days": [day for day, _ in inside], "closings": [minor for _, minor in inside],
            },
        )  # fmt: skip
        return [day for (day,) in cursor.fetchall()]

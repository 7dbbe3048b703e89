"""What of a staged statement is stored already, and what of the stored it contradicts. Asked before it is stored.

A statement that covers a day says all of that day, unless it begins or ends in the middle of it. So a stored line of
a covered day that the statement does not have is a contradiction; so is another balance for a day that was over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from moa.accounts.alignment import Alignment, Edges, StatedLine, StoredLine, align
from moa.accounts.contradictions import changed_days, issued_before
from moa.accounts.incoming import Incoming
from moa.accounts.surroundings import FOREVER, Surroundings, look_around

# From so many lines on, a plan made without knowing them compares each with each.
_MANY_LINES = 100

_FORGET = """
update import_line set known = false, occurrence = twin where index = %(index)s and (known or occurrence <> twin)
"""
# Balances that nobody stated tell nothing of a line's place.
_STORED_AT_EDGES = """
select t.id, t.booked_on, t.fingerprint::text, t.balance_minor - t.amount_minor, t.balance_minor
  from accounts_transaction t join accounts_statement s on s.id = t.statement_id
 where t.account_id = %(account)s and t.recorded_at < %(until)s
   and (t.booked_on between %(first)s and %(begins)s or t.booked_on between %(ends)s and %(last)s)
   and t.booked_on between s.from_date and s.to_date and (s.opening_minor is not null or t.balance_stated)
   and not exists (select 1 from accounts_supersession x where x.transaction_id = t.id and x.recorded_at < %(until)s)
 order by t.booked_on, t.id
"""
_STATED_AT_EDGES = """
select booked_on, fingerprint::text, {balance} from import_line l
 where index = %(index)s and status = 'booked'
   and (booked_on <= %(begins)s or booked_on >= %(ends)s)
"""
# Of as many twins as are stored and inside, those with a stored balance are the known ones; the others are numbered
# after all that are stored.
_MARK_KNOWN = """
with stored as (
    select t.booked_on, t.fingerprint, max(t.occurrence) as top,
           count(*) filter (where x.id is null and t.recorded_at < %(until)s and t.id <> all(%(outside)s)) as live,
           array_agg(t.balance_minor) filter (
               where x.id is null and t.recorded_at < %(until)s and t.id <> all(%(outside)s)) as balances
      from accounts_transaction t
      left join accounts_supersession x on x.transaction_id = t.id and x.recorded_at < %(until)s
     where t.account_id = %(account)s and t.booked_on between %(least)s and %(greatest)s
     group by 1, 2
), ranked as (
    select l.n, s.live, s.top,
           row_number() over (partition by l.booked_on, l.fingerprint
                              order by coalesce({balance} = any(s.balances), false) desc, l.n) as rank
      from import_line l
      join stored s on l.booked_on = s.booked_on and l.fingerprint = s.fingerprint
     where l.index = %(index)s and l.status = 'booked'
)
update import_line l
   set known = r.rank <= r.live, occurrence = case when r.rank <= r.live then r.rank else r.top + r.rank - r.live end
  from ranked r
 where l.index = %(index)s and l.n = r.n
"""
# A line that was booked late, with a day before its own statement, need not be in a statement of that day.
_ABSENT = """
select held.id from (
    select t.id, t.booked_on, t.fingerprint, t.booked_on between s.from_date and s.to_date as expected,
           row_number() over (partition by t.booked_on, t.fingerprint
                              order by t.booked_on between s.from_date and s.to_date desc, t.occurrence) as rank
      from accounts_transaction t join accounts_statement s on s.id = t.statement_id
     where t.account_id = %(account)s and t.booked_on between %(first)s and %(last)s and t.recorded_at < %(until)s
       and t.id <> all(%(outside)s)
       and not exists (select 1 from accounts_supersession x
                        where x.transaction_id = t.id and x.recorded_at < %(until)s)
) held
  left join (select booked_on, fingerprint, count(*) as times from import_line
              where index = %(index)s and status = 'booked' group by 1, 2) said
    on said.booked_on = held.booked_on and said.fingerprint = held.fingerprint
 where held.expected and held.rank > coalesce(said.times, 0)
 order by held.id
"""
_AFTER_ALL = """
update import_line l set occurrence = s.top + l.twin
  from (select booked_on, fingerprint, max(occurrence) as top from accounts_transaction
         where account_id = %s and booked_on between %s and %s group by 1, 2) s
 where l.index = %s and l.booked_on = s.booked_on and l.fingerprint = s.fingerprint
"""
_NEW_DAYS = """
select booked_on, count(*) from import_line where index = %s and status = 'booked' and not known group by 1
"""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shape: `absent` ids of stored lines that the statement does not have; `changed` days that it gives another
    balance; `later_from` the first day on which stored lines lie after its end; `known` its lines that are stored.
    """

    around: Surroundings
    absent: list[int] = field(default_factory=list)
    changed: list[date] = field(default_factory=list)
    later_from: date | None = None
    known: int = 0

    @property
    def contradicts(self) -> bool:
        return bool(self.absent or self.changed)


def find_overlap(account_id: int, one: Incoming, *, until: datetime = FOREVER) -> Overlap:
    """Mark the staged lines that are stored, and find what contradicts. Shape: as it was before `until`."""
    around = look_around(account_id, one, until=until)
    if not around.has_lines:
        new = {movement.day: movement.count for movement in one.movements}
        return Overlap(around, changed=changed_days(account_id, one, around, new, None, until))
    facts: dict[str, Any] = {
        "account": account_id, "index": one.index, "first": one.first, "last": one.last, "least": one.least,
        "greatest": one.greatest, "until": until,
    }  # fmt: skip
    with connection.cursor() as cursor:
        if one.booked > _MANY_LINES:
            cursor.execute("analyze import_line")
        cursor.execute(_FORGET, facts)
        place = _place(cursor, one, facts)
        if place.after and issued_before(account_id, one, until):
            place = Alignment(before=place.before)
        facts["outside"] = place.outside
        cursor.execute(_MARK_KNOWN.format(balance=balance_after(one)), facts)
        cursor.execute(_ABSENT, facts)
        absent = [line for (line,) in cursor.fetchall()]
        cursor.execute(_NEW_DAYS, [one.index])
        new = one.by_day(cursor.fetchall())
    known = one.booked - sum(new.values())
    changed = changed_days(account_id, one, around, new, place.later_from, until)
    return Overlap(around, absent, changed, place.later_from, known)


def number_as_new(account_id: int, one: Incoming) -> None:
    """Every staged line is a new one, also where it reads like a stored one: two persons said so."""
    with connection.cursor() as cursor:
        cursor.execute(_AFTER_ALL, [account_id, one.least, one.greatest, one.index])


def _place(cursor: Any, one: Incoming, facts: dict[str, Any]) -> Alignment:
    """Where the statement lies against the stored lines of its first and last day."""
    if one.opening_minor is None:
        return Alignment()
    begins, ends = (one.movements[0].day, one.movements[-1].day) if one.movements else (None, None)
    facts = facts | {"begins": begins or one.last, "ends": ends or one.first}
    cursor.execute(_STORED_AT_EDGES, facts)
    stored = [StoredLine(*row) for row in cursor.fetchall()]
    if not stored:
        return Alignment()
    cursor.execute(_STATED_AT_EDGES.format(balance=balance_after(one)), facts)
    stated = [StatedLine(*row) for row in cursor.fetchall()]
    edges = Edges(
        one.first, one.last, begins, ends, one.opening_minor, one.closing_minor, one.fetched_on, one.end.continues,
        one.end.goes_on,
    )  # fmt: skip
    return align(stored, stated, edges)


def balance_after(one: Incoming) -> str:
    """The balance after a staged line `l`, as SQL: what the bank printed, else the opening and all lines up to it."""
    if one.opening_minor is None:
        return "l.balance_minor"
    if one.end.newest_first:
        computed = f"{one.opening_minor + one.moved_minor} - (l.running_minor - l.amount_minor)"
    else:
        computed = f"{one.opening_minor} + l.running_minor"
    return f"coalesce(l.balance_minor, {computed})"

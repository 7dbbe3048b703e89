"""What each account or subject stood at before a range of business dates, and what moved it within.

Closed days come from what their closings set down; entries are read only of the day under way, and, for a question "as
known at", of the days that were not closed then, to take off what came later (ADR 60).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.ledger.balances import CLOCKS_DIFFER, settle_moment
from moa.ledger.models import Book

# Statement and reader see one state of the book: the day under way is found in the same statement.
_WITH = """
with live as materialized (
    select d.business_date as day, coalesce((select max(s.closed_at) from ledger_seal s
             where s.book_id = d.book_id and s.business_date = d.business_date), '-infinity') as since
      from ledger_businessday d where d.book_id = %(book)s and d.state in ('open', 'closing', 'reopened')),
not_closed as materialized (
    select min(business_date) as day from ledger_businessday
     where book_id = %(book)s and (state <> 'closed' or closed_at > %(settled_by)s::timestamptz)),
closed as (
    select c.account_id, sum(c.debit_minor)::bigint as debit, sum(c.credit_minor)::bigint as credit, max(c.n) as n
      from ledger_dailyclosing c
     where c.book_id = %(book)s and c.business_date between %(first)s and %(last)s
     group by c.account_id),
apart as (
    select 1 as sign, v.id, v.period, v.business_date
      from live join ledger_voucher v on v.book_id = %(book)s and v.business_date = live.day
                and v.period = extract(year from live.day)::int * 100 + extract(month from live.day)::int
     where v.recorded_at > live.since and v.business_date <= %(last)s
       and (%(known_at)s::timestamptz is null or v.recorded_at <= %(known_at)s::timestamptz)
    union all
    select -1, v.id, v.period, v.business_date
      from not_closed join ledger_voucher v on v.book_id = %(book)s and v.business_date >= not_closed.day
       and v.period >= extract(year from not_closed.day)::int * 100 + extract(month from not_closed.day)::int
     where v.business_date <= %(last)s and v.recorded_at > %(known_at)s::timestamptz
       and not exists (select 1 from live where live.day = v.business_date and v.recorded_at > live.since)),
loose as (
    select e.account_id,
           coalesce(sum(p.sign * e.amount_minor) filter (where p.business_date < %(first)s), 0)::bigint as before,
           coalesce(sum(p.sign * e.amount_minor) filter (where p.business_date >= %(first)s and e.side = 1), 0)::bigint
               as debit,
           coalesce(sum(p.sign * e.amount_minor) filter (where p.business_date >= %(first)s and e.side = -1), 0)::bigint
               as credit,
           coalesce(sum(p.sign) filter (where p.business_date >= %(first)s), 0) as entries
      from apart p join ledger_entry e on e.voucher_id = p.id and e.period = p.period
     group by e.account_id),
accounts as (
    select a.id, a.code, a.name, a.subject_id, a.currency, a.normal_side,
           coalesce(o.closing_minor, 0) + coalesce(l.before, 0) as opening,
           coalesce(c.debit, 0) + coalesce(l.debit, 0) as debit, coalesce(c.credit, 0) + coalesce(l.credit, 0) as credit,
           coalesce(c.n - coalesce(o.n, 0), 0) + coalesce(l.entries, 0) as entries
      from ledger_account a
      left join closed c on c.account_id = a.id
      left join loose l on l.account_id = a.id
      left join lateral (
            select d.closing_minor, d.n from ledger_dailyclosing d
             where d.account_id = a.id and d.business_date < %(first)s
             order by d.business_date desc, d.revision desc limit 1) o on true
     where a.book_id = %(book)s {only}
       and (a.recorded_at is null or %(known_at)s::timestamptz is null or a.recorded_at <= %(known_at)s::timestamptz))
"""
_BY_ACCOUNT = """
select id, code, name, subject_id, currency, normal_side, opening, debit, credit, entries, greatest(opening, 0),
       greatest(opening + debit + credit, 0)
  from accounts order by code
"""
_BY_SUBJECT = """
select null::bigint, '', '', subject_id, currency, 0, sum(opening)::bigint, sum(debit)::bigint, sum(credit)::bigint,
       sum(entries)::bigint, sum(greatest(opening, 0))::bigint, sum(greatest(opening + debit + credit, 0))::bigint
  from accounts group by subject_id, currency order by subject_id, currency
"""
# What entries of other currencies are worth in the book's own, account by account, then together; None where an entry has
# no worth.
_WORTH = """
select {key}, w.currency,
       case when count(*) = count(w.opening) then sum(w.opening)::bigint end,
       case when count(*) = count(w.debit) then sum(w.debit)::bigint end,
       case when count(*) = count(w.credit) then sum(w.credit)::bigint end,
       case when count(*) = count(w.opening + w.debit + w.credit)
            then sum(greatest(w.opening + w.debit + w.credit, 0))::bigint end
  from (
    select a.id, a.subject_id, a.currency,
           case when count(*) filter (where e.business_date < %(first)s and e.functional_minor is null) = 0
                then coalesce(sum(e.functional_minor) filter (where e.business_date < %(first)s), 0) end as opening,
           case when count(*) filter (where e.business_date >= %(first)s and e.functional_minor is null and e.side = 1) = 0
                then coalesce(sum(e.functional_minor) filter (where e.business_date >= %(first)s and e.side = 1), 0)
                end as debit,
           case when count(*) filter (where e.business_date >= %(first)s and e.functional_minor is null and e.side = -1) = 0
                then coalesce(sum(e.functional_minor) filter (where e.business_date >= %(first)s and e.side = -1), 0)
                end as credit
      from ledger_account a
      join ledger_entry e on e.account_id = a.id
     where a.book_id = %(book)s and a.currency <> %(functional)s and e.business_date <= %(last)s
       and (%(known_at)s::timestamptz is null or e.recorded_at <= %(known_at)s::timestamptz) {only}
     group by a.id) w
 group by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Worth:
    """The same in the book's own currency, at what each entry was booked at. None where an entry has no worth.

    Shape: `closing_debit` the sum over the accounts that stand on the debit side.
    """

    opening: int | None
    debit: int | None
    credit: int | None
    closing_debit: int | None

    @property
    def closing(self) -> int | None:
        if self.opening is None or self.debit is None or self.credit is None:
            return None
        return self.opening + self.debit + self.credit


@dataclass(frozen=True, slots=True)
class Turnover:
    """An account's, or with `account_id` None a subject's in one currency.

    Shape: minor units signed with debits positive, so `credit` is negative unless taken back in red; `entries` how many
    moved it in the range; `opening_debit` and `closing_debit` the sums over the accounts that stand on the debit side.
    """

    account_id: int | None
    account: str
    name: str
    subject_id: int
    currency: str
    normal_side: int
    opening: int
    debit: int
    credit: int
    entries: int
    opening_debit: int
    closing_debit: int
    worth: Worth

    @property
    def closing(self) -> int:
        return self.opening + self.debit + self.credit

    @property
    def is_idle(self) -> bool:
        """Nothing before, nothing within: a sheet leaves it out."""
        return not (self.opening or self.debit or self.credit or self.entries)


def turnovers(
    ctx: Context,
    book: Book,
    first: date,
    last: date,
    *,
    by: str = "subject",
    known_at: datetime | None = None,
    subjects: list[int] | None = None,
    account: str = "",
) -> list[Turnover]:
    """By "subject" (the lowest, one row a currency) or by "account", of the days `first` to `last`, both included.

    Raises: moment_in_future.
    """
    settle_moment(ctx, book, known_at)
    facts: dict[str, Any] = {
        "book": book.id, "first": first, "last": last, "known_at": known_at, "functional": book.functional_currency,
        "settled_by": None if known_at is None else known_at - CLOCKS_DIFFER, "subjects": subjects, "account": account,
    }  # fmt: skip
    only = (" and a.subject_id = any(%(subjects)s)" if subjects is not None else "") + (
        " and a.code = %(account)s" if account else ""
    )
    with driver_cursor() as cursor:
        cursor.execute(
            (_WITH.replace("{only}", only)) + (_BY_ACCOUNT if by == "account" else _BY_SUBJECT), facts
        )
        rows = cursor.fetchall()
        worths: dict[tuple[int, str], Worth] = {}
        if any(row[4] != book.functional_currency for row in rows):
            key = "w.id" if by == "account" else "w.subject_id"
            cursor.execute(_WORTH.replace("{key}", key).replace("{only}", only), facts)
            worths = {(row[0], row[1]): Worth(*row[2:]) for row in cursor}
    return [_turnover(row, by, book.functional_currency, worths) for row in rows]


def _turnover(
    row: tuple[Any, ...], by: str, functional: str, worths: dict[tuple[int, str], Worth]
) -> Turnover:
    if row[4] == functional:
        worth = Worth(row[6], row[7], row[8], row[11])
    else:
        worth = worths.get((row[0] if by == "account" else row[3], row[4]), Worth(0, 0, 0, 0))
    return Turnover(*(*row, worth))

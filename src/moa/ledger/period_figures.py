"""The sheet of a month or a year, taken from the daily closings, and the hash over its lines."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from moa.control.driver import driver_cursor
from moa.ledger.models import Book
from moa.ledger.models.period import MONTH
from moa.ledger.rules.carrying import Profit
from moa.ledger.rules.periods import month_bounds, year_bounds
from moa.ledger.rules.seals import body_of

# What a year's closing books; it is shown as carried, never as turnover.
CARRIED = "year_close"

# Per account, from what the closings of its days set down. What a year's closing carried stands apart from the turnover.
_BY_ACCOUNT = """
select a.id, a.code as account, s.code as subject, s.nature, a.currency, l.n - coalesce(f.n, 0) as entries,
       coalesce(f.closing_minor, 0) as opening, m.debit - coalesce(k.debit, 0) as debit,
       m.credit - coalesce(k.credit, 0) as credit, coalesce(k.debit, 0) + coalesce(k.credit, 0) as carried,
       l.closing_minor as closing, y.debit - coalesce(ky.debit, 0) as year_debit,
       y.credit - coalesce(ky.credit, 0) as year_credit
  from ledger_account a
  join ledger_subject s on s.id = a.subject_id
  left join lateral (select d.closing_minor, d.n from ledger_dailyclosing d
                      where d.account_id = a.id and d.business_date < %(first)s
                      order by d.business_date desc, d.revision desc limit 1) f on true
  join lateral (select d.closing_minor, d.n from ledger_dailyclosing d
                 where d.account_id = a.id and d.business_date <= %(last)s
                 order by d.business_date desc, d.revision desc limit 1) l on true
 cross join lateral (select coalesce(sum(d.debit_minor), 0)::bigint as debit, coalesce(sum(d.credit_minor), 0)::bigint as credit
                       from ledger_dailyclosing d
                      where d.account_id = a.id and d.business_date between %(first)s and %(last)s) m
 cross join lateral (select coalesce(sum(d.debit_minor), 0)::bigint as debit, coalesce(sum(d.credit_minor), 0)::bigint as credit
                       from ledger_dailyclosing d
                      where d.account_id = a.id and d.business_date between %(year_first)s and %(last)s) y
  left join carried k on k.account_id = a.id and k.in_period
  left join (select account_id, sum(debit)::bigint as debit, sum(credit)::bigint as credit
               from carried group by account_id) ky on ky.account_id = a.id
 where a.book_id = %(book)s
"""
_CARRIED = """
carried as materialized (
    select e.account_id, e.business_date >= %(first)s as in_period,
           coalesce(sum(e.amount_minor) filter (where e.side = 1), 0)::bigint as debit,
           coalesce(sum(e.amount_minor) filter (where e.side = -1), 0)::bigint as credit
      from ledger_voucher v
      join ledger_entry e on e.voucher_id = v.id and e.period = v.period
     where v.book_id = %(book)s and v.source_kind = %(kind_carried)s
       and v.business_date between %(year_first)s and %(last)s
       and v.period between %(year)s * 100 + 1 and %(year)s * 100 + 12
     group by e.account_id, in_period)
"""
_MONTH_LINES = f"""
with {_CARRIED}, accounts as ({_BY_ACCOUNT})
select subject, currency, sum(entries)::bigint, sum(opening)::bigint, sum(debit)::bigint, sum(credit)::bigint,
       sum(carried)::bigint, sum(closing)::bigint, sum(year_debit)::bigint, sum(year_credit)::bigint
  from accounts group by subject, currency
having bool_or(entries <> 0 or opening <> 0 or closing <> 0 or year_debit <> 0 or year_credit <> 0)
 order by subject collate "C", currency
"""
# A year begins with what the former year's closing left, so what this carried belongs to the opening.
_YEAR_LINES = f"""
with {_CARRIED}, accounts as ({_BY_ACCOUNT})
select account, currency, entries, opening + carried, debit, credit, 0::bigint, closing, debit, credit
  from accounts where entries <> 0 or opening <> 0 or closing <> 0
 order by account collate "C", currency
"""
_PROFITS = """
select a.code, a.currency, l.closing_minor,
       case when a.currency = %(functional)s then l.closing_minor
            when coalesce(w.unvalued, 0) = 0 then coalesce(w.worth, 0) end
  from ledger_account a
  join ledger_subject s on s.id = a.subject_id and s.nature = 'profit'
  join lateral (select d.closing_minor, d.n from ledger_dailyclosing d
                 where d.account_id = a.id and d.business_date <= %(last)s
                 order by d.business_date desc, d.revision desc limit 1) l on true
  left join lateral (select sum(e.functional_minor)::bigint as worth, count(*) - count(e.functional_minor) as unvalued
                       from ledger_entry e where a.currency <> %(functional)s and e.account_id = a.id and e.n <= l.n) w on true
 where a.book_id = %(book)s and l.closing_minor <> 0
 order by a.code
"""
_KEEP = """
insert into ledger_periodfigure (group_id, book_id, kind, period, revision, code, currency, entries, opening_minor, debit_minor,
    credit_minor, carried_minor, closing_minor, year_debit_minor, year_credit_minor)
select %(group)s, %(book)s, %(kind)s, %(period)s, %(revision)s, f.*
  from unnest(%(code)s::text[], %(currency)s::text[], %(entries)s::bigint[], %(opening)s::bigint[], %(debit)s::bigint[],
              %(credit)s::bigint[], %(carried)s::bigint[], %(closing)s::bigint[], %(year_debit)s::bigint[],
              %(year_credit)s::bigint[]) f
"""
_KEPT = """
select code, currency, entries, opening_minor, debit_minor, credit_minor, carried_minor, closing_minor, year_debit_minor,
       year_credit_minor
  from ledger_periodfigure where book_id = %s and kind = %s and period = %s and revision = %s
 order by code collate "C", currency
"""


class Figure(NamedTuple):
    """One line of a sheet; PeriodFigure says what each column holds."""

    code: str
    currency: str
    entries: int
    opening: int
    debit: int
    credit: int
    carried: int
    closing: int
    year_debit: int
    year_credit: int


def figures_of(book: Book, kind: str, period: int, last_day: date) -> list[Figure]:
    """The lines of the sheet as the daily closings have them now; of a year without what its closing carries."""
    first = (month_bounds(period) if kind == MONTH else year_bounds(period))[0]
    facts: dict[str, Any] = {
        "book": book.id, "first": first, "last": last_day, "year_first": date(first.year, 1, 1), "year": first.year,
        "kind_carried": CARRIED,
    }  # fmt: skip
    with driver_cursor() as cursor:
        cursor.execute(_MONTH_LINES if kind == MONTH else _YEAR_LINES, facts)
        return [Figure(*row) for row in cursor]


def profits_of(book: Book, last_day: date) -> list[Profit]:
    """Every profit account that does not stand at nothing at the end of the year."""
    with driver_cursor() as cursor:
        cursor.execute(_PROFITS, {"book": book.id, "last": last_day, "functional": book.functional_currency})
        return [Profit(*row) for row in cursor]


def keep_figures(book: Book, kind: str, period: int, revision: int, figures: list[Figure]) -> None:
    """Store the lines of the sheet, in one statement."""
    columns = {name: [getattr(one, name) for one in figures] for name in Figure._fields}
    with driver_cursor() as cursor:
        cursor.execute(
            _KEEP,
            columns | {"group": book.group_id, "book": book.id, "kind": kind, "period": period, "revision": revision},
        )  # fmt: skip


def kept_figures(book: Book, kind: str, period: int, revision: int) -> list[Figure]:
    """The lines of the sheet as they were stored."""
    with driver_cursor() as cursor:
        cursor.execute(_KEPT, [book.id, kind, period, revision])
        return [Figure(*row) for row in cursor]


def digest_of_figures(figures: list[Figure]) -> str:
    """The SHA-256 over the lines, each written as the proof writes its lines."""
    digest = sha256()
    for one in figures:
        digest.update(body_of(one).encode())
    return digest.hexdigest()

"""Recompute from the entries whatever is derived from them, and compare: no difference means the books are whole.

Nothing here trusts a trigger or a constraint; each check reads rows and counts again.
"""

from __future__ import annotations

from typing import NamedTuple

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.ledger.closing_verification import CLOSING_CHECKS, seal_differences
from moa.ledger.models import Book
from moa.ledger.period_verification import period_differences
from moa.ledger.queries import list_books


class Difference(NamedTuple):
    """What a check found. Shape: `subject` names the account, voucher or key; the other two what should be and what is."""

    book: str
    check: str
    subject: str
    expected: str
    found: str


class Verified(NamedTuple):
    """One book: how much was read, and what differs."""

    book: str
    accounts: int
    vouchers: int
    entries: int
    differences: list[Difference]


# Each gives (subject, expected, found) for what differs in the book %(book)s.
CHECKS: dict[str, str] = {
    "chain": """
        select a.code || ' entry ' || l.n,
               'entry ' || coalesce(l.former_n, 0) + 1 || ', balance ' || coalesce(l.former_balance, 0) + l.amount_minor
               || ', not before ' || coalesce(l.former_at::text, '-'),
               'entry ' || l.n || ', balance ' || l.balance_after || ', ' || l.recorded_at
          from (select e.*, lag(e.n) over w as former_n, lag(e.balance_after) over w as former_balance,
                       lag(e.recorded_at) over w as former_at, lag(e.business_date) over w as former_day
                  from ledger_entry e
                 where e.account_id in (select id from ledger_account where book_id = %(book)s)
                window w as (partition by e.account_id order by e.n, e.period)) l
          join ledger_account a on a.id = l.account_id
         where l.n <> coalesce(l.former_n, 0) + 1 or l.balance_after <> coalesce(l.former_balance, 0) + l.amount_minor
            or l.recorded_at < l.former_at or l.business_date < l.former_day
         order by a.code, l.n
    """,
    "balance": """
        select a.code, coalesce(e.total, 0) || ' after ' || coalesce(e.entries, 0) || ' entries',
               coalesce(b.current_minor::text, 'no balance') || ' after ' || coalesce(b.version, 0) || ' entries'
          from ledger_account a
          left join ledger_balance b on b.account_id = a.id
          left join (select account_id, sum(amount_minor) as total, count(*) as entries, max(recorded_at) as last_at
                       from ledger_entry group by account_id) e on e.account_id = a.id
         where a.book_id = %(book)s
           and (b.account_id is null or b.current_minor <> coalesce(e.total, 0) or b.version <> coalesce(e.entries, 0)
                or b.last_at is distinct from e.last_at or b.currency <> a.currency or b.book_id <> a.book_id)
         order by a.code
    """,
    "held": """
        select a.code, coalesce(h.total, 0)::text, b.held_minor::text
          from ledger_account a
          join ledger_balance b on b.account_id = a.id
          left join (select account_id, sum(amount_minor) as total from ledger_hold where ended_at is null
                      group by account_id) h on h.account_id = a.id
         where a.book_id = %(book)s and b.held_minor <> coalesce(h.total, 0)
         order by a.code
    """,
    "interest_product": """
        select a.code, coalesce(e.product, 0)::text, b.product::text
          from ledger_account a
          join ledger_balance b on b.account_id = a.id
          left join lateral (
                select sum(x.amount_minor::numeric * (b.product_date - x.value_date)) as product
                  from ledger_entry x where x.account_id = a.id) e on true
         where a.book_id = %(book)s and b.product <> coalesce(e.product, 0)
         order by a.code
    """,
    "voucher": """
        select 'voucher ' || v.id, v.legs || ' legs, sum 0 in each currency',
               coalesce(e.legs, 0) || ' legs, ' || coalesce(e.said, 'nothing')
          from ledger_voucher v
          left join (select voucher_id, period, sum(legs) as legs, sum(functional) as functional,
                            bool_or(total <> 0 or valued not in (0, legs)) as wrong,
                            min(first_at) as first_at, max(last_at) as last_at, min(first_day) as first_day,
                            max(last_day) as last_day, bool_or(strange) as strange,
                            string_agg(total || ' ' || currency, ', ' order by currency) as said
                       from (select e.voucher_id, e.period, a.currency, count(*) as legs, sum(e.amount_minor) as total,
                                    sum(e.functional_minor) as functional, count(e.functional_minor) as valued,
                                    min(e.recorded_at) as first_at, max(e.recorded_at) as last_at,
                                    min(e.business_date) as first_day, max(e.business_date) as last_day,
                                    bool_or(a.currency = k.functional_currency
                                            and e.functional_minor is distinct from e.amount_minor) as strange
                               from ledger_entry e
                               join ledger_account a on a.id = e.account_id
                               join ledger_book k on k.id = a.book_id
                              where a.book_id = %(book)s
                              group by e.voucher_id, e.period, a.currency) sums
                      group by voucher_id, period) e on e.voucher_id = v.id and e.period = v.period
         where v.book_id = %(book)s
           and (e.voucher_id is null or e.wrong or e.strange or e.legs <> v.legs or coalesce(e.functional, 0) <> 0
                or e.first_at <> v.recorded_at or e.last_at <> v.recorded_at
                or e.first_day <> v.business_date or e.last_day <> v.business_date)
         order by v.id
    """,
    "entry_without_voucher": """
        select a.code || ' entry ' || e.n, 'voucher ' || e.voucher_id, 'none in this book'
          from ledger_entry e
          join ledger_account a on a.id = e.account_id
          left join ledger_voucher v on v.id = e.voucher_id and v.period = e.period and v.book_id = a.book_id
         where a.book_id = %(book)s and v.id is null
         order by a.code, e.n
    """,
    "key": """
        select 'key ' || coalesce(k.key, v.key), coalesce('voucher ' || k.voucher_id, 'no voucher'),
               coalesce('voucher ' || v.id, 'no voucher')
          from (select * from ledger_postingkey where book_id = %(book)s and code = '') k
          full join (select * from ledger_voucher where book_id = %(book)s) v
                 on v.id = k.voucher_id and v.period = k.period and v.key = k.key
         where k.key is null or v.id is null
         order by 1
    """,
    "authority": """
        select 'voucher ' || v.id,
               'another person''s approval of its request, or a standing order valid on ' || v.business_date,
               coalesce('checker ' || v.checker_id, 'standing order ' || v.standing_order_id, 'nobody')
          from ledger_voucher v
          left join ledger_standingorder o
                 on o.id = v.standing_order_id and o.book_id = v.book_id and o.maker_id <> o.checker_id
                and o.acts @> to_jsonb(v.origin::text) and o.valid_from <= v.business_date
                and coalesce(v.business_date < o.valid_until, true) and coalesce(v.business_date < o.ended_on, true)
         where v.book_id = %(book)s
           and o.id is null and not exists (
               select 1 from control_approvaldecision d
                join control_approvalrequest r on r.id = d.request_id and r.group_id = d.group_id
               where d.request_id = v.request_id and d.group_id = v.group_id and d.checker_id = v.checker_id
                 and d.approved and r.maker_id = v.maker_id and r.content ->> 'book' = v.book_id::text)
         order by v.id
    """,
    "reversal": """
        select 'voucher ' || coalesce(v.reverses_id, r.voucher_id), coalesce('reversed by ' || v.id, 'not reversed'),
               coalesce('reversed by ' || r.by_id, 'not reversed')
          from (select * from ledger_voucher where book_id = %(book)s and reverses_id is not null) v
          full join (select * from ledger_reversal where book_id = %(book)s) r
                 on r.voucher_id = v.reverses_id and r.by_id = v.id
         where v.id is null or r.by_id is null
         order by 1
    """,
    "day": """
        select 'business day ' || v.business_date, 'a day of the book that was opened', coalesce(min(d.state), 'no such day')
          from ledger_voucher v
          left join ledger_businessday d on d.book_id = v.book_id and d.business_date = v.business_date
         where v.book_id = %(book)s and (d.id is null or d.state = 'waiting')
         group by v.business_date
         order by v.business_date
    """,
}
_COUNTS = """
select (select count(*) from ledger_account where book_id = %(book)s),
       (select count(*) from ledger_voucher where book_id = %(book)s),
       (select coalesce(sum(b.version), 0)::bigint from ledger_balance b where b.book_id = %(book)s)
"""


def verify_books(ctx: Context) -> list[Verified]:
    """Every book that the actor may see. Raises: forbidden."""
    return [_verify(book) for book in list_books(ctx)]


def _verify(book: Book) -> Verified:
    facts = {"book": book.id}
    with driver_cursor() as cursor:
        differences = []
        for check, statement in (CHECKS | CLOSING_CHECKS).items():
            cursor.execute(statement, facts)
            differences += [Difference(book.code, check, *map(str, row)) for row in cursor.fetchall()]
        differences += [Difference(book.code, "seal", *found) for found in seal_differences(book)]
        differences += [Difference(book.code, "period", *found) for found in period_differences(book)]
        cursor.execute(_COUNTS, facts)
        row = cursor.fetchone()
    assert row is not None
    accounts, vouchers, entries = row
    return Verified(book.code, accounts, vouchers, entries, differences)

"""Movements of a bank's account in the book that no bank line answers for, and lines that the book has not."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db import connection

from moa.ledger.models import Book

# A voucher and what took it back are nothing together; the opening of the account is the bank's opening balance.
_ENTRIES = """
select v.id, v.period, sum(e.amount_minor)::bigint, v.business_date, v.value_date, v.memo
  from reconciliation_banklink k
  join ledger_entry e on e.account_id = k.ledger_account_id
  join ledger_voucher v on v.id = e.voucher_id and v.period = e.period
 where k.id = %(link)s and k.book_id = %(book)s and v.business_date >= k.since
   and v.origin <> 'opening' and v.source_kind <> 'opening' and v.reverses_id is null
   and not exists (select 1 from ledger_reversal r where r.voucher_id = v.id)
   and not exists (select 1 from reconciliation_bankline b
                    where b.group_id = k.group_id and b.link_id = k.id and b.voucher_id = v.id
                      and b.state in ('posted', 'suspense', 'cleared'))
   and not exists (select 1 from reconciliation_matchedvoucher x
                    where x.group_id = k.group_id and x.link_id = k.id and x.voucher_id = v.id and not x.is_undone)
 group by v.id, v.period, v.business_date, v.value_date, v.memo
having sum(e.amount_minor) <> 0
 order by v.business_date, v.id
"""
_LINES = """
select t.id, t.amount_minor, t.booked_on
  from reconciliation_banklink k
  join accounts_transaction t on t.account_id = k.account_id and t.booked_on >= k.from_booked_on
  left join reconciliation_bankline b on b.group_id = k.group_id and b.line_id = t.id
 where k.id = %(link)s and t.booked_on <= %(day)s and t.amount_minor <> 0
   and not exists (select 1 from accounts_supersession x where x.transaction_id = t.id)
   and (b.id is null or b.state not in ('posted', 'suspense', 'cleared')
        or exists (select 1 from ledger_reversal r where r.voucher_id = b.voucher_id and r.period = b.period))
 order by t.booked_on, t.id
"""
# Linked to vouchers by hand, but of days that the bank has not told yet: until then the vouchers stand alone.
_AHEAD = """
select b.voucher_id, b.amount_minor, v.business_date
  from reconciliation_bankline b
  join ledger_voucher v on v.id = b.voucher_id and v.period = b.period
 where b.link_id = %(link)s and b.explained and b.state = 'posted' and b.booked_on > %(day)s
 order by b.id
"""
_OPENING = """
select coalesce(sum(e.amount_minor), 0)::bigint
  from reconciliation_banklink k
  join ledger_entry e on e.account_id = k.ledger_account_id
  join ledger_voucher v on v.id = e.voucher_id and v.period = e.period
 where k.id = %(link)s and (v.business_date < k.since or v.origin = 'opening' or v.source_kind = 'opening')
   and v.reverses_id is null and not exists (select 1 from ledger_reversal r where r.voucher_id = v.id)
"""


class UnmatchedEntry(NamedTuple):
    """Shape: `amount_minor` as it moves the bank's account in the book, debits positive."""

    voucher_id: int
    period: int
    amount_minor: int
    business_date: date
    value_date: date
    memo: str


class UnbookedLine(NamedTuple):
    line_id: int
    amount_minor: int
    booked_on: date


Entries = list[UnmatchedEntry]


def unmatched_entries(book: Book, link_id: int) -> Entries:
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, {"book": book.id, "link": link_id})
        return [UnmatchedEntry(*row) for row in cursor.fetchall()]


def unbooked_lines(link_id: int, day: date) -> list[UnbookedLine]:
    """Lines of days up to `day` that no voucher of the book answers for."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"link": link_id, "day": day})
        return [UnbookedLine(*row) for row in cursor.fetchall()]


def lines_ahead(link_id: int, day: date) -> list[UnbookedLine]:
    """Movements of the book whose lines the bank has on later days only. Shape: `line_id` the voucher's number."""
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD, {"link": link_id, "day": day})
        return [UnbookedLine(*row) for row in cursor.fetchall()]


def opening_in_the_book(link_id: int) -> int:
    """What the book opened the bank's account with."""
    with connection.cursor() as cursor:
        cursor.execute(_OPENING, {"link": link_id})
        return int(cursor.fetchone()[0])

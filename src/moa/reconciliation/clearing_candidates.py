"""Vouchers of two persons that did nothing but take an item's money out of suspense, and that clear no item yet.

Should the bank take the line back, the voucher is reversed with it, so it may be about nothing else.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from moa.ledger.models import Book
from moa.reconciliation.models import BankLink, SuspenseItem

MOST_SHOWN = 20
# What went into suspense on one side comes out of it on the other, on the item's day or later.
_VOUCHERS = """
select v.id, v.period, v.business_date, v.memo, v.request_id, min(a.code)
  from ledger_voucher v
  join ledger_entry e on e.voucher_id = v.id and e.period = v.period and e.account_id = %(suspense)s
  join ledger_entry o on o.voucher_id = v.id and o.period = v.period and o.account_id <> e.account_id
  join ledger_account a on a.id = o.account_id
 where v.book_id = %(book)s and v.business_date >= %(since)s and v.request_id is not null and v.reverses_id is null and v.legs = 2
   and e.amount_minor = %(minor)s
   and (%(voucher)s::bigint is null or v.id = %(voucher)s)
   and not exists (select 1 from ledger_reversal r where r.voucher_id = v.id)
   and not exists (select 1 from reconciliation_suspenseitem i where i.group_id = v.group_id and i.voucher_id = v.id)
   and not exists (select 1 from reconciliation_bankline b where b.group_id = v.group_id and b.voucher_id = v.id)
   and not exists (select 1 from reconciliation_matchedvoucher x
                    where x.group_id = v.group_id and x.voucher_id = v.id and not x.is_undone)
 group by v.id, v.period, v.business_date, v.memo, v.request_id
 order by v.business_date, v.id
 limit %(most)s
"""

_TAKEN_BACK = """
select i.id from reconciliation_suspenseitem i
  join ledger_reversal r on r.voucher_id = i.voucher_id and r.period = i.period
 where i.book_id = %s and i.state = 'cleared'
 order by i.line_id
"""


class ClearingVoucher(NamedTuple):
    """Shape: `counter` the account on the other side."""

    voucher_id: int
    period: int
    business_date: date
    memo: str
    request_id: int
    counter: str


def clearing_vouchers(
    item: SuspenseItem, link: BankLink, voucher_id: int | None = None
) -> list[ClearingVoucher]:
    """The oldest first; with `voucher_id` that one alone, if it fits."""
    facts: dict[str, Any] = {
        "book": item.book_id, "suspense": link.suspense_id, "since": item.opened_on, "minor": item.amount_minor,
        "voucher": voucher_id, "most": MOST_SHOWN,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_VOUCHERS, facts)
        return [ClearingVoucher(*row) for row in cursor.fetchall()]


def clearings_taken_back(book: Book) -> list[SuspenseItem]:
    """Items that were cleared by a voucher which somebody reversed: their money stands in suspense again."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN_BACK, [book.id])
        ids = [one for (one,) in cursor.fetchall()]
    return list(SuspenseItem.objects.filter(id__in=ids).order_by("line_id"))

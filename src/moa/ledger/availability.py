"""What of a balance can be used today: money that came after the close is in the books, and is not today's.

Source: KAMCO-034, -035: a receipt after the close is booked on the next business day, with the bank's date as value
date, and may be used on that day.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.ledger.models import Book
from moa.ledger.rules.vouchers import period_of

# A late receipt that was taken back, and what took it back, leave nothing behind; nothing that lowers a balance waits.
_AVAILABLE = """
with late as (
    select e.account_id, sum(e.amount_minor * a.normal_side)::bigint as minor, max(v.business_date) as available_from
      from ledger_voucher v
      join ledger_entry e on e.voucher_id = v.id and e.period = v.period
      join ledger_account a on a.id = e.account_id
     where v.book_id = %(book)s and v.period >= %(period)s and v.business_date > %(today)s and v.after_close
       and v.reverses_id is null and e.amount_minor * a.normal_side > 0
       and not exists (select 1 from ledger_reversal r where r.voucher_id = v.id)
     group by e.account_id)
select a.code, a.currency, b.current_minor * a.normal_side, b.held_minor, coalesce(late.minor, 0), late.available_from
  from ledger_account a
  join ledger_balance b on b.account_id = a.id
  left join late on late.account_id = a.id
 where a.book_id = %(book)s and (not %(only_late)s or late.account_id is not null)
 order by a.code
"""


class Available(NamedTuple):
    """An account today. Shape: on its normal side; `not_yet_minor` came after the close and is held back until
    `available_from`, the business day that it is booked on; `held_minor` is set aside for other reasons."""

    account: str
    currency: str
    balance_minor: int
    held_minor: int
    not_yet_minor: int
    available_from: date | None


def available_today(ctx: Context, book: Book, *, only_late: bool = False) -> list[Available]:
    """Every account of the book by code, or those alone of which something came after the close."""
    facts = {"book": book.id, "period": period_of(ctx.today), "today": ctx.today, "only_late": only_late}
    with driver_cursor() as cursor:
        cursor.execute(_AVAILABLE, facts)
        return [Available(*row) for row in cursor]

"""What of a balance can be used today: money that came after the close is in the books, and is not today's.

Source: KAMCO-034, -035: a receipt after the close is booked on the next business day, with the bank's date as value
date, and may be used on that day.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.control.queries import the_group_of
from moa.ledger.balances import settle_moment
from moa.ledger.models import Book
from moa.ledger.rules.vouchers import period_of

# A late receipt that was taken back, and what took it back, leave nothing behind; nothing that lowers a balance waits.
_LATE = """
with late as (
    select e.account_id, sum(e.amount_minor * a.normal_side)::bigint as minor, max(v.business_date) as available_from
      from ledger_voucher v
      join ledger_entry e on e.voucher_id = v.id and e.period = v.period
      join ledger_account a on a.id = e.account_id
     where v.book_id = %(book)s and v.period >= %(period)s and v.business_date > %(today)s and v.business_date <= %(until)s
       and v.after_close
       and v.recorded_at <= %(known_at)s
       and v.reverses_id is null and e.amount_minor * a.normal_side > 0
       and not exists (select 1 from ledger_reversal r
                         join ledger_voucher back on back.id = r.by_id and back.period = r.by_period
                        where r.voucher_id = v.id and back.recorded_at <= %(known_at)s)
     group by e.account_id)
"""
_AVAILABLE = f"""{_LATE}
select a.code, a.currency, b.current_minor * a.normal_side, b.held_minor, coalesce(late.minor, 0), late.available_from
  from ledger_account a
  join ledger_balance b on b.account_id = a.id
  left join late on late.account_id = a.id
 where a.book_id = %(book)s
 order by a.code
"""
_NOT_YET = f"""{_LATE}
select a.code, a.currency, late.minor, late.available_from
  from late join ledger_account a on a.id = late.account_id
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


class NotYet(NamedTuple):
    """What came after the close to an account, on its normal side, and the business day that it is available from."""

    account: str
    currency: str
    minor: int
    available_from: date


def available_today(ctx: Context, book: Book) -> list[Available]:
    """Every account of the book by code."""
    with driver_cursor() as cursor:
        cursor.execute(_AVAILABLE, _facts(book, ctx.today))
        return [Available(*row) for row in cursor]


def not_yet_available(
    ctx: Context, book: Book, *, known_at: datetime | None = None, until: date | None = None
) -> list[NotYet]:
    """The accounts to which something came after the close, booked on a business day to come, with `until` not after that one.

    With `known_at` what was to come on that moment's day, of what was recorded by then: the same moment gets the same answer
    for ever. Raises: moment_in_future.
    """
    settle_moment(ctx, book, known_at)
    today = ctx.today
    if known_at is not None:
        today = known_at.astimezone(ZoneInfo(the_group_of(ctx).time_zone)).date()
    with driver_cursor() as cursor:
        cursor.execute(_NOT_YET, _facts(book, today, known_at, until))
        return [NotYet(*row) for row in cursor]


def _facts(
    book: Book, today: date, known_at: datetime | None = None, until: date | None = None
) -> dict[str, Any]:
    return {
        "book": book.id, "period": period_of(today), "today": today, "known_at": known_at or "infinity",
        "until": until or "infinity",
    }  # fmt: skip

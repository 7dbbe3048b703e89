"""Balances of a book's accounts at the end of a business date, also as known at a moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import answer_until
from moa.ledger.models import Book
from moa.ledger.rules.sides import on_normal_side
from moa.ledger.rules.vouchers import period_of

# What was recorded after a moment is of a day that was not closed then; a day's closing may be stamped by another clock.
CLOCKS_DIFFER = timedelta(days=1)

_FIRST_DAY = """
select min(business_date) from ledger_businessday
 where book_id = %s and (state <> 'closed' or closed_at > %s::timestamptz)
"""
# From the present balance back: what came later is taken off. Only the months that can hold such entries are read.
_BALANCES = """
with later as (
    select e.account_id, sum(e.amount_minor)::bigint as moved from ledger_entry e
     where e.period >= %(period)s and (e.business_date > %(day)s or e.recorded_at > %(known_at)s::timestamptz)
     group by e.account_id)
select a.code, a.name, s.code, s.nature, a.currency, a.normal_side, b.current_minor - coalesce(later.moved, 0)
  from ledger_account a
  join ledger_balance b on b.account_id = a.id
  join ledger_subject s on s.id = a.subject_id
  left join later on later.account_id = a.id
 where a.book_id = %(book)s
   and (a.recorded_at is null or %(known_at)s::timestamptz is null or a.recorded_at <= %(known_at)s::timestamptz)
 order by a.code
"""


class MomentInFuture(DomainError):
    """A moment that has not come yet cannot be asked about."""

    code = "moment_in_future"


class BalanceRow(NamedTuple):
    """An account's balance. Shape: `signed_minor` with debits positive."""

    account: str
    name: str
    subject: str
    nature: str
    currency: str
    normal_side: int
    signed_minor: int

    @property
    def balance_minor(self) -> int:
        """On the account's normal side, negative when overdrawn."""
        return on_normal_side(self.signed_minor, self.normal_side)


def balances_on(ctx: Context, book: Book, day: date, *, known_at: datetime | None = None) -> list[BalanceRow]:
    """Every account of the book at the end of `day`; with `known_at`, of what was recorded by then.

    The same question with the same moment gets the same answer for ever. Raises: moment_in_future.
    """
    settle_moment(ctx, book, known_at)
    with driver_cursor() as cursor:
        period = period_of(day)
        if known_at is not None:
            cursor.execute(_FIRST_DAY, [book.id, known_at - CLOCKS_DIFFER])
            row = cursor.fetchone()
            if row is not None and row[0] is not None:
                period = min(period, period_of(row[0]))
        cursor.execute(_BALANCES, {"period": period, "day": day, "known_at": known_at, "book": book.id})
        return [BalanceRow(*row) for row in cursor]


def settle_moment(ctx: Context, book: Book, known_at: datetime | None) -> None:
    """From now on nothing is recorded at or before `known_at`, so what was known then stays. Raises: moment_in_future."""
    if known_at is None:
        return
    if known_at > ctx.at:
        raise MomentInFuture(moment=known_at.isoformat())
    answer_until(book.id, known_at)

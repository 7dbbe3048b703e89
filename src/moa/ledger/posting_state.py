"""What a posting must know before it decides, read under the lock of the book."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from moa.control.context import Context
from moa.directory.queries import rates_on_or_before
from moa.kernel.rates import Rate
from moa.ledger.models import Book
from moa.ledger.rules.decision import AccountFacts, Days, KnownKey
from moa.ledger.sending import driver_cursor, numbers

_BOOK = """
select day.business_date, day.state in ('open', 'reopened'), closed.business_date,
       greatest(clock.last_at, clock.answered_until), machine.id, leave.id
  from ledger_bookclock clock
  left join ledger_businessday day on day.book_id = clock.book_id and day.state in ('open', 'closing', 'reopened')
  left join lateral (
        select business_date from ledger_businessday d where d.book_id = clock.book_id and d.state in ('closed', 'closing')
         order by business_date desc limit 1) closed on true
  left join lateral (select id from control_person p where p.kind = 'machine' order by id limit 1) machine on true
  left join lateral (
        select o.id from ledger_standingorder o
         where o.book_id = clock.book_id and o.acts @> to_jsonb(%s::text)
           and o.valid_from <= coalesce(day.business_date, %s) and coalesce(o.valid_until > coalesce(day.business_date, %s), true)
           and coalesce(o.ended_on > coalesce(day.business_date, %s), true)
         order by o.id limit 1) leave on true
 where clock.book_id = %s
"""
_KEYS = """
select key, content::text, code, account_code, voucher_id, period from ledger_postingkey
 where book_id = %s and key = any (%s::text[])
"""
_ACCOUNTS = """
select a.id, a.code, a.currency, a.normal_side, a.floor_minor, a.state, b.current_minor, b.held_minor, b.version
  from ledger_account a join ledger_balance b on b.account_id = a.id
 where a.book_id = %s and a.code = any (%s::text[])
"""
_IN_ORDER = " order by b.account_id for update of b"
_REVERSIBLE = """
select v.id, v.period from ledger_voucher v
  join unnest(%s::bigint[], %s::int[]) asked (id, period) on asked.id = v.id and asked.period = v.period
 where v.book_id = %s and not exists (select 1 from ledger_reversal r where r.voucher_id = v.id)
"""


@dataclass(frozen=True, slots=True)
class BookFacts:
    """The book's days and clock, and who may book there by machine. Shape: no standing order: None."""

    days: Days
    newest_at: datetime | None
    machine_id: int | None
    standing_order_id: int | None


def read_book(ctx: Context, book: Book, act: str) -> BookFacts:
    with driver_cursor() as cursor:
        cursor.execute(_BOOK, [act, ctx.today, ctx.today, ctx.today, book.id])
        row = cursor.fetchone()
    assert row is not None, "a book has a clock"
    under_way, takes, closed_to, newest_at, machine_id, order_id = row
    return BookFacts(Days(under_way if takes else None, closed_to), newest_at, machine_id, order_id)


def read_keys(book: Book, keys: Collection[str]) -> dict[str, KnownKey]:
    with driver_cursor() as cursor:
        cursor.execute(_KEYS, [book.id, list(keys)])
        return {
            key: KnownKey(content.replace("-", ""), code, account, voucher_id, period)
            for key, content, code, account, voucher_id, period in cursor
        }


def read_accounts(book: Book, codes: Collection[str], *, lock_rows: bool) -> dict[str, AccountFacts]:
    """The accounts by code; with `lock_rows` their balances stay as they are until the transaction ends."""
    with driver_cursor() as cursor:
        cursor.execute(_ACCOUNTS + (_IN_ORDER if lock_rows else ""), [book.id, list(codes)])
        return {row[1]: AccountFacts(*row) for row in cursor}


def read_reversible(book: Book, asked: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of the vouchers that are in the book and not taken back yet."""
    wanted = list(asked)
    if not wanted:
        return set()
    with driver_cursor() as cursor:
        ids, periods = zip(*wanted, strict=True)
        cursor.execute(_REVERSIBLE, [numbers(ids), numbers(periods), book.id])
        return set(cursor.fetchall())


def read_rates(ctx: Context, book: Book, currencies: Collection[str], day: date | None) -> dict[str, Rate]:
    """The day's rates into the book's own currency of those currencies that have one."""
    foreign = set(currencies) - {book.functional_currency}
    if not foreign or day is None:
        return {}
    found = rates_on_or_before(ctx, foreign, book.functional_currency, day)
    return {currency: dated.rate for currency, dated in found.items()}

"""What a posting must know before it decides, read under the lock of the book."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.directory.queries import rates_on_or_before
from moa.kernel.rates import Rate
from moa.ledger.arrays import numbers
from moa.ledger.models import Book
from moa.ledger.rules.decision import AccountFacts, Days, KnownKey

_OPEN = "select * from ledger_open_posting(%s, %s, %s::json, %s::json, %s, %s)"
_ACCOUNTS = """
select a.id, a.code, a.currency, a.normal_side, a.floor_minor, a.state, b.current_minor, b.held_minor, b.version, b.last_at
  from ledger_account a join ledger_balance b on b.account_id = a.id
 where a.book_id = %s and a.code = any (%s::text[])
"""
_REVERSIBLE = """
select v.id, v.period from ledger_voucher v
  join unnest(%s::bigint[], %s::int[]) asked (id, period) on asked.id = v.id and asked.period = v.period
 where v.book_id = %s and not exists (select 1 from ledger_reversal r where r.voucher_id = v.id)
"""


@dataclass(frozen=True, slots=True)
class BookFacts:
    """The book's days, and who may book there by machine; the keys it knows and the accounts, of those asked.

    Shape: `newest_at` the newest stamp of the book and of these accounts. `standing_order_id` None when nobody gave leave for the act.
    """

    days: Days
    newest_at: datetime | None
    machine_id: int | None
    standing_order_id: int | None
    known: dict[str, KnownKey]
    accounts: dict[str, AccountFacts]


def open_posting(
    ctx: Context,
    book: Book,
    act: str,
    *,
    alone: bool,
    keys: Collection[str] = (),
    codes: Collection[str] = (),
) -> BookFacts:
    """Lock the book until the transaction ends, and read what a posting of these keys and accounts must know.

    `alone` holds the book alone. Otherwise it is shared, nobody else books under one of the keys, and the accounts'
    balances stay as they are.
    """
    few = [] if alone else list(codes)
    with driver_cursor() as cursor:
        cursor.execute(_OPEN, [book.id, alone, json.dumps(list(keys)), json.dumps(few), act, ctx.today])
        row = cursor.fetchone()
        assert row is not None, "a book has a clock"
        under_way, takes, closed_to, newest_at, machine_id, order_id, known, accounts = row
        if alone and codes:
            found = cursor.execute(_ACCOUNTS, [book.id, list(codes)]).fetchall()
            stamps = [newest_at, *(last_at for *_, last_at in found)]
            newest_at = max((at for at in stamps if at is not None), default=None)
            accounts = [facts for *facts, _ in found]
    return BookFacts(
        days=Days(under_way if takes else None, closed_to), newest_at=newest_at, machine_id=machine_id,
        standing_order_id=order_id,
        known={key: KnownKey(content.replace("-", ""), *facts) for key, content, *facts in known or ()},
        accounts={facts[1]: AccountFacts(*facts) for facts in accounts or ()},
    )  # fmt: skip


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

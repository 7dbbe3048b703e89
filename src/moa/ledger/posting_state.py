"""What a posting must know before it decides, read under the lock of the book."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from moa.control.context import SETTING_AND_HELD, Context, Names
from moa.control.driver import ask_first, driver_cursor
from moa.directory.queries import rates_on_or_before
from moa.kernel.rates import Rate
from moa.ledger.arrays import numbers
from moa.ledger.models import Book
from moa.ledger.rules.decision import AccountFacts, Days, KnownKey

# Stamps of many accounts come as microseconds since then: a number is read much faster than a date.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# No account has it in its code, and one text is sent much quicker than an array of them.
_BETWEEN = "\x1f"
_FACTS = len(fields(AccountFacts))
_OPEN = "select * from ledger_open_posting(%s, %s, %s::json, %s::json, %s, %s, %s)"
# The actor's rights and the same facts by one statement, which names what sets the group, so that it sees the group's rows.
_ENTER_AND_OPEN = f"""
select json_build_array(h.held, p.under_way, p.takes, p.closed_to, p.stamp, p.machine, p.leave, p.known, p.accounts, p.numbers)
  from {SETTING_AND_HELD}
 cross join lateral ledger_open_posting(
    case when own.group_id is not null then $5::bigint end, false, $6::json, $7::json, $8::text, $4::date, $9::int) p
"""
_ACCOUNTS = """
select a.id, a.code, a.currency, a.normal_side, a.floor_minor, a.state, b.current_minor, b.held_minor, b.version,
       (extract(epoch from b.last_at) * 1000000)::bigint
  from ledger_account a
 cross join lateral (select * from ledger_balance b where b.account_id = a.id limit 1) b
 where a.book_id = %s and a.code = any (string_to_array(%s, chr(31)))
"""
_KNOWN = """
select k.key, replace(k.content::text, '-', ''), k.code, k.account_code, k.voucher_id, k.period
  from ledger_postingkey k where k.book_id = %s and k.key = any (string_to_array(%s, chr(31)))
"""
_REVERSIBLE = """
select v.id, v.period from ledger_voucher v
  join unnest(%s::bigint[], %s::int[]) asked (id, period) on asked.id = v.id and asked.period = v.period
 where v.book_id = %s and not exists (select 1 from ledger_reversal r where r.voucher_id = v.id)
"""


@dataclass(frozen=True, slots=True)
class BookFacts:
    """The book's days, and who may book there by machine; the keys it knows and the accounts, of those asked.

    Shape: `stamp` the moment of recording, after the newest stamp of the book and of these accounts; `numbers` free ids, one
    a voucher. `standing_order_id` None when nobody gave leave for the act.
    """

    days: Days
    stamp: datetime
    machine_id: int | None
    standing_order_id: int | None
    known: dict[str, KnownKey]
    accounts: dict[str, AccountFacts]
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class PieceFacts:
    """Of keys and accounts: what they know and how they stand. Shape: `earliest` after the newest stamp of these accounts."""

    known: dict[str, KnownKey]
    accounts: dict[str, AccountFacts]
    earliest: datetime | None


def open_posting(
    ctx: Context,
    book: Book,
    act: str,
    *,
    alone: bool,
    keys: Collection[str] = (),
    codes: Collection[str] = (),
    vouchers: int = 0,
) -> BookFacts:
    """Lock the book until the transaction ends, and read what a posting of these keys and accounts must know.

    `alone` holds the book alone. Otherwise it is shared, nobody else books under one of the keys, and the accounts'
    balances stay as they are. Who holds it alone may also leave them out, and read piece by piece.
    """
    few = ("[]", "[]") if alone else (json.dumps(list(keys)), json.dumps(list(codes)))
    with driver_cursor() as cursor:
        cursor.execute(_OPEN, [book.id, alone, *few, act, ctx.today, vouchers])
        row = cursor.fetchone()
        assert row is not None, "a book has a clock"
        under_way, takes, closed_to, stamp, *rest = row
        facts = _facts(Days(under_way if takes else None, closed_to), stamp, *rest)
        if not alone:
            return facts
        more = read_piece(cursor, book.id, keys, codes)
    return replace(facts, known=more.known, accounts=more.accounts, stamp=max(stamp, more.earliest or stamp))


def read_piece(
    cursor: psycopg.Cursor[Any], book_id: int, keys: Collection[str], codes: Collection[str]
) -> PieceFacts:
    """To be called by who holds the book alone."""
    known = cursor.execute(_KNOWN, [book_id, _BETWEEN.join(keys)]).fetchall() if keys else []
    accounts = cursor.execute(_ACCOUNTS, [book_id, _BETWEEN.join(codes)]).fetchall() if codes else []
    newest = max([row[-1] for row in accounts if row[-1] is not None], default=None)
    return PieceFacts(
        known={key: KnownKey(*facts) for key, *facts in known},
        accounts={facts[1]: AccountFacts(*facts[:_FACTS]) for facts in accounts},
        earliest=None if newest is None else _EPOCH + timedelta(microseconds=newest + 1),
    )


def enter_and_open(
    ctx: Context,
    own: Names,
    book: Book,
    act: str,
    keys: Collection[str],
    codes: Collection[str],
    vouchers: int,
) -> tuple[list[list[Any]], BookFacts]:
    """Begin the Context's transaction and do the same, for a few vouchers; with it, what the actor holds."""
    asked = [*own, ctx.today, book.id, json.dumps(list(keys)), json.dumps(list(codes)), act, vouchers]
    answer = ask_first(_ENTER_AND_OPEN, asked)
    assert answer is not None, "a book has a clock"
    held, under_way, takes, closed_to, stamp, *rest = json.loads(answer)
    days = Days(_day(under_way) if takes else None, _day(closed_to))
    return held or [], _facts(days, datetime.fromisoformat(stamp), *rest)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _facts(
    days: Days,
    stamp: datetime,
    machine_id: int | None,
    order_id: int | None,
    known: Any,
    accounts: Any,
    ids: list[int],
) -> BookFacts:
    return BookFacts(
        days=days, stamp=stamp, machine_id=machine_id, standing_order_id=order_id,
        known={key: KnownKey(content.replace("-", ""), *facts) for key, content, *facts in known or ()},
        accounts={facts[1]: AccountFacts(*facts[:_FACTS]) for facts in accounts or ()},
        numbers=ids,
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

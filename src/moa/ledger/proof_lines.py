"""The lines of a closed day as the proof has them, read from the books.

The closing takes its seal over these lines and the export writes them, so both read them here; each line is made only
of what never changes once it is recorded. docs/proof/format.md specifies them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import psycopg
from django.db import connection

from moa.control.driver import driver_cursor
from moa.ledger.models import Book
from moa.ledger.rules.vouchers import period_of

_FETCH = 2_000

_MOVED = """
select a.code, c.name, s.code, a.currency, a.normal_side, c.n, c.debit_minor, c.credit_minor, c.closing_minor, c.is_stated
  from ledger_dailyclosing c
  join ledger_account a on a.id = c.account_id
  join ledger_subject s on s.id = a.subject_id
 where c.book_id = %s and c.business_date = %s and c.revision = %s
 order by a.code collate "C"
"""
_STANDING = """
select a.code, c.name, s.code, a.currency, a.normal_side, c.n, c.closing_minor
  from ledger_account a
  join ledger_subject s on s.id = a.subject_id
  join lateral (
        select d.name, d.n, d.closing_minor from ledger_dailyclosing d
         where d.account_id = a.id and (d.business_date, d.revision) <= (%s, %s)
         order by d.business_date desc, d.revision desc limit 1) c on true
 where a.book_id = %s
 order by a.code collate "C"
"""
_VOUCHERS = """
select v.id, v.recorded_at, v.key, v.origin, v.maker_id, v.checker_id, o.code, v.request_id, v.reverses_id, v.source_kind,
       v.source_id, v.memo,
       (select json_agg(json_build_array(a.code, e.n, e.side, e.amount_minor, e.functional_minor, e.value_date, e.balance_after)
                        order by e.leg)
          from ledger_entry e join ledger_account a on a.id = e.account_id
         where e.voucher_id = v.id and e.period = v.period)
  from ledger_voucher v
  left join ledger_standingorder o on o.id = v.standing_order_id
 where v.book_id = %s and v.business_date = %s and v.period = %s
   and v.recorded_at > coalesce(%s::timestamptz, '-infinity') and v.recorded_at <= coalesce(%s::timestamptz, 'infinity')
 order by v.recorded_at, v.id
"""


class Closing(NamedTuple):
    """One closing of a day: the vouchers recorded after `since`, and not after `until` once it is sealed."""

    book: Book
    day: date
    revision: int
    since: datetime | None
    until: datetime | None = None


class Moved(NamedTuple):
    """An account that moved, is new or has another name. Shape: amounts signed, debits positive."""

    code: str
    name: str
    subject: str
    currency: str
    side: int
    n: int
    debit: int
    credit: int
    closing: int
    is_stated: bool


class Standing(NamedTuple):
    """Where an account stood at a closing."""

    code: str
    name: str
    subject: str
    currency: str
    side: int
    n: int
    balance: int


Sums = dict[tuple[str, str], int]


def moment_text(at: datetime) -> str:
    """A moment as the proof writes it: UTC, microseconds, always of the same length."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moved_accounts(closing: Closing) -> list[Moved]:
    with driver_cursor() as cursor:
        cursor.execute(_MOVED, [closing.book.id, closing.day, closing.revision])
        return [Moved(*row) for row in cursor]


def standing_at(book: Book, day: date, revision: int) -> list[Standing]:
    """Every account that was in the book at that closing, by code."""
    with driver_cursor() as cursor:
        cursor.execute(_STANDING, [day, revision, book.id])
        return [Standing(*row) for row in cursor]


def sums_of(standing: list[Standing]) -> Sums:
    """Balances by subject and currency."""
    sums: Sums = {}
    for one in standing:
        key = (one.subject, one.currency)
        sums[key] = sums.get(key, 0) + one.balance
    return sums


def day_lines(closing: Closing, moved: list[Moved], sums: Sums) -> Iterator[list[Any]]:
    """The lines that begin the day up to its totals. Shape: `sums` before the day; they are carried to its end."""
    yield ["day", str(closing.day), closing.revision]
    for one in moved:
        if one.is_stated:
            yield ["account", one.code, one.name, one.subject, one.currency, one.side]
    yield from _voucher_lines(closing)
    yield from _total_lines(moved, sums)


def _voucher_lines(closing: Closing) -> Iterator[list[Any]]:
    facts = [
        closing.book.id,
        closing.day,
        period_of(closing.day),
        closing.since,
        closing.until,
    ]
    with connection.cursor(), psycopg.ServerCursor(connection.connection, "proof_vouchers") as cursor:
        cursor.itersize = _FETCH
        cursor.execute(_VOUCHERS, facts)
        for number, recorded_at, *said in cursor:
            yield ["voucher", number, moment_text(recorded_at), *said]


def _total_lines(moved: list[Moved], sums: Sums) -> Iterator[list[Any]]:
    turnover: dict[tuple[str, str], list[int]] = {}
    for one in moved:
        columns = turnover.setdefault((one.subject, one.currency), [0, 0])
        columns[0] += one.debit
        columns[1] += one.credit
    for (subject, currency), (debit, credit) in sorted(turnover.items()):
        opening = sums.get((subject, currency), 0)
        sums[subject, currency] = opening + debit + credit
        if debit or credit:
            yield ["total", subject, currency, opening, debit, credit, opening + debit + credit]

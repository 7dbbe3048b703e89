"""The banks' own lines as reconciliation reads them: which are new, what each says, which the bank took back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from django.db import connection

from moa.ledger.models import Book
from moa.reconciliation.rules.matching import LineFacts

_NEW = """
select t.id, t.booked_on, t.booked_time, t.value_date, t.amount_minor, k.id, k.business_ends, k.unit_id
  from reconciliation_banklink k
  join accounts_transaction t on t.account_id = k.account_id and t.booked_on >= k.from_booked_on
 where k.book_id = %s and t.amount_minor <> 0
   and not exists (select 1 from reconciliation_bankline b where b.group_id = k.group_id and b.line_id = t.id)
   and not exists (select 1 from accounts_supersession x where x.transaction_id = t.id)
 order by t.id limit %s
"""
_SAID = """
select b.id, k.account_id, a.bank_country || a.bank_code, t.amount_minor, t.description, t.reference, t.bank_reference,
       t.counterparty, t.counterparty_account, t.booked_time, coalesce(nullif(a.nickname, ''), a.number), a.currency
  from reconciliation_bankline b
  join reconciliation_banklink k on k.id = b.link_id
  join accounts_bankaccount a on a.id = k.account_id
  join accounts_transaction t on t.id = b.line_id and t.booked_on = b.booked_on
 where b.id = any(%s)
"""
_TAKEN_BACK = """
select b.id from reconciliation_bankline b
  join accounts_supersession x on x.group_id = b.group_id and x.transaction_id = b.line_id
 where b.book_id = %s and b.state <> 'superseded' order by b.id
"""
_REVERSED = """
select b.id from reconciliation_bankline b
 where b.book_id = %s and b.state in ('posted', 'suspense')
   and (exists (select 1 from ledger_reversal r where r.voucher_id = b.voucher_id and r.period = b.period)
        or exists (select 1 from reconciliation_matchedvoucher x
                     join ledger_reversal r on r.voucher_id = x.voucher_id and r.period = x.period
                    where x.match_id = b.match_id and not x.is_undone))
 order by b.id
"""


@dataclass(frozen=True, slots=True)
class NewLine:
    """A stored transaction of a linked account that nothing knows yet."""

    id: int
    booked_on: date
    booked_time: time | None
    value_date: date | None
    amount_minor: int
    link_id: int
    business_ends: time | None
    unit_id: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """What the bank said of a line. Shape: `account` how the account is called."""

    facts: LineFacts
    description: str
    reference: str
    booked_time: time | None
    account: str
    currency: str


def new_lines(book: Book, limit: int) -> list[NewLine]:
    with connection.cursor() as cursor:
        cursor.execute(_NEW, [book.id, limit])
        return [NewLine(*row) for row in cursor.fetchall()]


def what_they_say(ids: Sequence[int]) -> dict[int, Said]:
    """By the id of the bank line's row."""
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [list(ids)])
        rows = cursor.fetchall()
    said = {}
    for row, account_id, bank, minor, words, reference, kind, name, number, at, account, currency in rows:
        text = " ".join(part for part in (words, reference) if part)
        facts = LineFacts(account_id, bank, minor, text, kind, name, number)
        said[row] = Said(facts, words, reference, at, account, currency)
    return said


def taken_back_by_the_bank(book: Book) -> list[int]:
    """Rows whose stored line counts no more, because a person decided for a re-issued statement."""
    return _ids(_TAKEN_BACK, book)


def taken_back_in_the_book(book: Book) -> list[int]:
    """Rows whose voucher somebody reversed."""
    return _ids(_REVERSED, book)


def _ids(statement: str, book: Book) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [book.id])
        return [one for (one,) in cursor.fetchall()]

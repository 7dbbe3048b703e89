"""What the banks said of a business day beside what the book has, for the proof and for the checks of a closing.

docs/proof/format.md says what must add up. A day whose statement is not here, or does not go on from the last one, is
missing: nothing is ever equal by being absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from moa.accounts.models import BalancePoint, Statement
from moa.control.context import Context
from moa.ledger.bank_side import BankDay, BankDifference, BankLine
from moa.ledger.models import Balance, Book, Seal, SealedLine
from moa.reconciliation.models import BankLink
from moa.reconciliation.queries import list_links
from moa.reconciliation.unmatched import lines_ahead, opening_in_the_book, unbooked_lines, unmatched_entries

# What the bank says since the last sealed statement: new days, lines that came late for told days, lines taken back.
_LINES = """
select t.id, t.amount_minor, t.booked_on, trim(t.counterparty || ' ' || t.description), false as is_gone
  from accounts_transaction t
 where t.account_id = %(account)s and t.booked_on >= %(first)s and t.booked_on <= %(day)s and t.amount_minor <> 0
   and (t.booked_on > %(told)s or t.recorded_at > %(sealed_at)s)
   and not exists (select 1 from accounts_supersession x where x.transaction_id = t.id)
union all
select t.id, -t.amount_minor, t.booked_on, trim(t.counterparty || ' ' || t.description), true
  from accounts_supersession x
  join accounts_transaction t on t.id = x.transaction_id and t.booked_on = x.booked_on
 where x.account_id = %(account)s and t.booked_on >= %(first)s and t.booked_on <= %(told)s
   and x.recorded_at > %(sealed_at)s and t.recorded_at <= %(sealed_at)s and t.amount_minor <> 0
 order by 3, 1
"""
_BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
MISSING, GAP = "missing", "gap"


@dataclass(frozen=True, slots=True)
class Told:
    """What the last sealed statement said. Shape: its lines are those of days to `day`, recorded until `at`."""

    closing_minor: int
    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class BankPosition:
    """A linked account on a business day. Shape: `lack` is empty, or why nothing is said; `rest_minor` what no difference tells."""

    link: BankLink
    day: BankDay
    lack: str = ""
    ledger_minor: int = 0
    rest_minor: int = 0
    unread_minor: int = field(default=0)


class BankStatements:
    """Registered in entry/wiring.py as the bank side of the books."""

    def bank_days(self, ctx: Context, book: Book, day: date) -> Iterable[BankDay]:
        return [one.day for one in bank_positions(book, day)]


BANK_STATEMENTS = BankStatements()


def bank_positions(book: Book, day: date) -> list[BankPosition]:
    """Every linked account, by name, as it is known now. What the book has is counted up to this moment."""
    return [_position(book, link, day) for link in list_links(book) if link.since <= day]


def _position(book: Book, link: BankLink, day: date) -> BankPosition:
    code = link.ledger_account.code
    told = _told(book, link, day)
    ledger = Balance.objects.get(account_id=link.ledger_account_id).current_minor
    files = _files(link, told.day, day)
    point = (
        BalancePoint.objects.filter(account_id=link.account_id, day__lte=day)
        .order_by("-day", "-recorded_at", "-id")
        .first()
    )
    if not files or point is None:
        return BankPosition(link, BankDay(link.name, code, None, None), MISSING, ledger)
    lines = _lines(link, told, day)
    closing = point.balance_minor
    unread = closing - told.closing_minor - sum(one.amount_minor for one in lines)
    if unread:
        # The statements do not go on from one another, so a line of the bank is not here.
        return BankPosition(link, BankDay(link.name, code, None, None), GAP, ledger, 0, unread)
    differences = _differences(book, link, day)
    rest = closing - ledger - sum(one.amount_minor for one in differences)
    side = BankDay(link.name, code, told.closing_minor, closing, files, lines, differences)
    return BankPosition(link, side, "", ledger, rest)


def _told(book: Book, link: BankLink, day: date) -> Told:
    """From the last day before that was sealed with a statement of the account; else from the link itself."""
    begins = json.dumps(["bank", link.name], ensure_ascii=False, separators=(",", ":"))[:-1] + ","
    sealed = (
        SealedLine.objects.filter(book_id=book.id, business_date__lt=day, body__startswith=begins)
        .exclude(body__contains=",null,null,")
        .order_by("-business_date", "-revision")
        .first()
    )
    if sealed is None:
        return Told(link.opening_minor, link.from_booked_on - timedelta(days=1), _BEGINNING)
    said: list[Any] = json.loads(sealed.body)
    seal = Seal.objects.get(book_id=book.id, business_date=sealed.business_date, revision=sealed.revision)
    return Told(int(said[4]), sealed.business_date, seal.closed_at)


def _files(link: BankLink, told: date, day: date) -> tuple[str, ...]:
    """The SHA-256 of the raw files that speak of the days since, if one of them speaks of the day itself."""
    statements = Statement.objects.filter(account_id=link.account_id, provisional=False, file__isnull=False)
    found = statements.filter(from_date__lte=day, to_date__gt=told).order_by("file_id")
    hashes = dict.fromkeys(found.values_list("file__sha256", flat=True))
    return tuple(hashes) if found.filter(to_date__gte=day).exists() else ()


def _lines(link: BankLink, told: Told, day: date) -> tuple[BankLine, ...]:
    facts: dict[str, Any] = {
        "account": link.account_id, "first": link.from_booked_on, "day": day, "told": told.day, "sealed_at": told.at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LINES, facts)
        rows = cursor.fetchall()
    return tuple(
        BankLine(minor, f"{number} superseded" if is_gone else str(number), booked_on, text)
        for number, minor, booked_on, text, is_gone in rows
    )


def _differences(book: Book, link: BankLink, day: date) -> tuple[BankDifference, ...]:
    opening = link.opening_minor - opening_in_the_book(link.id)
    found = [BankDifference("line", "opening", opening, link.since)] if opening else []
    found += [
        BankDifference("line", str(one.line_id), one.amount_minor, one.booked_on)
        for one in unbooked_lines(link.id, day)
    ]
    found += [
        BankDifference("voucher", str(one.voucher_id), -one.amount_minor, one.business_date)
        for one in unmatched_entries(book, link.id)
    ]
    found += [
        BankDifference("voucher", str(voucher), -minor, on)
        for voucher, minor, on in lines_ahead(link.id, day)
    ]
    return tuple(found)

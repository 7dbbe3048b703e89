"""One book for tests: two persons, a company, accounts, a standing order in force, its first business day open."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from moa.control import approvals
from moa.control.context import Context
from moa.ledger.models import Balance, Book
from moa.ledger.operations.agree_standing_order import (
    NewStandingOrder,
    decide_standing_order,
    file_standing_order,
)
from moa.ledger.operations.load_accounts import AccountRow, Loaded, load_accounts
from moa.ledger.operations.post_vouchers import Authority, Posting, post_vouchers
from moa.ledger.operations.set_up_book import NewBook, set_up_book
from moa.ledger.rules.acts import CLOSE, FILE, LOAD_ACCOUNTS
from moa.ledger.rules.sides import on_normal_side
from moa.ledger.rules.vouchers import NewVoucher, transfer
from tests.control.factories import TODAY, make_group, make_person, make_unit

BANK, SUSPENSE = "1002", "224101"
DEPOSIT = "201101"
# The last business day of a year and the first of the next.
LAST, FIRST = date(2026, 12, 31), date(2027, 1, 4)
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Journal:
    """`ctx` is a treasurer's, `second` another's; `book` is in KRW and its day is 20 November 2026."""

    machine: Context
    ctx: Context
    second: Context
    book: Book

    def load(self, *rows: tuple[str, str, str, int | None]) -> Loaded:
        """Accounts as (code, subject, currency, floor)."""
        with self.ctx.open():
            return load_accounts(
                self.ctx,
                self.book,
                [AccountRow(f"row {n}", code, f"Account {code}", subject, currency, floor)
                 for n, (code, subject, currency, floor) in enumerate(rows, 1)],
            )  # fmt: skip

    def post(self, *vouchers: NewVoucher, ctx: Context | None = None, **more: Any) -> Posting:
        ctx = ctx or self.ctx
        with ctx.open():
            return post_vouchers(ctx, self.book, vouchers, **more)

    def authority(self) -> Authority:
        """Two persons: `second` has approved a request of `ctx` over the book."""
        maker, checker = self.ctx, self.second
        with maker.open():
            request = approvals.submit(
                maker, subject_type="ledger.test", subject_id=f"{next(_numbers)}", content={"book": str(self.book.id)},
            )  # fmt: skip
        with checker.open():
            approvals.decide(checker, request.id, approve=True, seen_hash=request.content_hash)
        return Authority(maker.actor.person_id, checker.actor.person_id, request.id)

    def codes(self, *vouchers: NewVoucher, **more: Any) -> list[str]:
        """The answer to each voucher: its code, or "booked", or "known"."""
        posting = self.post(*vouchers, **more)
        return [one.code or ("booked" if one.is_new else "known") for one in posting.answers]

    def balance(self, code: str) -> int:
        """On the account's normal side."""
        with self.ctx.open():
            found = Balance.objects.select_related("account").get(account__code=code, book_id=self.book.id)
            return on_normal_side(found.current_minor, found.account.normal_side)

    def balances(self) -> dict[str, int]:
        with self.ctx.open():
            found = Balance.objects.filter(book_id=self.book.id).select_related("account")
            return {
                one.account.code: on_normal_side(one.current_minor, one.account.normal_side) for one in found
            }

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query of the application finds."""
        with self.ctx.open(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()


def voucher(
    key: str, debit: str, credit: str, minor: int, *, day: date = TODAY, value: date | None = None,
    currency: str = "KRW", memo: str = "",
) -> NewVoucher:  # fmt: skip
    """A transfer: `debit` and `credit` are account codes."""
    return NewVoucher(key, day, value or day, transfer(debit, credit, minor, currency), memo)


def make_journal(
    code: str = "", *, acts: tuple[str, ...] = (FILE, LOAD_ACCOUNTS), first_day: date = TODAY, calendar: str = "KR"
) -> Journal:  # fmt: skip
    """A book with the accounts bank (no floor), a and b (deposits that may not go below zero), and free (no floor)."""
    machine = make_group(code)
    ctx, second = make_person(machine, roles=["treasurer"]), make_person(machine, roles=["treasurer"])
    company = make_unit(machine)
    with ctx.open():
        book = set_up_book(
            ctx,
            new=NewBook("SC", "Settlement centre", company.id, "KRW", first_day, calendar=calendar, is_default=True),
        )  # fmt: skip
    journal = Journal(machine, ctx, second, book)
    if acts:
        agree(journal, NewStandingOrder("FILES", "Files given to a command", acts, min(TODAY, first_day)))
    if LOAD_ACCOUNTS in acts:
        journal.load(
            ("bank", BANK, "KRW", None), ("a", DEPOSIT, "KRW", 0), ("b", DEPOSIT, "KRW", 0),
            ("free", DEPOSIT, "KRW", None),
        )  # fmt: skip
    return journal


def year_end(*, calendar: str = "KR") -> Journal:
    """A book whose first day is the last business day of 2026: 1,000 of interest earned, 300 and 40 of cost."""
    journal = make_journal(acts=(FILE, LOAD_ACCOUNTS, CLOSE), first_day=LAST, calendar=calendar)
    journal.load(
        ("6011", "6011", "KRW", None), ("6411", "6411", "KRW", None), ("6602", "6602", "KRW", None),
        ("4103", "4103", "KRW", None),
    )  # fmt: skip
    journal.post(
        voucher("1", "bank", "6011", 1000, day=LAST), voucher("2", "6411", "a", 300, day=LAST),
        voucher("3", "6602", "bank", 40, day=LAST),
    )  # fmt: skip
    return journal


def agree(journal: Journal, new: NewStandingOrder) -> None:
    """One files it, the other agrees."""
    with journal.ctx.open():
        request = file_standing_order(journal.ctx, journal.book, new=new)
    with journal.second.open():
        decide_standing_order(journal.second, request.id, approve=True, seen_hash=request.content_hash)

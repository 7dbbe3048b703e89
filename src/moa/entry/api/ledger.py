"""Books: balances, trial balance, where the day stands, and booking vouchers under a standing order."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict

from moa.control.context import Context
from moa.control.idempotency import once
from moa.control.moments import Clock
from moa.entry.api.paging import Paged, read_cursor, write_cursor
from moa.entry.api.routes import IdempotencyKey, reads, writes
from moa.entry.api.values import (
    AmountText,
    Code,
    CurrencyCode,
    Day,
    DayText,
    Moment,
    MomentText,
    amount_text,
    day_text,
)
from moa.ledger.balances import BalanceRow, balances_on
from moa.ledger.day_status import day_status
from moa.ledger.models import Book
from moa.ledger.operations.post_vouchers import Answer, post_vouchers
from moa.ledger.permissions import POST, VIEW
from moa.ledger.queries import access_book, day_under_way, list_books
from moa.ledger.rules.acts import FILE
from moa.ledger.rules.amounts import read_minor
from moa.ledger.rules.sides import CREDIT, DEBIT
from moa.ledger.rules.vouchers import LONGEST_MEMO, Leg, NewVoucher

router = Router(tags=["ledger"])
MOST_VOUCHERS, MOST_ENTRIES = 1_000, 200


class BookItem(Schema):
    code: str
    name: str
    kind: str
    functional_currency: str
    is_default: bool
    open_day: DayText | None


class BooksAnswer(Schema):
    items: list[BookItem]


class DayAsked(Schema):
    date: Day | None = Field(None, description="Business date; the open day if left out")
    known_at: Moment | None = Field(None, description="Only what was recorded by then counts")


class BalancesAsked(DayAsked, Paged):
    pass


class BalanceItem(Schema):
    account: str
    name: str
    subject: str
    currency: str
    balance: AmountText = Field(description="On the account's normal side; negative when overdrawn")


class BalancePage(Schema):
    book: str
    date: DayText
    known_at: MomentText | None
    items: list[BalanceItem]
    next: str | None


class TrialItem(BalanceItem):
    debit: AmountText
    credit: AmountText


class TrialTotal(Schema):
    currency: str
    debit: AmountText
    credit: AmountText


class TrialAnswer(Schema):
    book: str
    date: DayText
    known_at: MomentText | None
    balanced: bool
    totals: list[TrialTotal]
    items: list[TrialItem]


class CheckItem(Schema):
    name: str
    ok: bool


class DayAnswer(Schema):
    book: str
    business_date: DayText | None
    state: str
    last_closed: DayText | None
    seal: str | None = Field(description="Of the newest sealed day, as hexadecimal text")
    checks: list[CheckItem]


class DebitGiven(Schema):
    model_config = ConfigDict(extra="forbid")

    account: str = Field(min_length=1, max_length=40)
    debit: AmountText
    currency: CurrencyCode


class CreditGiven(Schema):
    model_config = ConfigDict(extra="forbid")

    account: str = Field(min_length=1, max_length=40)
    credit: AmountText
    currency: CurrencyCode


class VoucherGiven(Schema):
    model_config = ConfigDict(extra="forbid")

    key: str = Field(
        min_length=1, max_length=200, description="Names this voucher for ever and gives one answer"
    )
    business_date: Day
    value_date: Day | None = Field(None, description="The business date if left out")
    memo: str = Field("", max_length=LONGEST_MEMO)
    entries: list[DebitGiven | CreditGiven] = Field(min_length=1, max_length=MOST_ENTRIES)


class VouchersGiven(Schema):
    model_config = ConfigDict(extra="forbid")

    vouchers: list[VoucherGiven] = Field(min_length=1, max_length=MOST_VOUCHERS)


class VoucherAnswer(Schema):
    key: str
    state: Literal["booked", "known", "rejected"]
    code: str = Field(description="Why it was rejected; empty otherwise")
    account: str = Field(description="The account that the code speaks of")
    voucher: int | None


class PostingAnswer(Schema):
    book: str
    accepted: int
    known: int
    rejected: int
    answers: list[VoucherAnswer]


BALANCE = {
    "account": "201101-FOOD",
    "name": "해온푸드 요구불예금",
    "subject": "201101",
    "currency": "KRW",
    "balance": "5000000",
}
HEAD = {"book": "SC", "date": "2026-11-20", "known_at": None}


@reads(
    router, "/ledger/books", scope=VIEW, answer=BooksAnswer, summary="Books",
    example={"items": [{
        "code": "SC", "name": "그룹 결제센터", "kind": "settlement_centre", "functional_currency": "KRW", "is_default": True,
        "open_day": "2026-11-20",
    }]},
)  # fmt: skip
def list_books_(request: HttpRequest, ctx: Context) -> dict[str, Any]:
    items = []
    for book in list_books(ctx):
        day = day_under_way(book)
        items.append(
            {
                "code": book.code, "name": book.names.get(ctx.language) or book.name, "kind": book.kind,
                "functional_currency": book.functional_currency, "is_default": book.is_default,
                "open_day": day_text(day.business_date if day else None),
            }
        )  # fmt: skip
    return {"items": items}


@reads(
    router, "/ledger/books/{book}/balances", scope=VIEW, answer=BalancePage, summary="Balances on a day",
    example=HEAD | {"items": [BALANCE], "next": None},
)  # fmt: skip
def read_balances(
    request: HttpRequest, ctx: Context, book: Code, asked: Query[BalancesAsked]
) -> dict[str, Any]:
    """Every account at the end of the business date, by code."""
    question = ["balances", book, str(asked.date), str(asked.known_at)]
    place = read_cursor(question, asked.cursor, str)
    found, rows, head = _balances(ctx, book, asked.date, asked.known_at)
    left = [row for row in rows if place is None or row.account > place[0]]
    shown = left[: asked.limit]
    more = write_cursor(question, [shown[-1].account]) if len(left) > len(shown) else None
    return head | {"items": [_balance(row) for row in shown], "next": more}


@reads(
    router, "/ledger/books/{book}/trial-balance", scope=VIEW, answer=TrialAnswer, summary="Trial balance",
    example=HEAD | {
        "balanced": True, "totals": [{"currency": "KRW", "debit": "5000000", "credit": "5000000"}],
        "items": [BALANCE | {"debit": "0", "credit": "5000000"}],
    },
)  # fmt: skip
def read_trial_balance(
    request: HttpRequest, ctx: Context, book: Code, asked: Query[DayAsked]
) -> dict[str, Any]:
    """The balances in the columns of their sides, with the totals by currency."""
    found, rows, head = _balances(ctx, book, asked.date, asked.known_at)
    items, totals = [], dict[str, list[int]]()
    for row in rows:
        debit, credit = max(row.signed_minor, 0), max(-row.signed_minor, 0)
        total = totals.setdefault(row.currency, [0, 0])
        total[0] += debit
        total[1] += credit
        sides = {"debit": amount_text(debit, row.currency), "credit": amount_text(credit, row.currency)}
        items.append(_balance(row) | sides)
    said = [
        {"currency": currency, "debit": amount_text(debit, currency), "credit": amount_text(credit, currency)}
        for currency, (debit, credit) in sorted(totals.items())
    ]
    balanced = all(debit == credit for debit, credit in totals.values())
    return head | {"balanced": balanced, "totals": said, "items": items}


@reads(
    router, "/ledger/books/{book}/day", scope=VIEW, answer=DayAnswer, summary="Where the book's day stands",
    example={
        "book": "SC", "business_date": "2026-11-20", "state": "open", "last_closed": "2026-11-19", "seal": "9f2c…",
        "checks": [{"name": "trial_balance", "ok": True}],
    },
)  # fmt: skip
def read_day(request: HttpRequest, ctx: Context, book: Code) -> dict[str, Any]:
    """With the checks of its closing as they stand now."""
    status = day_status(ctx, _book(ctx, book))
    return {
        "book": book, "business_date": day_text(status.business_date), "state": status.state,
        "last_closed": day_text(status.last_closed), "seal": status.seal.hex if status.seal else None,
        "checks": [{"name": one.name, "ok": one.ok} for one in status.findings],
    }  # fmt: skip


@writes(
    router, "/ledger/books/{book}/vouchers", scope=POST, takes="application/json", status=200, answer=PostingAnswer,
    summary="Book vouchers",
    sends={"vouchers": [{
        "key": "ERP-1", "business_date": "2026-11-20", "memo": "rent", "entries": [
            {"account": "1002-011008", "debit": "100", "currency": "KRW"},
            {"account": "201101-FOOD", "credit": "100", "currency": "KRW"},
        ],
    }]},
    example={
        "book": "SC", "accepted": 1, "known": 0, "rejected": 1, "answers": [
            {"key": "ERP-1", "state": "booked", "code": "", "account": "", "voucher": 90211},
            {"key": "ERP-2", "state": "rejected", "code": "below_floor", "account": "201101-FOOD", "voucher": None},
        ],
    },
)  # fmt: skip
def post_vouchers_(
    request: HttpRequest, ctx: Context, key: IdempotencyKey, book: Code, given: VouchersGiven
) -> Status:
    """Up to a thousand in one transaction, each accepted or rejected as if they came one at a time. They stand on a
    standing order of the book, as files of vouchers do. A voucher's own key gives the same answer for ever, also in
    another request: what was rejected is tried again under a new key."""
    with ctx.open():
        found = access_book(ctx, book, POST)
    vouchers = [_voucher(one) for one in given.vouchers]

    def run() -> dict[str, Any]:
        posting = post_vouchers(ctx, found, vouchers, origin=FILE, source_kind="api")
        return {
            "book": found.code, "accepted": posting.accepted, "known": posting.known, "rejected": len(posting.rejected),
            "answers": [_answer(one) for one in posting.answers],
        }  # fmt: skip

    content = {"book": book, "vouchers": [_content(one) for one in given.vouchers]}
    return Status(200, once(ctx, "api.vouchers", key, content, run))


def _content(one: VoucherGiven) -> dict[str, Any]:
    said = one.dict()
    return said | {"business_date": str(one.business_date), "value_date": str(one.value_date or "")}


def _voucher(one: VoucherGiven) -> NewVoucher:
    """One with an amount finer than its currency is answered like such a row of a file: rejected under its key."""
    legs = [_leg(entry) for entry in one.entries]
    if any(leg is None for leg in legs):
        return NewVoucher(one.key, None, None, (), problem="amount_invalid", raw=(json.dumps(_content(one)),))
    whole = tuple(leg for leg in legs if leg is not None)
    return NewVoucher(one.key, one.business_date, one.value_date or one.business_date, whole, one.memo)


def _leg(entry: DebitGiven | CreditGiven) -> Leg | None:
    side, text = (DEBIT, entry.debit) if isinstance(entry, DebitGiven) else (CREDIT, entry.credit)
    minor = read_minor(text, entry.currency)
    return None if minor is None else Leg(entry.account, minor * side, side, entry.currency)


def _answer(one: Answer) -> dict[str, Any]:
    state = "rejected" if one.code else "booked" if one.is_new else "known"
    return {
        "key": one.key,
        "state": state,
        "code": one.code,
        "account": one.account,
        "voucher": one.voucher_id,
    }


def _book(ctx: Context, code: str) -> Book:
    return access_book(ctx, code or " ")


def _balances(
    ctx: Context, code: str, day: date | None, known_at: datetime | None
) -> tuple[Book, list[BalanceRow], dict[str, Any]]:
    book = _book(ctx, code)
    under_way = day_under_way(book)
    asked = day or (under_way.business_date if under_way else ctx.today)
    head = {"book": book.code, "date": asked.isoformat(), "known_at": Clock(ctx).maybe(known_at)}
    return book, balances_on(ctx, book, asked, known_at=known_at), head


def _balance(row: BalanceRow) -> dict[str, Any]:
    return {
        "account": row.account, "name": row.name, "subject": row.subject, "currency": row.currency,
        "balance": amount_text(row.balance_minor, row.currency),
    }  # fmt: skip

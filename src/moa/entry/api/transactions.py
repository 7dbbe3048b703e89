"""Transactions of all accounts, newest first, with the conditions of the page of transactions."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from moa.accounts.line_details import LineDetails, line_details
from moa.accounts.lines import LineFilter, LineRow, Place, explain_line, list_lines
from moa.accounts.permissions import VIEW
from moa.accounts.queries import access_account, account_names
from moa.control.context import Context
from moa.control.moments import Clock
from moa.control.queries import the_group_of
from moa.entry.api.paging import CursorUnfit, Paged, read_cursor, write_cursor
from moa.entry.api.routes import reads
from moa.entry.api.values import (
    AmountText,
    Code,
    CurrencyCode,
    Day,
    DayText,
    MomentText,
    Number,
    Words,
    amount_text,
    at_least,
    at_most,
    day_text,
)
from moa.kernel.errors import NotFound

router = Router(tags=["transactions"])


class Transaction(Schema):
    id: int
    account: int
    booked_on: DayText
    booked_time: str | None
    value_date: DayText | None
    amount: AmountText = Field(description="Positive in, negative out")
    currency: str
    balance: AmountText | None = Field(
        description="The account's balance after this line, where the bank says it"
    )
    counterparty: str
    counterparty_account: str
    description: str
    reference: str
    bank_reference: str
    state: Literal["booked", "manual", "superseded"] = Field(
        description="A superseded line counts no more: a later statement replaced it"
    )
    recorded_at: MomentText
    statement: int | None = Field(description="The import it came with; null for a line entered by hand")


class TransactionPage(Schema):
    items: list[Transaction]
    next: str | None


AMOUNT_RULE = (
    "{} amount without its sign, in the currency asked for, else the account's, else the base currency: lines of other"
    " currencies do not fit"
)


class TransactionsAsked(Paged):
    from_: Day | None = Field(None, alias="from", description="First booking day")
    to: Day | None = Field(None, description="Last booking day, included")
    account: Number | None = None
    min: AmountText | None = Field(None, description=AMOUNT_RULE.format("Least"))
    max: AmountText | None = Field(None, description=AMOUNT_RULE.format("Largest"))
    text: Words = Field("", description="Part of the counterparty, the description or the reference")
    direction: Literal["credit", "debit"] | None = None
    currency: CurrencyCode | None = None
    company: Code = ""
    bank: Code = Field("", examples=["KR004"])


EXAMPLE: dict[str, Any] = {
    "id": 90210, "account": 17, "booked_on": "2026-11-20", "booked_time": "14:03:22", "value_date": "2026-11-20",
    "amount": "-1500000", "currency": "KRW", "balance": "123500000", "counterparty": "한빛상사", "counterparty_account": "",
    "description": "대금", "reference": "", "bank_reference": "", "state": "booked",
    "recorded_at": "2026-11-21T07:02:11.250000+09:00", "statement": 311,
}  # fmt: skip


@reads(
    router, "/transactions", scope=VIEW, answer=TransactionPage, summary="Transactions",
    example={"items": [EXAMPLE], "next": "WyI5ZjJjIiwiMjAyNi0xMS0yMCIsOTAyMTBd"},
)  # fmt: skip
def list_transactions(request: HttpRequest, ctx: Context, asked: Query[TransactionsAsked]) -> dict[str, Any]:
    """Newest booking day first. What is recorded later for days that were read already is not met again: to keep up,
    ask anew for the days that an import names."""
    question = asked.dict(exclude={"cursor", "limit"})
    place = read_cursor(question, asked.cursor, str, int)
    wanted = _filter(ctx, asked)
    if wanted is None:
        return {"items": [], "next": None}
    found = list_lines(ctx, wanted, older_than=_place(asked.cursor, place), limit=asked.limit)
    last = found.rows[-1] if found.rows else None
    more = write_cursor(question, [last.booked_on.isoformat(), last.id]) if last and found.has_older else None
    return {"items": _lines(ctx, found.rows), "next": more}


@reads(
    router, "/transactions/{int:transaction_id}", scope=VIEW, answer=Transaction, summary="One transaction",
    example=EXAMPLE,
)  # fmt: skip
def read_transaction(request: HttpRequest, ctx: Context, transaction_id: Number) -> dict[str, Any]:
    line = explain_line(ctx, transaction_id)
    if line is None:
        raise NotFound(transaction=transaction_id)
    access_account(ctx, line.account_id, VIEW)
    row = LineRow(
        line.id, line.booked_on, line.time, line.value_date, line.account_id, line.counterparty, line.description,
        line.amount_minor, line.balance_minor, line.file_id is None,
    )  # fmt: skip
    return _lines(ctx, [row])[0]


def _place(cursor: str, place: list[Any] | None) -> Place | None:
    if place is None:
        return None
    try:
        return Place(date.fromisoformat(place[0]), place[1])
    except ValueError:
        raise CursorUnfit(cursor) from None


def _filter(ctx: Context, asked: TransactionsAsked) -> LineFilter | None:
    """None when the account is not there, or is not this token's to see: then no line fits."""
    currency = asked.currency or ""
    if asked.account is not None:
        try:
            held = access_account(ctx, asked.account, VIEW).currency
        except NotFound:
            return None
        if currency not in ("", held):
            return None
        currency = held
    if not currency and (asked.min is not None or asked.max is not None):
        currency = the_group_of(ctx).base_currency
    least = None if asked.min is None else at_least(asked.min, currency)
    most = None if asked.max is None else at_most(asked.max, currency)
    return LineFilter(
        None if asked.account is None else (asked.account,), asked.from_, asked.to, least, most, asked.direction or "",
        asked.text, asked.company, asked.bank, "" if asked.account is not None else currency,
    )  # fmt: skip


def _lines(ctx: Context, rows: list[LineRow]) -> list[dict[str, Any]]:
    clock = Clock(ctx)
    details = line_details(row.id for row in rows)
    currencies = {
        id: name.currency for id, name in account_names(ctx, [row.account_id for row in rows]).items()
    }
    return [_line(row, details[row.id], currencies[row.account_id], clock) for row in rows]


def _line(row: LineRow, more: LineDetails, currency: str, clock: Clock) -> dict[str, Any]:
    return {
        "id": row.id, "account": row.account_id, "booked_on": row.booked_on.isoformat(),
        "booked_time": row.time.isoformat() if row.time else None, "value_date": day_text(row.value_date),
        "amount": amount_text(row.amount_minor, currency), "currency": currency,
        "balance": amount_text(row.balance_minor, currency), "counterparty": row.counterparty,
        "counterparty_account": more.counterparty_account, "description": row.description,
        "reference": more.reference, "bank_reference": more.bank_reference,
        "state": "superseded" if more.superseded else "manual" if row.manual else "booked",
        "recorded_at": clock(more.recorded_at), "statement": more.file_id,
    }  # fmt: skip

"""Accounts: the list and one, with the newest balance and what is missing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from moa.accounts.overview import AccountRow, list_accounts
from moa.accounts.permissions import VIEW
from moa.accounts.queries import account_ids_after
from moa.control.context import Context
from moa.control.moments import Clock
from moa.entry.api.paging import Paged, read_cursor, write_cursor
from moa.entry.api.routes import reads
from moa.entry.api.values import (
    AmountText,
    Code,
    CurrencyCode,
    DayText,
    MomentText,
    Number,
    amount_text,
    day_text,
)
from moa.kernel.errors import NotFound

router = Router(tags=["accounts"])


class Account(Schema):
    id: int
    number: str
    name: str
    holder: str
    kind: str
    currency: str
    bank: str = Field(description="Country and code of the bank", examples=["KR004"])
    bank_name: str
    company: str = Field(description="Code of the company")
    company_name: str
    unit: str
    opened_on: DayText | None
    closed_on: DayText | None = Field(description="The first day without the account")
    balance: AmountText | None = Field(description="The newest known balance; null before the first")
    balance_date: DayText | None
    received_at: MomentText | None = Field(description="When the bank's last word on it came in")
    covered_until: DayText | None = Field(description="The last day that statements cover")
    freshness: str = Field(description="fresh, late, overdue or never")
    missing_days: list[DayText] = Field(description="Business days of the last 30 without a statement")


class AccountPage(Schema):
    items: list[Account]
    next: str | None


class AccountsAsked(Paged):
    currency: CurrencyCode | None = None
    company: Code = Field("", description="Code of a company")
    bank: Code = Field("", description="Country and code of a bank", examples=["KR004"])


EXAMPLE: dict[str, Any] = {
    "id": 17, "number": "402-7715-4182", "name": "운영", "holder": "해온정밀", "kind": "operating",
    "currency": "KRW", "bank": "KR004", "bank_name": "KB국민", "company": "PREC", "company_name": "해온정밀", "unit": "PREC",
    "opened_on": "2013-06-11", "closed_on": None, "balance": "125000000", "balance_date": "2026-11-20",
    "received_at": "2026-11-21T07:02:11+09:00", "covered_until": "2026-11-20", "freshness": "fresh", "missing_days": [],
}  # fmt: skip


@reads(
    router, "/accounts", scope=VIEW, answer=AccountPage, summary="Accounts",
    example={"items": [EXAMPLE], "next": None},
)  # fmt: skip
def list_accounts_(request: HttpRequest, ctx: Context, asked: Query[AccountsAsked]) -> dict[str, Any]:
    """The accounts that the token may see, in the order of their numbers here."""
    question = ["accounts", asked.currency, asked.company, asked.bank]
    place = read_cursor(question, asked.cursor, int)
    ids = account_ids_after(
        ctx, place[0] if place else 0, limit=asked.limit + 1, currency=asked.currency or "",
        company=asked.company, bank=asked.bank,
    )  # fmt: skip
    shown = ids[: asked.limit]
    rows = sorted(list_accounts(ctx, ids=shown), key=lambda row: row.id) if shown else []
    more = write_cursor(question, [shown[-1]]) if len(ids) > asked.limit else None
    return {"items": [_account(row, Clock(ctx)) for row in rows], "next": more}


@reads(
    router, "/accounts/{int:account_id}", scope=VIEW, answer=Account, summary="One account", example=EXAMPLE
)
def read_account(request: HttpRequest, ctx: Context, account_id: Number) -> dict[str, Any]:
    """An account that is absent and one that the token may not see are the same 404."""
    row = next(iter(list_accounts(ctx, ids=[account_id])), None)
    if row is None:
        raise NotFound(account=account_id)
    return _account(row, Clock(ctx))


def _account(row: AccountRow, clock: Clock) -> dict[str, Any]:
    return {
        "id": row.id, "number": row.number, "name": row.name, "holder": row.holder, "kind": row.kind,
        "currency": row.currency, "bank": row.bank_key, "bank_name": row.bank, "company": row.company_key,
        "company_name": row.company, "unit": row.unit_key, "opened_on": day_text(row.opened_on),
        "closed_on": day_text(row.closed_on), "balance": amount_text(row.balance_minor, row.currency),
        "balance_date": day_text(row.balance_date), "received_at": clock.maybe(row.received_at),
        "covered_until": day_text(row.covered_until), "freshness": row.freshness,
        "missing_days": [day.isoformat() for day in row.missing],
    }  # fmt: skip

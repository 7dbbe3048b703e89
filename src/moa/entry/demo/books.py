"""The demo's settlement centre: its book, accounts for every member, and leave for files given to a command."""

from __future__ import annotations

from datetime import date
from typing import Any

from moa.control.context import Context
from moa.control.models import Unit
from moa.control.queries import context_for_login
from moa.entry.staff import agree
from moa.kernel.calendar_data import published_calendar
from moa.ledger.models import Book
from moa.ledger.operations.agree_standing_order import (
    NewStandingOrder,
)
from moa.ledger.operations.give_account import give_account
from moa.ledger.operations.load_accounts import AccountRow, load_accounts
from moa.ledger.operations.set_up_book import NewBook, set_up_book
from moa.ledger.rules.acts import CLOSE, FILE, LOAD_ACCOUNTS, RULE

BOOK = "SC"
_NAMES = {"ko": "그룹 결제센터", "zh-hans": "集团结算中心", "en": "Group settlement centre"}
# One account under each of these subjects, besides those of the members and of the centre's own bank accounts.
_OWN = (
    ("224101", "가수금", None), ("3001", "청산", None), ("4001", "납입자본금", None), ("4103", "당기순이익", None), ("6011", "대출 이자수익", None),
    ("6021", "이체 수수료수익", None), ("6411", "예금 이자비용", None), ("6421", "은행 수수료비용", None),
    ("6602", "업무관리비", None),
)  # fmt: skip


def first_day(today: date) -> date:
    """The business day that the centre has open: today, or the next one after it."""
    calendar = published_calendar("KR", {})
    return today if calendar.is_business_day(today) else calendar.next_business_day(today)


def begins_on(today: date) -> date:
    """The day that is booked and closed before the centre's open day."""
    return published_calendar("KR", {}).previous_business_day(first_day(today))


def make_books(ctx: Context, manifest: dict[str, Any], units: dict[str, Unit]) -> Book:
    """The centre in won, its first day open: the treasurer files the standing order, the head of finance agrees."""
    holding = manifest["companies"][0]["code"]
    book = set_up_book(
        ctx,
        new=NewBook(
            code=BOOK, name=_NAMES["ko"], names=_NAMES, unit_id=units[holding].id, functional_currency="KRW",
            first_day=begins_on(ctx.today), is_default=True,
        ),
    )  # fmt: skip
    since = begins_on(ctx.today)
    _agree(
        ctx,
        book,
        NewStandingOrder("FILES", "명령으로 주는 계정·전표 파일의 자동 기장", (FILE, LOAD_ACCOUNTS), since),
    )
    _agree(ctx, book, NewStandingOrder("BANK-LINES", "규칙에 따른 은행 거래의 자동 기장", (RULE,), since))
    _agree(ctx, book, NewStandingOrder("CLOSING", "연 마감의 손익 대체", (CLOSE,), since))
    load_accounts(ctx, book, _accounts(manifest, holding))
    for company in manifest["companies"]:
        if company["code"] != holding:
            give_account(ctx, book, f"201101-{company['code']}", units[company["code"]].id)
    return book


def _agree(ctx: Context, book: Book, new: NewStandingOrder) -> None:
    maker, checker = (
        context_for_login(login, at=ctx.at, channel="command") for login in ("treasurer", "approver")
    )
    agree(maker, checker, book, new)


def _accounts(manifest: dict[str, Any], holding: str) -> list[AccountRow]:
    rows: list[tuple[str, str, str, int | None]] = [
        (f"1002-{account['number'][-6:]}", f"{account['holder']} {account['nickname']}", "1002", None)
        for account in manifest["accounts"]
        if account["company"] == holding and account["currency"] == "KRW"
    ]
    rows += [
        (f"201101-{company['code']}", f"{company['name']} 요구불예금", "201101", 0)
        for company in manifest["companies"]
        if company["code"] != holding
    ]
    rows += [(f"{subject}-00", name, subject, floor) for subject, name, floor in _OWN]
    return [
        AccountRow(f"demo {code}", code, name, subject, "KRW", floor) for code, name, subject, floor in rows
    ]

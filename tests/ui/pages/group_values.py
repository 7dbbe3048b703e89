"""Sample values for the pages of a believable group: the moment, the shell, the dashboard, the position, accounts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace as Values
from zoneinfo import ZoneInfo

from moa.ui.shell import Shell, User, menu
from tests.ui.pages import list_values as lists

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 6, 24, 10, 41, tzinfo=SEOUL)
TODAY = NOW.date()
URLS = {
    "today": "/", "approvals": "/approvals", "position": "/position", "accounts": "/accounts", "imports": "/imports",
    "kftc": "/kftc", "rates": "/rates", "calendar": "/calendar", "audit": "/audit",
}  # fmt: skip


def at(day: int, hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, second, tzinfo=SEOUL)


def june(day: int) -> date:
    return date(2026, 6, day)


def shell() -> Shell:
    return Shell(
        now=NOW, today=TODAY, group_name="해온그룹", as_of=NOW, late_banks=2, user=User("정하은", "자금팀 팀장"),
        menu=menu(URLS, {"approvals": 7, "imports": 1}, frozenset({"approvals"})), request_id="01JYSAMPLE", unread=3,
    )  # fmt: skip


def position() -> Values:
    return Values(
        date=TODAY, base_currency="KRW", total_minor=145_045_054_576, previous_date=june(23), known_at=None,
        change_minor=-2_318_400_120, change_ratio=Decimal("-0.0157"), companies=8, accounts=24, banks=9,
        currencies=[
            Values(currency="KRW", balance_minor=126_741_831_445, base_minor=126_741_831_445, rate=None, rate_date=None,
                   accounts=21, share=Decimal("0.8738")),
            Values(currency="USD", balance_minor=621_488_012, base_minor=8_592_071_766, rate=Decimal("1382.50"),
                   rate_date=june(23), accounts=2, share=Decimal("0.0592")),
            Values(currency="CNY", balance_minor=5_042_134_665, base_minor=9_711_151_365, rate=Decimal("192.60"),
                   rate_date=june(23), accounts=1, share=Decimal("0.067")),
        ],
        missing_rates=[], old_sources=[Values(bank="NH농협", as_of=at(23, 18, 2)), Values(bank="하나", as_of=june(22))],
    )  # fmt: skip


def curve(by: str) -> Values:
    days = [date(2026, 5, 26) + timedelta(day) for day in range(30)]
    names = ["KB국민", "신한", "하나", "우리", "中国银行", ""]
    series = [
        Values(key="rest" if place == 5 else name, name=name, count=4,
               figures=[(6 - place) * 10**10 + (day % 7) * 10**9 for day in range(30)])
        for place, name in enumerate(names)
    ]  # fmt: skip
    return Values(
        by=by, choices=["bank", "company", "currency"], days=days, series=series,
        totals=[sum(one.figures[day] for one in series) for day in range(30)],
        marks=[Values(date=june(10), kind="tax", text=""), Values(date=june(19), kind="missing", text="우리 내역 없음")],
    )  # fmt: skip


def strip(*missing: int) -> list[Values]:
    return [
        Values(date=june(day), state="missing" if day in missing else "closed" if day == 22 else "ok")
        for day in (11, 12, 15, 16, 17, 18, 19, 22, 23, 24)
    ]


def dashboard(first_use: bool = False, by: str = "bank") -> dict:
    if first_use:
        return {"first_use": True}
    freshness = ["late", "fresh", "fresh", "overdue", "fresh", "never"]
    banks = [
        Values(key=name, name=name, accounts=place + 1, base_minor=(6 - place) * 10**10, share=Decimal("0.284"),
               received_at=None if age == "never" else at(23, 18, 2), freshness=age, missing_days=place % 3,
               colour=place + 1, url="/accounts")
        for place, (name, age) in enumerate(
            zip(["KB국민", "신한", "하나", "우리", "中国银行", "KDB산업"], freshness, strict=True))
    ]  # fmt: skip
    reasons = ["refused", "silent", "gap", "unknown"]
    missing = [
        Values(company="해온정밀" if place else "海温精密(苏州)", bank="우리", account_end="1320", url="/accounts/1",
               strip=strip(19, 23), dates=[june(19), june(23)], reason=reason, file_url="/imports/1", error_count=8)
        for place, reason in enumerate(reasons)
    ]  # fmt: skip
    kinds = ["refused", "parked", "conflict", "approval", "rate", "overdue", "moved", "large", "notice"]
    todo = [
        Values(kind=kind, at=at(24, 9, 1) if place else None, title="우리_471320.csv", detail="", count=8, url="/imports/1")
        for place, kind in enumerate(kinds * 2)
    ]  # fmt: skip
    return {
        "first_use": False, "position": position(), "curve": curve(by), "banks": banks, "todo": todo,
        "missing": Values(from_date=june(11), to_date=TODAY, days_total=10, accounts=4, days=8, rows=missing),
    }  # fmt: skip


def position_page() -> dict:
    now = position()
    now.missing_rates = [Values(currency="EUR", accounts=1, balance_minor=120_000)]
    rows = [
        Values(key=name, label=name, sub="", currency=currency, balance_minor=10**9, base_minor=base, rate=rate,
               rate_date=june(23), as_of=june(day), received_at=at(24, 8, 38), freshness="late", accounts=2, url=url)
        for name, currency, base, rate, day, url in [
            ("KB국민", "KRW", 10**9, None, 24, "/accounts"), ("中国银行", "CNY", 2 * 10**9, Decimal("192.6"), 23, ""),
            ("하나", "EUR", None, None, 24, "")]
    ]  # fmt: skip
    difference = Values(
        account="운영", bank="KB국민", account_end="4182", currency="KRW", before_minor=None, after_minor=5,
        file="KB_4182.csv", file_url="/imports/1", place="line 214", account_url="/accounts/1",
    )  # fmt: skip
    return {
        "position": now, "by": "bank", "rows": rows, "errors": {"date": "?"}, "query": {"date": "2026-06-31"},
        "by_urls": dict.fromkeys(("company", "unit", "bank", "currency", "account", "group"), "?"),
        "companies": [("1", "해온정밀")], "banks": [("kb", "KB국민")],
        "compare": Values(early=at(23, 18, 0), late=at(24, 8, 0), number=2, before_total_minor=1, after_total_minor=6, differences=[difference]),
    }  # fmt: skip


def accounts_page() -> dict:
    """The frame of the list with sample rows; the cells of accounts themselves are looked at in the journeys."""
    return {
        "table": lists.lines(20, NOW), "may_open": True, "here": "accounts",
        "parked": [Values(account="123-910022-86610", file_url="/imports/2", open_url="/accounts/open")],
    }  # fmt: skip


CHOICES = Values(
    accounts=[], companies=[("1", "해온정밀")], banks=[("kb", "KB국민")], currencies=[("KRW", "KRW")]
)
ACCOUNT = Values(
    id=1, name="운영", bank="KB국민", number="478201-04-114182", account_end="4182", kind="operating", currency="KRW",
    company="해온정밀", unit="해온정밀", holder="해온정밀(주)", opened_on=date(2019, 3, 4), closed_on=None,
    balance_minor=3_854_015_918, balance_date=june(23), received_at=at(24, 8, 38), freshness="late", missing=[june(19)],
    provisional_count=2, may_enter=True,
)  # fmt: skip


_ROW = Values(
    sheet="거래내역", number=214, refusal="",
    cells=[("A", "거래일자", "2026-06-23"), ("B", "적요", "펌이체"), ("C", "", "62480000"), ("D", "거래점", "")],
)  # fmt: skip


def explained(number: int, state: str = "booked") -> Values:
    return Values(
        id=number, booked_on=june(23), time=time(15, 12, 44), value_date=june(23), recorded_at=at(24, 8, 39, 2),
        currency="KRW", direction="debit", amount_minor=62_480_000, counterparty=f"대성금속공업 {number}",
        counterparty_account="", description="PO2606220117", reference="R1", bank_reference="0048213", bank="KB국민",
        account_end="4182", account_name="운영", company="해온정밀", state=state,
        file=Values(id=1, name="KB_4182.csv", received_at=at(24, 8, 38, 20), by="정하은", channel="web", sha256="9f" * 32,
                    url="/imports/1"),
        record=Values(place="line 214", encoding="CP949", text="2026-06-23,펌이체,PO2606220117,62480000", marks=[[15, 27]],
                      row=_ROW if state == "booked" else None),
        statement=Values(from_date=june(23), to_date=june(23), reference="7"),
        manual=Values(maker="박서연", approver="한도윤", at=at(24, 9, 1), approval_url="/approvals/1")
        if state == "manual" else None,
        superseded_by=Values(file="reissue.xml", at=at(24, 9, 1), url="/imports/6") if state == "superseded" else None,
        before_minor=3_933_684_118, balance_minor=3_871_204_118, stated=True, next_agrees=True,
        details=[Values(amount_minor=62_480_000, currency="KRW", direction="debit", counterparty="대성", description="")],
        history=[Values(at=at(24, 8, 39), code="stored", who="정하은")],
    )  # fmt: skip


def transactions(
    *, account: Values | None = None, tab: str = "lines", rows: int = 20, opened: int = 0
) -> dict:
    statements = [
        Values(id=1, from_date=june(22), to_date=june(23), opening_minor=5, closing_minor=None, entries=2, file="a.csv",
               file_url="/imports/1", received_at=at(24, 8, 38), state=state, gap_minor=-1_210_000)
        for state in ("complete", "gap_before", "provisional", "superseded")
    ]  # fmt: skip
    return {
        "account": account, "tab": tab, "table": lists.lines(rows, NOW, "?tab=lines" if account else "", str(opened or "")),
        "base_currency": "KRW", "statements": statements, "strip": strip(19),
        "selected": explained(opened) if opened else None,
    }  # fmt: skip

"""Sample values for the pages where work is done: import, one file, contradiction, entry by hand, rates."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal
from types import SimpleNamespace as Values

from django import forms

from moa.accounts.web.imports_table import IMPORTS
from moa.control.web.views_audit import TRAIL
from moa.ui.fields import AmountField, DayField, FilesField
from moa.ui.seen import SeenForm
from tests.ui.pages.group_values import ACCOUNT, NOW, TODAY, at, june
from tests.ui.pages.list_values import sample


class Upload(forms.Form):
    files = FilesField(label="파일")
    once = forms.CharField(widget=forms.HiddenInput)
    account = forms.ChoiceField(label="계좌", required=False, choices=[("", "—")])
    profile = forms.ChoiceField(label="열 구성", required=False, choices=[("", "—")])
    password = forms.CharField(label="암호", required=False, widget=forms.PasswordInput)


class SignIn(forms.Form):
    username = forms.CharField(label="아이디")
    password = forms.CharField(label="비밀번호", widget=forms.PasswordInput)
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class OpenAccount(forms.Form):
    unit = forms.ChoiceField(label="회사", choices=[("1", "해온정밀")])
    bank = forms.ChoiceField(label="은행", choices=[("kb", "KB국민")])
    number = forms.CharField(label="계좌번호", help_text="예: 478201-04-114182")
    currency = forms.ChoiceField(label="통화", choices=[("KRW", "KRW")])
    kind = forms.ChoiceField(label="종류", choices=[("operating", "운영")])
    opened_on = DayField(label="개설일")
    name = forms.CharField(label="별칭", required=False)
    note = forms.CharField(label="메모", required=False, widget=forms.Textarea)


class Decide(forms.Form):
    decision = forms.ChoiceField(
        label="판단", choices=[("keep", "그대로"), ("replace", "바꿈")], widget=forms.RadioSelect
    )
    reason = forms.CharField(label="사유", widget=forms.Textarea)


class ByHand(forms.Form):
    mode = forms.ChoiceField(
        label="무엇", choices=[("lines", "거래"), ("balance", "잔액")], widget=forms.RadioSelect
    )
    balance_date = DayField(label="날짜", required=False)
    balance = AmountField(label="잔액", required=False)
    lines = forms.CharField(label="거래", required=False, widget=forms.Textarea, help_text="날짜, 금액, 적요")
    note = forms.CharField(label="출처", required=False)


class Rate(SeenForm):
    currency = forms.ChoiceField(label="통화", choices=[("USD", "USD")])
    rate_date = DayField(label="날짜")
    rate = AmountField(label="환율")
    source_name = forms.CharField(label="출처")


class RateFile(forms.Form):
    file = forms.FileField(label="파일")


class ChangedDay(SeenForm):
    date = DayField(label="날짜")
    kind = forms.ChoiceField(label="종류", choices=[("closed", "휴일")])
    name = forms.CharField(label="이름")
    reason = forms.CharField(label="사유")


PARKED = Values(
    account="123-910022-86610", bank="하나", holder="해온트레이딩(주)", currency="KRW", from_date=june(22), to_date=TODAY,
    entries=131, file="하나_0624.xlsx", file_url="/imports/2", open_url="/accounts/open",
)  # fmt: skip
CONFLICT = Values(
    id=1, account_name="해온푸드", account_end="0917", date=june(22), count=3, url="/conflicts/1"
)
WHOLE = Values(first=1, last=3, count=3, capped=False, next_url="?older=1", previous_url=None)


def file(number: int, state: str) -> Values:
    return Values(
        id=number, name=f"우리_47132{number}.csv", bytes=38_412, received_at=at(24, 10, 37), by="정하은", channel="web",
        format="" if state == "failed" else "csv", profile="woori", encoding="CP949", accounts=["해온정밀 ···1320"] * 3,
        from_date=june(19), to_date=june(19), entries_new=212, entries_known=3, errors=8 if state == "refused" else 0,
        parked=0, conflicts=0, state=state, sha256="9f" * 32, lines=212, kept_until=None, kept_raw=number != 9,
        duplicate_of=Values(id=3, name="first.csv", received_at=at(23, 9, 1)) if state == "duplicate" else None,
    )  # fmt: skip


def job(state: str = "reading") -> Values:
    values = {
        "id": 9, "name": "2026H1.sta", "state": state, "done": 41_200, "total": 100_000, "unit": "entries",
        "per_second": 18_400, "ends_at": at(24, 10, 46), "started_at": NOW,
        "import": None if state == "reading" else file(9, state),
    }  # fmt: skip
    return Values(**values)


def imports_page(*, empty: bool = False) -> dict:
    states = ["received", "stored", "duplicate", "refused", "parked", "conflict", "provisional", "reading"]
    rows = [
        IMPORTS.row_type(
            id=number, bytes=38_412, to_date=june(19), received=at(24, 10, 37), file=f"우리_47132{number}.csv",
            accounts='["해온정밀 ···1320", "苏州宏泰 ···2207", "3"]', period=june(19), new=212, known=3, state=state, by="정하은",
            format="" if state == "received" else "csv", profile="woori", encoding="CP949",
            errors=8 if state == "refused" else 0, sha256="9f" * 32,
        )
        for number, state in enumerate([] if empty else states, 1)
    ]  # fmt: skip
    return {
        "form": Upload(), "limit_bytes": 200_000_000, "running": [] if empty else [job()],
        "table": sample(IMPORTS, rows, NOW), "here": "imports", "parked": [] if empty else [PARKED],
        "conflicts": [] if empty else [CONFLICT], "may_upload": True,
    }  # fmt: skip


def imported_page(state: str) -> dict:
    def found(line: int, field: str, value: str, code: str, group: str) -> Values:
        return Values(
            n=line,
            code=code,
            place=f"line {line}",
            line=line,
            field=field,
            value=value,
            group=group,
            facts={},
        )

    refused = state == "refused"
    errors = [
        found(18, "거래일자", "2026-06-31", "date_impossible", "form"),
        found(47, "출금금액", "125000O", "amount_unreadable", "form"),
        found(101, "출금·입금", "40,000 / 40,000", "both_sides", "content"),
        found(212, "마감 잔액", "<b>2,487</b>", "balance_mismatch", "balance"),
    ]
    raw = Values(
        line=47, first=46, last=48, previous_url="?at=18", next_url="?at=101",
        lines=[Values(number=46, text="2026-06-19,카드대금,0,2610000", wrong=False, mark=None),
               Values(number=47, text="2026-06-19,펌이체,125000O,0", wrong=True, mark=[15, 22]),
               Values(number=48, text="2026-06-19,자동이체,3318420,0", wrong=False, mark=None)],
    )  # fmt: skip
    check = Values(
        account_end="1320", company="해온정밀", currency="KRW", opening_minor=10, opening_known_minor=9, opening_date=None,
        credits=131, credits_minor=5, debits=80, debits_minor=3, computed_minor=12, closing_minor=11 if refused else 12,
        difference_minor=-1 if refused else 0,
    )  # fmt: skip
    stored = Values(
        account_end="1320", company="해온정밀", url="/accounts/1", from_date=june(19), to_date=june(19), opening_minor=10,
        closing_minor=12, currency="KRW", entries_new=212, entries_known=3, state="stored",
    )  # fmt: skip
    return {
        "file": file(9 if state == "failed" else 1, state), "job": job() if state == "reading" else None,
        "errors": errors if refused else [], "warnings": [found(20, "거래점", "본점", "column_unknown", "form")],
        "error_count": 8 if refused else 0, "fine_entries": 204 if refused else None, "order": "line",
        "raw": raw if refused else None, "checks": [check], "statements": [] if refused else [stored],
        "fills": [Values(company="해온정밀", bank="우리", account_end="1320", dates=[june(day) for day in range(1, 8)])],
        "parked": [PARKED] if state == "parked" else [], "conflicts": [CONFLICT] if state == "conflict" else [],
        "point_url": "/imports/profiles/sample/1" if refused else "", "columns_unknown": refused,
        "may_upload": True, "form": Upload(), "limit_bytes": 200_000_000,
    }  # fmt: skip


def conflict_page(state: str) -> dict:
    def side(debit: int | None, credit: int | None) -> Values:
        return Values(booked_on=june(22), time=None, description="원당", counterparty="한빛제당", debit_minor=debit,
                      credit_minor=credit, balance_minor=None, place="Ntry[3]")  # fmt: skip

    return {
        "conflict": Values(
            id=1, account_name="운영", bank="NH농협", account_end="0917", company="해온푸드", currency="KRW", state=state,
            found_at=at(23, 17, 40), stored=Values(file="a.xml", received_at=at(22, 18, 0), url="/imports/3"),
            incoming=Values(file="b.xml", received_at=at(23, 17, 39), url="/imports/6"), from_date=june(22),
            to_date=june(22), decided_by="정하은", decided_at=at(24, 9, 0), reason="은행 확인"),
        "pairs": [Values(date=june(22), stored=side(96_250_000, None), incoming=side(95_260_000, None), differs=["amount"]),
                  Values(date=june(22), stored=None, incoming=side(None, 5), differs=["absent"])],
        "effect": Values(closing_stored_minor=6_105_338_020, closing_incoming_minor=6_108_938_020),
        "form": Decide(), "may_decide": True, "blocked": None,
    }  # fmt: skip


def manual_page() -> dict:
    problem = Values(code="date_impossible", field="date", value="2026-06-31")
    understood = [
        Values(n=number, booked_on=None if problem else june(24), value_date=None, description="이체", counterparty="한빛",
               debit_minor=None if problem else 5, credit_minor=None, balance_minor=None, problem=problem)
        for number, problem in [(1, None), (2, problem)]
    ]  # fmt: skip
    return {
        "account": ACCOUNT, "form": ByHand({"mode": "lines", "balance": "(12,000)"}), "understood": understood,
        "waiting": [Values(id=1, mode="lines", submitted_at=at(24, 9, 1), maker="박서연", url="/approvals/1")],
    }  # fmt: skip


def open_page(*, refused: bool = False) -> dict:
    source = Values(
        file="하나_0624.xlsx", file_url="/imports/2", holder="해온트레이딩(주)", number="123-910022-86610",
        from_date=june(22), to_date=TODAY, entries=131, opening_minor=1, closing_minor=None, currency="KRW",
    )  # fmt: skip
    return {
        "form": OpenAccount({"opened_on": "2026-02-30"}) if refused else OpenAccount(),
        "source": None if refused else source,
        "hints": [Values(code="account_length_unusual", field="number", value="1")],
    }


def audit_page(*, empty: bool = False) -> dict:
    before = '{"state": "reading", "sha256": "' + "ab" * 32 + '"}'
    rows = [
        TRAIL.row_type(
            id=number, kind=kind, subject_type=subject, subject_id=str(number), before=before, after='{"state": "stored", "lines": 3}',
            at=at(24, 10, 37, 12), who="정하은", code="accounts.file.stored", channel="web", request="r1",
        )
        for number, (kind, subject) in enumerate(
            (("person", "statement_file"), ("machine", "statement_file"), ("system", "사업장"))
        )
    ]  # fmt: skip
    return {"table": sample(TRAIL, [] if empty else rows, NOW), "here": "audit"}


def rates_page() -> dict:
    def rate(currency: str, day: int, superseded: bool = False) -> Values:
        return Values(date=june(day), rate_date=june(day), currency=currency, rate=Decimal("1382.50"), units=100,
                      source="file", source_name="매매기준율", by="정하은", at=at(day, 9, 2), age_days=24 - day,
                      superseded=superseded)  # fmt: skip

    return {
        "date": TODAY, "base_currency": "KRW", "latest": [rate("USD", 23), rate("JPY", 17)],
        "rows": [rate("USD", 23), rate("USD", 22, superseded=True)], "page": WHOLE, "form": Rate(), "may_enter": True,
        "upload_form": RateFile(), "filed": Values(id=12), "missing": [Values(currency="EUR", accounts=1)],
        "problems": [Values(code="amount_unreadable", place="line 3", field="rate", value="1,38x")],
    }  # fmt: skip


def calendar_page() -> dict:
    kinds = {1: "public", 2: "bank", 3: "makeup", 4: "override_closed", 5: "override_open"}
    months = [
        Values(month=month, weeks=[
            [Values(date=day if day.month == month else None, name="신정" if day.day == 1 else "",
                    kind=kinds.get(day.day, "weekend" if day.weekday() > 4 else "work")) for day in week]
            for week in calendar.Calendar().monthdatescalendar(2026, month)])
        for month in range(1, 13)
    ]  # fmt: skip
    days = [
        Values(date=date(2026, 1, day), kind=kind, name="신정", source="override" if day > 3 else "holidays", by="정하은",
               at=NOW, reason="공고", id=day)
        for day, kind in kinds.items()
    ]  # fmt: skip
    return {
        "year": 2026, "years": [2025, 2026, 2027], "country": "KR", "may_edit": True, "estimated": True,
        "countries": [Values(code="KR", name="한국"), Values(code="CN", name="中国")], "months": months, "days": days,
        "form": ChangedDay(), "filed": None,
    }  # fmt: skip

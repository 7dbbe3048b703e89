"""Sample values of the pages of reconciliation: lines of a day, one line, linking by hand, suspense, rules."""

from __future__ import annotations

import json
from types import SimpleNamespace as Values
from typing import Any

from moa.reconciliation.clearing_candidates import ClearingVoucher
from moa.reconciliation.web.forms import AssignForm, ItemForm, ItemsForm, RuleForm
from moa.reconciliation.web.lines_table import LINES
from moa.reconciliation.web.rules_table import RULES
from moa.reconciliation.web.suspense_table import SUSPENSE
from moa.reconciliation.web.views_match import SoughtForm
from tests.ui.pages import list_values as lists
from tests.ui.pages.group_values import NOW, TODAY, at, june

BOOK = Values(code="SC", name="그룹 결제센터", names={"en": "Settlement centre"}, functional_currency="KRW")
_ACCOUNTS = [("6602-00", "6602-00 업무관리비"), ("201101-HB", "201101-HB 한빛제당")]
_STATES = ("posted", "waiting", "suspense", "parked", "cleared", "ignored", "superseded", "unposted")


def _line(number: int, **more: Any) -> dict[str, Any]:
    state = _STATES[number % len(_STATES)]
    return {
        "id": number, "booked_on": june(24 - number % 3), "time": None, "account": "운영", "account_end": "0018",
        "counterparty": "서진물류" if number % 2 else "", "text": "인터넷이체 출장비", "amount_minor": -310_490 * number, "currency": "KRW",
        "state": state, "problem": "may_be_booked" if state == "parked" else "", "due_on": TODAY, "bank_day": june(23),
        "business_date": TODAY, "value_date": june(23), "late": number % 2 == 0, "rule": "STAFF", "version": 1, "voucher": 19,
        "memo": "출장비", "explained": True, **more,
    }  # fmt: skip


def lines_page(*, none: bool = False, everything: bool = False) -> dict[str, Any]:
    rows = [
        LINES.row_type(
            id=n, late=n % 2 == 0, rule_number=1, memo="출장비 6월", booked=june(24), account="1", counterparty="서진물류", text="인터넷이체",
            amount=-310_490 * n, currency="KRW", rule="STAFF", voucher=19 if n % 2 else None, business=TODAY, unit="자금팀",
            problem="may_be_booked" if n == 3 else "", state=state,
        )
        for n, state in enumerate(_STATES)
    ]  # fmt: skip
    lacks = [("", 0, 2, 0), ("gap", None, 0, 0), ("missing", None, 0, 0), ("", 100, 1, 100), ("", 100, 0, 0)]
    accounts = [
        {"name": "운영", "end": "0018", "currency": "KRW", "bank_minor": bank, "ledger_minor": 21_361_731_525, "lack": lack,
         "differences": differences, "difference_minor": 5_000, "rest_minor": rest}
        for lack, bank, differences, rest in lacks
    ]  # fmt: skip
    return {
        "table": lists.sample(LINES, [] if none else rows, NOW), "here": "reconciliation", "book": BOOK, "day": TODAY,
        "all_days": everything, "accounts": [] if none else accounts, "before": june(23), "after": june(25), "suspended": 2,
        "whole": not none,
        "may_run": True,
    }  # fmt: skip


def line_page(how: str) -> dict[str, Any]:
    """`how`: open, suspended or linked."""
    linked, suspended = how == "linked", how == "suspended"
    item = Values(
        cause="unknown",
        opened_on=june(20),
        due_on=june(26),
        state="open",
        owner=Values(name="최민재"),
        cleared_on=None,
        counter="",
    )
    rights = dict.fromkeys(
        ("may_confirm", "may_suspend", "may_post", "may_ignore"), not linked and not suspended
    )
    return {
        "book": BOOK, "line": _line(3, state="posted" if linked else "suspense" if suspended else "unposted", problem=""),
        "item": item if suspended else None, "open_request": Values(id=1) if suspended else None,
        "item_form": ItemForm(owners=[("1", "최민재")], initial={"owner": "1", "due_on": june(26)}) if suspended else None,
        "form": AssignForm(accounts=_ACCOUNTS), "unit": "자금팀", "confirmed_by": "정하은" if linked else "", "confirmed_at": NOW,
        "twins": [] if linked or suspended else [Values(voucher_id=19, business_date=june(23), amount_minor=5, memo="출장비")],
        "reason": "착오 송금" if linked else "", "matched": [Values(voucher_id=19, amount_minor=-5)] if linked else [],
        "clearings": [ClearingVoucher(21, 202606, june(24), "가수금 정리", 5, "201101-01")] if suspended else [],
        "may_clear": suspended, "may_unlink": linked, **rights,
    }  # fmt: skip


def match_page(*, none: bool = False, refused: bool = False) -> dict[str, Any]:
    links = [
        Values(id=1, account=Values(nickname="운영", number="220018")),
        Values(id=2, account=Values(nickname="집금", number="8")),
    ]
    rows = [] if none else [_line(n) for n in (1, 2, 3)]
    vouchers = (
        []
        if none
        else [
            Values(voucher_id=n, amount_minor=-310_490 * n, business_date=june(23), memo="출장비")
            for n in (19, 20)
        ]
    )
    match = Values(person=Values(name="정하은"), made_at=at(24, 9, 30), note="두 건을 한 번에")
    return {
        "book": BOOK, "links": links, "link": links[0], "may_match": True, "done": not refused and not none, "form": SoughtForm(),
        "refusal": Values(what="합계가 다릅니다", mend="다른 것을 고르세요") if refused else None, "currency": "KRW", "rows": rows,
        "vouchers": vouchers, "is_cut": refused, "chosen_rows": {1}, "chosen_vouchers": {19}, "bank_minor": -310_490,
        "book_minor": -5_899_310, "apart_minor": 5_588_820 if refused else 0,
        "pairings": [] if none else [{"lines": rows[:2], "vouchers": vouchers[:1], "minor": -931_470, "days": 1}],
        "matches": [] if none else [{"match": match, "lines": rows[:2], "vouchers": vouchers}],
    }  # fmt: skip


def suspense_page(*, none: bool = False) -> dict[str, Any]:
    rows = [
        SUSPENSE.row_type(
            id=n, since=june(10 + n), age=14 - n, counterparty="강현란", text="인터넷이체", account="운영", amount=291_390 * n, currency="KRW",
            cause="unknown" if n % 2 else "unconfirmed", unit="자금팀", owner="0", due=june(17 + n), state=state,
        )
        for n, state in enumerate(("overdue", "open", "cleared"), 1)
    ]  # fmt: skip
    ages = {"0-1": (0, 0), "2-7": (1, 291_390), "8-30": (2, 874_170), "31-90": (0, 0), "91+": (0, 0)}
    return {
        "table": lists.sample(SUSPENSE, [] if none else rows, NOW), "here": "reconciliation", "book": BOOK, "day": TODAY,
        "whole": not none, "ageing": {} if none else {"KRW": ages}, "done": 0 if none else 2,
    }  # fmt: skip


def assign_page(*, none: bool = False) -> dict[str, Any]:
    rows = [
        {"id": n, "since": june(10 + n), "due": june(17 + n), "amount_minor": 291_390 * n, "currency": "KRW",
         "owner": "최민재" if n > 1 else "", "who": "강현란"}
        for n in (1, 2)
    ]  # fmt: skip
    form = ItemsForm({"owner": "keep", "due_on": "x"} if not none else None, owners=[("1", "최민재")])
    return {"rows": [] if none else rows, "form": form, "sums": {"KRW": 874_170}, "left_out": int(not none)}


def rules_page(*, none: bool = False) -> dict[str, Any]:
    asked = {"bank": "KR004", "direction": "out", "text": "출장비", "least_minor": "1000"}
    rows = [
        RULES.row_type(
            id=n, position=n * 10, title="직원 경비", code="STAFF", number=2, conditions=json.dumps(asked), counter="6602-00",
            mode="confirm" if n % 2 else "post", unit="자금팀", since=june(1), maker="정하은", checker="한도윤", state=state,
        )
        for n, state in enumerate(("on", "on", "off"), 1)
    ]  # fmt: skip
    names = {"account_id": {}, "bank": {"KR004": "국민"}, "direction": {"in": "입금", "out": "출금"}}
    memo = {"rules.book": BOOK, "rules.names": names}
    return {
        "table": lists.sample(RULES, [] if none else rows, NOW, memo), "here": "reconciliation", "book": BOOK,
        "waiting": [] if none else [Values(id=1, content={"code": "FEES"}), Values(id=2, content={"code": "SALES"})],
        "may_propose": True,
    }  # fmt: skip


def rule_page(*, tried: bool = False) -> dict[str, Any]:
    form = RuleForm(
        {"code": ""} if tried else None, accounts=[("1", "운영")], books=_ACCOUNTS, units=[("1", "자금팀")],
        templates=[("receipt", "입금 (receipt)")], banks=[("KR004", "국민")],
    )  # fmt: skip
    line = Values(booked_on=june(3), account="운영", counterparty="", text="출장비", amount_minor=-5_000, currency="KRW", state="posted",
                  rule="STAFF.1", earlier="FEES.1")  # fmt: skip
    other = Values(**{**vars(line), "state": "", "earlier": "", "counterparty": "서진물류"})
    versions = [
        Values(
            code="STAFF", number=n, valid_from=june(n), counter="6602-00", recorded_at=at(2, 9, 0), content={}
        )
        for n in (2, 1)
    ]
    return {
        "book": BOOK, "code": "STAFF", "versions": versions, "form": form, "days": 90, "may_propose": True,
        "tried": Values(fits=2, taken=1, read=400, lines=[line, other]) if tried else None,
    }  # fmt: skip

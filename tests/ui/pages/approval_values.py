"""Sample values for the pages of approvals: the inbox, a batch and its sums, policies, deputies."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace as Values
from typing import Any

from django import forms

from moa.control.approval_subjects import Change, Fact
from moa.control.web.forms_policies import DeputyForm, GiveGradeForm, GradeForm, PolicyForm
from tests.ui.pages.group_values import TODAY, at, june

GRADES = [("any", "직급 무관"), ("team", "팀장"), ("head", "재무본부장")]


class Reason(forms.Form):
    reason = forms.CharField(label="사유", required=False)


def _entry(number: int, state: str, currency: str, **more: Any) -> Values:
    given = {
        "id": number, "kind": "manual_lines", "title": "中国银行 ···8841", "amount_minor": 184_800_000, "currency": currency,
        "unit": "해온정밀", "maker": "박서연", "submitted_at": at(24, 9, 26), "due_on": TODAY, "state": state, "lines": 12,
        "step": 1, "steps": 2, "overdue": False, "holds": 0, "ended": "open", "escalated": False, "rekey": False,
    }  # fmt: skip
    return Values(**given | more)


def _line(current: bool, approved: bool | None, **more: Any) -> Values:
    given = {
        "grade": "재무본부장", "review": "rekey", "current": current, "could": ["한도윤", "정하은", "최민재", "서민지"],
        "who": "", "principal": "", "at": None, "approved": approved, "reason": "", "batch": None,
    }  # fmt: skip
    return Values(**given | more)


def approvals_page(*, document: str = "", blocked: str | None = None, empty: bool = False) -> dict[str, Any]:
    rekey = document == "rekey"
    opened = _entry(
        1, "waiting" if rekey or document == "hold" else document, "KRW", title="KB국민", account_name="운영",
        account_number="478201-04-114182", fingerprint="b41e07c9" * 8, unchanged=not blocked, decided_by="한도윤",
        decided_at=at(24, 9, 30), reason="", note="화면을 보고 옮김", ground_url="/accounts/1", may_decide=not blocked,
        blocked=blocked, ended="open", is_maker=blocked == "maker", acts_for="정하은" if rekey else "",
        line=[_line(False, True, who="최민재", at=at(24, 9, 58)), _line(True, None), _line(False, None, could=[])],
        hold_list=[Values(reason="같은 금액의 지급이 결과 미확인입니다.", mend="근거를 보세요.", url="/", act="영업일 옮기기",
                          act_url="/ledger/vouchers/drafts/12/move", act_fields={"version": "1"})]
        if document == "hold" else [],
        rekey=(Values(code="amount", label="금액"), Values(code="account", label="계좌번호")) if rekey else (),
        differing=["금액"] if rekey else [], typed={"account": "478201"} if rekey else {},
        remarks=[Values(id=7, person=Values(name="한도윤"), recorded_at=at(24, 10, 1), text="왜 오늘입니까", answers_id=None)],
        answered=set(),
        facts=[Fact("은행이 답한 예금주", "한빛정밀", tone="failed", word="예금주가 다릅니다", pieces=(("한빛", False), ("정밀", True)), more="10:24"),
               Fact("한도", "5 / 10", links=(("P7", "/payments/7"),))],
        lines_are="legs" if rekey or document == "hold" else "bank",
        lines=[Values(date=june(23), value_date=june(20), description="가공비", counterparty="서진", debit_minor=5, tone="failed", word="예금주가 다릅니다",
                      credit_minor=None, balance_minor=None)],
        changes=[Change("이름", "대외 지급", "은행 지급"), Change("적요", "", "송금"), Change("종류", "출금", "출금"), Change("2행", "차변", "")],
        timeline=[Values(at=at(24, 9, 26), code="control.approval.submitted", who="박서연", text="")],
    )  # fmt: skip
    today = [
        _entry(1, "waiting", "KRW", rekey=rekey),
        _entry(2, "approved", "CNY"),
        _entry(4, "waiting", "KRW", holds=2, overdue=True),
    ]
    groups = [
        Values(label_kind="today", entries=today),
        Values(label_kind="older", entries=[_entry(3, "returned", "USD")]),
    ]
    return {
        "view": "mine", "counts": Values(mine=2, listed=4), "groups": [] if empty else groups, "form": Reason(),
        "last_done": Values(id=7, at=at(24, 10, 12), title="한빛제당"), "document": opened if document else None, "said": "",
        "reports": 2, "may_see_policies": True,
    }  # fmt: skip


def batch_page(*, empty: bool = False) -> dict[str, Any]:
    rows = [
        _entry(1, "waiting", "KRW", problem=""),
        _entry(2, "waiting", "USD", problem="rekey", rekey=True, due_on=None, unit=""),
    ]
    return {"rows": [] if empty else rows, "said": "아무것도 승인하지 않았습니다." if empty else ""}


def sums_page() -> dict[str, Any]:
    rows = [
        _entry(number, "waiting", "KRW", size=Values(amount_minor=5_000, currency="KRW", rekey=False))
        for number in (1, 2)
    ]
    return {
        "sheet": Values(count=2, without_amount=1, signed="37404264" * 8),
        "rows": rows,
        "sums": [("KRW", 10_000)],
    }


def policies_page(*, empty: bool = False) -> dict[str, Any]:
    bands = [
        {"up_to_minor": 1_000_000, "steps": [("팀장", "visual")]},
        {"up_to_minor": None, "steps": [("팀장", "visual"), ("재무본부장", "rekey")]},
    ]
    policy = Values(id=1, includes_lower=True, currency="KRW", valid_from=date(2026, 6, 1))
    row = Values(policy=policy, label="수기 입력", unit="", bands=bands)
    waiting = Values(id=3, content=Values(subject_type="ledger.account_change", valid_from="2026-07-01"))
    grades = [
        (Values(rank=1, name="팀장", names={}, code="team"), ["정하은"]),
        (Values(rank=2, name="재무본부장", names={}, code="head"), []),
    ]
    return {
        "policies": [] if empty else [row], "later": [] if empty else [row], "proposed": [] if empty else [waiting],
        "grades": [] if empty else grades, "may_change": True, "may_grade": True, "label_of": lambda code: "원장 계정",
        "grade_form": GradeForm(prefix="grade"),
        "give_form": GiveGradeForm(prefix="give", people=[("1", "정하은")], grades=[("", "—"), *GRADES[1:]]),
    }  # fmt: skip


def policy_new_page() -> dict[str, Any]:
    form = PolicyForm({"currency": "KRW"}, subjects=[("a", "수기 입력")], units=[("", "그룹 전체")])
    steps = [{"grade": "team", "review": "visual"}, {"grade": "", "review": "visual"}]
    rows = [{"number": number, "up_to": "", "steps": steps} for number in range(1, 6)]
    return {"form": form, "rows": rows, "grades": GRADES}


def deputies_page(*, empty: bool = False) -> dict[str, Any]:
    people = [("1", "정하은"), ("2", "한도윤")]
    row = Values(
        delegation=Values(id=4, valid_from=TODAY, reason="휴가"), principal="정하은", deputy="한도윤", last_day=TODAY,
        over=False, may_end=True,
    )  # fmt: skip
    decision = Values(id=9, request_id=2, approved=True, recorded_at=at(24, 9, 58))
    report = Values(decision=decision, title="KB국민", who="한도윤", kind="manual_lines")
    return {
        "rows": [] if empty else [row], "reports": [] if empty else [report], "may_name": True,
        "form": DeputyForm(initial={"valid_from": TODAY}, principals=people, deputies=people),
    }  # fmt: skip

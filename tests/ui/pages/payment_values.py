"""Sample values of the pages of payments, made with the product's own types."""

from __future__ import annotations

from types import SimpleNamespace as Values
from typing import Any

from moa.channels.protocol import Answered, Asked
from moa.channels.web.message_words import ANSWERED, LINES, SPEAKS
from moa.channels.web.views_lines import ConnectionForm, HttpConnectionForm
from moa.payments.account_then import AccountThen
from moa.payments.limit_words import scope_word
from moa.payments.preview import Preview, StepSeen
from moa.payments.proof_words import PROVES
from moa.payments.queries import BankPayee
from moa.payments.reading import Reading
from moa.payments.rules.duplicates import SAME_PAYMENT, Duplicate
from moa.payments.rules.limits import Limit, LimitScope, weigh
from moa.payments.rules.typed_orders import TypedOrder
from moa.payments.web.order_words import ATTEMPTS, HOLIDAYS, KNOWN, MOVES, PURPOSES, SAID, STATES, VERDICTS
from moa.payments.web.unknowns_table import UNKNOWNS
from moa.payments.web.views_limits import LimitForm
from moa.ui.problems import problem_text
from tests.ui.pages import list_values as lists
from tests.ui.pages.group_values import NOW, june

BOOK = Values(code="SC", name="그룹 결제센터", names={"zh-hans": "集团结算中心"})
FOOD = Values(id=4, code="201101-FOOD", name="해온푸드 요구불예금", currency="KRW", book=BOOK)
LOGI = Values(code="201101-LOGI", name="해온로지스 요구불예금", currency="KRW", book=BOOK)
TYPED = TypedOrder(
    "201101-FOOD", "201101-LOGI", "184,800,000", "2026-06-24", "goods", "6월 물류비 정산", "FD-2026-0624"
)


OURS = Values(
    id=3, name="KR004 40277154182 KRW", account=Values(number="402771-54-182", number_key="40277154182"),
    ledger_account=Values(code="1002-154182", name="해온홀딩스 운영계좌", currency="KRW"),
)  # fmt: skip


def bank_parts(state: str) -> dict[str, Any]:
    """Of a payment whose answer was lost: what the page of each state shows."""
    lost = {
        "at": NOW,
        "what": KNOWN["answer"],
        "proves": "",
        "parts": [str(SAID["silence"])],
        "voucher": "",
        "document": None,
    }
    found = {
        "at": NOW,
        "what": KNOWN["inquiry"],
        "proves": PROVES["prove_paid"],
        "parts": [str(SAID["done"]), "0000 정상 처리"],
        "voucher": "",
        "document": None,
    }
    booked = {
        **lost,
        "what": KNOWN["voucher"],
        "parts": [],
        "voucher": "412",
        "voucher_url": "/books/HQ/vouchers/202606/412",
    }
    attempt = {
        "id": 3, "number": 1, "stands": ATTEMPTS["unknown" if state == "unknown" else "failed"], "code": "0011 잔액 부족", "reference": "M000000000070001",
        "message": "004 · 2026-06-24 · 002001", "problem": "", "fee": 500, "ask_at": NOW, "inquiries": 3,
    }  # fmt: skip
    message = {
        "at": NOW,
        "direction": "은행으로",
        "kind": "이체",
        "number": "002001",
        "code": "0000 정상 처리",
    }
    box = Values(tone="unknown", what="지급 여부를 모릅니다", parts=["다시 보내지 않습니다"])
    return {
        "to_bank": "신한", "verdict": VERDICTS["mismatch"], "name_reason": "상호 변경", "attempts": [attempt],
        "messages": [message], "known": [lost, found, booked], "may_resend": state == "failed", "box": box, "ask": 3 if state == "unknown" else None, "via": "신한 140-013-220018",
    }  # fmt: skip


def _seen(is_filled: bool) -> Preview:
    reading: Any = (
        Reading(FOOD, LOGI, 184_800_000, june(20), june(25), june(25), "goods") if is_filled else Reading()
    )  # type: ignore[arg-type]
    if is_filled:
        reading.to_bank, reading.to_account, reading.verdict = "088", "088123456789", "mismatch"
        reading.inquiry = Values(name="한빛정밀", asked_at=NOW)
    if not is_filled:
        return Preview(reading)
    limits = [Limit(LimitScope.DAILY, 200_000_000, 20_000_000), Limit(LimitScope.SINGLE, 500_000_000)]
    steps = [
        StepSeen("팀장", "visual", ["한도윤", "정하은"]),
        StepSeen("본부장", "rekey", ["서지호", "윤가람", "오세린", "김나래"]),
    ]
    account = AccountThen(
        "해온푸드 요구불예금", "201101-FOOD", "CENTRE", "KRW", 6_796_317_061, 50_000_000, 6_600_000_000, 184_800_000, -38_482_939, 0, "below_floor"
    )  # fmt: skip
    return Preview(
        reading, steps, "no_rate_for_limit", [account], weigh(184_800_000, limits), [Duplicate(7, SAME_PAYMENT)], True
    )  # fmt: skip


def form(kind: str) -> dict[str, Any]:
    said = "금액을 읽을 수 없습니다. 숫자와 쉼표, 소수점 하나면 됩니다"
    is_refused, is_filled = kind == "refused", kind == "filled"
    order = Values(id=7, saved_at=NOW) if is_refused else None
    return {
        "book": BOOK, "order": order, "typed": TYPED._replace(amount="12O") if is_refused else TYPED if is_filled else TypedOrder(),
        "version": 1, "payers": [FOOD], "payees": [(LOGI, True), (FOOD, False)], "purposes": list(PURPOSES.items()), "holidays": list(HOLIDAYS.items()),
        "banks": [("004", "국민"), ("088", "신한")], "bank_payers": [OURS], "vias": [OURS], "bank_payees": [BankPayee("088", "088123456789", "한빛정공")], "bank_names": {"088": "신한"},
        "verdicts": VERDICTS, "waits": False, "returned": "금액을 확인하세요" if is_refused else "", "flaws": {"amount": said} if is_refused else {},
        "summary": [{"id": "f-amount", "label": "금액", "text": said}] if is_refused else [], "seen": _seen(is_filled),
        "words": "금 일억팔천사백팔십만원정" if is_filled else "", "nobody": problem_text("no_rate_for_limit") if is_filled else None,
    }  # fmt: skip


def order(state: str) -> dict[str, Any]:
    maker = Values(name="윤가람")
    shown = Values(
        id=7, payer=FOOD, payee=LOGI, amount_minor=184_800_000, currency="KRW", pay_on=june(24), maker=maker, made_at=NOW,
        kind="bank" if state in ("unknown", "failed") else "internal", via=OURS, charge=Values(id=9, code="6602-00", name="업무관리비"),
        to_account="088123456789", to_name="한빛정공", state_at=NOW, request_id=31, unit=Values(name="해온푸드", names={}), voucher_id=412, period=202606, problem="",
        bundle_id=5 if state == "failed" else None, series_id=4 if state == "paid" else None, place=1, part=2,
    )  # fmt: skip
    moves = {"paid": ("submit", "approve", "book"), "failed": ("submit", "approve", "refuse")}.get(
        state, ("submit",)
    )
    return {
        "order": shown, "typed": TYPED._replace(duplicate_reason="두 번째 차수"), "stands": STATES[state], "state_code": state,
        "purpose": PURPOSES["goods"], "is_held": state == "approved", "evidence": [],
        "history": [{"at": NOW, "text": MOVES[move], "who": "한도윤", "note": ""} for move in moves],
        "decisions": [{"who": "한도윤", "at": NOW, "approved": state != "failed", "reason": ""}] if state != "pending" else [],
        "voucher_url": "/why/position" if state == "paid" else "", "is_reversed": state == "paid",
        "problem": problem_text("account_closed") if state == "failed" else None, "may_edit": state == "pending",
        "bank": bank_parts(state) if state in ("unknown", "failed") else None, "has_paper": True, "has_confirmation": state == "paid", "is_open": state == "unknown",
        "may_withdraw": state in ("pending", "approved"), "needs_reason": state == "approved", "may_enter": True,
        "refusal": problem_text("withdrawal_reason_missing") if state == "approved" else None, "asked_on": june(21),
    }  # fmt: skip


def unknowns(none: bool) -> dict[str, Any]:
    row = Values(
        id=3, sent=NOW, payment="P7", payee="한빛정공", account="088 088123456789", amount=184_800_000, currency="KRW", bank="004",
        day=june(24), number="002001", reference="M000000000070001", asked="3", next=NOW, problem="evidence_contradicts", state="unknown",
        known="inquiry", word_kind="inquiry", word_code="NREC", word_said="no_record", word_at=NOW, answered=1, sent_at=None, line="lost", line_at=NOW,
    )  # fmt: skip
    total = Values(
        day=june(23), via=OURS, bank_count=4, bank_minor=900_000_000, our_count=3, our_minor=715_200_000, agrees=False, asked_at=NOW,
    )  # fmt: skip
    item = {
        "attempt": 3, "order": 7, "payee": "한빛정공", "amount_minor": 184_800_000, "ours": ATTEMPTS["unknown"], "bank": "0000 정상 처리",
    }  # fmt: skip
    same = Values(
        day=june(22),
        via=OURS,
        bank_count=1,
        bank_minor=500,
        our_count=1,
        our_minor=500,
        agrees=True,
        asked_at=NOW,
    )
    shown = [
        {"of": total, "more_count": 1, "more_minor": 184_800_000, "rest_minor": 700_000, "payments": [item]},
        {"of": total, "more_count": 1, "more_minor": 184_800_000, "rest_minor": 184_800_000, "payments": []},
        {"of": same, "more_count": 0, "more_minor": 0, "rest_minor": 0, "payments": []},
    ]
    return {
        "table": lists.sample(UNKNOWNS, [] if none else [row], NOW),
        "here": "payments",
        "totals": [] if none else shown,
    }


def evidence() -> dict[str, Any]:
    parts = bank_parts("unknown")
    shown = order("unknown")["order"]
    shown.to_bank = "088"
    attempt = Values(
        id=3,
        amount_minor=184_800_000,
        reference="M000000000070001",
        state_at=NOW,
        inquiries=3,
        ask_at=NOW,
        message=Values(sent_at=None),
    )
    known = [
        *parts["known"],
        {
            "at": NOW,
            "what": KNOWN["outside"],
            "proves": PROVES["prove_paid"],
            "parts": [],
            "voucher": "412",
            "document": 5,
        },
    ]
    return {
        "attempt": attempt, "order": shown, "stands": ATTEMPTS["unknown"], "known": known, "message": "004 · 2026-06-24 · 002001",
        "waiting": [Values(id=31, content={"text": "창구 확인", "document": "5", "document_name": "확인서.pdf"})], "arrival": Values(until=NOW, is_after=False), "problem": problem_text("evidence_contradicts"), "may_ask": True, "may_record": True, "may_say": list(PROVES.items()),
        "typed": {"says": "prove_paid", "text": "창구 확인"}, "refusal": problem_text("evidence_invalid"),
        "is_denied": True, "silent_until": june(30),
    }  # fmt: skip


def limits(none: bool) -> dict[str, Any]:
    limit = Values(most_minor=500_000_000, currency="KRW", valid_from=june(1))
    ends = Values(most_minor=None, currency="KRW", valid_from=june(30))
    rows = [
        {"limit": limit, "scope": scope_word("single"), "unit": "", "is_coming": False},
        {"limit": ends, "scope": scope_word("unit"), "unit": "해온푸드", "is_coming": True},
    ]
    waiting = [Values(id=31, content={"scope": "daily"})]
    sample = LimitForm({"scope": "single", "currency": "KRW", "most": "-1"}, units=[("1", "해온푸드")])
    return {
        "rows": [] if none else rows, "waiting": [] if none else waiting, "form": None if none else sample,
        "scope_word": scope_word,
    }  # fmt: skip


def distance(kind: str) -> dict[str, Any]:
    two = ["박서연: 지급을 입력", "한도윤: 결재"]
    small = Values(above=0, up_to=50_000_000, is_beyond=False, now=2, who=two, first=1 if kind == "by_one" else None, way="없는 사람을 만듦",
                   who_first=["김관리: 없는 사람을 초대"])  # fmt: skip
    large = Values(
        above=50_000_000,
        up_to=None,
        is_beyond=True,
        now=None,
        who=[],
        first=2,
        way="한도를 올림",
        who_first=two,
    )
    group = Values(
        units=["해온푸드", "해온로지스"], currency="KRW", day_minor=900_000_000, spans=[small, large]
    )
    return {
        "groups": [] if kind == "none" else [group], "units": [("1", "해온푸드")], "unit": "",
        "fewest_now": {"none": None, "alone": 1}.get(kind, 2), "by_one": kind == "by_one", "is_short": kind == "by_one", "may_change": True,
    }  # fmt: skip


def lines(none: bool) -> dict[str, Any]:
    banks = (("004", "국민", "open", NOW), ("088", "신한", "lost", NOW), ("020", "우리", "closed", None))
    rows = [
        {"line": Values(bank_code=code, company_no="HAEON0000001", state_at=NOW, heard_at=heard, in_use=code != "088"),
         "name": name, "stands": LINES[state], "speaks": SPEAKS[kind], "has_token": kind == "open_banking"}
        for code, name, state, heard in banks
        for kind in (["open_banking"] if code == "020" else ["firm_banking"])
    ]  # fmt: skip
    asked = Asked(Answered.SILENCE, 7, 48_213, june(24), "")
    return {
        "rows": [] if none else rows, "may_test": True, "form": ConnectionForm({"bank_code": "0"}) if none else None,
        "http_form": HttpConnectionForm({"http-bank_code": "0"} if none else None), "is_revoked": False,
        "tested": "" if none else "088", "asked": None if none else asked, "said": None if none else ANSWERED["silence"],
        "refusal": problem_text("message_numbers_used_up") if none else None,
    }  # fmt: skip

"""Sample values of the pages of series and bundles, made with the product's own types."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace as Values
from typing import Any

from moa.payments.bundle_reading import BundleReading, ReadRow
from moa.payments.models import BundleDraft
from moa.payments.rules.duplicates import SAME_PAYMENT, Duplicate
from moa.payments.rules.pay_days import Day
from moa.payments.rules.typed_bundles import COLUMNS, COMMON
from moa.payments.rules.typed_series import INTERVALS, TypedSeries
from moa.payments.series_reading import SeriesReading
from moa.payments.web.bundles_table import BUNDLES
from moa.payments.web.order_words import FIELDS, HOLIDAYS, STATES
from moa.payments.web.plan_state_words import OCCURRENCES, SERIES_STATES, STANDINGS
from moa.payments.web.series_table import SERIES
from moa.payments.web.words_of_series import EVERY
from moa.ui.problems import problem_text
from tests.ui.pages import list_values as lists
from tests.ui.pages import payment_values as payments
from tests.ui.pages.group_values import NOW, june


def _days() -> list[Day]:
    return [
        Day(1, june(27), june(29)),
        *[Day(n, date(2026, n + 5, 27), date(2026, n + 5, 27)) for n in range(2, 8)],
    ]


def series_form(kind: str) -> dict[str, Any]:
    form = payments.form(kind)
    is_filled = kind == "filled"
    said = "끝나는 날이 없습니다"
    again = TypedSeries(form["typed"], "monthly", "27", "2026-06-24", "2026-12-31" if is_filled else "", "")
    seen = form["seen"]
    reading = SeriesReading(seen.reading, None, _days() if is_filled else [])
    return {
        **form, "again": again, "intervals": [(one, EVERY[one]) for one in INTERVALS], "series": reading,
        "flaws": {"until": said} if kind == "refused" else {},
        "summary": [{"id": "f-until", "label": "까지", "text": said}] if kind == "refused" else [],
    }  # fmt: skip


def series_one(state: str) -> dict[str, Any]:
    maker = Values(name="윤가람")
    series = Values(
        id=4, payee_name="한빛정밀", amount_minor=3_000_000, total_minor=21_000_000, currency="KRW", count=7, maker=maker, made_at=NOW,
        state_at=NOW, request_id=31, payer=payments.FOOD, note="계약 종료" if state in ("cancelled", "returned") else "",
    )  # fmt: skip
    transfers = [1_200_000, 1_200_000, 600_000]
    made = [
        {"id": 7 + part, "part": part, "amount_minor": amount, "stands": STATES["failed" if part == 2 else "paid"],
         "problem": problem_text("bank_refused_payment").what if part == 2 else ""}
        for part, amount in enumerate(transfers, 1)
    ]  # fmt: skip
    days = [
        {"number": one.number, "planned_on": one.planned_on, "pay_on": one.pay_on, "orders": {1: made, 2: made[:1]}.get(one.number, []),
         "stands": {1: STANDINGS["partly_paid"], 2: STATES["paid"]}.get(one.number, OCCURRENCES["waiting" if state == "active" else "cancelled"]),
         "problem": problem_text("below_floor").what if one.number == 3 else ""}
        for one in _days()
    ]  # fmt: skip
    return {
        "series": series, "typed": payments.TYPED, "bank": "신한", "stands": SERIES_STATES[state], "state_code": state, "rhythm": "매월 27일",
        "holiday": HOLIDAYS["following"], "days": days, "made": 2, "paid_minor": 1_800_000, "transfers": transfers, "may_cancel": state in ("active", "pending"), "needs_reason": state == "active",
        "may_enter": True, "is_active": state == "active", "refusal": problem_text("withdrawal_reason_missing") if state == "active" else None,
    }  # fmt: skip


def series_list(none: bool) -> dict[str, Any]:
    row = Values(
        id=4, made=NOW, number="S4", payee="한빛정밀", payer="해온푸드 요구불예금", amount=3_000_000, currency="KRW", every="monthly", on_day=27,
        next=june(29), done=1, count=7, last=date(2026, 12, 27), maker="윤가람", state="active",
    )  # fmt: skip
    return {"table": lists.sample(SERIES, [] if none else [row], NOW), "here": "payments", "may_enter": True}


def bundle_list(none: bool) -> dict[str, Any]:
    row = Values(
        id=5, made=NOW, number="B5", count=3, transfers=5, total=184_800_000, paid=100_000_000, currency="KRW", first=june(24), maker="윤가람",
        state="partly_paid",
    )  # fmt: skip
    draft = Values(
        id=2**62 + 6, made=NOW, number="BD6", count=2, transfers=None, total=4_800_000, paid=None, currency="KRW", first=None, maker="윤가람",
        state="typed",
    )  # fmt: skip
    return {
        "table": lists.sample(BUNDLES, [] if none else [draft, row], NOW),
        "here": "payments",
        "may_enter": True,
    }


def bundle_form(kind: str) -> dict[str, Any]:
    form = payments.form(kind)
    is_filled = kind != ""
    said = "금액을 읽을 수 없습니다"
    filled = {"to_bank": "088", "payee": "110222333444", "amount": "12O" if kind == "refused" else "1,200,000,000", "to_name": "한빛정밀",
              "memo": "6월분", "document_no": "FD-1", "payer": ""}  # fmt: skip
    empty = dict.fromkeys(COLUMNS, "")
    rows = [{"n": n, **(filled if is_filled and n == 1 else empty)} for n in range(1, 6)]
    read = ReadRow(
        1,
        form["typed"],
        form["seen"].reading,
        (500_000_000, 500_000_000, 200_000_000),
        [Duplicate(7, SAME_PAYMENT)],
    )
    bundle = BundleReading([read] if kind == "filled" else [])
    common = dict.fromkeys(COMMON, "") | {
        "pay_on": "2026-06-24",
        "holiday_rule": "following",
        "payer": "201101-FOOD",
    }
    return {
        **form, "draft": BundleDraft(id=6, saved_at=NOW, version=2) if kind == "draft" else None, "version": 0, "common": common, "rows": rows, "columns": [(name, FIELDS[name]) for name in COLUMNS], "bundle": bundle,
        "leaving": [june(24)] if kind == "filled" else [], "flaws": {"amount.1": said, "pasted": said} if kind == "refused" else {},
        "summary": [{"id": "f-amount.1", "label": "1행, 금액", "text": said}] if kind == "refused" else [],
    }  # fmt: skip


def bundle(state: str) -> dict[str, Any]:
    sample = Values(
        id=5,
        count=2,
        total_minor=1_300_000_000,
        currency="KRW",
        maker=Values(name="윤가람"),
        made_at=NOW,
        request_id=31,
    )
    is_pending = state == "pending"
    one = {"id": 7, "part": 1, "amount_minor": 100_000_000, "stands": STATES["pending" if is_pending else "failed"],
           "problem": "" if is_pending else problem_text("bank_refused_payment").what}  # fmt: skip
    parts = [
        {"id": 8 + n, "part": n + 1, "amount_minor": amount, "stands": STATES["pending" if is_pending else "paid"], "problem": ""}
        for n, amount in enumerate((500_000_000, 500_000_000, 200_000_000))
    ]  # fmt: skip
    row = {
        "payee": "한빛정밀",
        "account": "088 110222333444",
        "payer": "해온푸드 요구불예금",
        "pay_on": june(24),
    }
    return {
        "bundle": sample, "stands": STANDINGS[state], "state_code": state, "transfers": 4, "failed": 0 if is_pending else 1, "returned": 0 if is_pending else 1,
        "rows": [{"place": 1, "amount_minor": 100_000_000, "stands": one["stands"], "orders": [one], **row},
                 {"place": 2, "amount_minor": 1_200_000_000, "stands": STANDINGS["pending" if is_pending else "paid"], "orders": parts, **row}],
        "paid_minor": 0 if is_pending else 1_200_000_000, "is_partly": not is_pending, "may_withdraw": True, "needs_reason": not is_pending,
        "may_enter": True, "refusal": None if is_pending else problem_text("withdrawal_reason_missing"),
    }  # fmt: skip

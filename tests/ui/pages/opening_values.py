"""Sample values of the page of opening balances: nothing yet, read well, read with faults, filed, too late."""

from __future__ import annotations

from types import SimpleNamespace as Values
from typing import Any

from moa.ledger.rules.typed_vouchers import Sum
from moa.ledger.web.voucher_words import STATES
from tests.ui.pages.group_values import june


def opening_page(how: str = "") -> dict[str, Any]:
    read = how in ("read", "wrong")
    account = Values(code="1002-01", name="KB 운영", currency="USD")
    rows = [
        Values(place=f"row {n}", account=account, minor=1234567 * side, side=side)
        for n, side in ((2, 1), (3, -1))
    ]
    fault = {
        "place": "row 4",
        "field": "금액",
        "value": "12O0",
        "what": "금액이 아닙니다",
        "mend": "숫자로 적으십시오",
    }
    draft = {
        "id": 7,
        "currency": "USD",
        "amount_minor": 1234567,
        "business_date": june(23),
        "maker": Values(name="정하은"),
    }
    filed = [
        {"draft": Values(**draft, voucher_id=None), "state": STATES["waiting"], "may_discard": False},
        {"draft": Values(**draft, voucher_id=None), "state": STATES["returned"], "may_discard": True},
        {"draft": Values(**draft, voucher_id=12), "state": STATES["posted"], "may_discard": False},
    ]
    return {
        "book": Values(code="SC"), "book_name": "그룹 결제센터", "books": [("SC", "그룹 결제센터"), ("CN", "中国结算中心")],
        "day": None if how == "late" else june(23), "may_enter": True, "filed": filed if how in ("filed", "late") else [],
        "name": "기초.csv" if read else "", "stored": Values(sha256="ab" * 32) if how == "read" else None,
        "refusal": Values(what="너무 늦었습니다", mend="전표로 고치십시오") if how == "late" else None,
        "read": Values() if read else None, "debit": 1, "rows": rows if read else [], "row_count": 900 if read else 0,
        "sums": [Sum("USD", 1234567, 1234567), Sum("KRW", 5, 7), Sum("CNY", 7, 5)] if read else [],
        "problems": [fault] if how == "wrong" else [], "problem_count": 2 if how == "wrong" else 0,
        "columns": ["계정", "통화", "차대", "금액"],
    }  # fmt: skip

"""Sample values of the sheets of a book, and of the panel that says where a figure comes from."""

from __future__ import annotations

from types import SimpleNamespace as Values
from typing import Any

from moa.ledger.web.sheet_words import FIELDS, TITLES, label
from moa.ui.ground import Fact, Ground, Part, Step, adding_up
from tests.ui.pages.group_values import NOW, june

_COLUMNS = ("subject", "name", "currency", "debit_balance", "debit", "credit", "credit_balance")
_SUBJECTS = (
    ("1002", "은행예금", 1, 43_994_276_615, 48_697_049_855, 4_702_773_240, 0),
    ("2011", "회원사 예수금", 1, 0, 4_960_000_000, 37_267_524_282, 32_307_524_282),
    ("201101", "요구불예금", 2, 0, 4_960_000_000, 37_267_524_282, 32_307_524_282),
    ("224101", "待查款", 1, 0, 174_660, -586_590, -411_930),
)


def _cell(kind: str, value: Any, **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "value": value,
        "currency": "KRW",
        "link": "",
        "why": "",
        "level": 1,
        "missing": False,
        **more,
    }


def _row(code: str, name: str, level: int, *minors: int) -> list[dict[str, Any]]:
    amounts = [_cell("amount", minor, why="/why/books?subject=1002") for minor in minors]
    return [
        _cell("code", code, link="/books/sheets/balance"),
        _cell("text", name, level=level),
        _cell("code", "KRW"),
        *amounts,
    ]


def sheet(name: str, none: bool = False) -> dict[str, Any]:
    heads = [(label(key, "KRW"), key not in {"subject", "name", "currency"}) for key in _COLUMNS]
    total = [
        _cell("code", None),
        _cell("text", None),
        _cell("code", "KRW"),
        *[_cell("amount", 53_759_823_095)] * 4,
    ]
    return {
        "name": name, "title": TITLES[name], "book": Values(code="SC"), "book_name": "그룹 결제센터", "range": "2026-06-01 – 2026-06-24",
        "known_at": NOW, "moment_text": "2026-06-24T10:41:00", "query": dict.fromkeys(("from", "to", "subject", "account", "by",
        "currency", "text", "least", "most", "maker", "origin"), ""), "errors": {}, "fields": FIELDS[name], "first": june(1),
        "last": june(24), "refused": "", "views": [(each, words, f"/books/sheets/{each}") for each, words in TITLES.items()],
        "books": [("SC", "그룹 결제센터")], "subjects": [("1002", "1002 은행예금")], "accounts": [], "origins": [],
        "sheet": Values(is_cut=True), "export_url": "?as=xlsx", "pdf_url": "?as=pdf", "changes_url": "/books/sheets/changes",
        "table": {"heads": heads, "rows": [] if none else [_row(*one) for one in _SUBJECTS]}, "totals": [total], "why": None,
        "opening": [("KRW", 0)],
    }  # fmt: skip


def ground() -> dict[str, Any]:
    parts = [
        Part(f"국민 ···{1000 + n}", (60 - n) * 1_234_567, "KRW", f"CNY {n},000.00 · 2026-06-23", why=f"/why/balance?account={n}")
        for n in range(40)
    ]  # fmt: skip
    facts = [
        Fact("USD", "why", "1 USD = 1,382.50 KRW (2026-06-23)", url="/why/rate?currency=USD"), Fact("환율", "rate", None),
        Fact("받은 때", "moment", NOW), Fact("기준일", "day", june(23)), Fact("금액", "signed", -5, "KRW"),
    ]  # fmt: skip
    raw = Step(
        "rec",
        "레코드",
        "47행",
        facts=facts,
        raw=":61:2606230623D1250000,NTRF",
        marks=[[15, 22]],
        note="은행이 찍은 그대로",
    )
    step = adding_up("list", "계좌별 잔액", parts, "KRW")
    return {
        "ground": Ground(
            "그룹 자금 포지션", "KRW", [raw, step], minor=step.sum_minor, on=june(24), url="/position"
        )
    }

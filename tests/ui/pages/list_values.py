"""A list with sample rows, made by the product's own cells: what its template prints in its states."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from moa.ui.tables.cells import PageFacts, cell_css, row_writer, rows_markup
from moa.ui.tables.shown import Ask, Head, PageMarks, ShownTable, Tab, Total, Word
from moa.ui.tables.spec import AMOUNT, DATE, STATE, Batch, Column, Empty, Table

LINES = Table(
    name="sample.lines", label="거래내역", scope="맡은 범위의 모든 계좌", right="", source="lines l", key="l.id", order="-day",
    row_url="accounts:transaction", panel=True, css="mo-tx", net=("into", "out"), fields={"currency": "l.currency"},
    row_class=lambda row: "is-gone" if row.state == "superseded" else "",
    empty=Empty("아직 거래가 없습니다", "은행 거래내역 파일과 함께 들어옵니다.", "accounts:imports", "파일 올리기", "up"),
    batch=(Batch("note", "메모 달기", "accounts:transactions"),),
    columns=(
        Column("day", "거래일", DATE, "l.day", sortable=True, not_null=True, filterable=True),
        Column("account", "계좌", sql="l.account", css="mo-el mo-2 w-acc"),
        Column("who", "거래상대", sql="l.who", link=True, css="mo-el w-who"),
        Column("out", "출금", AMOUNT, "l.out", currency="currency", summed=True, css="mo-n w-amt w-out"),
        Column("into", "입금", AMOUNT, "l.into", currency="currency", summed=True, css="mo-n w-amt w-in"),
        Column("balance", "거래 후 잔액", AMOUNT, "l.balance", currency="currency", css="mo-n mo-2 w-bal"),
        Column("state", "상태", STATE, "l.state", css="w-st", states={
            "booked": ("paid", "확정"), "provisional": ("sent", "미확정"), "superseded": ("draft", "대체됨"),
            "manual": ("approved", "수기"),
        }),
    ),
)  # fmt: skip
_STATES = ("booked", "provisional", "manual", "superseded")


def _row(number: int) -> object:
    currency, amount = ("USD", 8_425_000) if number % 5 == 3 else ("KRW", 1_000_000 + number)
    return LINES.row_type(
        id=number, currency=currency, day=date(2026, 6, 24 - number // 5), account="신한 ···2207",
        who="苏州宏泰机电" if number % 4 == 1 else f"서진물류 {number}", out=amount if number % 2 else None,
        into=None if number % 2 else amount, balance=2_914_660_125, state=_STATES[number % 4],
    )  # fmt: skip


def lines(count: int, now: datetime, query: str = "", selected: str = "") -> ShownTable:
    facts = PageFacts(None, now, now.date(), "KRW", {}, selected)
    heads = [
        Head(
            one.key,
            one.label,
            cell_css(one),
            "?sort=day" if one.sortable else "",
            "descending" if one.sortable else "",
        )
        for one in LINES.columns
    ]
    cells = [("mo-n w-amt", Markup("5")), ("mo-n w-amt", Markup("3")), ("mo-n", Markup("")), ("", Markup(""))]
    rows = [_row(number) for number in range(1, count + 1)]
    words = [Word("거래일", Markup("6/15 – 6/24"), "?"), Word("금액", Markup("100,000 이상"), "?")]
    asks = [
        Ask("text", "낱말", "search", "서진"), Ask("from", "거래일 시작", "date"), Ask("least", "금액 시작", "text", "12x4"),
        Ask("state", "상태", "choice", "", choices=[("booked", "확정")]),
    ]  # fmt: skip
    return ShownTable(
        name=LINES.name, label=LINES.label, scope=LINES.scope, heads=heads,
        rows=rows_markup(rows, row_writer(LINES, LINES.columns, facts, chooses=True)), number=count,
        page=PageMarks(1, count, 1000 if count else 0, True, "?after=1", None), words=words, asks=asks, errors={},
        kept=[], tabs=[Tab(1, "큰 출금", "?least=1", True), Tab(2, "이번 주", "?from=1", False)],
        columns=[(head, True) for head in heads], density="",
        totals=[Total("KRW", 1000, 4, cells, Markup("−2")), Total("USD", 5, 4, cells, Markup("+2"))], totals_url="",
        whole_url="?part=whole", totals_span=8, all_url="?", excel_url="?as=xlsx", csv_url="?as=csv",
        print_url="?as=print", query=query, path="/transactions", summed=[("out", "출금"), ("into", "입금")], chooses=True,
        batch=LINES.batch, empty=LINES.empty, panel=True, css=LINES.css,
        untold=[] if count else [("“odd”: 이 목록에서 쓸 수 없는 조건입니다.", "?from=1", "이 조건 지우기")],
    )  # fmt: skip


def sample(table: Table, rows: list[Any], now: datetime, memo: dict[str, Any] | None = None) -> ShownTable:
    """Any list of the product with sample rows, without conditions and totals."""
    group = SimpleNamespace(time_zone="Asia/Seoul")
    facts = PageFacts(
        SimpleNamespace(language="ko", memo={"group": group, **(memo or {})}), now, now.date(), "KRW", {}
    )
    columns = [one for one in table.shown_columns if one.shown]
    heads = [Head(one.key, one.label, cell_css(one)) for one in columns]
    chooses = bool(table.batch)
    return ShownTable(
        name=table.name, label=table.label, scope=table.scope, heads=heads,
        rows=rows_markup(rows, row_writer(table, columns, facts, chooses=chooses)), number=len(rows),
        page=PageMarks(1 if rows else 0, len(rows), len(rows), False, None, None), words=[],
        asks=[Ask("text", "낱말", "search")], errors={}, kept=[], tabs=[], columns=[(head, True) for head in heads],
        density="", totals=[], totals_url="", whole_url="", totals_span=1, all_url="?", excel_url="?as=xlsx",
        csv_url="?as=csv", print_url="?as=print", query="", path="/", summed=[], chooses=chooses, batch=table.batch,
        empty=table.empty, css=table.css,
    )  # fmt: skip

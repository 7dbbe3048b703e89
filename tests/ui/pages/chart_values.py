"""Sample values of the chart of a book: the tree, a chosen subject with its accounts, a refusal; and the list of accounts."""

from __future__ import annotations

from types import SimpleNamespace as Values
from typing import Any

from moa.ledger.approval_acts import ACCOUNT_MOVES
from moa.ledger.lifecycle import ACCOUNT, AccountState
from moa.ledger.sheets.subject_tree import Node
from moa.ledger.web.accounts_table import ACCOUNTS, STATES
from moa.ledger.web.views_chart import NATURES, SIDES, AddForm, RenameForm
from tests.ui.pages import list_values as lists
from tests.ui.pages.group_values import NOW, june

BOOK = Values(code="SC", name="그룹 결제센터")


def _nodes() -> list[Node]:
    bank = Node(1, "1002", "은행예금", "asset", 1, None, 1)
    deposits = Node(2, "2011", "회원사 예수금", "liability", -1, None, 1)
    demand = Node(3, "201101", "요구불예금", "liability", -1, deposits, 2)
    return [bank, deposits, demand]


def chart_page(*, chosen: bool = False, refused: bool = False) -> dict[str, Any]:
    nodes = _nodes()
    rows = [
        {"node": node, "url": f"/books/chart?subject={node.code}", "nature": NATURES[node.nature], "side": SIDES[node.normal_side],
         "accounts": number, "closed_on": june(3) if number == 0 else None}
        for number, node in enumerate(nodes)
    ]  # fmt: skip
    held = [
        {"account": Values(code=f"201101-{state}", name="한빛제당 요구불예금", currency="KRW"), "balance_minor": 5_000_000,
         "state": STATES[state], "moves": ACCOUNT.moves_from(state)}
        for state in AccountState
    ]  # fmt: skip
    return {
        "here": "chart", "book": BOOK, "book_name": BOOK.name, "rows": rows, "shown": len(held), "moves": ACCOUNT_MOVES,
        "books": [{"code": "SC", "name": "그룹 결제센터", "url": "?book=SC"}, {"code": "CN", "name": "中国结算中心", "url": "?book=CN"}],
        "chosen": {"node": nodes[2], "row": Values(closed_on=None)} if chosen else None, "held": held if chosen else [],
        "add_form": AddForm({"code": ""}, auto_id="add_%s") if refused else AddForm(auto_id="add_%s"),
        "rename_form": RenameForm(auto_id="rename_%s") if chosen else None,
        "refusal": Values(what="과목을 추가하지 못했습니다", mend="다른 코드를 쓰세요") if refused else None, "filed": None,
        "may_change": True, "may_move": True,
    }  # fmt: skip


def accounts_page(*, none: bool = False) -> dict[str, Any]:
    rows = [
        ACCOUNTS.row_type(
            id=number, code=f"201101-{number}", name="한빛제당 요구불예금", subject="201101", subject_name="요구불예금", currency="KRW",
            balance=-5_000_000, held=1_000 if number else None, floor=0, unit="", opened=june(1), state=str(state),
        )
        for number, state in enumerate(AccountState)
    ]  # fmt: skip
    memo = {"accounts.book": "SC", "accounts.day": "2026-06-24"}
    return {
        "table": lists.sample(ACCOUNTS, [] if none else rows, NOW, memo), "here": "chart", "book": BOOK,
        "books": [BOOK, Values(code="CN", name="中国结算中心")],
    }  # fmt: skip

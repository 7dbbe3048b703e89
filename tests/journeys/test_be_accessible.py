"""The real pages with real data have no fault that axe can find, in three languages, light and dark."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from moa.accounts.models import Conflict, Transaction
from moa.accounts.operations.enter_lines import HandLine, submit_lines
from moa.control.models import ApprovalRequest
from tests.accounts.bank_files import Line, mt940
from tests.journeys.scene import MAIN, Scene, ago, main_file, now

pytestmark = pytest.mark.browser
LOOKS = [
    ("ko", "light"), ("zh-hans", "dark"), ("en", "light"), ("ko", "dark"), ("en", "dark"), ("zh-hans", "light"),
]  # fmt: skip


@pytest.fixture
def addresses(scene: Scene) -> list[str]:
    scene.bring(main_file("AGAIN", second=-1_200_000), "재발행.sta")
    scene.bring(mt940([Line(ago(1), 5)], account="99988877766655"), "모르는.sta")
    bad = f"계좌번호,{MAIN}\r\n거래일자,적요,출금액,입금액,잔액\r\n2026-02-31x,날짜,0,1000,1\r\n{ago(0)},금액,12O,0,2\r\n"
    scene.bring(bad.encode(), "틀린.csv")
    maker = now(scene.people["minjun"])
    account = scene.accounts[MAIN].id
    with maker.open():
        submit_lines(
            maker, account_id=account, lines=[HandLine(ago(0), Decimal(-9), "현금", "은행")], note="통장"
        )
    with scene.treasurer.open():
        conflict, request = Conflict.objects.get().id, ApprovalRequest.objects.get().id
        line = Transaction.objects.filter(account_id=account).order_by("id")[1].id
    return [
        "/", "/position?by=account", "/accounts", f"/accounts/{account}", f"/transactions?open={line}", "/imports",
        f"/imports/{scene.files['틀린.csv']}", f"/imports/{scene.files['운영.sta']}", f"/imports/{scene.files['모르는.sta']}",
        f"/conflicts/{conflict}", f"/accounts/{account}/manual", "/approvals", f"/approvals/{request}", "/audit", "/rates",
        "/calendar", "/kftc", "/accounts/open?parked=1", f"/accounts/{account}?tab=statements", f"/accounts/{account}?tab=facts",
    ]  # fmt: skip


def test_no_page_has_a_fault(as_person: Callable[..., Any], addresses: list[str], live_server: Any) -> None:
    """The looks take turns, one a page: tests/ui opens every page's sample in more of them."""
    page = as_person("haeun", "/accounts")
    told = []
    for turn, address in enumerate([*addresses, "/signin"]):
        if address == "/signin":
            page.context.clear_cookies()
        language, theme = LOOKS[turn % len(LOOKS)]
        look = {"moa_language": language, "theme": theme}
        page.context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in look.items()]
        )
        assert page.goto(address).status == 200, address
        assert page.locator("html").get_attribute("data-bs-theme") == theme
        found = Axe().run(page).response["violations"]
        told += [(address, language, theme, one["id"], one["nodes"][0]["html"][:120]) for one in found]
    assert told == [], json.dumps(told, ensure_ascii=False, indent=1)

"""A bank that nobody knew: the treasurer points at the columns of the refused file, saves, and the file comes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moa.accounts.models import Transaction
from tests.journeys.scene import MAIN, Scene, ago, work_off
from tests.journeys.test_bring_in_files import choose, settled

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def sample() -> bytes:
    rows = ["Konto,Nr", f"Haupt,{MAIN}", "Tag,Text,Soll,Haben,Stand"]
    days = [ago(0).strftime("%d.%m.%Y")] * 3
    rows += [f"{days[0]},A,,500,16710500", f"{days[1]},B,200,,16710300", f"{days[2]},C,,100,16710400"]
    return "\n".join(rows).encode()


def test_a_refused_table_is_pointed_at_and_read(as_person: Open, scene: Scene) -> None:
    page = as_person("haeun", "/imports")
    choose(page, "neu.csv", sample())
    assert "열 이름이 있는 줄을 찾지 못했습니다" in settled(page)
    page.get_by_role("link", name="열 지정하기").click()
    page.get_by_text("잔액 3개가 이어집니다").wait_for()
    # A click on a column opens its choice; what it makes of the sample stands there at once.
    page.locator("td[data-col='2']").nth(4).click()
    assert page.evaluate("document.activeElement.id") == "col-2"
    page.keyboard.press("Escape")
    page.select_option("#col-2", "deposit")
    page.select_option("#col-3", "withdrawal")
    page.get_by_text("잔액 2개가 이어지지 않습니다").wait_for()
    page.fill("#q-name", "노이에 은행")
    page.get_by_role("button", name="이 열 구성 저장").click()
    page.get_by_text("저장하지 않았습니다").wait_for()
    page.select_option("#col-2", "withdrawal")
    page.select_option("#col-3", "deposit")
    page.get_by_text("잔액 3개가 이어집니다").wait_for()
    page.get_by_role("button", name="이 열 구성 저장").click()
    page.get_by_role("button", name="neu.csv 지금 읽기").click()
    assert "노이에 은행 v1" in settled(page)
    with scene.treasurer.open():
        words = Transaction.objects.filter(account_id=scene.accounts[MAIN].id, description__in="ABC")
        assert words.count() == 3
    work_off()

"""The position at a past moment and what changed since; the pages without a mouse."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from tests.accounts.bank_files import Line, mt940
from tests.journeys.scene import MAIN, Scene, ago

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def test_the_position_says_what_was_known_and_what_changed_since(as_person: Open, scene: Scene) -> None:
    before = datetime.now(UTC).isoformat()
    time.sleep(0.01)
    more = mt940([Line(ago(0), 290_000, "신한카드")], opening=16_710_000, account=MAIN, reference="NEXT")
    assert scene.bring(more, "오늘.sta").stored
    page = as_person("haeun", "/position")
    assert "19,900,000" in page.locator("tfoot .is-total").inner_text()
    page.goto(f"/position?known_at={quote(before)}")
    assert "19,610,000" in page.locator("tfoot .is-total").inner_text()
    page.goto(f"/position?known_at={quote(before)}&compare={quote(datetime.now(UTC).isoformat())}")
    row = page.locator("section[aria-labelledby=cmp] tbody tr")
    assert row.count() == 1
    words = row.inner_text()
    assert "4182" in words and "16,710,000" in words and "17,000,000" in words and "오늘.sta" in words
    # Asked from now backwards, it is the same way forwards: what was known first stands first.
    page.goto(f"/position?compare={quote(before)}")
    assert row.locator("td").all_inner_texts()[1:4] == ["16,710,000", "17,000,000", "+290,000"]
    assert "19,610,000 → 19,900,000" in page.locator("section[aria-labelledby=cmp] .mo-ch").inner_text()
    row.get_by_role("link", name="오늘.sta").click()
    page.wait_for_url(f"**/imports/{scene.files['오늘.sta']}")


def test_a_moment_to_come_and_a_word_that_is_none_are_said_beside_the_field(
    as_person: Open, scene: Scene
) -> None:
    page = as_person("haeun", "/position")
    for query in ("known_at=2999-01-01T00:00", "known_at=gestern", "date=2026-02-31"):
        page.goto(f"/position?{query}")
        assert page.locator(".mo-ferr").count() == 1, query
        assert "19,610,000" in page.locator("tfoot .is-total").inner_text()


def test_the_position_is_narrowed_to_a_company_or_a_bank(as_person: Open, scene: Scene) -> None:
    page = as_person("haeun", "/position")
    page.select_option("[name=company]", label="한빛유통")
    page.click(".mo-conds button[type=submit]")
    page.wait_for_url("**company=HS**")
    assert "2,900,000" in page.locator("tfoot .is-total").inner_text()
    page.goto("/position?bank=KR004&by=account")
    assert "16,710,000" in page.locator("tfoot .is-total").inner_text()
    page.goto("/position?company=HM&by=currency")
    words = page.locator("main").inner_text()
    assert "16,710,000" in words and "5,000.00" in words and "2,900,000" not in words


def test_lines_are_walked_explained_and_left_by_keys(as_person: Open, scene: Scene) -> None:
    page = as_person("haeun", "/transactions")
    for key in ("j", "j", "k", "Enter"):
        page.keyboard.press(key)
    page.locator("#panel .mo-chain").wait_for()
    chosen = page.locator("tr.is-on")
    assert chosen.count() == 1 and f"open={chosen.get_attribute('data-row')}" in page.url
    page.keyboard.press("Escape")
    assert page.locator("#panel").inner_text() == "" and "open=" not in page.url
    page.keyboard.press("f")
    assert page.locator("#conditions").is_visible()
    page.locator("#conditions [name=text]").fill("한결")
    page.keyboard.press("Enter")
    page.wait_for_url("**text=*")
    assert page.locator("tbody tr[data-row]").count() == 1
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("대성")
    page.keyboard.press("Enter")
    page.wait_for_url("**/transactions?text=%EB%8C%80%EC%84%B1")
    assert "대성금속공업" in page.locator("tbody").inner_text()


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_end_of_an_account_is_never_cut(as_person: Open, scene: Scene, width: int) -> None:
    page = as_person("haeun", "/transactions", viewport={"width": width, "height": 800})
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#panel .mo-chain").wait_for()
    ends = page.locator("td.w-acc .mo-fit > :last-child")
    assert ends.count() == 6
    for end in ends.all():
        cell, text = end.locator("xpath=ancestor::td").bounding_box(), end.bounding_box()
        assert text["width"] > 20 and text["x"] + text["width"] <= cell["x"] + cell["width"]

"""A day is closed by keyboard: its checks are read, the next day opens, the day sheet is there and the seal holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from moa.ledger.models import Seal
from tests.control.factories import TODAY, make_person
from tests.journeys.scene import work_off
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import check, export

pytestmark = pytest.mark.browser
MONDAY = date(2026, 11, 23)


@pytest.fixture
def journal(transactional_db: None) -> Journal:
    made = make_journal()
    make_person(made.machine, "haeun", ["treasurer"], name="정하은")
    made.post(voucher("1", "bank", "a", 1000), voucher("2", "a", "b", 300))
    return made


def press(page: Any, words: str) -> None:
    """Go to the button or link of these words with the tab key, and press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText.trim()") == words:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the tab key never reaches {words}")


def faults(page: Any) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:120]) for one in found]


def test_a_day_is_closed_by_keyboard_and_the_next_one_opens(
    as_person: Callable[..., Any], journal: Journal, tmp_path: Path
) -> None:
    page = as_person("haeun", "/books/closing")
    assert f"{TODAY}" in page.inner_text("#day")
    assert page.locator("table.mo-checks").first.inner_text().count("충족") >= 7
    told = faults(page)
    for box in page.locator("#early").all():
        box.check()
    press(page, "이 영업일 마감")
    page.wait_for_selector("#run progress")
    told += faults(page)
    work_off()
    page.wait_for_selector("#run .mo-mono")
    assert f"{MONDAY}" in page.inner_text("#day")
    assert "개시" in page.inner_text("section[aria-labelledby=day]")
    told += faults(page)
    with journal.ctx.open():
        seal = Seal.objects.get()
    assert seal.hex in page.inner_text("section[aria-labelledby=seals]")
    sheet = page.context.request.get(
        page.get_attribute("section[aria-labelledby=seals] a[href$='.pdf']", "href")
    )
    assert sheet.status == 200 and sheet.headers["content-type"] == "application/pdf"
    assert sheet.body().startswith(b"%PDF")
    # What was closed in the browser, the auditor checks with the digits she saw there.
    assert check(export(journal, tmp_path / "proof.txt", TODAY, TODAY), f"{TODAY}={seal.hex}").holds
    assert told == [], json.dumps(told, ensure_ascii=False, indent=1)

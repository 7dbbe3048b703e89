"""Several persons of many: searched while typing, chosen by keys, nobody lost from sight; without a script the list is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from moa.accounts.models import Watch
from tests.control.factories import make_person
from tests.journeys.scene import Scene

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


@pytest.fixture
def many(scene: Scene) -> Scene:
    for number in range(15):
        make_person(scene.machine, f"teller{number}", ["teller"], name=f"출납 {number:02}")
    return scene


def test_persons_are_found_and_chosen_by_keys(as_person: Open, many: Scene) -> None:
    page = as_person("haeun", "/settings/watches")
    page.locator("#id_currency").select_option("KRW")
    page.locator("#id_amount").fill("1,000,000")
    find = page.locator("[data-many-find]")
    find.focus()
    page.keyboard.type("출납07")
    shown = page.locator("[data-many] label:visible")
    assert shown.all_inner_texts() == ["정하은", "출납 07"], "who is chosen stays in sight"
    page.keyboard.press("Enter")
    page.locator("[data-many] label:visible input").last.focus()
    page.keyboard.press("Space")
    assert "2" in page.locator("[data-many-said]").inner_text()
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    find.fill("")
    assert shown.count() > 15
    page.get_by_role("button", name="이 조건으로 알림 받기").press("Enter")
    page.locator("tbody tr").nth(1).wait_for()
    with many.treasurer.open():
        assert Watch.objects.count() == 2


def test_without_a_script_the_list_is_there(as_person: Open, many: Scene) -> None:
    page = as_person("haeun", "/settings/watches", java_script_enabled=False)
    assert not page.locator("[data-many-find]").is_visible()
    assert page.locator("[data-many] label").count() > 15

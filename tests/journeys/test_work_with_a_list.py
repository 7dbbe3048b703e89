"""A list with the keyboard alone: found, sorted, chosen, kept as a view, taken along; and read without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.scene import Scene

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def _violations(page: Any) -> list[Any]:
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in Axe().run(page).response["violations"]]


def test_a_list_is_narrowed_sorted_kept_and_taken_along_by_keys(as_person: Open, scene: Scene) -> None:
    page = as_person("haeun", "/transactions")
    page.keyboard.press("f")
    page.locator("#conditions [name=least]").fill("<script>1")
    page.keyboard.press("Enter")
    page.wait_for_url("**least=*")
    assert "금액으로 읽을 수 없습니다" in page.locator(".mo-ferr").inner_text()
    page.locator("#conditions [name=least]").fill("100,000")
    page.keyboard.press("Enter")
    page.wait_for_url("**least=100%2C000*")
    few = page.locator("tbody tr[data-row]").count()
    assert few >= 2 and "100,000" in page.locator(".mo-filter .mo-f").first.inner_text()
    page.locator("th.w-in a.mo-sort").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=-into*")
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("입금")
    page.locator("h1").click()
    for key in ("j", "x", "j", "Shift+X"):
        page.keyboard.press(key)
    assert "2건" in page.locator("[data-batch]").inner_text()
    with page.expect_download() as waited:
        for key in ("b", "Tab", "Enter"):
            page.keyboard.press(key)
    assert len(waited.value.path().read_text("utf-8-sig").splitlines()) == 3
    assert "2건" in page.locator("[data-batch]").inner_text(), "a file leaves the choice as it is"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('tr.is-on') !== null"), (
        "Esc leaves the bar for the row"
    )
    page.locator("summary", has_text="이 조건 저장").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'view-name'")
    page.keyboard.type("큰 <b>입금</b>")
    page.keyboard.press("Enter")
    tab = page.locator(".mo-views.is-kept a[aria-current]")
    tab.wait_for()
    assert tab.inner_text() == "큰 <b>입금</b>"
    assert page.locator("[data-batch]").is_visible(), "what was chosen survives pages"
    assert _violations(page) == []
    page.locator("h1").click()
    with page.expect_download() as waited:
        page.keyboard.press("e")
    book = openpyxl.load_workbook(waited.value.path().rename(waited.value.path().with_suffix(".xlsx")))
    assert book.worksheets[0].max_row == few + 1
    page.goto("/transactions?text=nothing-of-the-kind")
    assert page.get_by_role("link", name="조건 모두 지우기").is_visible()


def test_back_and_forward_follow_the_panel_and_esc_leaves_the_conditions(
    as_person: Open, scene: Scene
) -> None:
    page = as_person("haeun", "/transactions?sort=-into")
    page.locator("tbody a.mo-rowa").first.press("Enter")
    title = page.locator("#panel-title")
    title.wait_for()
    page.wait_for_function("location.search.includes('open=')")
    opened = page.url
    page.go_back()
    title.wait_for(state="detached")
    assert page.url.endswith("?sort=-into")
    page.go_forward()
    title.wait_for()
    assert page.url == opened
    page.keyboard.press("Escape")
    title.wait_for(state="detached")
    page.wait_for_function("location.search === '?sort=-into'")
    page.keyboard.press("f")
    page.locator("#conditions").wait_for()
    page.keyboard.press("Escape")
    page.locator("#conditions").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.hasAttribute('data-add-condition')")
    page.keyboard.press("f")
    page.locator("#conditions [name=direction]").select_option("credit")
    page.get_by_role("button", name="이 조건으로 보기").click()
    page.wait_for_url("**/transactions?sort=-into&direction=credit")


def test_columns_are_chosen_and_stay_chosen(as_person: Open, scene: Scene) -> None:
    page = as_person("haeun", "/transactions")
    page.locator("summary", has_text="열").click()
    page.get_by_role("checkbox", name="기산일").check()
    page.get_by_role("checkbox", name="거래 후 잔액").uncheck()
    page.locator("details[open] button", has_text="저장").click()
    page.wait_for_load_state()
    page.goto("/transactions")
    heads = page.locator("thead").inner_text()
    assert "기산일" in heads and "거래 후 잔액" not in heads


def test_a_list_is_read_on_paper_and_without_a_script(as_person: Open, scene: Scene) -> None:
    page = as_person("haeun", "/transactions?as=print", java_script_enabled=False)
    assert page.locator("tbody tr").count() == 6 and page.locator("input").count() == 0
    assert "정하은" in page.locator("main").inner_text() and "합계" in page.locator("tfoot").inner_text()
    page.goto("/transactions?sort=-out")
    assert page.locator("tbody tr").count() == 6
    page.get_by_role("link", name="조건").click()
    page.locator("#conditions [name=direction]").select_option("debit")
    page.get_by_role("button", name="이 조건으로 보기").click()
    assert 0 < page.locator("tbody tr").count() < 6


def test_whom_a_line_is_about_keeps_its_room_with_every_column_beside_a_panel(
    as_person: Open, scene: Scene
) -> None:
    page = as_person("haeun", "/transactions", viewport={"width": 1280, "height": 800})
    page.locator("details.mo-pop summary", has_text="열").click()
    for box in page.locator("details[open] input[type=checkbox]").all():
        box.check()
    page.locator("details[open]").get_by_role("button", name="저장").click()
    page.locator("th.w-cur").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#panel").get_by_role("heading").first.wait_for()
    assert page.locator("th.w-who").bounding_box()["width"] >= 120
    first, sums = page.locator("tfoot tr > *").first.bounding_box(), page.locator("tfoot .w-out").first
    assert first["x"] + first["width"] <= sums.bounding_box()["x"] + 1

"""A treasurer signs in, sees what the group holds, follows a figure down to the bank's own record, and leaves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.control.factories import PASSWORD
from tests.journeys.scene import MAIN, Scene, ago, arrive, sign_in

pytestmark = pytest.mark.browser


def _type_password(page: Any, password: str) -> None:
    page.locator("[name=username]").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("haeun")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_a_wrong_password_is_said_and_the_right_one_leads_on(browser_page, bare: Scene) -> None:
    browser_page.goto("/signin?next=/accounts")
    _type_password(browser_page, "not this one")
    alert = browser_page.get_by_role("alert")
    alert.get_by_text("맞지 않습니다").wait_for()
    assert browser_page.input_value("[name=username]") == "haeun"
    assert browser_page.input_value("[name=password]") == ""
    _type_password(browser_page, PASSWORD)
    arrive(browser_page, "/accounts")


def test_five_wrong_passwords_lock_the_login_even_for_the_right_one(browser_page, bare: Scene) -> None:
    browser_page.goto("/signin")
    for _ in range(5):
        with browser_page.expect_navigation():
            _type_password(browser_page, "not this one")
    with browser_page.expect_navigation():
        _type_password(browser_page, PASSWORD)
    assert "잠겨 있습니다" in browser_page.locator("p.mo-note[role=alert]").inner_text()
    browser_page.goto("/accounts")
    assert "/signin" in browser_page.url


def test_the_dashboard_and_the_position_say_the_same_total(browser_page, scene: Scene) -> None:
    page = sign_in(browser_page, "haeun")
    assert "19,610,000" in page.locator(".mo-eq .is-lead").inner_text()
    assert "5,000.00" in page.locator("main").inner_text()  # in dollars, named as left out of the total
    page.goto("/position")
    assert "19,610,000" in page.locator("tfoot .is-total").inner_text()
    page.goto("/accounts")
    assert "19,610,000" in page.locator("tfoot .is-total").inner_text()


def test_a_figure_is_followed_to_its_file_and_record(browser_page, scene: Scene) -> None:
    page = sign_in(browser_page, "haeun")
    page.locator('[data-go="accounts"]:visible').click()
    page.get_by_role("link", name="4182").click()
    page.wait_for_url(f"**/accounts/{scene.accounts[MAIN].id}")
    assert "16,710,000" in page.locator("main").inner_text()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#panel .mo-chain").wait_for()
    panel = page.locator("#panel").inner_text()
    assert "1,250,000" in panel and "한결전자" in panel
    assert "운영.sta" in panel
    assert f":61:{ago(3):%y%m%d}" in panel
    page.locator("#panel").get_by_role("link", name="운영.sta").click()
    page.wait_for_url(f"**/imports/{scene.files['운영.sta']}")
    assert page.locator("h1").inner_text() == "운영.sta"


@pytest.mark.parametrize(("word", "title"), [("简体中文", "账户"), ("English", "Accounts")])
def test_the_language_is_chosen_on_the_page(browser_page, scene: Scene, word: str, title: str) -> None:
    page = sign_in(browser_page, "haeun", "/accounts")
    page.locator("summary", has_text="한국어").click()
    page.get_by_role("button", name=word).click()
    page.get_by_role("heading", level=1, name=title).wait_for()
    assert page.url.endswith("/accounts")
    page.goto("/position")
    assert (
        page.locator("html").get_attribute("lang").lower().startswith(word[:2].lower().replace("简体", "zh"))
    )


def test_the_theme_is_kept_over_pages(browser_page, scene: Scene) -> None:
    page = sign_in(browser_page, "haeun")
    before = page.locator("html").get_attribute("data-bs-theme")
    page.locator("[data-theme-toggle]").click()
    page.goto("/accounts")
    after = page.locator("html").get_attribute("data-bs-theme")
    assert {before, after} == {"light", "dark"}


def test_after_signing_out_the_back_button_shows_nothing(browser_page, scene: Scene) -> None:
    page = sign_in(browser_page, "haeun")
    page.goto("/accounts")
    page.get_by_role("button", name="로그아웃").click()
    page.wait_for_url("**/signin?signed_out=1")
    page.go_back()
    page.wait_for_url("**/signin*")
    assert "16,710,000" not in page.content()


def test_the_totals_of_the_daily_report_are_read_whole_on_a_laptop(as_person: Any, scene: Scene) -> None:
    page = as_person("haeun", f"/reports/daily?date={ago(1)}", viewport={"width": 1280, "height": 800})
    boxes = page.locator(".mo-beside .mo-scroll")
    first, second = (boxes.nth(n).bounding_box() for n in (0, 1))
    assert first["y"] + first["height"] <= second["y"], (
        "below each other, for both are too wide for half a page"
    )
    hidden = "found => found.map((one) => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight])"
    assert boxes.evaluate_all(hidden) == [[0, 0], [0, 0]]

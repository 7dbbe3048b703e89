"""Keys, the panel, the chart, the theme, uploads and progress in a real browser."""

from __future__ import annotations

import pytest

from tests.ui.pages import site

pytestmark = pytest.mark.browser


def test_keys_walk_the_list_and_the_panel_keeps_pace(opened):
    page = opened("/transactions")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#panel .mo-amt").wait_for()
    assert "대성금속공업 2" in page.locator("#panel").inner_text()
    assert page.url.endswith("open=2")
    page.keyboard.press("j")
    page.get_by_text("대성금속공업 3", exact=True).wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#panel").inner_text() == ""
    assert page.evaluate("document.activeElement.closest('tr').dataset.row") == "3"
    assert "open=" not in page.url


def test_keys_are_text_in_a_field_and_can_be_switched_off(opened):
    page = opened("/transactions")
    page.keyboard.press("/")
    page.keyboard.type("jxf")
    assert page.locator("[data-find]").input_value() == "jxf"
    assert page.locator("tr.is-on").count() == 0
    page.locator("h1").click()
    page.keyboard.press("?")
    page.get_by_label("이 브라우저에서 단축키 끄기").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.locator("tr.is-on").count() == 0


def test_the_height_of_rows_is_chosen_and_kept(opened):
    page = opened("/accounts")
    before = page.locator("tbody tr[data-row]").first.bounding_box()["height"]
    page.keyboard.press("?")
    page.locator("[data-density-choice]").select_option("wide")
    page.keyboard.press("Escape")
    page.reload()
    assert page.locator("tbody tr[data-row]").first.bounding_box()["height"] == before + 8


def test_chosen_lines_are_counted_and_summed_and_survive_the_next_page(opened):
    page = opened("/transactions")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    bar = page.locator("[data-batch]")
    assert (
        "2건" in bar.inner_text()
        and "1,000,001 KRW" in bar.inner_text()
        and "1,000,002 KRW" in bar.inner_text()
    )
    page.reload()
    assert "2건" in bar.inner_text()
    page.get_by_role("button", name="고르기 풀기").click()
    assert not bar.is_visible()


def test_the_line_explained_opens_without_a_script_too(opened):
    page = opened("/transactions?open=2", java_script_enabled=False)
    assert page.locator("#panel .mo-amt").is_visible()


def test_the_chart_is_drawn_from_the_table_that_was_served(opened):
    page = opened("/")
    page.locator("[data-plot] svg").wait_for()
    assert not page.locator("[data-plot-table]").is_visible()
    assert "30일" in page.locator("[data-plot]").get_attribute("aria-label")
    page.get_by_role("button", name="표").click()
    assert page.locator("[data-plot-table] tbody tr").count() == 30
    page.get_by_role("link", name="회사", exact=True).click()
    page.wait_for_url("**/?by=company")
    page.locator("[data-plot] svg").wait_for()


def test_without_a_script_the_figures_are_a_table(opened):
    page = opened("/", java_script_enabled=False)
    assert page.locator("[data-plot-table] tbody tr").count() == 30
    assert page.locator("[data-plot-table]").is_visible() and not page.locator("[data-plot]").is_visible()


def test_the_theme_is_chosen_kept_and_drawn(opened):
    page = opened("/")
    page.locator("[data-plot] svg").wait_for()
    page.get_by_role("button", name="어두운 화면으로 바꾸기").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert page.get_by_role("button", name="밝은 화면으로 바꾸기").is_visible()


def test_without_a_choice_the_theme_is_the_systems(opened):
    assert (
        opened("/menu", theme="", color_scheme="dark").locator("html").get_attribute("data-bs-theme")
        == "dark"
    )
    assert (
        opened("/menu", theme="", color_scheme="light").locator("html").get_attribute("data-bs-theme")
        == "light"
    )


def test_files_dropped_on_the_page_are_sent(opened):
    page = opened("/imports")
    site.posted_files.clear()
    transfer = page.evaluate_handle(
        """() => { const t = new DataTransfer();
        t.items.add(new File(["one"], "한글 1.csv")); t.items.add(new File(["two"], "2.csv")); return t; }"""
    )
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    page.wait_for_url("**/imports/1")
    assert site.posted_files == [("한글 1.csv", b"one"), ("2.csv", b"two")]


def test_a_file_above_the_limit_is_refused_before_it_is_sent(opened):
    page = opened("/imports")
    site.posted_files.clear()
    page.evaluate("document.querySelector('[data-upload]').dataset.limit = '2'")
    page.locator("input[type=file]").set_input_files(
        {"name": "big.csv", "mimeType": "text/csv", "buffer": b"abc"}
    )
    page.get_by_role("alert").get_by_text("big.csv").wait_for()
    assert site.posted_files == []


def test_a_file_being_read_is_asked_after_until_it_is_done(opened):
    page = opened("/imports")
    line = page.locator("#job-9")
    assert line.locator("progress").get_attribute("value") == "41200"
    page.locator("#job-9 .is-paid").wait_for()
    assert line.get_attribute("data-poll") is None


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_field(opened):
    page = opened("/accounts/open?refused=1")
    assert page.evaluate("document.activeElement.hasAttribute('data-errors')")
    page.get_by_role("link", name="계좌번호").click()
    assert page.evaluate("document.activeElement.name") == "number"


def test_an_amount_field_says_what_it_understood(opened):
    page = opened("/accounts/1/manual")
    page.locator("input[value=balance]").check()
    took = page.locator("[data-took]")
    assert took.inner_text() == "−12,000"
    field = page.locator("#id_balance")
    for typed, understood in [
        ("△1234.5", "−1,234.5"),
        ("１，２５０", "1,250"),
        ("12O", "아직 금액이 아닙니다"),
    ]:
        field.fill(typed)
        assert took.inner_text() == understood


def test_the_menu_of_languages_works_by_keyboard(opened):
    page = opened("/accounts")
    page.locator("summary", has_text="한국어").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="English").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="English").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_first_link_of_a_page_skips_to_its_content(opened):
    page = opened("/accounts")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

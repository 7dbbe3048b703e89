"""Rates and calendar in a real browser: a person enters, corrects and sees; nothing is wrong by axe."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from tests.control.factories import PASSWORD, make_group, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser_page):
    make_person(make_group(), "treasurer1", roles=["treasurer"], name="정하은")
    browser_page.goto("/signin?next=/rates")
    browser_page.fill("[name=username]", "treasurer1")
    browser_page.fill("[name=password]", PASSWORD)
    browser_page.press("[name=password]", "Enter")
    browser_page.wait_for_url("**/rates")
    return browser_page


def violations(page) -> list[str]:
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in Axe().run(page).response["violations"]]


def test_a_treasurer_enters_a_rate_and_corrects_it(page):
    assert violations(page) == []
    for value in ("923.45", "923.60"):
        page.select_option("[name=currency]", "JPY")
        page.fill("[name=rate]", value)
        page.fill("[name=rate_date]", timezone.localdate().isoformat())
        page.press("[name=rate]", "Enter")
        page.wait_for_selector(f"section[aria-labelledby=latest] >> text={value}")
    history = page.inner_text("section[aria-labelledby=all]")
    assert "923.45" in history
    assert "923.60" in history
    assert "정하은" in history
    assert violations(page) == []


def test_a_bad_file_says_what_is_wrong_and_where(page):
    page.set_input_files(
        "[name=file]",
        {
            "name": "환율.csv",
            "mimeType": "text/csv",
            "buffer": "일자,통화,환율\n2026-11-31,USD,1\n".encode("cp949"),
        },
    )
    page.click("form:has([name=file]) button[type=submit]")
    problem = page.inner_text("[data-errors]")
    assert "2행" in problem
    assert "2026-11-31" in problem
    assert violations(page) == []


def test_a_treasurer_closes_a_day(page):
    page.goto("/calendar?country=KR&year=2026")
    assert violations(page) == []
    page.fill("[name=date]", date(2026, 12, 28).isoformat())
    page.select_option("[name=kind]", "closed")
    page.fill("[name=name]", "창립기념일")
    page.fill("[name=reason]", "사내 공지")
    page.press("[name=reason]", "Enter")
    page.wait_for_selector("section[aria-labelledby=list] >> text=창립기념일")
    assert page.locator("td.is-closed", has_text="28").count() >= 1
    assert violations(page) == []

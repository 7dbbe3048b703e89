"""A group on its first day: every page says what to do next; what is not there and not allowed says so in the look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.scene import Scene, arrive

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
EMPTY = {
    "/": "아직 계좌가 없습니다", "/accounts": "아직 계좌가 없습니다", "/transactions": "아직 거래가 없습니다",
    "/imports": "아직 올린 파일이 없습니다", "/approvals": "기다리는 결재가 없습니다", "/position": "계좌",
}  # fmt: skip


def test_every_page_of_an_empty_group_says_what_to_do(as_person: Open, bare: Scene) -> None:
    page = as_person("haeun", "/")
    for path, words in EMPTY.items():
        assert page.goto(path).status == 200, path
        assert words in page.locator("main").inner_text(), path
        assert page.locator("h1").count() == 1, path
    for path in ("/rates", "/calendar", "/audit", "/menu", "/accounts/open", "/position?by=account"):
        assert page.goto(path).status == 200, path
    page.goto("/")
    page.locator("main").get_by_role("link").first.click()
    page.wait_for_url("**/imports")


@pytest.mark.parametrize(
    ("login", "path", "status", "first"),
    [
        ("haeun", "/accounts/999", 404, "/"), ("auditor", "/accounts/open", 403, "/audit"), ("haeun", "/nowhere", 404, "/"),
    ],
)  # fmt: skip
def test_a_page_that_is_not_there_or_not_allowed_leads_back(
    as_person: Open, bare: Scene, login: str, path: str, status: int, first: str
) -> None:
    page = as_person(login, "/menu")
    assert page.goto(path).status == status
    assert page.locator("h1").count() == 1
    assert page.evaluate("getComputedStyle(document.body).fontFamily").lower().find("pretendard") >= 0 or (
        page.locator("link[rel=stylesheet]").count() >= 1
    )
    page.locator('a[href="/"]').last.click()
    arrive(page, first)


def test_an_administrator_who_sees_no_money_gets_a_page_of_hers(as_person: Open, bare: Scene) -> None:
    page = as_person("admin", "/menu")
    assert page.locator("main a[href='/audit']").count() == 1
    assert page.locator("main a[href='/accounts']").count() == 0
    assert page.goto("/").status == 200
    assert "한지우" in page.locator(".mo-who").inner_text()

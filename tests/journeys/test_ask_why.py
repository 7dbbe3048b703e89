"""Every figure with a ground leads to it, the ground comes to the very figure, and nobody is told what is not hers."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from moa.control.grounds import explained_kinds
from tests.control.factories import make_group, make_person, signed_in
from tests.journeys.scene import MAIN, SALES, Scene, ago, with_accounts
from tests.journeys.test_read_the_books import _no_fault, book_line, with_book

_FIGURE = re.compile(r'<a class="mo-why" data-why href="([^"]+)">(.*?)</a>', re.S)
_LEAD = re.compile(r'<div class="mo-amt mo-amt2">(.*?)</div>', re.S)


def figures(page: str) -> dict[str, str]:
    """Shape: the text of each figure by the address of its ground."""
    return {html.unescape(address): digits(text) for address, text in _FIGURE.findall(page)}


def digits(text: str) -> str:
    """The figure alone, whatever currency, sign of direction or markup stands around it."""
    return re.sub(r"<[^>]+>|[A-Z]{3}|[+\s]", "", html.unescape(text))


def test_every_figure_comes_to_what_its_ground_adds_up(db: None) -> None:
    scene = with_accounts()
    book = with_book(scene)
    book_line(scene, book, "대성금속공업 입금", "member", 8_000_000, 1)
    client = signed_in(scene.treasurer)
    days = f"from={ago(0)}&to={ago(0)}"
    pages = [f"/position?by={by}" for by in ("group", "company", "unit", "bank", "currency", "account")]
    pages += [
        "/",
        "/accounts",
        f"/accounts/{scene.accounts[MAIN].id}",
        f"/reports/daily?date={ago(1)}",
        "/rates",
    ]
    pages += [
        f"/books/sheets/{name}?{days}" for name in ("day", "balance", "trial-balance", "accounts", "vouchers")
    ]
    pages += [
        f"/books/sheets/subject-ledger?{days}&subject=2011",
        f"/books/sheets/account-ledger?{days}&account=bank",
        "/transactions",
        "/transactions?direction=credit",
        f"/accounts/{scene.accounts[MAIN].id}?direction=debit",
        "/ledger/vouchers",
    ]
    seen: dict[str, str] = {}
    for address in pages:
        page = client.get(address)
        assert page.status_code == 200, address
        found = figures(page.content.decode())
        assert found or address == "/rates", address
        for figure, text in found.items():
            assert seen.setdefault(figure, text) == text, (address, figure)
    # What a panel shows leads on, so the walk goes as deep as there are grounds.
    waiting = list(seen)
    while waiting:
        address = waiting.pop()
        answer = client.get(address, headers={"HX-Request": "true"})
        assert answer.status_code == 200, address
        if not address.startswith("/why/") and "part=why" not in address and "as=why" not in address:
            continue
        panel = answer.content.decode()
        lead = _LEAD.search(panel)
        assert lead is not None, address
        # An entry stands beside its whole voucher, a rate within a sentence, — where there is no rate for a balance.
        if not address.startswith("/why/voucher") and "=" not in seen[address] and seen[address] != "—":
            assert digits(lead[1]) == seen[address], address
        for figure, text in figures(panel).items():
            if figure not in seen:
                seen[figure] = text
                waiting.append(figure)
    kinds = {address.split("/")[2].split("?")[0] for address in seen if address.startswith("/why/")}
    assert kinds >= {"position", "balance", "moved", "daily", "books", "voucher", "leg"}
    assert {"part=why", "as=why"} <= {
        word for address in seen for word in re.findall("(?:part|as)=why", address)
    }
    assert any(address.startswith("/transactions/") for address in seen)


def test_nobody_is_told_of_what_is_not_hers(db: None) -> None:
    scene = with_accounts()
    whole = "/why/position?by=group"
    main, sales = (f"/why/balance?account={scene.accounts[key].id}" for key in (MAIN, SALES))
    stranger = signed_in(make_person(make_group(), "stranger", ["treasurer", "teller"]))
    clerk, admin = signed_in(scene.people["clerk"]), signed_in(scene.people["admin"])
    assert [stranger.get(one).status_code for one in (whole, main, sales)] == [404, 404, 404]
    assert [clerk.get(one).status_code for one in (whole, main, sales)] == [200, 404, 200]
    assert "4182" not in clerk.get(whole).content.decode()
    assert [admin.get(one).status_code for one in (whole, main)] == [403, 403]
    assert Client().get(whole).status_code == 302
    for page in ("/today", "/position?by=account", f"/reports/daily?date={ago(1)}", "/accounts"):
        for address in figures(clerk.get(page).content.decode()):
            assert clerk.get(address).status_code == 200, address


@pytest.mark.parametrize("address", [
    "/why/nothing", "/why/balance", "/why/balance?account=x", "/why/balance?account=9&date=2026-02-31",
    "/why/position?known_at=2026-01-01T00:00:00", "/why/position?known_at=9999-01-01T00:00:00Z", "/why/position?by=moon",
    "/why/books?book=SC&subject=1&what=closing", "/why/voucher?book=SC&period=1&voucher=1", "/why/rate?currency=XXX",
    "/why/leg?book=SC&period=1&voucher=1&leg=1", "/why/suspense?book=SC&currency=KRW", "/transactions?part=why&sum=into&of=XXX",
    "/transactions?part=why&sum=booked_on&of=KRW",
    "/why/daily?what=balance", "/why/moved?account=1", "/why/bank-line?line=99999999999999999999",
])  # fmt: skip
def test_an_address_of_no_figure_is_not_found(db: None, address: str) -> None:
    assert signed_in(with_accounts().treasurer).get(address).status_code == 404


def test_a_kind_that_nobody_explains_gives_no_link() -> None:
    from moa.ui.ground import why

    assert str(why("weather", "12")) == "12"
    assert "data-why" in str(why(explained_kinds()[0], "12"))


@pytest.mark.browser
def test_one_key_walks_from_the_total_to_the_bank_s_record_and_back(
    as_person: Callable[..., Any], scene: Scene
) -> None:
    page = as_person("haeun", "/")
    total = page.locator(".mo-eq .is-lead a[data-why]")
    page.keyboard.press("w")
    panel = page.locator("#whence")
    panel.locator(".mo-amt").wait_for()
    assert panel.locator(".mo-amt").inner_text() == total.inner_text()
    _no_fault(page)
    panel.locator(".mo-parts a[data-why]").first.focus()
    page.keyboard.press("Enter")
    panel.get_by_role("link", name=".sta").first.wait_for()
    panel.locator("a[data-why][href^='/transactions/']").first.click()
    panel.locator(".mo-raw").wait_for()
    assert ":61:" in panel.locator(".mo-raw").inner_text()
    page.keyboard.press("Escape")
    panel.wait_for(state="hidden")
    assert total.evaluate("one => one === document.activeElement")
    page.goto("/transactions")
    page.keyboard.press("j")
    page.keyboard.press("w")
    page.locator("#panel .mo-raw").wait_for()


@pytest.mark.browser
def test_without_javascript_a_figure_opens_a_page(as_person: Callable[..., Any], scene: Scene) -> None:
    page = as_person("haeun", "/position?by=bank", java_script_enabled=False)
    figure = page.locator("tbody a[data-why]").first
    said = figure.inner_text()
    figure.click()
    page.wait_for_url("**/why/position?**")
    assert said in page.locator("main .mo-amt").inner_text()

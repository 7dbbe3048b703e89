"""Every page, in its states, is accessible, obeys the content policy and fits its screen."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

PAGES = [
    "/signin", "/signin?is=locked", "/signin?is=wrong", "/signin?is=ended", "/signin?is=out", "/menu", "/", "/?first=1",
    "/position", "/accounts", "/accounts/open", "/accounts/open?refused=1", "/accounts/open?kept=1", "/accounts/1", "/accounts/1?tab=statements",
    "/accounts/1?tab=facts", "/accounts/1/manual", "/transactions?open=2", "/transactions?open=4", "/transactions?none=1", "/transactions?as=print",
    "/imports", "/imports?none=1", "/imports/1", "/imports/1?is=stored", "/imports/1?is=duplicate",
    "/imports/1?is=parked", "/imports/1?is=conflict", "/imports/1?is=provisional", "/imports/1?is=failed",
    "/imports/1?is=reading", "/imports/profiles/sample/1", "/imports/profiles/sample/1?is=unlike",
    "/imports/profiles/sample/1?is=faulty", "/imports/profiles/new", "/imports/profiles/new?none=1", "/imports/profiles/1?is=saved",
    "/imports/profiles/1?is=retired", "/imports/profiles/1?is=unlike", "/conflicts/1", "/conflicts/1?is=kept", "/approvals", "/approvals?none=1", "/approvals/1",
    "/approvals/1?is=approved", "/approvals/1?blocked=maker", "/approvals/1?blocked=changed", "/approvals/1?is=rekey", "/approvals/1?is=hold", "/approvals/batch",
    "/approvals/batch?none=1", "/approvals/sums", "/approvals/policies", "/approvals/policies?none=1", "/approvals/policies/new",
    "/approvals/deputies", "/approvals/deputies?none=1", "/audit", "/audit?none=1", "/rates", "/kftc", "/kftc?is=good",
    "/kftc?is=bad", "/kftc?is=warned", "/kftc?is=evidence", "/kftc?is=unknown", "/kftc?is=refused",
    "/books/closing", "/books/closing?is=blocked", "/books/proof", "/books/proof?is=new", "/books/proof?is=refused",
    "/books/closing?is=running", "/books/closing?is=done", "/books/closing?is=lost", "/books/closing?is=new", "/books/closing?is=asked", "/units", "/units/1", "/units/2", "/units/new", "/calendar", "/notices", "/notices?none=1", "/notices/mails", "/settings/notices",
    "/settings/tokens", "/settings/tokens?none=1", "/settings/tokens?none=1&barred=1", "/settings/tokens/new",
    "/settings/tokens/new?refused=1", "/settings/tokens/made", "/settings/tokens/5/revoke", "/api/v1/docs", "/api/v1/docs#post_vouchers",
    *(f"/books/opening?is={how}" for how in ("", "read", "wrong", "filed", "late")),
    "/ledger/templates/new", *(f"/ledger/templates/of/payment?is={how}" for how in ("", "waiting", "retired", "flawed", "changed")),
    "/books/sheets/trial-balance", "/books/sheets/day", "/books/sheets/subject-ledger?none=1", "/why/position", "/glossary",
    "/lines", "/lines?none=1", "/payments/new", "/payments/new?is=filled", "/payments/new?is=refused", "/payments/7", "/payments/7?is=pending",
    "/payments/7?is=approved", "/payments/7?is=failed", "/payments/7?is=unknown", "/payments/unknowns", "/payments/unknowns?none=1", "/payments/attempts/3", "/payments/limits", "/payments/limits?none=1",
    "/payments/series", "/payments/series?none=1", "/payments/series/new", "/payments/series/new?is=filled", "/payments/series/new?is=refused",
    "/payments/bundles", "/payments/bundles?none=1", "/payments/bundles/new", "/payments/bundles/new?is=filled", "/payments/bundles/new?is=refused", "/payments/bundles/5", "/payments/bundles/5?is=pending",
    "/payments/bundles/drafts/6", "/payments/series/4", "/payments/series/4?is=returned",
    "/books/chart", "/books/chart?subject=201101", "/books/chart?refused=1", "/books/accounts", "/books/accounts?none=1",
    "/reconciliation", "/reconciliation?none=1", "/reconciliation?days=all", "/reconciliation/lines/3",
    "/reconciliation/lines/3?is=suspended", "/reconciliation/lines/3?is=linked", "/reconciliation/match",
    "/reconciliation/match?none=1", "/reconciliation/match?refused=1", "/reconciliation/suspense", "/reconciliation/suspense?none=1",
    "/reconciliation/suspense/assign", "/reconciliation/suspense/assign?none=1",
    "/reconciliation/rules", "/reconciliation/rules?none=1", "/reconciliation/rules/new", "/reconciliation/rules/STAFF?tried=1",
    "/error/400", "/error/403", "/error/404", "/error/404?book", "/error/413", "/error/422", "/error/429", "/error/500", "/error/csrf",
]  # fmt: skip
DESK, LAPTOP, PHONE = (1440, 900), (1280, 800), (390, 844)
# Each page once in every language, theme and size would be 800 visits: they take turns instead, two a page.
TURNS = [
    ("ko", "light", DESK), ("zh-hans", "dark", DESK), ("en", "light", PHONE), ("ko", "dark", PHONE),
    ("en", "dark", LAPTOP), ("zh-hans", "light", PHONE), ("ko", "light", LAPTOP),
]  # fmt: skip
_TWICE = """() => {
  const all = [...document.querySelectorAll("[id]")].map((one) => one.id);
  return all.filter((one, at) => all.indexOf(one) !== at);
}"""
VISITS = [
    (address, *TURNS[(place + turn) % len(TURNS)]) for place, address in enumerate(PAGES) for turn in (0, 3)
]


@pytest.mark.parametrize(("address", "language", "theme", "size"), VISITS)
def test_a_page_is_accessible_and_fits(visited, address, language, theme, size):
    looked = visited(address, language, theme, size)
    page = looked.page
    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert page.locator("html").get_attribute("lang").lower().startswith(language)
    assert page.locator("h1").count() == 1
    assert page.evaluate(_TWICE) == [], "labels and links find the one that is meant"
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.evaluate("(m => m ? m.scrollWidth - m.clientWidth : 0)(document.querySelector('main'))") <= 0
    assert looked.violations() == ""


@pytest.mark.parametrize("language", ["ko", "zh-hans", "en"])
def test_the_page_that_is_looked_at_daily_needs_no_scrolling(opened, language):
    page = opened("/", language=language)
    # Once the fonts are there and the chart has taken the table's place.
    page.wait_for_function("document.querySelector('main').scrollHeight <= 852", timeout=10_000)


@pytest.mark.parametrize("address", ["/", "/transactions?open=2", "/imports/1", "/accounts"])
def test_a_page_at_twice_the_size_loses_nothing_at_its_side(opened, address):
    page = opened(address, size=(720, 450))
    assert page.evaluate("document.documentElement.scrollWidth") <= 720


@pytest.mark.parametrize("address", ["/", "/accounts/1", "/imports/1", "/approvals/1"])
def test_the_narrowest_phone_shows_every_page_without_scrolling_sideways(opened, address):
    page = opened(address, size=(320, 640))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("(m => m.scrollWidth - m.clientWidth)(document.querySelector('main'))") <= 0


def test_a_phone_says_of_which_account_a_transaction_is(opened):
    page = opened("/transactions", size=PHONE)
    assert page.locator("tbody td.w-acc").first.bounding_box()["width"] > 60


def test_what_moved_is_read_in_full_on_a_laptop(opened):
    page = opened("/", size=LAPTOP)
    cut = "found => found.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText)"
    assert page.locator(".mo-list > li > .mo-ell, .mo-miss td.mo-el").evaluate_all(cut) == []

"""A teller enters a voucher by keys alone, another person approves it, and the page has no fault that axe can find."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from moa.control.models import ApprovalRequest
from moa.ledger.models import Voucher, VoucherDraft
from moa.ledger.operations.agree_standing_order import (
    NewStandingOrder,
    decide_standing_order,
    file_standing_order,
)
from moa.ledger.operations.load_accounts import AccountRow, load_accounts
from moa.ledger.operations.set_up_book import NewBook, set_up_book
from moa.ledger.rules.acts import LOAD_ACCOUNTS
from tests.journeys.scene import Scene, ago, now

pytestmark = pytest.mark.browser


@pytest.fixture
def books(bare: Scene) -> Scene:
    treasurer, approver = now(bare.treasurer), now(bare.people["soyeon"])
    new = NewBook("SC", "결제센터", bare.making.id, "KRW", ago(0), is_default=True)
    with treasurer.open():
        book = set_up_book(treasurer, new=new)
        order = NewStandingOrder("FILES", "계정 파일", (LOAD_ACCOUNTS,), ago(0))
        request = file_standing_order(treasurer, book, new=order)
    with approver.open():
        decide_standing_order(approver, request.id, approve=True, seen_hash=request.content_hash)
    rows = (("bank", "운영 계좌", "1002"), ("member", "한빛제당", "201101"), ("other", "한빛유통", "201101"))
    with treasurer.open():
        load_accounts(
            treasurer,
            book,
            [AccountRow("row", code, name, subject, "KRW", None) for code, name, subject in rows],
        )
    return bare


def test_a_voucher_is_entered_by_keys_alone_and_booked_by_another(
    as_person: Callable[..., Any], books: Scene
) -> None:
    page = as_person("minjun", "/ledger/vouchers/new")
    page.focus("#f-memo")
    page.keyboard.type("회원사 입금")
    page.keyboard.press("Enter")
    for text in ("한빛제당", "", "70,000"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    for _row in range(3):
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.locator(".mo-legs tbody tr").count() == 5
    page.keyboard.type("운영 계좌")
    page.keyboard.press("Tab")
    page.keyboard.type("70,000")
    page.locator("#sums", has_text="금 칠만원정").wait_for()
    # It saves itself; the address is the draft's from then on.
    page.wait_for_url("**/ledger/vouchers/drafts/*", timeout=15_000)
    faults = Axe().run(page).response["violations"]
    assert [fault["id"] for fault in faults] == []
    # No field has the focus, as when a draft was opened again; the key sends it all the same.
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**?sent=1")
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
    with books.treasurer.open():
        request = ApprovalRequest.objects.get(subject_type="ledger.voucher")
        assert (request.amount_minor, len(request.content["legs"])) == (70_000, 2)
    other = as_person("soyeon", f"/approvals/{request.id}")
    other.locator("button[value=approve]").click()
    other.wait_for_url("**/approvals")
    with books.treasurer.open():
        voucher = Voucher.objects.get()
        assert (voucher.origin, voucher.memo, voucher.legs) == ("entry", "회원사 입금", 2)
    page.goto("/ledger/vouchers")
    assert "회원사 입금" in page.locator("tbody").inner_text()
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []


_SLOWLY = """() => { const fetched = window.fetch; window.fetch = async (...asked) => {
    const answer = await fetched(...asked); await new Promise(done => setTimeout(done, 1000)); return answer; } }"""


def test_what_is_typed_while_a_draft_is_being_saved_is_saved_too(
    as_person: Callable[..., Any], books: Scene
) -> None:
    page = as_person("minjun", "/ledger/vouchers/new")
    page.evaluate(_SLOWLY)
    page.focus("#f-memo")
    page.keyboard.type("느린 회선")
    page.keyboard.press("Enter")
    page.keyboard.type("bank")
    page.wait_for_url("**/ledger/vouchers/drafts/*", timeout=15_000)
    # Nothing is typed any more: the next round alone brings it in, if the first one has not.
    deadline = monotonic() + 20
    while _first_account(books) != "bank":
        assert monotonic() < deadline, "what was typed while the draft was being saved is not stored"
        page.wait_for_timeout(100)
    page.reload()
    assert page.input_value("#f-memo") == "느린 회선" and page.input_value("[name='account.1']") == "bank"


def _first_account(books: Scene) -> str:
    with books.treasurer.open():
        legs = VoucherDraft.objects.get().form["legs"]
    return str(legs[0]["account"]) if legs else ""

"""From a subject to the bank's own record, what was known at a moment and what changed since; without a fault of axe."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from moa.accounts.models import Transaction
from moa.ledger.models import Book
from moa.ledger.operations.agree_standing_order import (
    NewStandingOrder,
    decide_standing_order,
    file_standing_order,
)
from moa.ledger.operations.load_accounts import AccountRow, load_accounts
from moa.ledger.operations.post_vouchers import post_vouchers
from moa.ledger.operations.set_up_book import NewBook, set_up_book
from moa.ledger.rules.acts import FILE, LOAD_ACCOUNTS
from moa.ledger.rules.vouchers import NewVoucher, transfer
from tests.journeys.scene import MAIN, Scene, ago, now

pytestmark = pytest.mark.browser


def with_book(scene: Scene) -> Book:
    """A book that opens today, with the accounts of the bank, a member and unknown receipts."""
    ctx, checker = now(scene.treasurer), now(scene.people["soyeon"])
    with ctx.open():
        new = NewBook("SC", "결제센터", scene.making.id, "KRW", ago(0), is_default=True)
        book = set_up_book(ctx, new=new)
        order = NewStandingOrder("FILES", "파일", (FILE, LOAD_ACCOUNTS), ago(0))
        request = file_standing_order(ctx, book, new=order)
    with checker.open():
        decide_standing_order(checker, request.id, approve=True, seen_hash=request.content_hash)
    with ctx.open():
        rows = [
            ("bank", "운영 계좌", "1002"),
            ("member", "한빛유통 예금", "201101"),
            ("unknown", "가수금", "224101"),
        ]
        load_accounts(
            ctx, book, [AccountRow(code, code, name, subject, "KRW", None) for code, name, subject in rows]
        )
    return book  # fmt: skip


def book_line(scene: Scene, book: Book, key: str, credit: str, minor: int, line: int) -> None:
    ctx = now(scene.treasurer)
    voucher = NewVoucher(
        key, ago(0), ago(0), transfer("bank", credit, minor, "KRW"), key, source_id=f"{line} R1"
    )
    with ctx.open():
        assert not post_vouchers(ctx, book, [voucher], source_kind="bank_line").answers[0].code


def test_a_subject_leads_to_the_record_of_the_bank_and_a_moment_is_explained(
    as_person: Callable[..., Any], scene: Scene
) -> None:
    book = with_book(scene)
    with scene.treasurer.open():
        line = Transaction.objects.filter(account_id=scene.accounts[MAIN].id).order_by("id").first()
    assert line is not None
    book_line(scene, book, "대성금속공업 입금", "member", 8_000_000, line.id)
    before = datetime.now(UTC).isoformat()
    time.sleep(0.01)
    book_line(scene, book, "늦게 알게 된 입금", "unknown", 1_250_000, line.id)
    days = f"from={ago(0)}&to={ago(0)}"
    page = as_person("haeun", "/books/sheets")
    page.goto(f"/books/sheets/balance?{days}")
    assert "9,250,000" in page.locator("tfoot").inner_text()
    page.get_by_role("link", name="201101", exact=True).click()
    page.locator("tbody th a").click()
    page.locator("tbody td a").first.click()
    page.wait_for_url("**/books/SC/vouchers/**")
    assert (
        ":61:" in page.locator("main pre").inner_text() and "운영.sta" in page.locator("main dl").inner_text()
    )
    _no_fault(page)
    page.get_by_role("link", name="운영 계좌").click()
    page.wait_for_url(f"**/transactions/{line.id}")
    page.goto(f"/books/sheets/day?{days}&known_at={quote(before)}")
    assert "8,000,000" in page.locator("tfoot").inner_text()
    page.get_by_role("link", name="이후 바뀐 것").first.click()
    page.wait_for_url("**/books/sheets/changes?**")
    words = page.locator("section[aria-labelledby=why]").inner_text()
    assert "늦게 알게 된 입금" in words and "1,250,000" in words
    _no_fault(page)


def _no_fault(page: Any) -> None:
    found = Axe().run(page).response["violations"]
    told = [(one["id"], one["nodes"][0]["html"][:120]) for one in found]
    assert told == [], json.dumps(told, ensure_ascii=False)

"""Lines typed by one person count when another has approved exactly what she sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moa.accounts.models import Transaction
from moa.control.models import ApprovalRequest
from tests.journeys.scene import SALES, Scene, ago

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def send_lines(page: Any, account_id: int) -> None:
    """Paste with a mistake, mend it where it is shown, send."""
    day = ago(0).isoformat()
    page.goto(f"/accounts/{account_id}/manual")
    page.fill("[name=lines]", f"{day}\t-1,250,000\t현금 인출\t한빛유통\n2026-13-01\t90,000\t이자\n")
    page.get_by_role("button", name="읽은 내용 보기").click()
    shown = page.locator("section[aria-labelledby=understood]")
    shown.wait_for()
    assert "1,250,000" in shown.locator("tbody tr").first.inner_text()
    assert "2026-13-01" in shown.locator("tbody tr").nth(1).inner_text()
    assert page.locator("button[value=submit]:visible").count() == 0
    assert "2026-13-01" in page.input_value("[name=lines]")
    page.fill("[name=lines]", f"{day}\t-1,250,000\t현금 인출\t한빛유통\n{day}\t90,000\t이자\n")
    page.fill("[name=note]", "통장 사본")
    page.get_by_role("button", name="읽은 내용 보기").click()
    page.locator("button[value=submit]:visible").click()
    page.wait_for_url("**/manual?sent=1")


def test_lines_by_hand_count_after_another_person_approved(as_person: Open, scene: Scene) -> None:
    account = scene.accounts[SALES]
    maker = as_person("minjun", "/accounts")
    send_lines(maker, account.id)
    maker.goto(f"/accounts/{account.id}")
    assert "현금 인출" not in maker.locator("main").inner_text()

    maker.goto("/approvals?view=submitted")
    maker.locator(".mo-inlist li a[href*='/approvals/']").first.click()
    maker.locator("#why").wait_for()
    assert "직접 올린 것입니다" in maker.locator("#why").inner_text()
    assert maker.locator("button[value=approve]").count() == 0

    other = as_person("soyeon", "/approvals")
    other.locator(".mo-inlist li a[href*='/approvals/']").first.click()
    document = other.locator("#doc")
    document.wait_for()
    assert "김민준" in document.inner_text() and "통장 사본" in document.inner_text()
    assert "1,250,000" in document.inner_text() and "90,000" in document.inner_text()
    with scene.treasurer.open():
        fingerprint = ApprovalRequest.objects.get().content_hash
    assert other.input_value("[name=fingerprint]") == fingerprint
    other.locator("button[value=approve]").click()
    other.wait_for_url("**/approvals")

    maker.goto(f"/accounts/{account.id}")
    row = maker.locator("tbody tr", has_text="현금 인출")
    assert row.count() == 1 and "수기" in row.inner_text()
    row.locator("a.mo-rowa").click()
    maker.locator("#panel .mo-ev").wait_for()
    said = maker.locator("#panel").inner_text()
    assert "김민준" in said and "박소연" in said


def test_the_maker_cannot_approve_past_the_page(as_person: Open, scene: Scene) -> None:
    maker = as_person("minjun", "/accounts")
    send_lines(maker, scene.accounts[SALES].id)
    with scene.treasurer.open():
        waiting = ApprovalRequest.objects.get()
        before = Transaction.objects.count()
    maker.goto(f"/approvals/{waiting.id}")
    status = maker.evaluate(
        """async ([url, hash]) => { const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
        const body = new URLSearchParams({decision: "approve", fingerprint: hash, csrfmiddlewaretoken: token});
        return (await fetch(url, {method: "POST", body})).status; }""",
        [f"/approvals/{waiting.id}/decision", waiting.content_hash],
    )
    assert status == 409
    with scene.treasurer.open():
        waiting.refresh_from_db()
        assert waiting.state == "open"
        assert Transaction.objects.count() == before


def test_a_returned_entry_needs_a_reason_and_changes_nothing(as_person: Open, scene: Scene) -> None:
    send_lines(as_person("minjun", "/accounts"), scene.accounts[SALES].id)
    other = as_person("soyeon", "/approvals")
    other.locator(".mo-inlist li a[href*='/approvals/']").first.click()
    other.locator("button[value=return]").click()
    other.locator("#reason[aria-invalid=true]").wait_for()
    other.fill("#reason", "금액이 통장과 다름")
    other.locator("button[value=return]").click()
    other.wait_for_url("**/approvals")
    other.goto("/approvals?view=done")
    other.locator(".mo-inlist li a[href*='/approvals/']").first.click()
    other.locator("#doc").wait_for()
    assert "금액이 통장과 다름" in other.locator("#doc").inner_text()
    with scene.treasurer.open():
        assert not Transaction.objects.filter(description="현금 인출").exists()


def test_a_balance_by_hand_is_sent_for_approval(as_person: Open, scene: Scene) -> None:
    page = as_person("minjun", "/accounts")
    page.goto(f"/accounts/{scene.accounts[SALES].id}/manual")
    page.check("input[value=balance]")
    page.fill("[name=balance_date]", ago(0).isoformat())
    page.fill("[name=balance]", "3,100,000")
    page.locator("button[value=submit]:visible").click()
    page.wait_for_url("**/manual?sent=1")
    other = as_person("soyeon", "/approvals")
    other.locator(".mo-inlist li a[href*='/approvals/']").first.click()
    other.locator("button[value=approve]").click()
    other.wait_for_url("**/approvals")
    other.goto("/position?by=account")
    assert "3,100,000" in other.locator("main").inner_text()

"""An approver works through the inbox by keys: asks, returns, approves, types again; pasting is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from moa.control import approvals
from moa.control.models import ApprovalRemark, ApprovalRequest
from moa.control.operations.change_policy import NewPolicy, decide_policy, propose_policy
from moa.control.operations.set_grades import add_grade, give_grade
from tests.control.policies import KIND, band, payments_known
from tests.journeys.scene import Scene, now

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


@pytest.fixture(autouse=True)
def payments() -> Iterator[None]:
    with payments_known():
        yield


def submit(scene: Scene, title: str, amount: int) -> int:
    maker = now(scene.people["minjun"])
    with maker.open():
        return approvals.submit(
            maker, subject_type=KIND, subject_id=title, content={"title": title, "amount": str(amount)},
            amount_minor=amount, currency="KRW",
        ).id  # fmt: skip


def rekey_above_a_million(scene: Scene) -> None:
    machine, proposer, second = now(scene.machine), now(scene.people["haeun"]), now(scene.people["soyeon"])
    with machine.open():
        add_grade(machine, code="head", name="본부장", rank=2)
        give_grade(machine, second.actor.person_id, grade_code="head", valid_from=machine.today)
    bands = [band("1000000", "head"), band("", "head!")]
    with proposer.open():
        filed = propose_policy(proposer, new=NewPolicy(KIND, None, "KRW", bands, False, proposer.today))
    with second.open():
        decide_policy(second, filed.id, approve=True, seen_hash=filed.content_hash)


def states(scene: Scene) -> dict[str, str]:
    with scene.machine.open():
        return dict(ApprovalRequest.objects.filter(subject_type=KIND).values_list("subject_id", "state"))


def test_an_approver_works_through_the_inbox_by_keys(as_person: Open, bare: Scene) -> None:
    rekey_above_a_million(bare)
    submit(bare, "외주비", 300_000)
    submit(bare, "급여", 500_000)
    large = submit(bare, "설비", 9_000_000)
    page = as_person("soyeon", "/approvals")
    page.keyboard.press("j")
    page.wait_for_url("**/approvals/*")
    assert "외주비" in page.locator("#doc").inner_text()
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("c")
    page.keyboard.type("왜 오늘입니까")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with bare.machine.open():
        assert ApprovalRemark.objects.get().text == "왜 오늘입니까"
    with page.expect_navigation():
        page.keyboard.press("a")
    page.wait_for_url("**/approvals")
    assert states(bare)["외주비"] == "approved"

    page.keyboard.press("j")
    page.wait_for_url("**/approvals/*")
    page.keyboard.press("r")
    page.keyboard.type("증빙이 없습니다")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert states(bare)["급여"] == "refused"

    page.goto(f"/approvals/{large}")
    assert "9,000,000" not in page.locator("main").inner_text(), "what is typed blind stands on the page"
    page.keyboard.press("a")
    assert states(bare)["설비"] == "open"
    field = page.locator("[name='field.amount']")
    field.focus()
    field.evaluate("at => at.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true}))")
    assert page.locator("#rk-p").is_visible()
    page.keyboard.type("900000")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "금액" in page.locator("#rk-e").inner_text()
    assert Axe().run(page).response["violations"] == []
    page.locator("[name='field.amount']").focus()
    page.keyboard.type("9,000,000")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("h1").first.wait_for(state="attached")
    with page.expect_navigation():
        page.keyboard.press("a")
    assert states(bare)["설비"] == "approved"
    page.goto("/approvals?view=done")
    assert "설비" in page.locator(".mo-inlist").inner_text()

"""The lists of reconciliation: lines of a day or of all, narrowed and exported; rules with all their conditions in words."""

from __future__ import annotations

import pytest

from moa.control.models import ApprovalRequest
from tests.accounts.bank_files import Line
from tests.control.factories import TODAY, make_person, signed_in
from tests.reconciliation.scene import MONDAY, Scene


@pytest.fixture
def filled(scene: Scene) -> Scene:
    scene.rule(
        "FEES",
        text="fee",
        counter="free",
        bank="KR004",
        account_id=scene.account.id,
        least_minor=1,
        most_minor=900,
    )
    scene.statement(Line(TODAY, -500, "FEE"), Line(TODAY, 3_000, "SALE TO LEE"))
    scene.run()
    return scene


def test_lines_of_a_day_or_of_all_are_narrowed_and_exported(filled: Scene) -> None:
    client = signed_in(filled.ctx)

    def listed(query: str) -> str:
        return client.get(f"/reconciliation?{query}").content.decode()

    assert "SALE TO LEE" in listed("") and "은행과 장부" in listed("")
    assert "SALE TO LEE" not in listed(f"day={MONDAY}")
    assert "SALE TO LEE" in listed(f"day={MONDAY}&days=all")
    assert "SALE TO LEE" in listed(f"day={MONDAY}&booked.from={TODAY}")
    posted = listed("state=posted")
    assert "FEES.1" in posted and "/ledger/vouchers/row/" in posted and "SALE TO LEE" not in posted
    assert "SALE TO LEE" in listed("amount.least=1000") and "FEES.1" not in listed("amount.least=1000")
    text = b"".join(client.get("/reconciliation?as=csv&state=posted")).decode()
    assert "FEES.1" in text and "LEE" not in text


def test_who_may_run_runs_the_rules_from_the_list(filled: Scene) -> None:
    filled.rule("SALES", text="sale", counter="b")
    client = signed_in(filled.ctx)
    assert client.post("/reconciliation/run").status_code == 302
    assert filled.states() == ["posted", "posted"]
    auditor = signed_in(make_person(filled.journal.machine, roles=["auditor"]))
    assert auditor.post("/reconciliation/run").status_code == 403


def test_a_rule_says_its_conditions_and_its_form_keeps_them_all(filled: Scene) -> None:
    filled.rule("FROM", counter="b", counterparty_account="110-222", direction="in")
    client = signed_in(filled.ctx)
    shown = client.get("/reconciliation/rules").content.decode()
    assert "국민" in shown and "110-222" in shown and "900" in shown
    page = client.get("/reconciliation/rules/FEES").content.decode()
    assert '<option value="KR004" selected' in page
    assert 'value="110-222"' in client.get("/reconciliation/rules/FROM").content.decode()
    sent = {
        "code": "FEES", "title": "수수료", "position": "5", "bank": "KR004", "counterparty_account": "110-333", "counter": "free",
        "mode": "post", "valid_from": "2026-11-20", "is_on": "on", "act": "propose",
    }  # fmt: skip
    assert client.post("/reconciliation/rules/FEES", sent).status_code == 302
    with filled.ctx.open():
        asked = ApprovalRequest.objects.get(state="open").content["conditions"]
    assert asked == {"bank": "KR004", "counterparty_account": "110-333"}
    assert "/approvals/" in client.get("/reconciliation/rules").content.decode()

"""A rule may name a template of vouchers: it says the account against the bank's and the memo, and what does not fit is told."""

from __future__ import annotations

from typing import Any

import pytest

from moa.control.models import ApprovalRequest
from moa.ledger.models import Voucher
from moa.reconciliation.models import RuleVersion
from moa.reconciliation.operations.propose_rule import RuleInvalid
from tests.accounts.bank_files import Line
from tests.control.factories import TODAY, signed_in
from tests.reconciliation.scene import Scene


def test_a_line_is_booked_as_the_template_of_its_rule_says(scene: Scene) -> None:
    scene.rule("UNKNOWN", counter="", direction="in", text="sale", template="unknown-receipt")
    scene.statement(Line(TODAY, 3_000, "SALE TO LEE"))
    scene.run()
    with scene.ctx.open():
        version = RuleVersion.objects.get()
        assert (version.counter, version.content["template"], version.content["template_revision"]) == (
            "suspense", "unknown-receipt", "0",
        )  # fmt: skip
        assert Voucher.objects.filter(origin="rule").count() == 1
    assert scene.journal.balance("suspense") == 3_000


@pytest.mark.parametrize(
    ("problem", "asked"),
    [
        ("template_unknown", {"template": "nothing", "direction": "in"}),
        ("template_needs_direction", {"template": "receipt", "counter": "a"}),
        ("template_unfit", {"template": "external-payment", "direction": "in", "counter": "a"}),
        ("template_unfit", {"template": "internal-transfer", "direction": "in", "counter": "a"}),
        ("template_unfit", {"template": "external-payment-fee", "direction": "out", "counter": "a"}),
        ("template_needs_account", {"template": "receipt", "direction": "in", "counter": ""}),
        ("template_other_account", {"template": "receipt", "direction": "in", "counter": "suspense"}),
        ("counter_unknown", {"template": "receipt", "direction": "in", "counter": "nowhere"}),
    ],
)
def test_what_does_not_fit_the_template_is_told(scene: Scene, problem: str, asked: dict[str, Any]) -> None:
    with pytest.raises(RuleInvalid) as refused:
        scene.rule("R", text="x", **asked)
    assert refused.value.facts["problem"] == problem


def test_the_form_offers_templates_of_two_legs_and_tells_faults_at_their_fields(scene: Scene) -> None:
    client = signed_in(scene.ctx)
    page = client.get("/reconciliation/rules/new").content.decode()
    assert 'value="receipt"' in page and 'value="external-payment-fee"' not in page
    sent = {
        "code": "IN", "title": "입금", "position": "5", "text": "sale", "template": "receipt", "mode": "post",
        "valid_from": "2026-11-20", "is_on": "on", "act": "propose",
    }  # fmt: skip
    refused = client.post("/reconciliation/rules/new", sent)
    assert refused.status_code == 422 and "서식은 입금용이거나 출금용입니다" in refused.content.decode()
    assert (
        client.post("/reconciliation/rules/new", sent | {"direction": "in", "counter": "a"}).status_code
        == 302
    )
    with scene.ctx.open():
        content = ApprovalRequest.objects.get(state="open").content
    assert (content["template"], content["counter"]) == ("receipt", "a")

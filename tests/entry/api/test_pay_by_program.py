"""Payments by program: entered once for each key, refused with every flaw, shown and listed as the page and the command do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from moa.control.models import ApprovalRequest, Assignment, AuditLine
from moa.entry.api.payments import flaws_said
from moa.payments.facts import order_facts
from moa.payments.models import PaymentOrder
from moa.payments.operations.decide_order import decide_order
from moa.payments.queries import access_order
from tests.control.factories import make_person
from tests.entry.api.api_world import Caller, as_now, token_of
from tests.payments.scene import Scene, make_scene

pytestmark = pytest.mark.django_db
PAYMENT = {
    "from": "a", "to_account": "b", "amount": "1200", "purpose": "funding", "memo": "November", "document_no": "N-1",
}  # fmt: skip


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def caller(scene: Scene, *scopes: str) -> Caller:
    return Caller(token_of(scene.maker, scopes or ("payments.enter", "payments.view")))


def orders(scene: Scene) -> int:
    with scene.maker.open():
        return PaymentOrder.objects.count()


def test_it_is_entered_once_and_shown_as_the_command_shows_it(scene: Scene) -> None:
    program = caller(scene)
    made = program.post("/payments", PAYMENT, key="one")
    assert (made.status, made.body["state"], made.body["amount"]) == (201, "pending", "1200")
    assert made.headers["Location"] == f"/api/v1/payments/{made.body['id']}"
    again = program.post("/payments", PAYMENT, key="one")
    assert (again.status, again.body["id"], orders(scene)) == (201, made.body["id"], 1)
    assert program.post("/payments", PAYMENT | {"amount": "1"}, key="one").code == "key_conflict"
    first = as_now(scene.first)
    with first.open():
        request = ApprovalRequest.objects.get(id=made.body["request"])
        decide_order(first, request.id, approve=True, seen_hash=request.content_hash)
    shown = program.get(f"/payments/{made.body['id']}").body
    assert shown["approvals"][0]["approved"] and shown["held"]
    with scene.maker.open():
        facts = order_facts(scene.maker, access_order(scene.maker, made.body["id"]))
    assert {name: shown[name] for name in facts} == facts


def test_evidence_is_shown_with_what_it_says(scene: Scene) -> None:
    """Seen: of each nothing but its kind and its moment."""
    order = scene.paid()
    shown = caller(scene).get(f"/payments/{order.id}").body["evidence"]
    with scene.maker.open():
        known = order_facts(scene.maker, access_order(scene.maker, order.id))["evidence"]
    assert shown == known and shown[-1]["voucher"] == str(order.voucher_id)


@pytest.mark.parametrize("field", ["memo", "from", "document_no", "to_account"])
def test_half_a_character_is_a_flaw_and_no_failure(scene: Scene, field: str) -> None:
    answer = caller(scene).post("/payments", PAYMENT | {field: "a\ud800"}, key="half")
    assert 400 <= answer.status < 500 and orders(scene) == 0


def test_every_flaw_is_named_by_its_field_and_nothing_is_left_behind(scene: Scene) -> None:
    program = caller(scene)
    bad = PAYMENT | {"to_account": "nobody", "purpose": "", "amount": "0"}
    for _ in range(2):
        answer = program.post("/payments", bad, key="bad")
        assert (answer.status, answer.code) == (422, "payment_flawed")
        assert {(one["place"], one["field"]) for one in answer.body["errors"]} >= {
            ("body", "to_account"), ("body", "amount"), ("body", "purpose"),
        }  # fmt: skip
        assert all(one["code"] and one["message"] for one in answer.body["errors"])
    assert orders(scene) == 0


def test_a_flaw_says_which_payment_it_may_repeat_each_time_that_the_key_is_used(scene: Scene) -> None:
    """Seen: “it may have been entered already: ”, and no number; of a payee's name, all but the name that the bank gave."""
    program = caller(scene)
    first = program.post("/payments", PAYMENT, key="one").body["id"]
    for _ in range(2):
        (flaw,) = program.post("/payments", PAYMENT, key="two").body["errors"]
        assert (flaw["field"], flaw["code"], flaw["value"]) == (
            "duplicate_reason",
            "payment_perhaps_twice",
            f"P{first}",
        )
        assert f"P{first}" in flaw["message"]


def test_a_refusal_that_an_earlier_version_kept_for_its_key_is_read() -> None:
    kept = [
        (one["field"], one["code"], one["value"])
        for one in flaws_said("payer:account_unknown amount.2:amount_invalid")
    ]
    assert kept == [("from", "account_unknown", ""), ("amount.2", "amount_invalid", "")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "12,000"}, "1234.50"), ({"amount": 1200}, "따옴표"), ({"pay_on": "tomorrow"}, "2026-06-24"), ({"memo": "x" * 201}, "200자"),
        ({"purpose": "gift"}, "funding"), ({"colour": "red"}, "이름"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_value_is_said_in_the_readers_language(
    scene: Scene, change: dict[str, Any], said: str
) -> None:
    answer = caller(scene).post("/payments", PAYMENT | change, key="words", headers={"Accept-Language": "ko"})
    (flaw,) = answer.body["errors"]
    assert said in flaw["message"] and re.search("[가-힣]", flaw["message"]), flaw


def test_a_body_beyond_the_limit_is_too_large_and_no_riddle(scene: Scene, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = caller(scene).post("/payments", PAYMENT | {"memo": "x" * 150}, key="large")
    assert (answer.status, answer.code) == (413, "request_too_large")


@pytest.mark.parametrize("change", [
    {"amount": "12,000"}, {"amount": 1200}, {"pay_on": "tomorrow"}, {"purpose": "gift"}, {"colour": "red"}, {"memo": "a\u0000b"},
    {"memo": "x" * 201},
])  # fmt: skip
def test_what_does_not_fit_the_description_is_refused(scene: Scene, change: dict[str, Any]) -> None:
    answer = caller(scene).post("/payments", PAYMENT | change)
    assert (answer.status, answer.code) == (422, "values_unfit") and orders(scene) == 0


def test_a_token_without_the_scope_or_a_person_without_the_right_enters_nothing(scene: Scene) -> None:
    assert caller(scene, "payments.view").post("/payments", PAYMENT).status == 403
    program = caller(scene)
    with scene.maker.open():
        Assignment.objects.filter(person_id=scene.maker.actor.person_id).delete()
    assert program.post("/payments", PAYMENT).status == 403
    assert orders(scene) == 0


def test_the_list_goes_on_page_by_page_and_takes_conditions(scene: Scene) -> None:
    program = caller(scene)
    made = [
        program.post("/payments", PAYMENT | {"memo": f"m{n}", "duplicate_reason": "test"}).body["id"]
        for n in range(5)
    ]
    scene.order(memo="draft of my own")
    walked = [one["id"] for one in program.walk("/payments?limit=2&state=pending")]
    assert walked == made[::-1]
    assert [one["memo"] for one in program.walk("/payments?state=draft")] == ["draft of my own"]
    assert [one["memo"] for one in program.walk("/payments?text=M3")] == ["m3"]
    assert program.walk("/payments?currency=USD") == [] and program.walk("/payments?to=2020-01-01") == []
    page = program.get("/payments?limit=2")
    assert program.get(f"/payments?limit=2&state=paid&cursor={page.body['next']}").code == "cursor_unfit"
    assert program.get("/payments?state=done").status == 422


def test_a_clerk_sees_the_payments_of_the_own_unit_alone(scene: Scene) -> None:
    from tests.control.factories import make_unit

    program = caller(scene)
    made = program.post("/payments", PAYMENT).body["id"]
    elsewhere = make_unit(scene.journal.machine)
    clerk = make_person(scene.journal.machine, roles=[("clerk", elsewhere.id)])
    other = Caller(token_of(clerk, ("payments.view",)))
    assert other.walk("/payments") == [] and other.get(f"/payments/{made}").status == 404


def test_the_trail_says_which_token_entered_it(scene: Scene) -> None:
    """Where one of several tokens of a person is stolen, what was done with it is found."""
    own, stolen = (Caller(token_of(scene.maker, ("payments.enter", "payments.view"))) for _ in range(2))
    first, second = (
        program.post("/payments", PAYMENT | {"amount": amount, "document_no": amount}, key=amount).body["id"]
        for program, amount in ((own, "1001"), (stolen, "1002"))
    )
    with scene.maker.open():
        lines = AuditLine.objects.filter(subject_type="payment", subject_id__in=[str(first), str(second)])
        said = {(line.subject_id, (line.after or {}).get("by_token")) for line in lines}
    assert said == {(str(first), own.token[:12]), (str(second), stolen.token[:12])}

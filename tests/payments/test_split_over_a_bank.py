"""An amount over the bank's limit of one transfer, against the simulated banks: parts with evidence of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moa.channels.bank_profiles import profile_of
from moa.payments import reading
from moa.payments.approving import PaymentRefused
from moa.payments.bundles import access_bundle, bundle_facts
from moa.payments.models import PaymentOrder
from moa.payments.operations.decide_order import decide_order
from moa.payments.operations.propose_limit import NewLimit, decide_limit, propose_limit
from moa.payments.operations.release_order import release_orders
from moa.payments.operations.resend_order import resend_order
from moa.payments.operations.submit_bundle import ask_all, submit_bundle
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.operations.withdraw_bundle import withdraw_bundle
from moa.payments.rules.several import MOST_TRANSFERS
from tests.channels.bank_world import BankWorld
from tests.control.factories import TODAY, make_person, signed_in
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, make_bank_scene
from tests.payments.test_contradict_a_failure import asked, resent, say


@pytest.fixture
def scene(db: None, world: BankWorld, monkeypatch: pytest.MonkeyPatch) -> BankScene:
    """The bank takes no more than AMOUNT in one transfer."""
    monkeypatch.setattr(reading, "profile_of", lambda code: replace(profile_of(code), most_minor=AMOUNT))
    monkeypatch.setattr("moa.payments.bank_reading.profile_of", reading.profile_of)
    return make_bank_scene(world)


def approved(scene: BankScene, **typed: str) -> tuple[int, list[int]]:
    """Shape: the bundle and its orders."""
    rows = [scene.typed(**typed)]
    ask_all(scene.maker, scene.journal.book, rows)
    with scene.maker.open():
        bundle = submit_bundle(scene.maker, scene.journal.book, rows)
    with scene.first.open():
        decide_order(scene.first, bundle.request.id, approve=True, seen_hash=bundle.request.content_hash)
    with scene.machine.open():
        return bundle.id, list(
            PaymentOrder.objects.filter(bundle_id=bundle.id).order_by("part").values_list("id", flat=True)
        )


def state(scene: BankScene, bundle_id: int) -> tuple[str, str]:
    with scene.maker.open():
        facts = bundle_facts(scene.maker, access_bundle(scene.maker, bundle_id))
    return facts["state"], facts["paid"]


def test_each_part_has_its_message_and_the_whole_is_paid_when_all_are_proven(scene):
    bundle, parts = approved(scene, amount=str(AMOUNT * 5 // 2))
    assert len(parts) == 3 and scene.held() == AMOUNT * 5 // 2
    scene.release(parts[0])
    assert state(scene, bundle) == ("partly_paid", str(AMOUNT))
    for part in parts[1:]:
        scene.release(part)
    assert state(scene, bundle) == ("paid", str(AMOUNT * 5 // 2))
    page = signed_in(scene.maker).get(f"/payments/bundles/{bundle}").content.decode()
    assert f"신한 {scene.payee['number']}" in page
    assert [scene.messages(part) for part in parts] == [1, 1, 1] and scene.held() == 0
    assert scene.moved() == AMOUNT * 5 // 2 + 3 * 500
    assert scene.books()["a"] == AMOUNT * 5 // 2


@pytest.mark.parametrize(
    ("times", "told"), [(2, True), (MOST_TRANSFERS, True), (MOST_TRANSFERS + 1, False), (990, False)]
)
def test_the_form_tells_of_parts_only_where_one_decision_covers_them(scene, times, told):
    """Seen: "it leaves in 990 transfers" beside the refusal of the same amount."""
    form = scene.typed(amount=str(AMOUNT * times), pay_on="2027-01-04").as_json()
    said = signed_in(scene.maker).post("/payments/reckon", form).content.decode()
    assert "결재선" in said and (f"{times}건으로" in said) == told


def test_parts_that_leave_together_rest_on_one_decision(scene):
    bundle, parts = approved(scene, amount=str(AMOUNT * 5 // 2))
    release_orders(scene.now(scene.machine), parts, seconds=1)
    assert (state(scene, bundle), scene.held()) == (("paid", str(AMOUNT * 5 // 2)), 0)
    assert scene.books()["a"] == AMOUNT * 5 // 2


def test_only_the_part_that_failed_is_sent_again(scene):
    bundle, (first, second) = approved(scene, amount=str(AMOUNT * 3 // 2))
    scene.release(first)
    scene.world.fault("refused", key=TRANSFER, code="0011")
    scene.release(second)
    assert (scene.state(first), scene.state(second), state(scene, bundle)) == (
        "paid",
        "failed",
        ("partly_paid", str(AMOUNT)),
    )
    assert scene.held() == 0
    with scene.maker.open():
        resend_order(scene.maker, second)
    scene.release(second)
    assert (scene.attempts(first), scene.attempts(second)) == (["paid"], ["failed", "paid"])
    assert state(scene, bundle) == ("paid", str(AMOUNT * 3 // 2))


def test_what_is_not_known_of_one_part_is_not_known_of_the_whole(scene):
    bundle, (first, second) = approved(scene, amount=str(AMOUNT * 3 // 2))
    scene.release(first)
    scene.world.fault("applied_no_reply", key=TRANSFER)
    scene.release(second)
    assert state(scene, bundle) == ("unknown", str(AMOUNT))
    assert scene.inquire(second) == "paid"
    assert state(scene, bundle)[0] == "paid"


def test_a_part_that_persons_decide_on_first_is_not_taken_back_with_the_others(scene):
    bundle, (first, second) = approved(scene, amount=str(AMOUNT * 3 // 2))
    scene.world.fault("late_apply", key=TRANSFER, delay=600)
    scene.release(first)
    say(scene, first, "prove_failed")
    resent(scene, first)
    assert asked(scene, first) == "evidence_contradicts"
    with scene.maker.open():
        withdraw_bundle(scene.maker, bundle)
    assert (scene.state(first), scene.state(second)) == ("ready", "withdrawn")
    with scene.maker.open(), pytest.raises(PaymentRefused):
        withdraw_bundle(scene.maker, bundle)
    say(scene, first, "prove_paid")
    assert (scene.state(first), scene.held()) == ("paid", 0)


def test_a_part_that_did_not_leave_is_taken_back_with_the_others_after_all(scene):
    bundle, (first, second) = approved(scene, amount=str(AMOUNT * 3 // 2))
    scene.world.fault("late_apply", key=TRANSFER, delay=600)
    scene.release(first)
    say(scene, first, "prove_failed")
    resent(scene, first)
    asked(scene, first)
    with scene.maker.open():
        withdraw_bundle(scene.maker, bundle)
    say(scene, first, "prove_failed")
    assert (scene.state(first), scene.held(), state(scene, bundle)[1]) == ("withdrawn", 0, "0")
    assert scene.release(first) == "withdrawn" and scene.messages(first) == 1


def test_a_limit_of_one_payment_counts_the_whole_not_its_parts(scene):
    second = make_person(scene.journal.machine, roles=["approver"])
    with scene.first.open():
        request = propose_limit(scene.first, new=NewLimit("single", "KRW", AMOUNT + 1, TODAY, None))
    with second.open():
        decide_limit(second, request.id, approve=True, seen_hash=request.content_hash)
    with pytest.raises(OrderFlawed) as refusal:
        approved(scene, amount=str(AMOUNT * 3 // 2))
    assert [(one.field, one.code) for one in refusal.value.flaws] == [("amount.1", "limit_passed_single")]

"""What is disproved of one of two debits, in any order and at once with what else is heard, comes to what the bank has done."""

from __future__ import annotations

import io
import threading
from random import Random

import pytest

from moa.control.models import ApprovalRequest
from moa.ledger.operations.agree_standing_order import NewStandingOrder
from moa.payments.models import PaymentAttempt
from moa.payments.operations.inquire_attempt import inquire_attempt
from moa.payments.operations.propose_evidence import decide_evidence, propose_evidence
from moa.payments.operations.resend_order import resend_order
from moa.reconciliation.operations.reconcile_lines import reconcile_lines
from tests.channels.bank_world import BankWorld
from tests.control.factories import TODAY, signed_in
from tests.ledger.journal import agree
from tests.payments import bank_scene
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, make_bank_scene, take_statement
from tests.payments.test_contradict_a_failure import asked, denied, first_try, propose, resent, say, text_of
from tests.payments.test_disprove import (
    MORNING,
    NOTHING_PAID,
    answered,
    believed,
    is_booked_right,
    say_of_bank,
    totals,
)
from tests.payments.test_pay_at_once import at_once
from tests.payments.test_put_right import adds_up, items, problems


@pytest.fixture
def scene(db: None, world: BankWorld) -> BankScene:
    return make_bank_scene(world)


def second_try_believed(scene: BankScene) -> int:
    """The first try was debited after all; the second never arrived, and persons said that it was paid."""
    agree(scene.journal, NewStandingOrder("RULE", "Rules", ("rule",), TODAY))
    order_id = denied(scene)
    resent(scene, order_id)
    scene.world.fault("no_reply", key=TRANSFER)
    scene.release(order_id)
    say_of(scene, order_id, "prove_paid", number=2)
    asked(scene, order_id)
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), problems(scene, order_id)) == ("paid", ["debited_twice", ""])
    return order_id


def say_of(scene: BankScene, order_id: int, says: str, *, number: int) -> ApprovalRequest:
    with scene.machine.open():
        tried = PaymentAttempt.objects.get(order_id=order_id, number=number)
    with scene.maker.open():
        request = propose_evidence(
            scene.maker, tried.id, says=says, text="창구 확인", source=io.BytesIO(b"PDF"), name="확인서.pdf"
        )
    with scene.first.open():
        decide_evidence(scene.first, request.id, approve=True, seen_hash=request.content_hash)
    return request


@pytest.mark.parametrize("line_first", [True, False])
def test_of_two_debits_the_one_that_was_made_is_the_payment(scene, line_first):
    order_id = second_try_believed(scene)
    if line_first:
        take_statement(scene)
        assert items(scene) == [("debited_twice", "open", -AMOUNT)]
    say_of_bank(scene, order_id, "prove_failed", number=2)
    say_of(scene, order_id, "prove_failed", number=2)
    assert (scene.attempts(order_id), problems(scene, order_id)) == (["paid", "failed"], ["", ""])
    if not line_first:
        take_statement(scene)
    reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book, retry=True)
    assert scene.state(order_id) == "reconciled" and scene.moved() == AMOUNT + 500 and adds_up(scene)
    assert {state for _, state, _ in items(scene)} <= {"cleared"} and scene.held() == 0
    assert is_booked_right(scene)


def test_a_second_debit_that_was_none_is_claimed_no_more(scene):
    order_id = denied(scene, "no_reply")
    resent(scene, order_id)
    assert scene.release(order_id) == "paid"
    say_of_bank(scene, order_id, "prove_paid")
    say(scene, order_id, "prove_paid")
    assert problems(scene, order_id) == ["debited_twice", ""]
    say_of_bank(scene, order_id, "prove_failed")
    assert problems(scene, order_id) == ["debited_twice", ""], "it stands on the desk as it did"
    say(scene, order_id, "prove_failed")
    assert (scene.state(order_id), scene.attempts(order_id), problems(scene, order_id)) == (
        "paid",
        ["failed", "paid"],
        ["", ""],
    )
    assert f"P{order_id}" not in text_of(signed_in(scene.maker).get("/payments/unknowns"))
    take_statement(scene)
    assert scene.state(order_id) == "reconciled" and adds_up(scene) and not items(scene)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_first_the_books_are_the_banks(scene, seed):
    rng = Random(f"disprove {seed}")
    by_bank, again, rounds = rng.random() < 0.5, rng.random() < 0.6, rng.randrange(3)
    order_id = answered(scene) if by_bank else believed(scene)
    if again:
        say_of_bank(scene, order_id, "prove_failed")
    else:
        scene.wait_until(MORNING)
        if by_bank:
            totals(scene)
        else:
            asked(scene, order_id)
    for _ in range(rounds):
        say(scene, order_id, "prove_failed")
        say_of_bank(scene, order_id, "prove_paid")
        say(scene, order_id, "prove_paid")
        say_of_bank(scene, order_id, "prove_failed")
    say(scene, order_id, "prove_failed")
    assert (scene.books(), scene.held(), scene.moved()) == (NOTHING_PAID, 0, 0)
    if again:
        resent(scene, order_id)
        scene.world.fault(
            *(["applied_no_reply"] if rng.random() < 0.5 else ["late_reply"]), key=TRANSFER, delay=1
        )
        scene.release(order_id)
        scene.inquire(order_id)
        take_statement(scene)
        assert scene.state(order_id) == "reconciled" and adds_up(scene)
    assert scene.moved() == again * (AMOUNT + 500) and is_booked_right(scene)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("beside", ["line", "decision", "inquiry"])
def test_disproving_at_once_with_what_else_happens_comes_to_one_outcome(world, beside, monkeypatch):
    scene = make_bank_scene(world)
    order_id = believed(scene, "applied_no_reply" if beside == "line" else "no_reply")
    if beside == "inquiry":
        scene.wait_until(MORNING)
    say_of_bank(scene, order_id, "prove_failed")
    request = propose(scene, first_try(scene, order_id).id, "prove_failed")
    now, gate = scene.now(scene.first), threading.Event()
    if beside == "line":
        # Its file is here, and its lines are not in the book yet.
        monkeypatch.setattr(bank_scene, "reconcile_lines", lambda *_: None)
        take_statement(scene)

    def decide() -> None:
        gate.set()
        with now.open():
            decide_evidence(now, request.id, approve=True, seen_hash=request.content_hash)

    def other() -> None:
        gate.wait(5)
        if beside == "line":
            reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book, retry=True)
        elif beside == "inquiry":
            inquire_attempt(scene.now(scene.machine), first_try(scene, order_id).id, seconds=8)
        else:
            with scene.maker.open():
                resend_order(scene.maker, order_id, reason="다시")

    results = at_once([decide, other])
    if beside == "line":
        reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book, retry=True)
        stands = (scene.state(order_id), problems(scene, order_id))
        # Either the line was there first, or it contradicts what was decided.
        assert stands in (("reconciled", [""]), ("failed", ["evidence_contradicts"])), (stands, results)
        if stands[0] == "failed":
            say(scene, order_id, "prove_paid")
            reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book, retry=True)
        assert scene.state(order_id) == "reconciled" and adds_up(scene)
    else:
        assert "done" in results and scene.attempts(order_id)[0] == "failed"
        assert scene.books() == NOTHING_PAID and scene.moved() == 0
    assert is_booked_right(scene)

"""What was proven to have failed and was carried out after all is put right by its bank's word and two persons, with the books."""

from __future__ import annotations

import threading
from random import Random

import pytest
from django.db import DatabaseError, connection

from moa.control.models import ApprovalRequest, Notice
from moa.ledger.operations.agree_standing_order import NewStandingOrder
from moa.payments.jobs import settle_waiting
from moa.payments.models import PaymentAttempt
from moa.payments.operations.inquire_attempt import inquire_attempt
from moa.payments.operations.propose_evidence import EvidenceInvalid, decide_evidence
from moa.payments.operations.release_order import begin_attempts
from moa.payments.operations.resend_order import cancel_order
from moa.payments.operations.withdraw_order import withdraw_order
from moa.reconciliation.clearing import clear_item
from moa.reconciliation.models import BankLine, SuspenseItem
from moa.reconciliation.operations.propose_rule import NewRule, decide_rule, propose_rule
from moa.reconciliation.operations.reconcile_lines import reconcile_lines
from moa.reconciliation.operations.suspend_lines import suspend_lines
from moa.reconciliation.rules.matching import Conditions
from tests.channels.bank_world import BankWorld
from tests.control.factories import TODAY, signed_in
from tests.ledger.journal import agree, voucher
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, make_bank_scene, take_statement
from tests.payments.test_contradict_a_failure import asked, denied, first_try, propose, resent, say, text_of
from tests.payments.test_pay_at_once import at_once


@pytest.fixture
def scene(db: None, world: BankWorld) -> BankScene:
    return make_bank_scene(world)


def problems(scene: BankScene, order_id: int) -> list[str]:
    with scene.machine.open():
        found = PaymentAttempt.objects.filter(order_id=order_id).order_by("number")
        return list(found.values_list("problem", flat=True))


def adds_up(scene: BankScene) -> bool:
    """After the statement: what the bank took is what the payer paid, the fees, and what is to be claimed back."""
    found = scene.journal.balances()
    took = (5 * AMOUNT - found["a"]) + found["fees"] - found["suspense"]
    return found["transit"] == 0 and took == scene.moved() == -found["ours"]


def items(scene: BankScene) -> list[tuple[str, str, int]]:
    with scene.machine.open():
        return list(SuspenseItem.objects.order_by("id").values_list("cause", "state", "amount_minor"))


def clear_by_hand(scene: BankScene) -> None:
    """All that stands in suspense."""
    ctx, book = scene.now(scene.journal.ctx), scene.journal.book
    with ctx.open():
        for item in SuspenseItem.objects.filter(state="open").order_by("id"):
            row = BankLine.objects.get(id=item.line_id)
            cleared = clear_item(
                ctx, book, item, row, "goods", "돌려받음", TODAY, authority=scene.journal.authority()
            )
            assert not cleared.code


def test_it_is_paid_and_booked_with_its_fee_and_closed_by_its_line(scene):
    order_id = denied(scene)
    asked(scene, order_id)
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), scene.attempts(order_id), problems(scene, order_id)) == (
        "paid",
        ["paid"],
        [""],
    )
    assert scene.books() == {"a": 4 * AMOUNT, "transit": -(AMOUNT + 500), "fees": 500}
    assert [move["move"] for move in scene.facts(order_id)["history"]][-2:] == ["prove_failed", "put_right"]
    take_statement(scene)
    assert scene.state(order_id) == "reconciled" and adds_up(scene) and not items(scene)


def test_the_line_that_waited_closes_it(scene):
    order_id = denied(scene, "applied_no_reply")
    take_statement(scene)
    say(scene, order_id, "prove_paid")
    assert scene.state(order_id) == "paid"
    reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book)
    assert scene.state(order_id) == "reconciled" and adds_up(scene) and not items(scene)


def test_a_line_that_went_to_suspense_comes_out_of_it(scene):
    agree(scene.journal, NewStandingOrder("RULE", "Rules", ("rule",), TODAY))
    order_id = denied(scene, "applied_no_reply")
    take_statement(scene)
    suspend_lines(scene.now(scene.journal.ctx), scene.journal.book)
    assert scene.journal.balances()["suspense"] == -(AMOUNT + 500)
    say(scene, order_id, "prove_paid")
    assert scene.state(order_id) == "reconciled" and adds_up(scene)
    assert [state for _, state, _ in items(scene)] == ["cleared", "cleared"]


def test_what_was_to_be_sent_again_is_paid_by_the_first_try(scene):
    order_id = denied(scene)
    resent(scene, order_id)
    begin_attempts(scene.now(scene.machine), [order_id])
    asked(scene, order_id)
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), scene.attempts(order_id)) == ("paid", ["paid", "failed"])
    assert (scene.release(order_id), scene.messages(order_id), scene.held()) == ("paid", 1, 0)
    take_statement(scene)
    assert scene.state(order_id) == "reconciled" and adds_up(scene)


@pytest.mark.parametrize("given_up", [cancel_order, withdraw_order])
def test_what_was_given_up_meanwhile_is_paid_all_the_same(scene, given_up):
    order_id = denied(scene)
    if given_up is withdraw_order:
        resent(scene, order_id)
    with scene.maker.open():
        given_up(scene.maker, order_id)
    asked(scene, order_id)
    say(scene, order_id, "prove_paid")
    take_statement(scene)
    assert scene.state(order_id) == "reconciled" and adds_up(scene)


def test_when_it_was_paid_again_it_is_shown_as_debited_twice_until_it_is_back(scene):
    agree(scene.journal, NewStandingOrder("RULE", "Rules", ("rule",), TODAY))
    order_id = denied(scene)
    resent(scene, order_id)
    assert scene.release(order_id) == "paid"
    asked(scene, order_id)
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), scene.attempts(order_id)) == ("paid", ["paid", "paid"])
    assert (problems(scene, order_id), scene.moved()) == (["debited_twice", ""], 2 * (AMOUNT + 500))
    with scene.machine.open():
        assert Notice.objects.filter(kind="payments.doubled").exists()
    client = signed_in(scene.maker)
    page = text_of(client.get(f"/payments/{order_id}"))
    assert "청구할 금액 1,000,000 KRW" in page and "두 번 출금" in page
    assert "청구하십시오" in text_of(client.get(f"/payments/attempts/{first_try(scene, order_id).id}"))
    assert f"P{order_id}" in text_of(client.get("/payments/unknowns"))
    take_statement(scene)
    assert scene.state(order_id) == "reconciled" and adds_up(scene)
    assert items(scene) == [("debited_twice", "open", -AMOUNT)] and scene.books()["fees"] == 1_000
    assert f"P{order_id}" in text_of(client.get("/payments/unknowns"))
    clear_by_hand(scene)
    assert f"P{order_id}" not in text_of(client.get("/payments/unknowns"))
    assert "청구할 금액" not in text_of(client.get(f"/payments/{order_id}"))
    assert "청구하십시오" not in text_of(client.get(f"/payments/attempts/{first_try(scene, order_id).id}"))


def test_what_a_person_cleared_before_it_was_known_as_twice_is_not_claimed(scene):
    agree(scene.journal, NewStandingOrder("RULE", "Rules", ("rule",), TODAY))
    order_id = denied(scene)
    resent(scene, order_id)
    assert scene.release(order_id) == "paid"
    take_statement(scene)
    suspend_lines(scene.now(scene.journal.ctx), scene.journal.book)
    clear_by_hand(scene)
    say(scene, order_id, "prove_paid")
    assert problems(scene, order_id) == ["debited_twice", ""] and scene.state(order_id) == "reconciled"
    client = signed_in(scene.maker)
    assert "청구할 금액" not in text_of(client.get(f"/payments/{order_id}"))
    assert f"P{order_id}" not in text_of(client.get("/payments/unknowns"))


def test_a_next_try_that_turns_out_paid_is_the_second_debit(scene):
    order_id = denied(scene)
    resent(scene, order_id)
    scene.world.fault("applied_no_reply", key=TRANSFER)
    assert scene.release(order_id) == "unknown"
    asked(scene, order_id)
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), scene.attempts(order_id), scene.held()) == ("paid", ["paid", "unknown"], 0)
    scene.inquire(order_id)
    assert (scene.attempts(order_id), problems(scene, order_id)) == (["paid", "paid"], ["", "debited_twice"])
    take_statement(scene)
    assert scene.state(order_id) == "reconciled" and adds_up(scene)
    assert items(scene) == [("debited_twice", "open", -AMOUNT)]


def test_a_next_try_that_failed_leaves_it_as_it_is(scene):
    order_id = denied(scene)
    resent(scene, order_id)
    scene.world.fault("no_reply", key=TRANSFER)
    scene.release(order_id)
    asked(scene, order_id)
    say(scene, order_id, "prove_paid")
    scene.wait_until("2026-11-21T08:00")
    scene.inquire(order_id)
    assert (scene.state(order_id), scene.attempts(order_id)) == ("paid", ["paid", "failed"])


def test_what_came_back_after_all_is_returned(scene):
    order_id = denied(scene)
    asked(scene, order_id)
    say(scene, order_id, "give_back")
    assert (scene.state(order_id), scene.attempts(order_id)) == ("returned_by_bank", ["returned"])
    assert scene.books() == {"a": 5 * AMOUNT, "transit": -500, "fees": 500}


def test_persons_may_stand_by_the_failure(scene):
    order_id = denied(scene, "applied_no_reply")
    take_statement(scene)
    say(scene, order_id, "prove_failed")
    assert (scene.state(order_id), problems(scene, order_id)) == ("failed", [""])
    reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book)
    with scene.machine.open():
        assert set(BankLine.objects.values_list("state", "problem")) == {("unposted", "")}
    assert problems(scene, order_id) == [""], "they have decided on this very line"
    resent(scene, order_id)


def test_without_the_banks_word_persons_do_not_turn_a_failure_round(scene):
    order_id = denied(scene, "no_reply")
    with pytest.raises(EvidenceInvalid):
        propose(scene, first_try(scene, order_id).id, "prove_paid")
    for statement in (
        "update payments_paymentattempt set state = 'paid'",
        "update payments_paymentorder set state = 'paid'",
    ):
        with pytest.raises(DatabaseError), scene.machine.open(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_one_person_alone_does_not(scene):
    order_id = denied(scene)
    asked(scene, order_id)
    propose(scene, first_try(scene, order_id).id, "prove_paid")
    assert (scene.state(order_id), scene.attempts(order_id)) == ("failed", ["failed"])
    refused = pytest.raises(DatabaseError, match="two persons")
    with refused, scene.machine.open(), connection.cursor() as cursor:
        cursor.execute("update payments_paymentattempt set state = 'paid'")


def test_what_the_books_cannot_take_now_waits_and_is_settled_later(scene):
    order_id = denied(scene)
    asked(scene, order_id)
    other = scene.paid(amount=str(4 * AMOUNT + 500_000), memo="다른 건", duplicate_reason="다른 건")
    assert scene.state(other) == "paid"
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), scene.attempts(order_id)) == ("failed", ["paid"])
    assert scene.order(order_id).problem == "below_floor"
    scene.journal.post(voucher("more", "bank", "a", AMOUNT))
    settle_waiting(scene.now(scene.machine))
    assert scene.state(order_id) == "paid"
    take_statement(scene)
    assert scene.state(order_id) == "reconciled"


@pytest.mark.parametrize("is_twice", [True, False])
def test_a_rule_that_comes_into_force_clears_no_claim(scene, is_twice):
    agree(scene.journal, NewStandingOrder("RULE", "Rules", ("rule",), TODAY))
    order_id = denied(scene)
    if is_twice:
        resent(scene, order_id)
        scene.release(order_id)
        asked(scene, order_id)
        say(scene, order_id, "prove_paid")
    take_statement(scene)
    suspend_lines(scene.now(scene.journal.ctx), scene.journal.book)
    before, ctx = items(scene), scene.journal.ctx
    with ctx.open():
        request = propose_rule(
            ctx,
            scene.journal.book,
            new=NewRule("ALL", "All", Conditions(direction="out"), "goods", TODAY, "post"),
        )
    with scene.journal.second.open():
        decide_rule(scene.journal.second, request.id, approve=True, seen_hash=request.content_hash)
    reconcile_lines(scene.now(ctx), scene.journal.book, retry=True)
    assert items(scene) == before and {state for _, state, _ in before} == {"open"}


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_first_the_books_are_the_banks(scene, seed):
    rng = Random(f"put right {seed}")
    again = ("no", "ready", "paid", "unknown")[seed % 4]
    by_line, suspends, asks_first = (rng.random() < 0.5 for _ in range(3))
    agree(scene.journal, NewStandingOrder("RULE", "Rules", ("rule",), TODAY))
    order_id = denied(scene)
    if again != "no":
        resent(scene, order_id)
    if again == "unknown":
        scene.world.fault("applied_no_reply", key=TRANSFER)
    if again in ("paid", "unknown"):
        scene.release(order_id)
    if by_line:
        take_statement(scene)
        if suspends:
            suspend_lines(scene.now(scene.journal.ctx), scene.journal.book)
    else:
        asked(scene, order_id)
    if again == "unknown" and asks_first:
        scene.inquire(order_id)
    say(scene, order_id, "prove_paid")
    if again == "unknown" and not asks_first:
        scene.inquire(order_id)
    if not by_line:
        take_statement(scene)
    reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book, retry=True)
    assert (scene.state(order_id), scene.held()) == ("reconciled", 0)
    is_twice = again in ("paid", "unknown")
    assert scene.moved() == (1 + is_twice) * (AMOUNT + 500) and adds_up(scene)
    assert problems(scene, order_id).count("debited_twice") == is_twice
    open_ones = sum(minor for _, state, minor in items(scene) if state == "open")
    assert (open_ones <= -AMOUNT) == is_twice


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("beside", ["line", "next_try"])
def test_putting_right_at_once_with_what_else_is_heard_comes_to_one_payment(world, beside):
    scene = make_bank_scene(world)
    order_id = denied(scene, "applied_no_reply" if beside == "line" else "late_apply")
    if beside == "line":
        take_statement(scene)
    else:
        resent(scene, order_id)
        scene.world.fault("applied_no_reply", key=TRANSFER)
        scene.release(order_id)
        asked(scene, order_id)
    request: ApprovalRequest = propose(scene, first_try(scene, order_id).id, "prove_paid")
    now, gate = scene.now(scene.first), threading.Event()

    def decide() -> None:
        gate.set()
        with now.open():
            decide_evidence(now, request.id, approve=True, seen_hash=request.content_hash)

    def hear() -> None:
        gate.wait(5)
        if beside == "line":
            reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book, retry=True)
            return
        later = scene.now(scene.machine)
        with later.open():
            last = PaymentAttempt.objects.get(order_id=order_id, number=2)
            PaymentAttempt.objects.filter(id=last.id).update(ask_at=later.at)
        inquire_attempt(later, last.id, seconds=8)

    assert at_once([decide, hear]) == ["done", "done"]
    if beside == "line":
        reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book, retry=True)
        assert not items(scene)
    else:
        take_statement(scene)
        assert sorted(problems(scene, order_id)) == ["", "debited_twice"]
        assert items(scene) == [("debited_twice", "open", -AMOUNT)]
    assert scene.state(order_id) == "reconciled" and adds_up(scene)

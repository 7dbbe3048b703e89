"""What was put right stays so while the books cannot take it, and whatever is heard before and after it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from moa.channels.operations.ask_bank import channel_to
from moa.control.models import Notice
from moa.ledger.operations.agree_standing_order import NewStandingOrder
from moa.ledger.operations.change_account import change_account
from moa.payments.approving import PaymentRefused
from moa.payments.attempts import lock_attempt, mark_contradiction
from moa.payments.jobs import release_due, settle_waiting
from moa.payments.operations.compare_totals import compare_totals
from moa.payments.operations.propose_evidence import EvidenceInvalid
from moa.payments.operations.release_order import begin_attempts, send_attempts
from moa.payments.operations.resend_order import cancel_order
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.operations.withdraw_order import withdraw_order
from moa.reconciliation.models import BankLink
from moa.reconciliation.operations.reconcile_lines import reconcile_lines
from moa.reconciliation.operations.suspend_lines import suspend_lines
from tests.channels.bank_world import BankWorld
from tests.control.factories import TODAY, signed_in
from tests.ledger.journal import agree, voucher
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, make_bank_scene, take_statement
from tests.payments.test_contradict_a_failure import asked, denied, first_try, propose, resent, say, text_of
from tests.payments.test_put_right import adds_up, items, problems


@pytest.fixture
def scene(db: None, world: BankWorld) -> BankScene:
    return make_bank_scene(world)


def test_what_the_books_cannot_take_now_stops_no_other_payment_and_is_not_paid_again(scene):
    order_id = denied(scene)
    resent(scene, order_id)
    asked(scene, order_id)
    scene.journal.post(voucher("b", "bank", "b", 5 * AMOUNT))
    other = scene.approved(payer="b", amount="5000", memo="다른 건")
    with scene.journal.ctx.open():
        change_account(scene.journal.ctx, scene.journal.book, "a", "freeze")
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), scene.attempts(order_id)) == ("ready", ["paid"])
    problem = scene.order(order_id).problem
    release_due(scene.now(scene.machine))
    assert (scene.state(other), scene.state(order_id), scene.messages(order_id)) == ("paid", "ready", 1)
    assert scene.order(order_id).problem == problem
    with pytest.raises(PaymentRefused), scene.maker.open():
        withdraw_order(scene.maker, order_id)
    with scene.journal.ctx.open():
        change_account(scene.journal.ctx, scene.journal.book, "a", "unfreeze")
    settle_waiting(scene.now(scene.machine))
    assert (scene.state(order_id), scene.held()) == ("paid", 0)


def test_what_the_books_cannot_take_now_is_not_said_to_have_failed(scene):
    order_id = denied(scene)
    asked(scene, order_id)
    scene.journal.post(voucher("less", "a", "bank", 4 * AMOUNT + 500_000))
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), scene.attempts(order_id)) == ("failed", ["paid"])
    with pytest.raises(PaymentRefused), scene.maker.open():
        cancel_order(scene.maker, order_id)
    client = signed_in(scene.maker)
    page = client.get(f"/payments/{order_id}")
    assert "아직 장부에 반영되지 않았습니다" in text_of(page)
    assert f"like={order_id}" not in page.content.decode()
    with pytest.raises(OrderFlawed) as flawed:
        scene.submit()
    assert [one.code for one in flawed.value.flaws] == ["payment_perhaps_twice"]


def test_the_same_word_of_the_banks_does_not_undo_what_persons_stood_by(scene):
    order_id = denied(scene, "applied_no_reply")
    asked(scene, order_id)
    say(scene, order_id, "prove_failed")
    assert problems(scene, order_id) == [""]
    scene.paid(memo="다른 건", duplicate_reason="다른 건")
    channel_to(scene.now(scene.machine), "004", seconds=1).listen()
    scene.hear()
    assert asked(scene, order_id) == "not asked", "a debit that was told is of the other one"
    with scene.machine.open():
        link = BankLink.objects.get().id
    scene.wait_until("2026-11-21T00:45")
    row = compare_totals(scene.now(scene.machine), link, TODAY, seconds=1)
    assert row is not None and [one["order"] for one in row.items] == [order_id], "it is shown still"
    assert (problems(scene, order_id), first_try(scene, order_id).ask_at) == ([""], None)
    resent(scene, order_id)


@pytest.mark.parametrize("is_suspended", [True, False])
def test_what_the_banks_lines_say_came_back_is_given_back_wherever_they_lie(scene, is_suspended):
    agree(scene.journal, NewStandingOrder("RULE", "Rules", ("rule",), TODAY))
    scene.world.fault("returned", key=TRANSFER, delay=60)
    order_id = scene.approved()
    (attempts,) = begin_attempts(scene.machine, [order_id]).values()
    send_attempts(scene.machine, attempts, seconds=1)  # stopped before the answer was taken in
    say(scene, order_id, "prove_failed")
    scene.wait(minutes=2)
    take_statement(scene)
    if is_suspended:
        suspend_lines(scene.now(scene.journal.ctx), scene.journal.book)
    say(scene, order_id, "prove_paid")
    reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book)
    assert (scene.state(order_id), scene.attempts(order_id)) == ("returned_by_bank", ["returned"])
    assert scene.books() == {"a": 5 * AMOUNT, "transit": 0, "fees": 500} and adds_up(scene)
    assert {state for _, state, _ in items(scene)} == ({"cleared"} if is_suspended else set())


@pytest.mark.parametrize("again", ["paid", "failed"])
def test_what_came_back_leaves_the_payment_to_the_next_try(scene, again):
    order_id = denied(scene)
    resent(scene, order_id)
    scene.world.fault("applied_no_reply" if again == "paid" else "no_reply", key=TRANSFER)
    assert scene.release(order_id) == "unknown"
    asked(scene, order_id)
    say(scene, order_id, "give_back")
    assert (scene.state(order_id), scene.attempts(order_id)) == ("unknown", ["returned", "unknown"])
    assert (scene.books()["a"], scene.held()) == (5 * AMOUNT, AMOUNT)
    if again == "failed":
        scene.wait_until("2026-11-21T08:00")
    scene.inquire(order_id)
    settle_waiting(scene.now(scene.machine))
    assert (scene.attempts(order_id), problems(scene, order_id)) == (["returned", again], ["", ""])
    stands, left, fees = ("paid", 4, 500) if again == "paid" else ("returned_by_bank", 5, 0)
    assert (scene.state(order_id), scene.held()) == (stands, 0)
    assert scene.books() == {"a": left * AMOUNT, "transit": -(5 - left) * AMOUNT - fees, "fees": fees}


def test_what_is_paid_after_the_payment_was_given_back_is_no_double(scene):
    agree(scene.journal, NewStandingOrder("RULE", "Rules", ("rule",), TODAY))
    order_id = denied(scene)
    resent(scene, order_id)
    scene.world.fault("returned", key=TRANSFER, delay=60)
    assert scene.release(order_id) == "paid"
    asked(scene, order_id)
    channel_to(scene.now(scene.machine), "004", seconds=1).listen()
    scene.hear()
    assert scene.state(order_id) == "returned_by_bank"
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), scene.attempts(order_id)) == ("returned_by_bank", ["paid", "returned"])
    assert problems(scene, order_id)[0] == "paid_after_return"
    with scene.machine.open():
        kinds = set(Notice.objects.values_list("kind", flat=True))
    assert "payments.paid_after_return" in kinds and "payments.doubled" not in kinds
    client = signed_in(scene.maker)
    page = text_of(client.get(f"/payments/{order_id}"))
    assert "돌려준 뒤에 결국 지급되었습니다" in page and "청구할 금액" not in page and "두 번" not in page
    desk = text_of(client.get("/payments/unknowns"))
    assert "돌려준 뒤에 결국 지급되었습니다" in desk and "두 번" not in desk
    take_statement(scene)
    assert adds_up(scene) and items(scene) == [("paid_after_return", "open", -AMOUNT)]


def test_of_two_debits_the_one_that_is_left_when_the_other_comes_back_is_no_double(scene):
    agree(scene.journal, NewStandingOrder("RULE", "Rules", ("rule",), TODAY))
    order_id = denied(scene)
    resent(scene, order_id)
    scene.world.fault("returned", key=TRANSFER, delay=1_200)
    assert scene.release(order_id) == "paid"
    asked(scene, order_id)
    say(scene, order_id, "prove_paid")
    assert problems(scene, order_id) == ["debited_twice", ""]
    scene.wait(minutes=21)
    channel_to(scene.now(scene.machine), "004", seconds=1).listen()
    scene.hear()
    assert (scene.state(order_id), problems(scene, order_id)) == (
        "returned_by_bank",
        ["paid_after_return", ""],
    )
    take_statement(scene)
    assert adds_up(scene) and items(scene) == [("paid_after_return", "open", -AMOUNT)]


def test_one_that_never_left_fails_with_its_payment_and_nothing_is_sent_before_a_person_asks(scene):
    order_id = scene.approved()
    (attempts,) = begin_attempts(scene.now(scene.machine), [order_id]).values()
    with scene.machine.open():
        order, attempt = lock_attempt(attempts[0])
        mark_contradiction(scene.machine, order, attempt, "statement")
    assert (scene.release(order_id), scene.messages(order_id)) == ("ready", 0)
    with pytest.raises(EvidenceInvalid):
        propose(scene, attempts[0], "prove_paid")
    assert "서로 맞지 않습니다" in text_of(signed_in(scene.maker).get(f"/payments/attempts/{attempts[0]}"))
    say(scene, order_id, "prove_failed")
    assert (scene.state(order_id), scene.attempts(order_id), problems(scene, order_id)) == (
        "failed",
        ["failed"],
        [""],
    )
    release_due(scene.now(scene.machine))
    assert (scene.messages(order_id), scene.held(), scene.order(order_id).problem) == (
        0,
        0,
        "payment_not_made",
    )
    resent(scene, order_id)
    assert (scene.release(order_id), scene.attempts(order_id)) == ("paid", ["failed", "paid"])


def test_one_that_never_left_and_is_not_contradicted_proves_nothing(scene):
    order_id = scene.approved()
    (attempts,) = begin_attempts(scene.now(scene.machine), [order_id]).values()
    for says in ("prove_failed", "prove_paid", "give_back"):
        with pytest.raises(EvidenceInvalid):
            propose(scene, attempts[0], says)


def test_a_row_that_says_that_persons_agreed_is_not_their_agreement(scene):
    order_id = denied(scene)
    asked(scene, order_id)
    request = propose(scene, first_try(scene, order_id).id, "prove_paid")
    row = """insert into payments_evidence (group_id, order_id, attempt_id, kind, says, facts)
             select group_id, order_id, id, 'outside', 'prove_paid', jsonb_build_object('request', %s::text)
               from payments_paymentattempt where order_id = %s"""
    refused = pytest.raises(DatabaseError, match="two persons")
    with refused, scene.machine.open(), connection.cursor() as cursor:
        cursor.execute(row, [request.id, order_id])
        cursor.execute("update payments_paymentattempt set state = 'paid'")

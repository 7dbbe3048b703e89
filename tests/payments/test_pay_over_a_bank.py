"""A payment over a bank, from the form to its proof, against simulated banks in a process of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from moa.channels.models import ChannelMessage, Connection
from moa.channels.operations.ask_bank import channel_to
from moa.control.operations.approve_batch import batch_problem
from moa.kernel.lifecycle import MoveNotAllowed
from moa.payments.models import PaymentAttempt
from moa.payments.operations.inquire_attempt import inquire_attempts
from moa.payments.operations.release_order import begin_attempts, release_orders, send_attempts
from moa.payments.operations.resend_order import resend_order
from moa.payments.operations.save_order import save_order
from moa.payments.operations.submit_order import OrderFlawed, submit_order
from moa.payments.operations.withdraw_order import withdraw_order
from tests.channels.bank_world import BankWorld
from tests.control.factories import signed_in
from tests.ledger.journal import voucher
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, hours_late, make_bank_scene


@pytest.fixture
def scene(db: None, world: BankWorld) -> BankScene:
    return make_bank_scene(world)


def test_it_is_approved_sent_once_and_paid_on_the_banks_word(scene):
    order_id = scene.approved()
    assert (scene.state(order_id), scene.held(), scene.moved()) == ("approved", AMOUNT, 0)
    assert scene.release(order_id) == "paid"
    assert (scene.held(), scene.moved()) == (0, AMOUNT + 500)
    assert scene.books() == {"a": 4 * AMOUNT, "transit": -(AMOUNT + 500), "fees": 500}
    assert scene.evidence(order_id) == [("answer", "prove_paid"), ("voucher", "")]
    assert scene.release(order_id) == "paid" and scene.messages(order_id) == 1


def test_silence_is_unknown_and_only_the_inquiry_ends_it(scene):
    scene.world.fault("applied_no_reply", key=TRANSFER)
    order_id = scene.paid()
    assert (scene.state(order_id), scene.held(), scene.attempts(order_id)) == ("unknown", AMOUNT, ["unknown"])
    assert scene.inquire(order_id) == "paid"
    assert (scene.state(order_id), scene.held(), scene.moved()) == ("paid", 0, AMOUNT + 500)


def test_a_refusal_fails_and_frees_the_amount(scene):
    scene.world.fault("refused", key=TRANSFER, code="0011")
    order_id = scene.paid()
    order = scene.order(order_id)
    assert (order.state, order.problem, scene.held(), scene.moved()) == (
        "failed",
        "bank_refused_payment",
        0,
        0,
    )
    assert scene.books() == {"a": 5 * AMOUNT, "transit": 0, "fees": 0}


@pytest.mark.parametrize(
    ("fault", "then", "state"),
    [
        ("no_reply", "unknown", "unknown"),
        ("drop_before", "unknown", "unknown"),
        ("drop_after", "unknown", "paid"),
        ("malformed", "unknown", "paid"),
        ("timeout_reply", "unknown", "paid"),
        ("duplicate_reply", "paid", "paid"),
        ("unexpected", "paid", "paid"),
    ],
)
def test_what_the_page_says_is_what_is_proven(scene, fault, then, state):
    scene.world.fault(fault, key=TRANSFER, times=1)
    order_id = scene.paid()
    assert scene.state(order_id) == then
    scene.inquire(order_id)
    assert scene.state(order_id) == state
    debited = AMOUNT + 500 if state == "paid" else 0
    assert (scene.moved(), scene.messages(order_id)) == (debited, 1)
    assert scene.held() == (AMOUNT if state == "unknown" else 0)


def test_that_a_bank_knows_nothing_fails_it_only_when_the_banks_day_is_over(scene):
    scene.world.fault("no_reply", key=TRANSFER)
    order_id = scene.paid()
    assert [scene.inquire(order_id) for _ in range(3)] == ["unknown"] * 3
    scene.wait_until("2026-11-20T23:45")
    assert scene.inquire(order_id) == "unknown", "clocks may differ"
    scene.wait_until("2026-11-21T00:45")
    assert scene.inquire(order_id) == "failed"
    assert (scene.state(order_id), scene.held(), scene.moved()) == ("failed", 0, 0)
    # The bank has refused nothing: it never had it.
    assert scene.order(order_id).problem == "payment_never_arrived"


def test_a_bank_with_a_slow_clock_closes_late_and_what_it_takes_then_is_not_sent_again(scene):
    scene.world.fault("slow_clock", amount=3_300)
    scene.world.fault("late_apply", key=TRANSFER, delay=60_000)
    order_id = scene.paid()
    scene.wait_until("2026-11-20T23:45")
    assert (scene.inquire(order_id), scene.moved()) == ("unknown", 0), "by its own clock it is 22:50"
    scene.wait_until("2026-11-21T00:45")
    assert (scene.inquire(order_id), scene.moved()) == ("paid", AMOUNT + 500)


def test_a_bank_that_closes_hours_late_is_not_believed_until_it_is_on_its_next_day(scene):
    hours_late(scene, "004", TRANSFER)


def test_a_request_that_arrives_late_is_paid_after_the_bank_knew_nothing(scene):
    scene.world.fault("late_apply", key=TRANSFER, delay=600)
    order_id = scene.paid()
    assert scene.inquire(order_id) == "unknown"
    scene.wait(seconds=700)
    assert scene.inquire(order_id) == "paid"
    assert (scene.moved(), scene.messages(order_id)) == (AMOUNT + 500, 1)


def test_a_lie_after_the_banks_day_is_found_by_its_totals(scene):
    scene.world.fault("applied_no_reply", key=TRANSFER)
    order_id = scene.paid()
    scene.wait_until("2026-11-21T00:45")
    scene.world.fault("no_record", key="7000/100", times=1)
    assert scene.inquire(order_id) == "unknown", "the totals have one more than we know of"
    assert scene.inquire(order_id) == "paid"


def test_a_transfer_that_fails_afterwards_comes_back_to_the_payer(scene):
    scene.world.fault("returned", key=TRANSFER, delay=60)
    order_id = scene.paid()
    assert scene.state(order_id) == "paid"
    scene.wait(seconds=120)
    channel_to(scene.now(scene.machine), "004", seconds=1).listen()
    assert scene.hear() == 1 and scene.hear() == 0
    order = scene.order(order_id)
    assert (order.state, order.problem, scene.attempts(order_id)) == (
        "returned_by_bank",
        "returned_by_bank",
        ["returned"],
    )
    assert scene.books() == {"a": 5 * AMOUNT, "transit": -500, "fees": 500}
    assert scene.moved() == 500
    page = signed_in(scene.maker).get(f"/payments/{order_id}").content.decode()
    assert page.count("은행이 돈을 돌려주었습니다") == 1, "said once"


def test_an_inquiry_that_tells_of_a_return_is_no_failure(scene):
    scene.world.fault("returned", key=TRANSFER, delay=60)
    scene.world.fault("applied_no_reply", key=TRANSFER)
    order_id = scene.paid()
    scene.wait(seconds=120)
    assert scene.inquire(order_id) in ("returned", "paid")


def test_a_refused_payment_is_sent_again_as_a_new_try(scene):
    scene.world.fault("refused", key=TRANSFER, code="0011", times=1)
    order_id = scene.paid()
    with scene.maker.open():
        resend_order(scene.maker, order_id, reason="잔액 보충")
    assert (scene.state(order_id), scene.held()) == ("ready", AMOUNT)
    assert scene.release(order_id) == "paid"
    assert (scene.attempts(order_id), scene.moved()) == (["failed", "paid"], AMOUNT + 500)


def test_what_is_unknown_is_neither_sent_again_nor_taken_back(scene):
    scene.world.fault("no_reply", key=TRANSFER)
    order_id = scene.paid()
    for act in (resend_order, withdraw_order):
        with pytest.raises(MoveNotAllowed), scene.maker.open():
            act(scene.maker, order_id)
    assert scene.release(order_id) == "unknown" and scene.messages(order_id) == 1


def test_it_is_taken_back_until_it_leaves(scene):
    order_id = scene.approved()
    (attempts,) = begin_attempts(scene.machine, [order_id]).values()
    with scene.maker.open():
        withdraw_order(scene.maker, order_id)
    assert (scene.state(order_id), scene.attempts(order_id), scene.held()) == ("withdrawn", ["failed"], 0)
    assert send_attempts(scene.machine, attempts, seconds=1) == {}, "who was about to send finds it ended"
    assert (scene.messages(order_id), scene.moved()) == (0, 0)


def test_without_a_line_it_waits_and_goes_when_the_bank_is_back(scene):
    order_id = scene.approved()
    with scene.machine.open():
        port = Connection.objects.values_list("port", flat=True).get()
        Connection.objects.update(port=1)
    scene.release(order_id)
    assert (scene.state(order_id), scene.attempts(order_id), scene.moved()) == ("ready", ["prepared"], 0)
    assert scene.order(order_id).problem == "bank_line_down"
    with scene.machine.open():
        Connection.objects.update(port=port)
    assert scene.release(order_id) == "paid" and scene.attempts(order_id) == ["paid"]


def test_a_bank_that_is_down_answers_nothing_and_is_asked_when_it_is_back(scene):
    order_id = scene.approved()
    scene.world.fault("bank_down", delay=60)
    assert scene.release(order_id) in ("unknown", "ready")
    scene.wait(seconds=120)
    scene.release(order_id)
    scene.inquire(order_id)
    assert (scene.state(order_id) == "paid") == (scene.moved() > 0)


def test_a_bank_that_is_down_all_day_gets_it_once_on_the_next(scene):
    order_id = scene.approved()
    with scene.machine.open():
        # Its day was not opened before it went down, so no message of ours is on its way to it.
        Connection.objects.update(opened_on=None)
    scene.world.fault("bank_down", delay=86_400)
    for moment, problem in (
        ("10:30", "bank_line_down"),
        ("22:00", "bank_line_down"),
        ("23:45", "bank_closed_now"),
    ):
        scene.wait_until(f"2026-11-20T{moment}")
        scene.release(order_id)
        assert (scene.state(order_id), scene.order(order_id).problem) == ("ready", problem)
    assert (scene.messages(order_id), scene.held()) == (0, AMOUNT)
    scene.wait_until("2026-11-23T10:00")
    assert scene.release(order_id) == "paid"
    assert (scene.messages(order_id), scene.moved()) == (1, AMOUNT + 500)


def test_a_bank_that_goes_down_and_takes_no_line_costs_no_payment_its_certainty(scene):
    orders = [scene.approved(amount=amount) for amount in ("1001", "1002", "1003")]
    scene.release(orders[0])
    scene.world.fault("bank_down", delay=7_200)
    for order_id in orders[1:]:
        scene.release(order_id)
        assert (scene.state(order_id), scene.order(order_id).problem) == ("ready", "bank_line_down")
    scene.wait(minutes=5)
    release_orders(scene.now(scene.machine), orders[1:], seconds=1)
    assert [scene.state(one) for one in orders] == ["paid", "ready", "ready"]
    assert scene.held() == 2005
    scene.wait(hours=2)
    release_orders(scene.now(scene.machine), orders[1:], seconds=1)
    assert [scene.state(one) for one in orders] == ["paid"] * 3
    assert scene.moved() == 3006 + 3 * 500 and scene.held() == 0


def test_a_bank_that_was_not_heard_for_a_while_is_tested_before_a_payment_leaves(scene, monkeypatch):
    order_id = scene.approved()
    with scene.machine.open():
        Connection.objects.update(heard_at=datetime.now(UTC) - timedelta(minutes=2))
    # It takes the line, and says nothing to whatever it is told.
    scene.world.fault("no_reply", times=0)
    assert scene.release(order_id) == "ready"
    assert (scene.messages(order_id), scene.order(order_id).problem) == (0, "bank_line_down")
    scene.world.ask("DELETE", "/faults")
    assert scene.release(order_id) == "paid" and scene.attempts(order_id) == ["paid"]


def test_a_banks_wrong_clock_moves_no_judgement(scene):
    scene.world.fault("wrong_clock", amount=7_200)
    paid = scene.paid(amount="5000")
    scene.world.fault("no_reply", key=TRANSFER, times=1)
    lost = scene.paid()
    assert (scene.state(paid), scene.state(lost)) == ("paid", "unknown")
    # The bank says that it is tomorrow already; its day is over when it is over by ours.
    scene.wait_until("2026-11-20T23:15")
    assert scene.inquire(lost) == "unknown"
    scene.wait_until("2026-11-21T00:45")
    assert (scene.inquire(lost), scene.inquire(paid)) == ("failed", "paid")


def test_unknown_ones_are_asked_together_and_those_that_never_arrived_end_in_one_round(scene):
    orders = [scene.approved(amount=str(1_000 + number)) for number in range(6)]
    scene.world.fault("applied_no_reply", key=TRANSFER, times=2)
    for order_id in orders[:2]:
        scene.release(order_id)
    scene.world.fault("no_reply", key=TRANSFER, times=4)
    for order_id in orders[2:]:
        scene.release(order_id)
    scene.wait_until("2026-11-21T00:45")
    ctx = scene.now(scene.machine)
    with ctx.open():
        tries = list(PaymentAttempt.objects.order_by("id").values_list("id", flat=True))
        sent = ChannelMessage.objects.filter(direction="out").count()
    inquire_attempts(ctx, tries, seconds=1)
    # What was done is taken in first, so the totals have no room for the others.
    assert [scene.state(one) for one in orders] == ["paid"] * 2 + ["failed"] * 4
    with ctx.open():
        # One question each, the totals once, and the opening of the bank's new day.
        assert ChannelMessage.objects.filter(direction="out").count() == sent + len(tries) + 2
    assert scene.held() == 0


def test_a_bank_that_is_silent_gets_no_more_than_the_first_of_a_batch(scene, monkeypatch):
    monkeypatch.setattr("moa.payments.operations.release_order.UNANSWERED", 2)
    orders = [scene.approved(amount=str(1_000 + number)) for number in range(5)]
    scene.world.fault("no_reply", key=TRANSFER, times=0)
    release_orders(scene.now(scene.machine), orders, seconds=1)
    assert [scene.state(one) for one in orders] == ["unknown"] * 2 + ["ready"] * 3
    assert [scene.order(one).problem for one in orders[2:]] == ["bank_line_down"] * 3
    scene.world.ask("DELETE", "/faults")
    release_orders(scene.now(scene.machine), orders, seconds=1)
    assert [scene.state(one) for one in orders] == ["unknown"] * 2 + ["paid"] * 3
    assert [scene.messages(one) for one in orders] == [1] * 5


def test_outside_the_banks_hours_it_waits(scene):
    scene.wait_until("2026-11-20T23:40")
    order_id = scene.paid()
    assert (scene.state(order_id), scene.order(order_id).problem, scene.messages(order_id)) == (
        "approved",
        "bank_closed_now",
        0,
    )


@pytest.mark.parametrize(
    ("typed", "flaw"),
    [
        ({"to_bank": "999"}, ("to_bank", "bank_unknown")),
        ({"payee": "12-x"}, ("payee", "bank_account_number_invalid")),
        ({"to_name": "다른사람"}, ("name_reason", "payee_name_mismatch")),
        ({"amount": "10,000,000,001"}, ("amount", "above_bank_limit")),
        ({"payer": "ours"}, ("charge", "payment_field_missing")),
        ({"via": "b"}, ("via", "via_unknown")),
    ],
)
def test_what_cannot_be_paid_is_said_before_anybody_decides(scene, typed, flaw):
    with pytest.raises(OrderFlawed) as refused:
        scene.submit(**typed)
    assert flaw in [(one.field, one.code) for one in refused.value.flaws]


def test_a_closed_account_and_one_nobody_asked_about_are_refused(scene):
    with pytest.raises(OrderFlawed) as refused:
        scene.submit(payee=scene.closed["number"], to_name="")
    assert ("payee", "payee_account_closed") in [(one.field, one.code) for one in refused.value.flaws]
    with pytest.raises(OrderFlawed) as refused:
        scene.submit(payee="004999999999", to_name="")
    assert [(one.field, one.code) for one in refused.value.flaws] == [("payee", "payee_account_unknown")]
    with scene.maker.open(), pytest.raises(OrderFlawed) as refused:
        order = save_order(scene.maker, scene.journal.book, scene.typed())
        submit_order(scene.maker, order.id, seen_version=order.version)
    assert ("payee", "payee_not_asked") in [(one.field, one.code) for one in refused.value.flaws]


def test_another_name_needs_a_reason_that_the_approver_reads(scene):
    request = scene.submit(to_name="다른사람", name_reason="상호 변경, 사업자등록증 확인")
    assert (request.content["name_verdict"], request.content["bank_name"]) == (
        "mismatch",
        scene.payee["holder"],
    )
    assert request.content["name_reason"] == "상호 변경, 사업자등록증 확인"
    with scene.first.open():
        assert batch_problem(scene.first, request) == "read"
    page = signed_in(scene.first).get(f"/approvals/{request.id}").content.decode()
    assert "<mark>" in page and "상호 변경, 사업자등록증 확인" in page and "예금주" in page


def test_silence_to_the_question_of_the_name_is_said_and_needs_a_reason(scene, monkeypatch):
    monkeypatch.setattr("moa.payments.operations.ask_payee.SECONDS", 1)
    scene.world.fault("no_reply", key="6000/100", times=1)
    with pytest.raises(OrderFlawed) as refused:
        scene.submit()
    assert ("name_reason", "payee_name_unavailable") in [(one.field, one.code) for one in refused.value.flaws]


def test_without_a_name_the_banks_word_is_taken(scene):
    assert scene.submit(to_name="").content["payee_name"] == scene.payee["holder"]


def test_out_of_a_bank_account_itself_it_is_charged_and_stays_set_aside_until_the_line(scene):
    scene.journal.post(voucher("fill", "ours", "b", 3 * AMOUNT))
    order_id = scene.paid(payer="ours", charge="goods")
    assert (scene.state(order_id), scene.held("ours")) == ("paid", AMOUNT + 500)
    assert scene.journal.balances()["goods"] == AMOUNT


def test_paying_again_takes_the_name_over_that_the_bank_said(scene):
    order_id = scene.paid(to_name="")
    page = signed_in(scene.maker).get(f"/payments/new?like={order_id}").content.decode()
    assert f'name="to_name" value="{scene.payee["holder"]}"' in page

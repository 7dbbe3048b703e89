"""A try that two persons proved to have failed, and that its bank carried out after all: seen at once, and nothing leaves meanwhile."""

from __future__ import annotations

import io
import re
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError

from moa.channels.message_store import Understood, mark_understood, store_received
from moa.channels.models import ChannelMessage, Connection
from moa.channels.operations.ask_bank import channel_to
from moa.control.models import ApprovalRequest, Notice
from moa.formats.firm_banking import TRANSACTION_NOTICE, encode
from moa.ledger.operations.agree_standing_order import NewStandingOrder
from moa.payments.approving import PaymentRefused
from moa.payments.jobs import inquire_due
from moa.payments.models import Evidence, PaymentAttempt
from moa.payments.operations import take_notices
from moa.payments.operations.compare_totals import compare_totals
from moa.payments.operations.inquire_attempt import inquire_attempt
from moa.payments.operations.propose_evidence import decide_evidence, propose_evidence
from moa.payments.operations.release_order import begin_attempts, send_attempts
from moa.payments.operations.resend_order import cancel_order, resend_order
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.operations.withdraw_order import withdraw_order
from moa.payments.under_way import attempts_to_ask
from moa.reconciliation.models import BankLine, BankLink, SuspenseItem
from moa.reconciliation.operations.reconcile_lines import reconcile_lines
from moa.reconciliation.operations.suspend_lines import suspend_lines
from tests.channels.bank_world import BankWorld
from tests.control.factories import TODAY, signed_in
from tests.ledger.journal import agree
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, make_bank_scene, take_statement
from tests.payments.test_pay_at_once import at_once


@pytest.fixture
def scene(db: None, world: BankWorld) -> BankScene:
    return make_bank_scene(world)


def say(scene: BankScene, order_id: int, says: str) -> None:
    """Two persons prove something of the first try with a document."""
    request = propose(scene, first_try(scene, order_id).id, says)
    with scene.first.open():
        decide_evidence(scene.first, request.id, approve=True, seen_hash=request.content_hash)


def propose(scene: BankScene, attempt: int, says: str) -> ApprovalRequest:
    with scene.maker.open():
        return propose_evidence(
            scene.maker, attempt, says=says, text="창구 확인", source=io.BytesIO(b"PDF"), name="확인서.pdf"
        )


def first_try(scene: BankScene, order_id: int) -> PaymentAttempt:
    with scene.machine.open():
        return PaymentAttempt.objects.get(order_id=order_id, number=1)


def denied(scene: BankScene, fault: str = "late_apply", **more: str) -> int:
    """A payment that two persons proved not to have been made; by default it arrives ten minutes later."""
    scene.world.fault(fault, key=TRANSFER, **({"delay": 600} if fault == "late_apply" else {}))
    held, moved = scene.held(), scene.moved()
    order_id = scene.paid(**more)
    say(scene, order_id, "prove_failed")
    left = 0 if fault != "applied_no_reply" else AMOUNT + 500
    assert (scene.state(order_id), scene.held(), scene.moved()) == ("failed", held, moved + left)
    return order_id


def refused_once(scene: BankScene) -> int:
    scene.world.fault("refused", key=TRANSFER, code="0011", times=1)
    order_id = scene.paid()
    assert scene.state(order_id) == "failed"
    return order_id


def asked(scene: BankScene, order_id: int) -> str:
    """What the job finds when the first try's time has come."""
    scene.wait(minutes=12)
    attempt, now = first_try(scene, order_id), scene.now(scene.machine)
    with now.open():
        if attempt.id not in attempts_to_ask(now):
            return "not asked"
    inquire_attempt(now, attempt.id, seconds=1)
    return first_try(scene, order_id).problem


def resent(scene: BankScene, order_id: int) -> None:
    with scene.maker.open():
        resend_order(scene.maker, order_id, reason="다시")


def told(scene: BankScene) -> int:
    with scene.machine.open():
        return Notice.objects.filter(kind="payments.contradicted").count()


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_bank_is_asked_still_and_its_word_is_seen_at_once(scene):
    order_id = denied(scene)
    assert asked(scene, order_id) == "evidence_contradicts"
    assert (scene.state(order_id), scene.moved()) == ("failed", AMOUNT + 500)
    assert ("inquiry", "prove_paid") in scene.evidence(order_id) and told(scene)
    assert asked(scene, order_id) == "not asked"
    client = signed_in(scene.maker)
    assert f"P{order_id}" in text_of(client.get("/payments/unknowns"))
    page = text_of(client.get(f"/payments/{order_id}"))
    assert "서로 맞지 않습니다" in page and "지급되지 않았습니다. 어떻게" not in page


def test_it_is_not_sent_again_or_left_for_good_meanwhile(scene):
    order_id = denied(scene)
    asked(scene, order_id)
    for act in (resend_order, cancel_order):
        with pytest.raises(PaymentRefused) as refused, scene.maker.open():
            act(scene.maker, order_id)
        assert refused.value.facts["problem"] == "evidence_contradicts"
    assert (scene.state(order_id), scene.messages(order_id), scene.held()) == ("failed", 1, 0)


def test_nor_is_it_entered_anew_without_a_word(scene):
    order_id = denied(scene)
    link = f"like={order_id}"
    client = signed_in(scene.maker)
    assert link in client.get(f"/payments/{order_id}").content.decode()
    asked(scene, order_id)
    assert link not in client.get(f"/payments/{order_id}").content.decode()
    with pytest.raises(OrderFlawed) as flawed:
        scene.submit()
    assert [one.code for one in flawed.value.flaws] == ["payment_perhaps_twice"]
    tried = text_of(client.get(f"/payments/attempts/{first_try(scene, order_id).id}"))
    assert "서로 맞지 않습니다" in tried and "지급을 증명" in tried


def test_what_was_sent_again_and_has_not_left_stays(scene):
    order_id = denied(scene)
    resent(scene, order_id)
    asked(scene, order_id)
    assert (scene.release(order_id), scene.order(order_id).problem) == ("ready", "evidence_contradicts")
    with pytest.raises(PaymentRefused), scene.maker.open():
        withdraw_order(scene.maker, order_id)
    assert (scene.messages(order_id), scene.moved(), scene.held()) == (1, AMOUNT + 500, AMOUNT)
    assert "서로 맞지 않습니다" in text_of(signed_in(scene.maker).get(f"/payments/{order_id}"))


def test_a_try_that_is_about_to_be_stored_does_not_leave(scene):
    order_id = denied(scene)
    resent(scene, order_id)
    (attempts,) = begin_attempts(scene.now(scene.machine), [order_id]).values()
    asked(scene, order_id)
    assert send_attempts(scene.now(scene.machine), attempts, seconds=1) == {}
    assert (scene.messages(order_id), scene.attempts(order_id)) == (1, ["failed", "prepared"])


def test_when_the_bank_agrees_it_is_asked_no_more(scene):
    order_id = denied(scene, "no_reply")
    assert asked(scene, order_id) == "", "it may arrive still"
    scene.wait_until("2026-11-21T08:00")
    assert (asked(scene, order_id), asked(scene, order_id)) == ("", "not asked")
    assert not told(scene)
    resent(scene, order_id)


def test_that_the_bank_agrees_does_not_touch_the_next_try(scene):
    order_id = denied(scene, "no_reply")
    resent(scene, order_id)
    scene.world.fault("applied_no_reply", key=TRANSFER)
    assert scene.release(order_id) == "unknown"
    scene.wait_until("2026-11-21T08:00")
    # The totals have the second one: they agree once it is proven.
    assert asked(scene, order_id) == "" and scene.attempts(order_id) == ["failed", "unknown"]
    assert scene.inquire(order_id) == "paid"
    assert (asked(scene, order_id), asked(scene, order_id)) == ("", "not asked")
    assert (scene.state(order_id), scene.attempts(order_id)) == ("paid", ["failed", "paid"])


def test_an_answer_that_lay_in_the_store_is_heard(scene):
    order_id = scene.approved()
    (attempts,) = begin_attempts(scene.machine, [order_id]).values()
    send_attempts(scene.machine, attempts, seconds=1)  # stopped before the answer was taken in
    say(scene, order_id, "prove_failed")
    assert asked(scene, order_id) == "evidence_contradicts"
    assert ("answer", "prove_paid") in scene.evidence(order_id)


def test_a_notice_of_the_debit_has_the_bank_asked_at_once(scene):
    order_id = denied(scene)
    with scene.machine.open():
        PaymentAttempt.objects.filter(order_id=order_id).update(
            ask_at=scene.now(scene.machine).at + timedelta(hours=1)
        )
    scene.wait(minutes=11)
    now = scene.now(scene.machine)

    def due() -> bool:
        scene.hear()
        with now.open():
            return first_try(scene, order_id).id in attempts_to_ask(now)

    assert not due(), "the notice waits at the bank for a line"
    channel_to(now, "004", seconds=1).listen()
    assert due()
    inquire_attempt(now, first_try(scene, order_id).id, seconds=1)
    assert first_try(scene, order_id).problem == "evidence_contradicts" and not due()


@pytest.mark.parametrize("day", [" " * 8, "0" * 8])
def test_a_notice_without_the_day_of_its_debit_has_the_bank_asked_all_the_same(scene, day):
    scene.world.fault("no_notice")
    order_id = denied(scene, "applied_no_reply")
    now = scene.now(scene.machine)
    with now.open():
        line = Connection.objects.get(bank_code="004")
        PaymentAttempt.objects.filter(order_id=order_id).update(ask_at=now.at + timedelta(hours=1))
    told = encode(
        TRANSACTION_NOTICE,
        {
            "company_no": line.company_no, "bank_code": "004", "msg_no": "900001", "send_date": f"{TODAY:%Y%m%d}",
            "send_time": "101500", "account_no": scene.ours["number"], "io_cancel": "21", "amount": str(AMOUNT), "txn_date": day,
        },
    )  # fmt: skip
    (kept,) = store_received(now, line, [told])
    mark_understood(now, [Understood(kept)])
    inquire_due(now)
    assert first_try(scene, order_id).problem == "evidence_contradicts"


def test_a_message_that_makes_no_sense_stops_no_other(scene):
    """The thirty-ninth of a month, taken for understood; what became of a payment is asked about all the same."""
    order_id = denied(scene)
    scene.wait(minutes=12)
    now = scene.now(scene.machine)
    with now.open():
        line = Connection.objects.get(bank_code="004")
    told = encode(
        TRANSACTION_NOTICE,
        {
            "company_no": line.company_no, "bank_code": "004", "msg_no": "900002", "send_date": f"{TODAY:%Y%m%d}",
            "send_time": "101500", "account_no": scene.ours["number"], "io_cancel": "21", "amount": str(AMOUNT), "txn_date": "20261119",
        },
    )  # fmt: skip
    (kept,) = store_received(now, line, [told.replace(b"20261119", b"20261139")])
    mark_understood(now, [Understood(kept)])
    inquire_due(now)
    assert first_try(scene, order_id).problem == "evidence_contradicts"


def test_a_notice_that_cannot_be_taken_in_stops_no_other(scene, monkeypatch):
    scene.world.fault("returned", key=TRANSFER, delay=60, times=2)
    orders = [scene.paid(), scene.paid(memo="다른 건", duplicate_reason="다른 건")]
    unasked = denied(scene, amount="7000", memo="셋째 건")
    scene.wait(minutes=12)
    taken = take_notices.take_word

    def broken(ctx, order, *more, **named):
        if order.id == orders[0]:
            raise DatabaseError("a row is damaged")
        return taken(ctx, order, *more, **named)

    monkeypatch.setattr(take_notices, "take_word", broken)
    inquire_due(scene.now(scene.machine))
    assert [scene.state(one) for one in orders] == ["paid", "returned_by_bank"]
    assert first_try(scene, unasked).problem == "evidence_contradicts"
    monkeypatch.undo()
    inquire_due(scene.now(scene.machine))
    assert scene.state(orders[0]) == "returned_by_bank", "it was stored, and is taken at the next run"


def test_each_new_word_that_contradicts_is_told_once(scene):
    order_id = denied(scene)
    asked(scene, order_id)
    first = told(scene)
    take_statement(scene)
    assert told(scene) == 2 * first > 0, "its line on the statement is another word than the answer"
    reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book, retry=True)
    assert told(scene) == 2 * first


def test_a_notice_of_another_debit_asks_once_and_changes_nothing(scene):
    order_id = refused_once(scene)
    other = scene.paid(memo="다른 건", duplicate_reason="다른 건")
    channel_to(scene.now(scene.machine), "004", seconds=1).listen()
    scene.hear()
    assert scene.state(other) == "paid" and asked(scene, order_id) == ""
    scene.hear()
    assert (asked(scene, order_id), scene.state(order_id)) == ("not asked", "failed")


def test_the_totals_of_the_day_bring_it_to_light(scene):
    order_id = denied(scene, "applied_no_reply")
    with scene.machine.open():
        PaymentAttempt.objects.filter(order_id=order_id).update(ask_at=None)
        link = BankLink.objects.get().id
    scene.wait_until("2026-11-21T00:45")
    row = compare_totals(scene.now(scene.machine), link, TODAY, seconds=1)
    assert row is not None and [one["order"] for one in row.items] == [order_id]
    assert (first_try(scene, order_id).problem, scene.state(order_id)) == ("evidence_contradicts", "failed")


def test_its_line_on_the_statement_waits_for_persons_and_no_rule_takes_it(scene):
    order_id = denied(scene, "applied_no_reply")
    take_statement(scene)
    with scene.machine.open():
        found = list(BankLine.objects.order_by("id").values_list("state", "problem"))
        heard = Evidence.objects.filter(order_id=order_id, kind="statement")
        assert sorted(one.says for one in heard) == ["", "prove_paid"]
    assert found == [("unposted", "payment_contradicts")] * 2
    assert (scene.books(), told(scene) > 0) == ({"a": 5 * AMOUNT, "transit": 0, "fees": 0}, True)
    agree(scene.journal, NewStandingOrder("RULE", "Rules", ("rule",), TODAY))
    suspend_lines(scene.now(scene.journal.ctx), scene.journal.book)
    with scene.machine.open():
        assert set(SuspenseItem.objects.values_list("cause", flat=True)) == {"payment_contradicts"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pause", [0, 0.03, 1])
def test_hearing_of_it_and_sending_it_again_at_once_never_pays_twice(world, pause):
    scene = make_bank_scene(world)
    order_id = denied(scene)
    resent(scene, order_id)
    scene.wait(minutes=12)
    attempt, now = first_try(scene, order_id), scene.now(scene.machine)

    def again() -> None:
        time.sleep(pause)
        scene.release(order_id)

    def hear() -> None:
        inquire_attempt(now, attempt.id, seconds=8)

    assert at_once([again, hear]) == ["done", "done"]
    scene.release(order_id)
    assert scene.moved() // AMOUNT == scene.messages(order_id)
    assert first_try(scene, order_id).problem == "evidence_contradicts"
    # Whoever left before the bank was heard is a second debit, which is known; after it nothing leaves.
    with scene.machine.open():
        ids = [str(one.id) for one in PaymentAttempt.objects.filter(order_id=order_id)]
        left = ChannelMessage.objects.filter(about_kind="attempt", about_id__in=ids, direction="out")
        heard = Evidence.objects.get(
            order_id=order_id, kind="inquiry", says="prove_paid", attempt_id=attempt.id
        )
        assert all(one.recorded_at < heard.recorded_at for one in left)
    assert pause < 1 or scene.messages(order_id) == 1

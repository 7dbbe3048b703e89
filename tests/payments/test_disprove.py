"""What was proven to be paid and was not is disproved by its bank's word and two persons, with the books; or they stand by it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection

from moa.control.approvals import decide, submit
from moa.control.models import Notice
from moa.ledger.models import Reversal
from moa.ledger.operations.change_account import change_account
from moa.ledger.operations.reverse_voucher import reverse_voucher
from moa.ledger.verification import verify_books
from moa.payments.attempts import lock_attempt, take_word
from moa.payments.disproving import LineClosedIt, NextTryOpen, NotTakenBack
from moa.payments.models import Evidence, PaymentAttempt, PaymentOrder
from moa.payments.operations.ask_again import ask_again
from moa.payments.operations.compare_totals import compare_totals
from moa.payments.operations.propose_evidence import SUBJECT, EvidenceInvalid, decide_evidence
from moa.payments.queries import is_confirmed
from moa.reconciliation.models import BankLink
from tests.channels.bank_world import BankWorld
from tests.control.factories import TODAY, signed_in
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, make_bank_scene, take_statement
from tests.payments.test_contradict_a_failure import (
    asked,
    denied,
    first_try,
    propose,
    resent,
    say,
    text_of,
    told,
)
from tests.payments.test_put_right import adds_up, problems

NOTHING_PAID = {"a": 5 * AMOUNT, "transit": 0, "fees": 0}
# The bank's day is over, and it has shown that.
MORNING, MONDAY = "2026-11-21T08:00", "2026-11-23T10:00"


@pytest.fixture
def scene(db: None, world: BankWorld) -> BankScene:
    return make_bank_scene(world)


def believed(scene: BankScene, fault: str = "no_reply") -> int:
    """A payment that two persons proved to be paid; by default it never arrived."""
    scene.world.fault(fault, key=TRANSFER)
    order_id = scene.paid()
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), scene.held()) == ("paid", 0)
    return order_id


def answered(scene: BankScene) -> int:
    """The bank answered that it is done, with a fee; and it never was."""
    scene.world.fault("no_reply", key=TRANSFER)
    order_id = scene.paid()
    say_of_bank(scene, order_id, "prove_paid", kind=Evidence.ANSWER, fee_minor=500)
    assert scene.books() == {"a": 4 * AMOUNT, "transit": -(AMOUNT + 500), "fees": 500}
    return order_id


def say_of_bank(
    scene: BankScene, order_id: int, move: str, *, number: int = 1, kind: str = "inquiry", **more: Any
) -> None:
    ctx = scene.now(scene.machine)
    with ctx.open():
        tried = PaymentAttempt.objects.get(order_id=order_id, number=number)
        order, attempt = lock_attempt(tried.id)
        take_word(
            ctx, order, attempt, move, kind=kind, said="refused" if move == "prove_failed" else "done", **more
        )


def doubted(scene: BankScene) -> int:
    order_id = believed(scene)
    scene.wait_until(MORNING)
    assert asked(scene, order_id) == "evidence_contradicts"
    return order_id


def totals(scene: BankScene) -> Any:
    with scene.machine.open():
        link = BankLink.objects.get().id
    return compare_totals(scene.now(scene.machine), link, TODAY, seconds=1)


def is_booked_right(scene: BankScene) -> bool:
    with scene.machine.open():
        return [one.differences for one in verify_books(scene.machine)] == [[]]


def test_the_bank_is_asked_still_and_its_word_is_seen(scene):
    order_id = doubted(scene)
    assert (scene.state(order_id), scene.books()["a"], told(scene) > 0) == ("paid", 4 * AMOUNT, True)
    assert ("inquiry", "prove_failed") in scene.evidence(order_id)
    assert asked(scene, order_id) == "not asked"
    with scene.machine.open():
        assert not is_confirmed(PaymentOrder.objects.get(id=order_id)), "no paper confirms it"
    client = signed_in(scene.maker)
    assert f"P{order_id}" in text_of(client.get("/payments/unknowns"))
    assert "지급된 것으로 봅니다" in text_of(client.get(f"/payments/{order_id}"))
    tried = text_of(client.get(f"/payments/attempts/{first_try(scene, order_id).id}"))
    assert "은행은 실패했다고 하는데" in tried and "미지급을 증명" in tried and "지급을 증명" in tried


def test_when_the_bank_agrees_it_is_asked_no_more(scene):
    order_id = believed(scene, "applied_no_reply")
    assert asked(scene, order_id) == "" and asked(scene, order_id) == "not asked"
    assert (scene.state(order_id), told(scene)) == ("paid", 0)


def test_its_voucher_is_taken_back_and_it_is_paid_once_when_it_is_sent_again(scene):
    order_id = believed(scene)
    say_of_bank(scene, order_id, "prove_failed")
    say(scene, order_id, "prove_failed")
    assert (scene.state(order_id), scene.attempts(order_id), problems(scene, order_id)) == (
        "failed",
        ["failed"],
        [""],
    )
    assert (scene.books(), scene.held()) == (NOTHING_PAID, 0)
    order = scene.order(order_id)
    assert (order.voucher_id, order.problem) == (None, "payment_not_made")
    with scene.machine.open():
        assert Reversal.objects.count() == 1
        assert Notice.objects.filter(kind="payments.failed").exists()
    assert [one["move"] for one in scene.facts(order_id)["history"]][-2:] == ["prove_paid", "disprove"]
    shown = signed_in(scene.journal.second).get(f"/payments/{order_id}")
    with scene.machine.open():
        taken = Reversal.objects.get()
    for number in (taken.voucher_id, taken.by_id):
        assert f"/{taken.period}/{number}" in shown.content.decode(), "both vouchers are a click away"
    page = text_of(signed_in(scene.maker).get(f"/payments/{order_id}"))
    assert "지급되지 않았습니다. 어떻게" in page and "전표를 취소합니다" in page
    resent(scene, order_id)
    assert (scene.release(order_id), scene.attempts(order_id)) == ("paid", ["failed", "paid"])
    take_statement(scene)
    assert scene.state(order_id) == "reconciled" and scene.moved() == AMOUNT + 500 and adds_up(scene)
    assert is_booked_right(scene)


def test_the_fee_of_what_the_bank_answered_is_taken_back_too(scene):
    order_id = answered(scene)
    scene.wait_until(MORNING)
    row = totals(scene)
    assert row is not None and [one["order"] for one in row.items] == [order_id]
    assert problems(scene, order_id) == ["evidence_contradicts"]
    say(scene, order_id, "prove_failed")
    assert (scene.state(order_id), scene.books(), scene.held()) == ("failed", NOTHING_PAID, 0)
    assert is_booked_right(scene)
    assert totals(scene).agrees


def test_out_of_the_banks_own_account_nothing_stays_set_aside(scene):
    scene.world.fault("no_reply", key=TRANSFER)
    order_id = scene.paid(payer="ours", charge="goods")
    say(scene, order_id, "prove_paid")
    before = scene.held("ours")
    scene.wait_until(MORNING)
    asked(scene, order_id)
    say(scene, order_id, "prove_failed")
    assert (before, scene.held("ours"), scene.state(order_id)) == (AMOUNT, 0, "failed")


def test_persons_may_stand_by_the_payment(scene):
    order_id = doubted(scene)
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), problems(scene, order_id)) == ("paid", [""])
    row = totals(scene)
    assert row is not None and not row.agrees and [one["order"] for one in row.items] == [order_id], (
        "it is shown still"
    )
    assert problems(scene, order_id) == [""], "the bank's saying so again is no news"


def test_what_its_line_closed_was_debited(scene):
    order_id = believed(scene, "applied_no_reply")
    say_of_bank(scene, order_id, "prove_failed")
    assert problems(scene, order_id) == ["evidence_contradicts"]
    take_statement(scene)
    assert (scene.state(order_id), problems(scene, order_id)) == ("reconciled", [""])
    with pytest.raises(LineClosedIt):
        propose(scene, first_try(scene, order_id).id, "prove_failed")
    tried = signed_in(scene.maker).get(f"/payments/attempts/{first_try(scene, order_id).id}").content.decode()
    assert (
        'value="prove_failed"' not in tried
        and 'value="give_back"' in tried
        and "실패했다고 하는데" not in tried
    )


def test_without_the_banks_word_persons_do_not_turn_a_payment_round(scene):
    order_id = believed(scene)
    with pytest.raises(EvidenceInvalid):
        propose(scene, first_try(scene, order_id).id, "prove_failed")
    say_of_bank(scene, order_id, "prove_failed")
    refused(scene, "two persons")


def agreed(scene: BankScene, order_id: int) -> None:
    """What two persons agreed on, without what follows from it."""
    tried = first_try(scene, order_id)
    with scene.maker.open():
        request = submit(
            scene.maker, subject_type=SUBJECT, subject_id=tried.id, content={"says": "prove_failed"},
            unit_id=scene.order(order_id).unit_id, amount_minor=AMOUNT, currency="KRW",
        )  # fmt: skip
    with scene.first.open():
        decide(scene.first, request.id, approve=True, seen_hash=request.content_hash, subject=SUBJECT)
        Evidence.objects.create(
            group_id=scene.machine.group_id, order_id=order_id, attempt_id=tried.id, kind="outside", says="prove_failed",
            facts={"request": str(request.id)},
        )  # fmt: skip


def refused(
    scene: BankScene, why: str, statement: str = "update payments_paymentattempt set state = 'failed'"
) -> None:
    told = pytest.raises(DatabaseError, match=why)
    with told, scene.machine.open(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_asks_for_the_banks_word_and_for_two_persons(scene):
    order_id = believed(scene)
    agreed(scene, order_id)
    refused(scene, "two persons")
    say_of_bank(scene, order_id, "prove_failed")
    with scene.machine.open(), connection.cursor() as cursor:
        cursor.execute("update payments_paymentattempt set state = 'failed'")
    reversed_first = "update payments_paymentorder set state = 'failed', voucher_id = null, period = null"
    refused(scene, "voucher stands", reversed_first)


def test_persons_who_stood_by_it_since_keep_it_in_the_database(scene):
    order_id = believed(scene)
    say_of_bank(scene, order_id, "prove_failed")
    agreed(scene, order_id)
    say_of_bank(scene, order_id, "prove_failed")
    say(scene, order_id, "prove_paid")
    refused(scene, "two persons")


def test_a_line_that_closed_it_keeps_it_in_the_database(scene):
    order_id = believed(scene, "applied_no_reply")
    say_of_bank(scene, order_id, "prove_failed")
    take_statement(scene)
    agreed(scene, order_id)
    refused(scene, "line of the bank")


def test_a_statement_that_is_complete_and_silent_is_a_word_of_the_banks(scene):
    order_id = answered(scene)
    take_statement(scene)
    with pytest.raises(EvidenceInvalid):
        propose(scene, first_try(scene, order_id).id, "prove_failed")
    scene.wait_until(MONDAY)
    take_statement(scene, day="20261123")
    tried = text_of(signed_in(scene.maker).get(f"/payments/attempts/{first_try(scene, order_id).id}"))
    assert "이 건의 거래내역이 없으며" in tried
    say(scene, order_id, "prove_failed")
    assert (scene.state(order_id), scene.books()) == ("failed", NOTHING_PAID)
    said = [one for one in scene.facts(order_id)["evidence"] if one["kind"] == "statement"]
    assert [(one["says"], one["said"], one["until"]) for one in said] == [
        ("prove_failed", "no_line", "2026-11-23")
    ]


def test_a_line_of_that_amount_is_no_silence(scene):
    order_id = answered(scene)
    scene.paid(memo="다른 건", duplicate_reason="다른 건")
    take_statement(scene)
    scene.wait_until(MONDAY)
    take_statement(scene, day="20261123")
    assert first_try(scene, order_id).line_id is None
    with scene.machine.open():
        assert PaymentAttempt.objects.filter(line__isnull=False).count() == 1
    # The other payment's own line says nothing of this one.
    propose(scene, first_try(scene, order_id).id, "prove_failed")
    with scene.machine.open():
        PaymentAttempt.objects.filter(line__isnull=False).update(line=None)
    with pytest.raises(EvidenceInvalid):
        propose(scene, first_try(scene, order_id).id, "prove_failed")


def test_what_turns_out_paid_after_all_is_booked_anew(scene):
    """Round and round: each time by the bank's new word and two persons."""
    order_id = doubted(scene)
    say(scene, order_id, "prove_failed")
    say_of_bank(scene, order_id, "prove_paid")
    assert problems(scene, order_id) == ["evidence_contradicts"]
    say(scene, order_id, "prove_paid")
    assert (scene.state(order_id), scene.books()["a"]) == ("paid", 4 * AMOUNT)
    say_of_bank(scene, order_id, "prove_failed")
    say(scene, order_id, "prove_failed")
    assert (scene.state(order_id), scene.books(), scene.held()) == ("failed", NOTHING_PAID, 0)
    with scene.machine.open():
        assert Reversal.objects.count() == 2
    assert is_booked_right(scene)


def test_what_a_person_took_back_in_the_books_is_not_taken_back_twice(scene):
    order_id = doubted(scene)
    order, journal = scene.order(order_id), scene.journal
    with journal.ctx.open():
        reverse_voucher(
            journal.ctx, journal.book, order.voucher_id, order.period, key="by hand", authority=journal.authority()
        )  # fmt: skip
    say(scene, order_id, "prove_failed")
    assert (scene.state(order_id), scene.books()) == ("failed", NOTHING_PAID)


def test_what_the_books_cannot_take_back_now_is_not_decided(scene):
    order_id = answered(scene)
    say_of_bank(scene, order_id, "prove_failed")
    with scene.journal.ctx.open():
        change_account(scene.journal.ctx, scene.journal.book, "fees", "freeze")
    request = propose(scene, first_try(scene, order_id).id, "prove_failed")
    with pytest.raises(NotTakenBack), scene.first.open():
        decide_evidence(scene.first, request.id, approve=True, seen_hash=request.content_hash)
    assert (scene.state(order_id), scene.attempts(order_id)) == ("paid", ["paid"])
    with scene.journal.ctx.open():
        change_account(scene.journal.ctx, scene.journal.book, "fees", "unfreeze")
    with scene.first.open():
        decide_evidence(scene.first, request.id, approve=True, seen_hash=request.content_hash)
    assert (scene.state(order_id), scene.books()) == ("failed", NOTHING_PAID)


def test_while_a_next_try_is_on_its_way_nothing_is_decided(scene):
    order_id = denied(scene)
    resent(scene, order_id)
    scene.world.fault("no_reply", key=TRANSFER)
    scene.release(order_id)
    asked(scene, order_id)
    say(scene, order_id, "prove_paid")
    say_of_bank(scene, order_id, "prove_failed")
    with pytest.raises(NextTryOpen):
        propose(scene, first_try(scene, order_id).id, "prove_failed")


def test_whoever_doubts_a_payment_has_the_bank_asked(scene):
    order_id = answered(scene)
    client = signed_in(scene.maker)
    tried = first_try(scene, order_id).id
    assert "은행에 지금 조회" in text_of(client.get(f"/payments/attempts/{tried}"))
    assert "은행에 지금 조회" not in text_of(client.get(f"/payments/{order_id}"))
    scene.wait_until(MORNING)
    now = scene.now(scene.maker)
    with now.open():
        ask_again(now, tried)
    assert asked(scene, order_id) == "evidence_contradicts"


def test_what_the_bank_says_again_ends_the_question(scene):
    order_id = scene.paid()
    with scene.maker.open():
        ask_again(scene.maker, first_try(scene, order_id).id)
    assert (asked(scene, order_id), asked(scene, order_id)) == ("", "not asked")
    assert scene.state(order_id) == "paid"

"""Payments that leave together: each has its own end, whatever becomes of the others."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from moa.channels.firm_banking.line import Line
from moa.channels.message_store import MOST_NUMBERS
from moa.channels.models import ChannelMessage, MessageCounter
from moa.control.models import AuditLine, Notice
from moa.formats.firm_banking import decode
from moa.ledger.models import Hold
from moa.ledger.operations.change_account import change_account
from moa.ledger.verification import verify_books
from moa.payments.jobs import release_due, settle_waiting
from moa.payments.models import PaymentAttempt
from moa.payments.operations.release_order import begin_attempts, release_orders, send_attempts, take_answers
from moa.payments.operations.take_back_unsent import take_back_unsent
from moa.payments.operations.withdraw_order import withdraw_order
from tests.channels.bank_world import BANK, BankWorld
from tests.faults import at_once
from tests.ledger.journal import voucher
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, make_bank_scene

FEE = 500


@pytest.fixture
def scene(db: None, world: BankWorld) -> BankScene:
    return make_bank_scene(world)


def last_number(scene: BankScene) -> int:
    with scene.machine.open():
        return MessageCounter.objects.get().last_no


def strike(scene: BankScene, faults: dict[int, dict[str, Any]]) -> None:
    """By the place in what leaves together; the bank's day is open, so the next numbers are its transfers'."""
    first = last_number(scene) + 1
    for place, fault in faults.items():
        scene.world.fault(key=TRANSFER, msg_no=f"{first + place:06}", times=1, **fault)


def test_each_of_a_batch_ends_as_it_would_alone(scene):
    scene.journal.post(voucher("fill", "bank", "b", AMOUNT))
    amounts = [str(1_000 + number) for number in range(8)]
    orders = [scene.approved(amount=one) for one in amounts]
    frozen = scene.approved(payer="b", amount="2000")
    taken_back, later = scene.approved(amount="3000"), scene.approved(amount="4000", pay_on="2026-11-23")
    strike(
        scene,
        {
            1: {"kind": "refused", "code": "0011"}, 2: {"kind": "no_reply"}, 3: {"kind": "applied_no_reply"},
            4: {"kind": "malformed"}, 5: {"kind": "timeout_reply"}, 6: {"kind": "duplicate_reply"}, 7: {"kind": "out_of_order"},
        },
    )  # fmt: skip
    ctx = scene.now(scene.machine)
    (attempts,) = begin_attempts(ctx, [*orders, frozen, taken_back, later]).values()
    with scene.maker.open():
        withdraw_order(scene.maker, taken_back)
    with scene.journal.ctx.open():
        change_account(scene.journal.ctx, scene.journal.book, "b", "freeze")
    answers = send_attempts(ctx, attempts, seconds=1)
    take_answers(ctx, answers)

    assert len(attempts) == 10 and len(answers) == 9, "what was taken back has not left"
    states = [scene.state(one) for one in orders]
    assert states == ["paid", "failed", "unknown", "unknown", "unknown", "unknown", "paid", "paid"]
    # The bank has done it, and the book tells what hinders it there.
    assert (scene.state(frozen), scene.order(frozen).problem, scene.attempts(frozen)) == (
        "sent",
        "frozen",
        ["paid"],
    )
    assert (scene.state(taken_back), scene.attempts(taken_back)) == ("withdrawn", ["failed"])
    assert (scene.state(later), scene.order(later).problem) == ("approved", "payment_waits_for_its_day")
    assert (
        scene.held() == sum(int(amounts[place]) for place in (2, 3, 4, 5)) + 4000 and scene.held("b") == 2000
    )
    paid = sum(int(amounts[place]) for place in (0, 6, 7))
    assert scene.books() == {"a": 5 * AMOUNT - paid, "transit": -paid - 3 * FEE, "fees": 3 * FEE}
    with scene.machine.open():
        told = set(Notice.objects.values_list("kind", "key"))
        tries = dict(PaymentAttempt.objects.values_list("order_id", "id"))
    assert {("payments.failed", str(tries[orders[1]])), ("payments.unknown", str(tries[orders[2]]))} <= told

    with scene.journal.ctx.open():
        change_account(scene.journal.ctx, scene.journal.book, "b", "unfreeze")
    assert settle_waiting(ctx) == 1 and scene.state(frozen) == "paid"
    assert [scene.inquire(one) for one in orders[2:6]] == ["unknown", "paid", "paid", "paid"]
    with scene.journal.ctx.open():
        assert all(not book.differences for book in verify_books(scene.journal.ctx))


def test_when_the_days_numbers_end_in_a_batch_the_rest_waits_for_tomorrow(scene):
    orders = [scene.approved(amount=str(1_000 + number)) for number in range(4)]
    with scene.machine.open():
        MessageCounter.objects.update(last_no=MOST_NUMBERS - 2)
    release_orders(scene.now(scene.machine), orders, seconds=1)
    assert [scene.state(one) for one in orders] == ["paid", "paid", "ready", "ready"]
    assert [scene.order(one).problem for one in orders[2:]] == ["message_numbers_used_up"] * 2
    release_orders(scene.now(scene.machine), orders, seconds=1)
    assert [scene.attempts(one) for one in orders] == [["paid"], ["paid"], ["prepared"], ["prepared"]]
    assert [scene.messages(one) for one in orders] == [1, 1, 0, 0]


def test_a_line_that_breaks_on_the_way_leaves_the_rest_unknown_and_nothing_is_sent_twice(scene):
    orders = [scene.approved(amount=str(1_000 + number)) for number in range(6)]
    strike(scene, {3: {"kind": "drop_after"}})
    release_orders(scene.now(scene.machine), orders, seconds=5)
    states = [scene.state(one) for one in orders]
    assert set(states) <= {"paid", "unknown"} and states[3:] == ["unknown"] * 3
    release_orders(scene.now(scene.machine), orders, seconds=1)
    assert [scene.messages(one) for one in orders] == [1] * 6
    assert [scene.inquire(one) for one in orders[:4]] == ["paid"] * 4
    assert scene.moved() == sum(1_000 + number + FEE for number in range(4))


class EndingLine(Line):
    """A line that ends before the third message is handed over."""

    given = 0

    def has_ended(self) -> bool:
        return EndingLine.given >= 2

    def send(self, payload: bytes) -> None:
        super().send(payload)
        if decode(payload).key == TRANSFER:
            EndingLine.given += 1


def test_what_a_line_was_given_nothing_of_has_not_left_and_leaves_with_the_next(scene, monkeypatch):
    orders = [scene.approved(amount=str(1_000 + number)) for number in range(4)]
    monkeypatch.setattr("moa.channels.firm_banking.channel.Line", EndingLine)
    with scene.machine.open():
        failures = Notice.objects.count()
    release_orders(scene.now(scene.machine), orders, seconds=5)
    assert [scene.state(one) for one in orders] == ["paid", "paid", "ready", "ready"]
    for order_id in orders[2:]:
        assert (scene.attempts(order_id), scene.order(order_id).problem) == (["failed"], "bank_line_down")
        proof = scene.facts(order_id)["evidence"][-1]
        assert (proof["kind"], proof["says"]) == ("not_sent", "prove_failed")
    with scene.machine.open():
        assert Notice.objects.count() == failures, "it leaves by itself: nobody has to act"
        assert not verify_books(scene.machine)[0].differences
    assert scene.held() == 2_005
    monkeypatch.undo()
    release_orders(scene.now(scene.machine), orders, seconds=5)
    assert [scene.state(one) for one in orders] == ["paid"] * 4
    assert [scene.attempts(one) for one in orders[2:]] == [["failed", "paid"]] * 2
    assert (scene.moved(), scene.held()) == (4_006 + 4 * FEE, 0)


def test_what_was_asked_about_meanwhile_is_taken_back_and_what_was_proven_stays(scene):
    orders = [scene.approved(amount=str(1_000 + number)) for number in range(3)]
    scene.world.fault("no_reply", key=TRANSFER, times=1)
    for order_id in orders:
        scene.release(order_id)
    scene.world.ask("DELETE", "/faults")
    with scene.machine.open():
        tries = list(PaymentAttempt.objects.order_by("id").values_list("id", flat=True))
    take_back_unsent(scene.now(scene.machine), tries)
    take_back_unsent(scene.now(scene.machine), tries)
    assert [scene.state(one) for one in orders] == ["ready", "paid", "paid"]
    assert scene.release(orders[0]) == "paid" and scene.held() == 0


def test_what_leaves_together_takes_a_few_statements_each(scene, monkeypatch):
    orders = [scene.approved(amount=str(1_000 + number)) for number in range(30)]
    count = 0
    wait = psycopg.Connection.wait

    def counted(self: Any, *values: Any, **more: Any) -> Any:
        nonlocal count
        count += 1
        return wait(self, *values, **more)

    monkeypatch.setattr(psycopg.Connection, "wait", counted)
    release_due(scene.now(scene.machine))
    monkeypatch.undo()
    assert {scene.state(one) for one in orders} == {"paid"}
    # How often the answers are looked for depends on how fast the banks' answers come.
    assert count < 15 * len(orders), "one alone takes more than a hundred"


def test_each_message_of_a_batch_is_kept_as_one_alone_is(scene):
    orders = [scene.approved(amount=str(1_000 + number)) for number in range(3)]
    release_orders(scene.now(scene.machine), orders)
    with scene.machine.open():
        tries = list(PaymentAttempt.objects.order_by("order_id"))
        sent = [ChannelMessage.objects.get(id=one.message_id) for one in tries]
        moves = list(
            AuditLine.objects.filter(code="payments.order.send").values_list("subject_id", flat=True)
        )
        assert not Hold.objects.filter(ended_at=None).exists()
    assert [(one.about_kind, one.about_id) for one in sent] == [("attempt", str(one.id)) for one in tries]
    assert all(one.sent_at and b"S00401" not in bytes(one.body) for one in sent)
    assert len({one.sha256 for one in sent}) == len({one.msg_no for one in sent}) == 3
    assert sorted(moves) == sorted(map(str, orders))
    assert all(scene.evidence(one) == [("answer", "prove_paid"), ("voucher", "")] for one in orders)


@pytest.mark.django_db(transaction=True)
def test_workers_that_release_the_same_payments_send_each_once(transactional_db, world):
    scene = make_bank_scene(world)
    orders = [scene.approved(amount=str(1_000 + number)) for number in range(12)]

    def work(some: list[int]) -> None:
        release_orders(scene.now(scene.machine), some, seconds=5)

    said = at_once(lambda: work(orders), lambda: work(orders[::-1]), lambda: work(orders[5:]))
    assert said == [None] * 3
    debited = [
        one["reference"]
        for one in world.ask("GET", f"/transfers/{BANK}?day=20261120")
        if one["state"] == "done"
    ]
    assert len(debited) == len(set(debited)) == 12
    assert [scene.messages(one) for one in orders] == [1] * 12
    assert {scene.state(one) for one in orders} == {"paid"}

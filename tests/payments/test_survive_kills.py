"""A process killed in any window of a payment: nothing is sent twice, lost or guessed, and all comes to an end by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from moa.ledger.models import Hold
from moa.ledger.verification import verify_books
from moa.payments.models import PaymentAttempt
from moa.payments.operations.release_order import begin_attempts, release_order, send_attempts
from moa.payments.operations.withdraw_order import withdraw_order
from tests.channels.bank_world import BANK, BankWorld
from tests.faults import at_once
from tests.payments import paying_process
from tests.payments.bank_scene import BankScene, make_bank_scene, take_statement

pytestmark = pytest.mark.django_db(transaction=True)
REPOSITORY = Path(__file__).resolve().parents[2]
FEE = 500


@pytest.fixture
def scene(transactional_db: None, world: BankWorld) -> BankScene:
    return make_bank_scene(world)


def kill_in_each_window(
    scene: BankScene, orders: list[int], environment: dict[str, str], *, inquire: bool = False
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", paying_process.__name__, str(scene.machine.group_id), *(["inquire"] if inquire else []),
         *map(str, orders)],
        env={**environment, "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}"}, cwd=REPOSITORY,
        stdout=subprocess.PIPE, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.splitlines() == [f"{order_id} {-signal.SIGKILL}" for order_id in orders]


def amounts(count: int) -> list[int]:
    return [1_000 + number for number in range(count)]


def debits(scene: BankScene) -> dict[str, int]:
    """How often each reference was debited at the bank."""
    transfers = scene.world.ask("GET", f"/transfers/{BANK}?day=20261120")
    done = [one["reference"] for one in transfers if one["state"] == "done"]
    return {reference: done.count(reference) for reference in done}


def is_whole(scene: BankScene, orders: list[int]) -> None:
    """Paid exactly where the bank has debited once; the books are the bank's; nothing is set aside any more."""
    debited = debits(scene)
    with scene.machine.open():
        tries = {
            one.order_id: one
            for one in PaymentAttempt.objects.filter(order_id__in=orders).select_related("order")
        }
        assert not Hold.objects.filter(ended_at=None).exists()
    assert set(tries) == set(orders) and max(debited.values()) == 1
    for order_id, attempt in tries.items():
        paid = attempt.order.state == "reconciled"
        assert (attempt.reference in debited) == paid, (order_id, attempt.order.state)
        assert attempt.order.state in ("reconciled", "failed")
    moved = sum(one.amount_minor + FEE for one in tries.values() if one.reference in debited)
    assert (scene.moved(), scene.books()["transit"], -scene.journal.balance("ours")) == (moved, 0, moved)
    with scene.journal.ctx.open():
        assert all(not book.differences for book in verify_books(scene.journal.ctx))


def finish(scene: BankScene, orders: list[int]) -> None:
    """What the worker does: send what is due, ask at night about what is not proven, then the statement comes."""
    for order_id in orders:
        scene.release(order_id)
    scene.wait_until("2026-11-21T00:45")
    # A question without answer has its successor; what the totals leave open closes with the others.
    for _ in range(2):
        for order_id in orders:
            if scene.state(order_id) in ("sent", "processing", "unknown"):
                scene.inquire(order_id)
    take_statement(scene)


def test_a_release_killed_in_any_window_ends_as_the_bank_has_it(scene, moa_environment):
    orders = [scene.approved(amount=str(one)) for one in amounts(len(paying_process.RELEASE))]
    kill_in_each_window(scene, orders, moa_environment)
    states = [scene.state(order_id) for order_id in orders]
    assert (
        states[:4] == ["approved", "ready", "ready", "ready"]
        and set(states[4:-1]) == {"sent"}
        and states[-1] == "paid"
    )
    finish(scene, orders)
    is_whole(scene, orders)
    assert [scene.state(one) for one in orders].count("failed") == 1, "the one that was stored and never sent"


def test_an_inquiry_killed_in_any_window_is_asked_again(scene, moa_environment):
    orders = [scene.approved(amount=str(one)) for one in amounts(len(paying_process.INQUIRE))]
    scene.world.fault("applied_no_reply", key="2000/100", times=0)
    for order_id in orders:
        scene.release(order_id)
    scene.world.ask("DELETE", "/faults")
    kill_in_each_window(scene, orders, moa_environment, inquire=True)
    for order_id in orders:
        scene.inquire(order_id)
    assert {scene.state(order_id) for order_id in orders} == {"paid"}
    take_statement(scene)
    is_whole(scene, orders)


def test_two_workers_at_once_send_it_once(scene):
    order_id = scene.approved()
    ctx = scene.machine
    at_once(*[lambda: release_order(scene.now(ctx), order_id, seconds=2)] * 3)
    assert (scene.state(order_id), scene.messages(order_id), max(debits(scene).values())) == ("paid", 1, 1)


def test_a_withdrawal_beside_the_sending_leaves_one_of_both(scene):
    orders = [scene.approved(amount=str(one)) for one in amounts(6)]
    for order_id in orders:
        (attempts,) = begin_attempts(scene.now(scene.machine), [order_id]).values()

        def withdraw(order_id: int = order_id) -> None:
            ctx = scene.now(scene.maker)
            with ctx.open():
                withdraw_order(ctx, order_id)

        def send(attempts: list[int] = attempts) -> None:
            send_attempts(scene.now(scene.machine), attempts, seconds=2)

        at_once(withdraw, send)
        reference = scene.facts(order_id)["attempts"][0]["reference"]
        assert (scene.state(order_id) == "withdrawn") == (reference not in debits(scene))

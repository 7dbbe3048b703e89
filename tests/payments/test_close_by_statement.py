"""A line of the bank's statement with our reference closes its payment once, and proves what nobody else has told."""

from __future__ import annotations

import pytest

from moa.channels.operations.ask_bank import channel_to
from moa.payments.models import PaymentAttempt
from moa.payments.rules.statement_lines import FEE, PAID, RETURN, Closed, role_of
from moa.reconciliation.models import BankLine
from moa.reconciliation.operations.reconcile_lines import reconcile_lines
from tests.channels.bank_world import BankWorld
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, make_bank_scene, take_statement


@pytest.fixture
def scene(db: None, world: BankWorld) -> BankScene:
    return make_bank_scene(world)


def lines(scene: BankScene) -> list[str]:
    with scene.machine.open():
        return list(BankLine.objects.order_by("id").values_list("state", flat=True))


def test_the_line_takes_the_payment_and_its_fee_out_of_transit_once(scene):
    order_id = scene.paid()
    take_statement(scene)
    assert (scene.state(order_id), lines(scene)) == ("reconciled", ["posted", "posted"])
    assert scene.books() == {"a": 4 * AMOUNT, "transit": 0, "fees": 500}
    assert scene.journal.balance("ours") == -(AMOUNT + 500)
    reconcile_lines(scene.now(scene.journal.ctx), scene.journal.book)
    assert scene.books()["transit"] == 0


def test_the_line_proves_a_payment_that_nobody_has_answered(scene):
    scene.world.fault("applied_no_reply", key=TRANSFER)
    order_id = scene.paid()
    assert scene.state(order_id) == "unknown"
    take_statement(scene)
    assert (scene.state(order_id), scene.attempts(order_id), scene.held()) == ("reconciled", ["paid"], 0)
    assert ("statement", "prove_paid") in scene.evidence(order_id)
    assert scene.books() == {"a": 4 * AMOUNT, "transit": 0, "fees": 500}


def test_a_return_on_the_statement_brings_it_back_though_no_notice_came(scene):
    scene.world.fault("returned", key=TRANSFER, delay=60)
    order_id = scene.paid()
    scene.wait(seconds=120)
    take_statement(scene)
    assert (scene.state(order_id), scene.attempts(order_id)) == ("returned_by_bank", ["returned"])
    assert scene.books() == {"a": 5 * AMOUNT, "transit": 0, "fees": 500}
    channel_to(scene.now(scene.machine), "004", seconds=1).listen()
    scene.hear()
    assert scene.books() == {"a": 5 * AMOUNT, "transit": 0, "fees": 500}


def test_out_of_a_bank_account_it_stays_set_aside_until_its_line(scene):
    order_id = scene.paid(payer="ours", charge="goods")
    assert (scene.state(order_id), scene.held("ours")) == ("paid", AMOUNT + 500)
    take_statement(scene)
    assert (scene.state(order_id), scene.held("ours"), scene.books()["transit"]) == ("reconciled", 0, 0)


def test_a_line_for_a_payment_that_failed_is_told_and_closes_nothing(scene):
    scene.world.fault("applied_no_reply", key=TRANSFER)
    order_id = scene.paid()
    with scene.machine.open():
        attempt = PaymentAttempt.objects.get(order_id=order_id)
    from moa.channels.protocol import Answered, Asked, ResultAnswer
    from moa.payments.operations.inquire_attempt import Result, take_results

    # A bank that says of what it has done that it refused it.
    lie = ResultAnswer(Asked(Answered.DONE, 0, 0, attempt.day), Answered.REFUSED, "0011")
    take_results(scene.machine, {attempt.id: Result(lie)})
    assert scene.state(order_id) == "failed"
    take_statement(scene)
    with scene.machine.open():
        attempt.refresh_from_db()
    assert (scene.state(order_id), attempt.problem, attempt.line_id) == (
        "failed",
        "evidence_contradicts",
        None,
    )
    assert "unposted" in lines(scene), "the line waits for a person"


@pytest.mark.parametrize(
    ("line", "fee", "closed", "role"),
    [
        (-1_000, 500, Closed(), PAID),
        (-1_000, 500, Closed(paid=True), ""),
        (-500, 500, Closed(paid=True), FEE),
        (-500, None, Closed(), FEE),
        (-20_000, None, Closed(), ""),
        (-400, 500, Closed(), ""),
        (-500, 500, Closed(fee=True), ""),
        (1_000, 500, Closed(paid=True), RETURN),
        (1_000, 500, Closed(given_back=True), ""),
        (999, 500, Closed(), ""),
        (0, 0, Closed(), ""),
    ],
)
def test_what_a_line_is(line, fee, closed, role):
    assert role_of(line, 1_000, fee, closed) == role


def test_a_fee_as_large_as_the_payment_is_the_second_line():
    assert role_of(-500, 500, 500, Closed()) == PAID
    assert role_of(-500, 500, 500, Closed(paid=True)) == FEE

"""What is disproved stays true to what the bank says later, to lines that the books could not take, and to tries that came back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from moa.accounts.models import Statement, StatementFile
from moa.ledger.operations.change_account import change_account
from moa.payments.closing import due_payments_are_sent
from moa.payments.disproving import LineClosedIt
from moa.payments.jobs import settle_waiting
from moa.payments.operations.resend_order import cancel_order
from moa.payments.silent_statements import _is_whole
from tests.channels.bank_world import BankWorld
from tests.control.factories import TODAY
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, make_bank_scene, take_statement
from tests.payments.test_contradict_a_failure import asked, denied, first_try, propose, resent, say
from tests.payments.test_disprove import (
    MORNING,
    NOTHING_PAID,
    agreed,
    believed,
    is_booked_right,
    refused,
    say_of_bank,
    totals,
)
from tests.payments.test_disprove_among_others import say_of, second_try_believed
from tests.payments.test_put_right import clear_by_hand, items, problems


@pytest.fixture
def scene(db: None, world: BankWorld) -> BankScene:
    return make_bank_scene(world)


def test_what_is_debited_after_it_was_disproved_is_news(scene):
    scene.world.fault("late_apply", key=TRANSFER, delay=600)
    order_id = scene.paid()
    say_of_bank(scene, order_id, "prove_paid", kind="answer", fee_minor=500)
    say_of_bank(scene, order_id, "prove_failed")
    say(scene, order_id, "prove_failed")
    assert (scene.state(order_id), scene.books(), scene.moved()) == ("failed", NOTHING_PAID, 0)
    scene.wait_until(MORNING)
    assert scene.moved() == AMOUNT + 500
    assert not totals(scene).agrees and problems(scene, order_id) == ["evidence_contradicts"]


def test_a_line_that_the_books_could_not_take_yet_keeps_it_paid(scene):
    order_id = believed(scene, "applied_no_reply")
    say_of_bank(scene, order_id, "prove_failed")
    with scene.journal.ctx.open():
        change_account(scene.journal.ctx, scene.journal.book, "ours", "freeze")
    take_statement(scene)
    assert (scene.state(order_id), first_try(scene, order_id).line_id) == ("paid", None)
    with pytest.raises(LineClosedIt):
        propose(scene, first_try(scene, order_id).id, "prove_failed")
    agreed(scene, order_id)
    refused(scene, "line of the bank")


@pytest.mark.parametrize(
    ("last", "received", "opening", "is_whole"),
    [
        (20, datetime(2026, 11, 20, 3, tzinfo=UTC), 700, True),
        (20, datetime(2026, 11, 20, 3, tzinfo=UTC), 400, False),
        (20, datetime(2026, 11, 20, 3, tzinfo=UTC), None, False),
        (20, datetime(2026, 11, 21, 3, tzinfo=UTC), 400, True),
        (23, datetime(2026, 11, 20, 3, tzinfo=UTC), 400, True),
        (19, datetime(2026, 11, 21, 3, tzinfo=UTC), 700, False),
    ],
)
def test_a_file_that_came_before_its_day_was_over_is_whole_where_the_next_one_joins_it(
    last, received, opening, is_whole
):
    file = Statement(
        from_date=date(2026, 11, 19), to_date=date(2026, 11, last), closing_minor=700, file=StatementFile(received_at=received)
    )  # fmt: skip
    told = [file, Statement(from_date=date(2026, 11, 23), to_date=date(2026, 11, 23), opening_minor=opening)]
    assert _is_whole(file, TODAY, told, UTC) is is_whole


def test_what_was_claimed_back_before_leaves_a_payment_that_can_be_given_up(scene):
    order_id = second_try_believed(scene)
    take_statement(scene)
    clear_by_hand(scene)
    say_of_bank(scene, order_id, "prove_failed", number=2)
    say_of(scene, order_id, "prove_failed", number=2)
    assert (scene.state(order_id), scene.attempts(order_id)) == ("failed", ["paid", "failed"])
    with scene.maker.open():
        assert due_payments_are_sent(scene.maker, scene.journal.book, TODAY) is None
        cancel_order(scene.maker, order_id, reason="돌려받음")
    assert (scene.state(order_id), scene.held()) == ("cancelled", 0)
    assert {state for _, state, _ in items(scene)} == {"cleared"} and is_booked_right(scene)


def test_where_another_try_came_back_the_payment_is_that_one(scene):
    order_id = denied(scene)
    resent(scene, order_id)
    scene.world.fault("no_reply", key=TRANSFER)
    scene.release(order_id)
    asked(scene, order_id)
    say(scene, order_id, "give_back")
    say_of_bank(scene, order_id, "prove_paid", number=2, kind="answer")
    settle_waiting(scene.now(scene.machine))
    assert (scene.state(order_id), scene.attempts(order_id)) == ("paid", ["returned", "paid"])
    say_of_bank(scene, order_id, "prove_failed", number=2)
    say_of(scene, order_id, "prove_failed", number=2)
    assert (scene.state(order_id), scene.attempts(order_id)) == ("returned_by_bank", ["returned", "failed"])
    assert (scene.books()["a"], scene.held()) == (5 * AMOUNT, 0) and is_booked_right(scene)

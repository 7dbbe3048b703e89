"""Payments over a bank that speaks HTTP: the same work, the same evidence, the same books as over any other."""

from __future__ import annotations

import re

import pytest

from moa.channels.models import Connection
from moa.channels.operations.ask_bank import test_line as ask_line
from moa.channels.protocol import Answered
from tests.channels.bank_world import BankWorld
from tests.control.factories import signed_in
from tests.payments.bank_scene import AMOUNT, BankScene, hours_late, make_bank_scene, take_statement

BANK, TRANSFER = "020", "http/transfer"


@pytest.fixture
def scene(db: None, world: BankWorld) -> BankScene:
    made = make_bank_scene(world, BANK)
    made.seconds = 8
    return made


def test_a_payment_goes_its_whole_way(scene):
    order_id = scene.paid()
    assert (scene.state(order_id), scene.attempts(order_id)) == ("paid", ["paid"])
    said = signed_in(scene.maker).get(f"/payments/{order_id}").content.decode()
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", said))
    for words in ("지급이체", "은행으로", "은행에서", "0000 정상 처리"):
        assert words in shown, words
    take_statement(scene)
    assert (scene.state(order_id), scene.books()) == (
        "reconciled",
        {"a": 4 * AMOUNT, "transit": 0, "fees": 500},
    )
    assert scene.journal.balance("ours") == -(AMOUNT + 500)


def test_an_answer_that_was_lost_is_found_by_asking(scene):
    scene.world.fault("applied_no_reply", bank=BANK, key=TRANSFER)
    scene.seconds = 1
    order_id = scene.paid()
    assert (scene.state(order_id), scene.moved()) == ("unknown", AMOUNT + 500)
    scene.seconds = 8
    assert (scene.inquire(order_id), scene.state(order_id)) == ("paid", "paid")


@pytest.mark.parametrize("fault", ["no_reply", "error_before"])
def test_what_the_bank_knows_nothing_of_has_failed_when_its_day_is_over(scene, fault):
    scene.world.fault(fault, bank=BANK, key=TRANSFER)
    scene.seconds = 1
    order_id = scene.paid()
    scene.seconds = 8
    assert (scene.state(order_id), scene.inquire(order_id)) == ("unknown", "unknown")
    scene.wait_until("2026-11-21T08:00")
    scene.world.fault("wrong_totals", bank=BANK, amount=AMOUNT)
    assert scene.inquire(order_id) == "unknown", "the bank's totals have room for it"
    assert (scene.inquire(order_id), scene.state(order_id), scene.moved()) == ("failed", "failed", 0)


def test_a_bank_that_closes_hours_late_is_not_believed_until_it_is_on_its_next_day(scene):
    hours_late(scene, BANK, TRANSFER)


def test_money_that_came_back_is_told_by_the_statement(scene):
    scene.world.fault("returned", bank=BANK, key=TRANSFER, delay=60)
    order_id = scene.paid()
    scene.wait(seconds=120)
    take_statement(scene)
    assert (scene.state(order_id), scene.attempts(order_id)) == ("returned_by_bank", ["returned"])
    assert scene.books() == {"a": 5 * AMOUNT, "transit": 0, "fees": 500}


def test_a_bank_without_a_token_for_us_leaves_the_payment_waiting(scene):
    scene.world.fault("rate_limited", bank=BANK, key="http/token", delay=60)
    scene.world.fault("error_before", bank=BANK, key="http/token", times=2)
    order_id = scene.approved(name_reason="계약서 확인")
    assert (scene.release(order_id), scene.order(order_id).problem) == ("ready", "bank_asks_for_patience")
    scene.wait(minutes=2)
    assert [scene.release(order_id) for _ in range(3)] == ["ready", "ready", "paid"]


def test_over_a_connection_that_was_stored_unencrypted_to_another_machine_nothing_is_said(scene):
    def lead_to(host: str) -> None:
        with scene.machine.open():
            Connection.objects.update(host=host)

    order_id = scene.approved()
    # The bank answers there too, so that only the refusal keeps it from being told anything.
    lead_to("0.0.0.0")
    heard = scene.world.state()["open_banking"]
    assert (scene.release(order_id), scene.order(order_id).problem) == ("ready", "connection_unencrypted")
    assert (scene.messages(order_id), scene.moved(), scene.attempts(order_id)) == (0, 0, ["prepared"])
    assert "암호화 없이는" in signed_in(scene.maker).get(f"/payments/{order_id}").content.decode()
    asked = ask_line(scene.maker, BANK, seconds=8)
    assert (asked.answered, asked.problem) == (Answered.NOT_SENT, "connection_unencrypted")
    assert scene.world.state()["open_banking"] == heard
    lead_to("127.0.0.1")
    assert scene.release(order_id) == "paid"

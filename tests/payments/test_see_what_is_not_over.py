"""What is under way stands on the first page, and the amount of a payment leads to what it rests on."""

from __future__ import annotations

import html
import re

import pytest

from moa.payments.models import PaymentOrder
from moa.payments.not_over import HELD_UP, UNKNOWN, list_not_over
from moa.reports.dashboard import payments_to_know
from tests.control.factories import make_person, make_unit, signed_in
from tests.payments.bank_scene import AMOUNT, TRANSFER, make_bank_scene
from tests.payments.scene import LATER, Scene, make_scene


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_an_unknown_payment_is_said_first_and_leads_to_its_list(db, world):
    bank = make_bank_scene(world)
    world.fault("applied_no_reply", key=TRANSFER)
    order_id = bank.approved()
    bank.release(order_id)
    with bank.first.open():
        seen = list_not_over(bank.first)
        assert [(one.kind, one.number, one.amounts) for one in seen] == [(UNKNOWN, 1, {"KRW": AMOUNT})]
        told = payments_to_know(bank.first)
    assert told[0]["kind"] == "unknown" and "1,000,000" in told[0]["detail"]
    listed = text_of(signed_in(bank.first).get(told[0]["url"]))
    assert f"P{order_id}" in listed
    stranger = make_person(bank.machine, roles=[("clerk", make_unit(bank.machine).id)])
    admin = make_person(bank.machine, roles=["admin"])
    for ctx in (stranger, admin):
        with ctx.open():
            assert list_not_over(ctx) == []


def test_held_up_is_what_should_have_left_and_could_not(db, world):
    bank = make_bank_scene(world)
    order_id = bank.approved()
    with bank.machine.open():
        PaymentOrder.objects.filter(id=order_id).update(problem="bank_line_down")
    with bank.first.open():
        assert [one.kind for one in list_not_over(bank.first)] == [HELD_UP]
    bank.release(order_id)
    with bank.first.open():
        assert list_not_over(bank.first) == []


def test_the_amount_leads_to_who_decided_and_to_the_voucher(scene):
    order = scene.paid(amount="1,200")
    client = signed_in(make_person(scene.journal.machine, roles=["auditor"]))
    page = client.get(f"/payments/{order.id}").content.decode()
    address = html.unescape(re.search(r'href="(/why/payment[^"]+)"', page)[1])
    said = client.get(address)
    shown = text_of(said)
    assert all(one in shown for one in ["1,200", scene.maker.actor.name, scene.first.actor.name, "기장"])
    voucher = html.unescape(re.search(r'href="(/why/voucher[^"]+)"', said.content.decode())[1])
    assert "1,200" in text_of(client.get(voucher))
    elsewhere = make_person(scene.journal.machine, roles=[("clerk", make_unit(scene.journal.machine).id)])
    assert signed_in(elsewhere).get(address).status_code == 404


def test_what_is_set_aside_adds_up_from_payments(scene):
    for amount in ("1,000", "250"):
        scene.decide(scene.submit(amount=amount, pay_on=str(LATER)))
    client = signed_in(scene.maker)
    seen = client.post(
        "/payments/reckon",
        {"payer": "a", "payee": "b", "amount": "5", "pay_on": str(LATER), "purpose": "goods"},
    )
    address = html.unescape(re.search(r'href="(/why/set-aside[^"]+)"', seen.content.decode())[1])
    said = text_of(client.get(address))
    assert all(one in said for one in ["1,250", "1,000", "250"])
    assert client.get("/why/set-aside?book=SC&account=b").status_code == 404
    assert signed_in(make_person(scene.journal.machine, roles=["admin"])).get(address).status_code == 403

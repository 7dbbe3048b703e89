"""A payment on paper: the order with its signatures, the confirmation with its evidence, and none before it is paid."""

from __future__ import annotations

import json
from typing import Any

import pytest

from moa.payments.web import views_papers
from tests.control.factories import make_person, signed_in
from tests.payments.bank_scene import TRANSFER, make_bank_scene
from tests.payments.scene import LATER, Scene, make_scene


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


@pytest.fixture
def printed(monkeypatch) -> list[dict[str, Any]]:
    """What was given to the typesetter."""
    given: list[dict[str, Any]] = []
    real = views_papers.printing.pdf

    def pdf(template: str, data: dict[str, Any]) -> bytes:
        given.append(data)
        return real(template, data)

    monkeypatch.setattr(views_papers.printing, "pdf", pdf)
    return given


def words(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, default=str)


@pytest.mark.parametrize(
    "language, said",
    [("ko", ["지급 지시서", "금 일천이백원정"]), ("zh-hans", ["付款指令书", "壹仟贰佰元整"]), ("en", ["Payment order", "one thousand two hundred"])],
)  # fmt: skip
def test_the_order_says_what_was_decided_and_by_whom(scene, printed, language, said):
    order = scene.paid(amount="1,200")
    client = signed_in(scene.maker)
    client.cookies["moa_language"] = language
    answer = client.get(f"/payments/{order.id}/order.pdf")
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
    text = words(printed[-1])
    names = [scene.maker.actor.name, scene.first.actor.name]
    assert all(one in text for one in [*said, *names, "1,200", f"P{order.id}"])


def test_the_confirmation_carries_the_evidence(scene, printed):
    order = scene.paid(amount="1,200")
    answer = signed_in(scene.second).get(f"/payments/{order.id}/confirmation.pdf")
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
    table = next(block for block in printed[-1]["blocks"] if block["kind"] == "table")
    assert [row[0] for row in table["rows"]] == ["기장"] and str(order.voucher_id) in table["rows"][0][1][
        "text"
    ]
    assert "취소" not in words(printed[-1])


@pytest.mark.parametrize("how", ["submitted", "approved", "returned", "withdrawn"])
def test_what_is_not_paid_has_no_confirmation(scene, how):
    request = scene.submit(pay_on=str(LATER))
    if how in ("approved", "returned"):
        scene.decide(request, approve=how == "approved", reason="이유")
    order = scene.now(int(request.content["order"]))
    client = signed_in(scene.maker)
    assert client.get(f"/payments/{order.id}/confirmation.pdf").status_code == 404
    assert client.get(f"/payments/{order.id}/order.pdf").status_code == 200
    assert "confirmation.pdf" not in client.get(f"/payments/{order.id}").content.decode()


def test_a_draft_and_another_units_payment_are_on_no_paper(scene):
    draft = scene.order()
    paid = scene.paid()
    assert signed_in(scene.maker).get(f"/payments/{draft.id}/order.pdf").status_code == 404
    stranger = signed_in(make_person(scene.journal.machine, roles=["admin"]))
    assert stranger.get(f"/payments/{paid.id}/order.pdf").status_code == 403


def test_over_a_bank_the_confirmation_names_what_the_bank_said(db, world, printed):
    bank = make_bank_scene(world)
    order_id = bank.paid()
    client = signed_in(bank.first)
    assert client.get(f"/payments/{order_id}/confirmation.pdf").status_code == 200
    text = words(printed[-1])
    attempt = bank.facts(order_id)["attempts"][0]
    assert all(
        one in text
        for one in [attempt["reference"], str(attempt["msg_no"]), bank.payee["holder"], "은행 응답", "500"]
    )
    assert client.get(f"/payments/{order_id}/order.pdf").status_code == 200


def test_what_the_bank_did_not_answer_has_no_confirmation(db, world):
    bank = make_bank_scene(world)
    world.fault("applied_no_reply", key=TRANSFER)
    order_id = bank.approved()
    assert bank.release(order_id) == "unknown"
    client = signed_in(bank.first)
    assert client.get(f"/payments/{order_id}/confirmation.pdf").status_code == 404

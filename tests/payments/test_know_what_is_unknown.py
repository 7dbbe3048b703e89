"""The desk of unknown outcomes: what stands there, evidence from outside by two persons, the banks' totals."""

from __future__ import annotations

import io
import re

import pytest
from django.utils.translation import override

from moa.channels.models import MOST_NUMBERS, Connection, MessageCounter
from moa.control.approvals import SamePerson
from moa.control.idempotency import StoredRefusal
from moa.kernel.errors import Forbidden
from moa.ledger.operations.attach_document import AttachmentRefused
from moa.payments.closing import due_payments_are_sent
from moa.payments.evidence_subject import EvidenceSubject
from moa.payments.jobs import inquire_due
from moa.payments.models import BankDayTotals, PaymentAttempt
from moa.payments.operations import ask_payee
from moa.payments.operations.ask_again import AskedLately, NotAskable, ask_again
from moa.payments.operations.compare_totals import compare_totals
from moa.payments.operations.create_order import create_order
from moa.payments.operations.inquire_attempt import inquire_attempt
from moa.payments.operations.propose_evidence import EvidenceInvalid, decide_evidence, propose_evidence
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.under_way import attempts_to_ask
from moa.reconciliation.models import BankLink
from tests.channels.bank_world import BankWorld
from tests.control.factories import TODAY, make_person, signed_in
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, make_bank_scene, take_statement


@pytest.fixture
def scene(db: None, world: BankWorld) -> BankScene:
    return make_bank_scene(world)


def lost(scene: BankScene, fault: str = "applied_no_reply") -> tuple[int, int]:
    """A payment whose answer was lost: its number and that of its try."""
    scene.world.fault(fault, key=TRANSFER)
    order_id = scene.paid()
    scene.world.ask("DELETE", "/faults")
    with scene.machine.open():
        return order_id, PaymentAttempt.objects.get(order_id=order_id).id


def record(
    scene: BankScene,
    attempt: int,
    says: str = "prove_paid",
    text: str = "창구 확인, 김대리 14:20",
    data: bytes = b"PDF",
):
    with scene.maker.open():
        return propose_evidence(
            scene.maker, attempt, says=says, text=text, source=io.BytesIO(data), name="확인서.pdf"
        )


def test_evidence_from_outside_counts_when_another_person_agrees(scene):
    order_id, attempt = lost(scene)
    request = record(scene, attempt)
    assert scene.state(order_id) == "unknown"
    with scene.first.open():
        decide_evidence(scene.first, request.id, approve=True, seen_hash=request.content_hash)
    assert (scene.state(order_id), scene.attempts(order_id), scene.held()) == ("paid", ["paid"], 0)
    proof = next(one for one in scene.facts(order_id)["evidence"] if one["kind"] == "outside")
    assert proof["sha256"] == request.content["sha256"] and proof["text"].startswith("창구 확인")


def test_nobody_proves_alone_without_words_or_without_a_document(scene):
    order_id, attempt = lost(scene)
    for bad in ({"says": "paid"}, {"text": " "}):
        with pytest.raises(EvidenceInvalid):
            record(scene, attempt, **bad)
    with pytest.raises(AttachmentRefused):
        record(scene, attempt, data=b"")
    request = record(scene, attempt)
    with pytest.raises(SamePerson), scene.maker.open():
        decide_evidence(scene.maker, request.id, approve=True, seen_hash=request.content_hash)
    stranger = make_person(scene.machine, roles=["auditor"])
    with pytest.raises(Forbidden), stranger.open():
        propose_evidence(stranger, attempt, says="prove_paid", text="x", source=io.BytesIO(b"1"), name="x")
    assert scene.state(order_id) == "unknown"


def test_what_the_bank_told_meanwhile_stands_before_the_persons_word(scene):
    order_id, attempt = lost(scene)
    request = record(scene, attempt, says="prove_failed")
    assert scene.inquire(order_id) == "paid"
    with pytest.raises(EvidenceInvalid), scene.first.open():
        decide_evidence(scene.first, request.id, approve=True, seen_hash=request.content_hash)
    assert scene.state(order_id) == "paid"


def test_the_bank_is_asked_at_once_when_a_person_wants_it_and_not_twice_in_a_breath(scene):
    order_id, attempt = lost(scene)
    client = signed_in(scene.maker)
    page = client.get(f"/payments/{order_id}").content.decode()
    assert f"/payments/attempts/{attempt}/ask" in page and f"like={order_id}" not in page
    with pytest.raises(Forbidden), scene.first.open():
        ask_again(scene.first, attempt)
    assert client.post(f"/payments/attempts/{attempt}/ask").status_code == 302
    with scene.maker.open():
        ask_again(scene.maker, attempt)
    with scene.machine.open():
        assert attempt in attempts_to_ask(scene.now(scene.machine))
    assert inquire_attempt(scene.now(scene.machine), attempt, seconds=1) == "paid"
    take_statement(scene)
    with pytest.raises(NotAskable), scene.maker.open():
        ask_again(scene.maker, attempt)


def test_a_question_of_a_moment_ago_is_not_asked_again(scene):
    _order, attempt = lost(scene, "no_reply")
    now = scene.now(scene.maker)
    with now.open():
        ask_again(now, attempt)
    assert inquire_attempt(scene.now(scene.machine), attempt, seconds=1) == "unknown"
    with pytest.raises(AskedLately), now.open():
        ask_again(now, attempt)


def compared(scene: BankScene) -> BankDayTotals | None:
    with scene.machine.open():
        link = BankLink.objects.get().id
    return compare_totals(scene.now(scene.machine), link, TODAY, seconds=1)


def test_the_banks_totals_are_compared_when_its_day_is_over(scene):
    scene.paid()
    assert compared(scene) is None
    scene.wait_until("2026-11-21T00:45")
    row = compared(scene)
    assert row is not None
    assert (row.agrees, row.bank_count, row.bank_minor, row.items) == (True, 1, AMOUNT, [])


def test_where_they_differ_each_payment_is_asked_about(scene):
    scene.paid(amount="5000")
    order_id, attempt = lost(scene)
    scene.wait_until("2026-11-21T00:45")
    row = compared(scene)
    assert row is not None and not row.agrees
    assert (row.bank_count, row.our_count) == (2, 1)
    assert [(one["attempt"], one["ours"], one["bank"]) for one in row.items] == [(attempt, "unknown", "done")]
    assert scene.state(order_id) == "unknown", "a comparison proves nothing by itself"


def test_a_day_is_not_closed_over_an_approved_payment_that_is_due(scene):
    order_id = scene.approved()
    with scene.machine.open():
        wrong = due_payments_are_sent(scene.machine, scene.journal.book, TODAY)
    assert wrong is not None and wrong["named"] == f"P{order_id}"
    scene.release(order_id)
    with scene.machine.open():
        assert due_payments_are_sent(scene.machine, scene.journal.book, TODAY) is None


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_pages_say_what_was_sent_what_is_known_and_when_it_is_asked_next(scene):
    order_id, attempt = lost(scene)
    client = signed_in(scene.maker)
    desk = text_of(client.get("/payments/unknowns"))
    assert f"P{order_id}" in desk and scene.payee["holder"] in desk and "결과 미확인" in desk
    assert f"KRW 합계 1건, 조건 전체 {AMOUNT:,}" in desk and "국민" in desk
    page = text_of(client.get(f"/payments/{order_id}"))
    assert (
        "은행에 보냄 · 제때 응답 없음" in page
        and "지급 여부를 모릅니다" in page
        and "다시 보내지 않습니다" in page
    )
    detail = client.get(f"/payments/attempts/{attempt}")
    assert detail.status_code == 200 and "전문 밖에서" in text_of(detail)
    sent = client.post(
        f"/payments/attempts/{attempt}",
        {"says": "prove_paid", "text": "창구 확인", "file": io.BytesIO(b"1")},
    )
    assert sent.status_code == 302 and "/approvals/" in sent.headers["Location"]
    decider = signed_in(scene.first)
    decided = decider.get(sent.headers["Location"])
    assert "지급을 증명" in text_of(decided) and "창구 확인" in text_of(decided)


def rows_of(client, order_id: int) -> str:
    return b"".join(client.get(f"/payments/unknowns?as=csv&payment=P{order_id}")).decode("utf-8-sig")


def test_the_desk_says_who_said_what_when_and_what_was_never_answered(scene):
    order_id, attempt = lost(scene, "no_reply")
    client = signed_in(scene.maker)
    with scene.machine.open():
        left = PaymentAttempt.objects.get(id=attempt).message.sent_at.astimezone(scene.zone())
    assert "이체에 대한 응답 없음" in rows_of(client, order_id)
    # The bank knows of none: that was said, and the moment of leaving stays what it was.
    scene.inquire(order_id)
    said = rows_of(client, order_id)
    assert "NREC" in said and "은행 결과 조회" in said and "답이 없는 질문" not in said
    assert f"{left:%Y-%m-%d %H:%M:%S}" in said
    scene.world.fault("bank_down")
    scene.inquire(order_id)
    said = rows_of(client, order_id)
    assert "NREC" in said and "답이 없는 질문: 1" in said and "은행 회선 끊김" in said


def test_the_page_says_both_sides_of_totals_that_differ_and_the_payments_between_them(scene):
    order_id, _attempt = lost(scene)
    scene.wait_until("2026-11-21T00:45")
    compared(scene)
    page = text_of(signed_in(scene.maker).get("/payments/unknowns"))
    assert f"1 {AMOUNT:,} 0 0 +{AMOUNT:,} 불일치" in page
    assert f"P{order_id} {scene.payee['holder']} {AMOUNT:,} 0000" in page and "결과 미확인" in page
    assert "설명되지 않습니다" not in page
    scene.world.fault("wrong_totals", amount=777_000)
    compared(scene)
    page = text_of(signed_in(scene.maker).get("/payments/unknowns"))
    assert "차이 중 +777,000: 여기서 아는 어떤 지급으로도 설명되지 않습니다" in page


def test_whoever_agrees_can_read_the_document_and_what_the_bank_said_first(scene):
    order_id, attempt = lost(scene, "no_reply")
    scene.inquire(order_id)
    request = record(scene, attempt, says="prove_failed", data="확인서의 글".encode())
    decider = signed_in(scene.first)
    page = decider.get(f"/approvals/{request.id}")
    address = f"/payments/attempts/{attempt}/documents/{request.content['document']}"
    said = text_of(page)
    assert f'href="{address}"' in page.content.decode() and "확인서.pdf" in said
    assert "제때 응답 없음" in said and "NREC" in said
    assert decider.get(address).content.decode() == "확인서의 글"
    assert f'href="{address}"' in decider.get(f"/payments/attempts/{attempt}").content.decode()
    # While the bank's day lasts, that it knows of none proves nothing: whoever signs is told.
    now = scene.now(scene.first)
    with now.open(), override("ko"):
        shown = {one.label: one.word for one in EvidenceSubject().facts(now, request)}
    assert shown["아직 은행에 도착할 수 있음"] == "11/21 00:40까지"
    # Nobody signs it unread, among others.
    assert f'value="{request.id}"' not in decider.get("/approvals/batch").content.decode()


def test_what_persons_proved_is_not_said_to_be_the_banks_refusal(scene):
    order_id, attempt = lost(scene, "no_reply")
    request = record(scene, attempt, says="prove_failed")
    with scene.first.open():
        decide_evidence(scene.first, request.id, approve=True, seen_hash=request.content_hash)
    assert (scene.state(order_id), scene.order(order_id).problem) == ("failed", "payment_not_made")
    answer = signed_in(scene.maker).get(f"/payments/{order_id}")
    assert "은행이 거절" not in text_of(answer) and "두 사람이 문서로" in text_of(answer)
    assert f"/payments/attempts/{attempt}/documents/{request.content['document']}" in answer.content.decode()


def test_a_missing_document_is_said_in_words(scene):
    _order, attempt = lost(scene)
    answer = signed_in(scene.maker).post(f"/payments/attempts/{attempt}", {"says": "prove_paid", "text": "x"})
    assert answer.status_code == 422 and "attachment_" not in text_of(answer)
    assert "증빙 문서가 없거나 비어 있습니다" in text_of(answer)


def test_the_form_asks_the_bank_and_keeps_what_was_typed(scene):
    client = signed_in(scene.maker)
    typed = scene.typed(to_name="다른사람", pay_on="2027-01-04").as_json() | {"step": "submit"}
    answer = client.post("/payments/new", typed)
    assert answer.status_code == 422
    assert scene.payee["holder"] in text_of(answer) and "예금주가 다릅니다" in text_of(answer)
    assert client.post("/payments/new", typed | {"to_name": scene.payee["holder"]}).status_code == 302


def test_a_name_that_the_bank_did_not_say_is_asked_again_with_the_same_key(scene, monkeypatch):
    """Seen: the key gave the refusal for ever, and a program that keeps its keys could not pay."""
    monkeypatch.setattr(ask_payee, "SECONDS", 1)
    typed = scene.typed(to_name="")
    scene.world.fault("no_reply", key="6000/100")
    with pytest.raises(OrderFlawed) as refusal:
        create_order(scene.maker, typed, key="one")
    assert [one.code for one in refusal.value.flaws] == ["payee_name_missing"]
    made = create_order(scene.maker, typed, key="one")
    assert (made["state"], made["to_name"]) == ("pending", scene.payee["holder"])
    with pytest.raises(StoredRefusal) as kept:
        create_order(scene.maker, typed._replace(amount="0"), key="two")
    assert kept.value.code == "payment_flawed"


def test_the_log_names_the_connection_that_could_not_be_listened_on(scene, caplog):
    scene.paid()
    now = scene.now(scene.machine)
    with scene.machine.open():
        line = Connection.objects.get()
        MessageCounter.objects.filter(connection_id=line.id).update(last_no=MOST_NUMBERS)
        Connection.objects.update(opened_on=None)
    inquire_due(now)
    said = [one.getMessage() for one in caplog.records if one.name == "moa.payments"]
    assert said == [f"connection {line.id} could not be worked on"]

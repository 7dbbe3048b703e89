"""The pages of payments, asked as a browser asks: what is typed stays, what follows is said, what is refused says why."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from moa.control.models import ApprovalRequest
from moa.payments.models import PaymentOrder
from moa.payments.operations.decide_order import decide_order
from tests.control.factories import make_person, signed_in
from tests.faults import wait_until
from tests.payments.scene import Scene, make_scene

# Requests run at the real moment, so the day of payment is counted from it.
FUTURE = str((timezone.now() + timedelta(days=20)).date())
FORM = {"payer": "a", "payee": "b", "amount": "1,000", "pay_on": FUTURE, "purpose": "goods", "memo": "물류비"}


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def submitted(scene: Scene, **changes: str) -> int:
    answer = signed_in(scene.maker).post("/payments/new", FORM | {"step": "submit"} | changes)
    assert answer.status_code == 302, text_of(answer)[:2000]
    return int(re.search(r"/payments/(\d+)", answer.headers["Location"])[1])


def test_what_follows_is_said_before_anything_is_sent(scene):
    scene.limit("single", 3_000)
    answer = signed_in(scene.maker).post("/payments/reckon", FORM)
    said = text_of(answer)
    assert answer.status_code == 200
    assert "금 일천원정" in said and "5,000" in said and "4,000" in said
    with scene.maker.open():
        assert not PaymentOrder.objects.exists()


def test_without_javascript_the_same_stands_on_the_page(scene):
    said = text_of(signed_in(scene.maker).post("/payments/new", FORM | {"step": "look"}))
    assert "금 일천원정" in said and "물류비" not in said.split("금 일천원정")[1]


def test_nothing_typed_is_lost_when_it_is_refused(scene):
    answer = signed_in(scene.maker).post(
        "/payments/new", FORM | {"amount": "12O", "memo": "<메모>", "purpose": "", "step": "submit"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="12O"' in page and 'value="&lt;메모&gt;"' in page and 'aria-describedby="e-amount"' in page
    assert page.count('aria-invalid="true"') == 2
    with scene.maker.open():
        assert not PaymentOrder.objects.exists()


def test_a_payment_is_sent_decided_and_taken_back_by_its_pages(scene):
    number = submitted(scene)
    page = signed_in(scene.first).get(f"/payments/{number}")
    assert "결재 대기" in text_of(page)
    with scene.first.open():
        request = PaymentOrder.objects.get(id=number).request_id
    inbox = signed_in(scene.first).get(f"/approvals/{request}")
    assert "물류비" in text_of(inbox)
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', inbox.content.decode())[1]
    answer = signed_in(scene.first).post(
        f"/approvals/{request}/decision", {"fingerprint": fingerprint, "decision": "approve"}
    )
    assert answer.status_code == 302
    assert scene.now(number).state == "approved" and scene.held() == 1_000
    assert "금액을 묶어 두었습니다" in text_of(signed_in(scene.maker).get(f"/payments/{number}"))
    assert signed_in(scene.maker).post(f"/payments/{number}/withdraw").status_code == 302
    assert (scene.now(number).state, scene.held()) == ("withdrawn", 0)


def test_what_the_maker_takes_back_in_the_inbox_is_a_draft_again(scene):
    number = submitted(scene)
    request = scene.now(number).request_id
    assert signed_in(scene.maker).post(f"/approvals/{request}/withdraw").status_code == 302
    page = signed_in(scene.maker).get(f"/payments/{number}").content.decode()
    assert 'name="version"' in page and 'value="1,000"' in page
    answer = signed_in(scene.maker).post(
        f"/payments/{number}", FORM | {"amount": "2,000", "version": "1", "step": "submit"}
    )
    assert answer.status_code == 302
    assert (scene.now(number).state, scene.now(number).amount_minor) == ("pending", 2_000)


def test_who_signs_what_was_edited_meanwhile_is_told_that_it_did_not_count(scene):
    order_id = submitted(scene)
    with scene.maker.open():
        request = PaymentOrder.objects.get(id=order_id).request
    signed_in(scene.maker).post(
        f"/payments/{order_id}", FORM | {"amount": "1,001", "version": "1", "step": "save"}
    )
    answer = signed_in(scene.first).post(
        f"/approvals/{request.id}/decision", {"decision": "approve", "fingerprint": request.content_hash}
    )
    assert answer.status_code == 409 and "반영되지 않았습니다" in text_of(answer)
    with scene.maker.open():
        assert PaymentOrder.objects.get(id=order_id).state == "draft"


def test_another_persons_payment_is_taken_back_with_a_reason_only(scene):
    number = submitted(scene)
    treasurer = signed_in(make_person(scene.journal.machine, roles=["treasurer"]))
    refused = treasurer.post(f"/payments/{number}/withdraw")
    assert refused.status_code == 409 and "이유" in text_of(refused)
    assert treasurer.post(f"/payments/{number}/withdraw", {"reason": "중복"}).status_code == 302


def test_a_payee_that_was_paid_before_is_taken_over_into_the_form(scene):
    submitted(scene)
    client = signed_in(scene.maker)
    page = client.get("/payments/new").content.decode()
    assert 'name="take" value="b"' in page
    taken = client.post("/payments/new", FORM | {"payee": "", "take": "b"}).content.decode()
    assert 'name="payee" list="payees" value="b"' in taken and 'value="1,000"' in taken
    with scene.maker.open():
        assert PaymentOrder.objects.count() == 1


def test_paying_again_takes_over_all_but_day_and_document(scene):
    number = submitted(scene, document_no="FD-1")
    page = signed_in(scene.maker).get(f"/payments/new?like={number}").content.decode()
    assert 'value="물류비"' in page and "FD-1" not in page and FUTURE not in page


def test_the_list_shows_what_the_rights_leave(scene):
    number = submitted(scene)
    signed_in(scene.maker).post("/payments/new", FORM | {"memo": "초안", "step": "save"})
    assert text_of(signed_in(scene.maker).get("/payments")).count("1–2") == 1
    others = text_of(signed_in(scene.first).get("/payments"))
    assert f"P{number}" in others and others.count("1–1") == 1
    assert signed_in(scene.first).get("/payments?as=csv").status_code == 200


def test_what_was_approved_meanwhile_is_not_edited_and_the_way_to_it_stands_on_the_form(scene):
    number = submitted(scene)
    with scene.second.open():
        request = ApprovalRequest.objects.get(state="open")
        version = PaymentOrder.objects.get(id=number).version
        decide_order(scene.second, request.id, approve=True, seen_hash=request.content_hash)
    late = FORM | {"order": str(number), "version": str(version), "amount": "2,000", "step": "submit"}
    answer = signed_in(scene.maker).post(f"/payments/{number}?edit=1", late)
    assert answer.status_code == 409 and f'href="/payments/{number}"' in answer.content.decode()
    assert scene.now(number).amount_minor == 1_000 and scene.now(number).state == "approved"


def test_a_passed_limit_is_told_with_what_it_comes_to(scene):
    scene.limit("single", 3_000)
    answer = signed_in(scene.maker).post("/payments/new", FORM | {"amount": "3,001", "step": "submit"})
    assert answer.status_code == 422 and "(3,001 / 3,000 KRW)" in text_of(answer)


def test_who_agrees_to_a_limit_reads_what_holds_before_it(scene):
    scene.limit("single", 3_000)
    form = {"scope": "single", "currency": "KRW", "most": "5,000", "valid_from": FUTURE}
    assert signed_in(scene.first).post("/payments/limits", form).status_code == 302
    with scene.second.open():
        request = ApprovalRequest.objects.get(state="open")
    said = text_of(signed_in(scene.second).get(f"/approvals/{request.id}"))
    assert (
        "KRW 3,000" in said
        and "KRW 5,000" in said
        and FUTURE in said
        and "거래 후 잔액" not in said
        and "새 알림" not in said
    )


def test_a_limit_is_proposed_on_its_page_and_counts_once_agreed(scene):
    form = {"scope": "single", "unit": "", "currency": "KRW", "most": "2,000", "valid_from": FUTURE}
    answer = signed_in(scene.first).post("/payments/limits", form)
    assert answer.status_code == 302 and "filed=" in answer.headers["Location"]
    assert f"/approvals/{answer.headers['Location'].partition('filed=')[2]}" in (
        signed_in(scene.first).get("/payments/limits").content.decode()
    )
    wrong = signed_in(scene.first).post("/payments/limits", form | {"most": "-5", "valid_from": "2020-01-01"})
    assert wrong.status_code == 422
    huge = signed_in(scene.first).post("/payments/limits", form | {"most": "9" * 26})
    assert huge.status_code == 422


def test_a_sign_that_no_text_can_hold_is_refused_where_only_a_choice_stands(scene):
    answer = signed_in(scene.maker).post("/payments/new", {"book": "a\0b"})
    assert answer.status_code == 400


def test_another_group_finds_no_page_of_it(scene):
    number = submitted(scene)
    stranger = signed_in(make_scene().maker)
    assert stranger.get(f"/payments/{number}").status_code == 404
    # Whoever had the page open when a right ended is told that the button did nothing.
    assert "반영되지 않았습니다" not in stranger.get(f"/payments/{number}").content.decode()
    refused = stranger.post(f"/payments/{number}/withdraw")
    assert refused.status_code == 404 and "반영되지 않았습니다" in refused.content.decode()
    assert stranger.get(f"/payments/new?like={number}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_who_takes_back_at_the_moment_of_the_approval_is_told_where_it_stands_now():
    scene = make_scene()
    request = scene.submit()
    number = int(request.content["order"])
    answers: list[Any] = []

    def take_back() -> None:
        try:
            answers.append(signed_in(scene.maker).post(f"/payments/{number}/withdraw"))
        finally:
            connection.close()

    thread = threading.Thread(target=take_back)
    with scene.first.open():
        decide_order(scene.first, request.id, approve=True, seen_hash=request.content_hash)
        thread.start()
        wait_until(_somebody_waits)
    thread.join(60)
    said = text_of(answers[0])
    assert answers[0].status_code == 409 and "그사이 상태가 바뀌" in said
    assert "지급 완료" in said and "결재 대기" not in said.replace("결재함", "")


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select 1 from pg_locks where not granted)")
        return bool(cursor.fetchone()[0])

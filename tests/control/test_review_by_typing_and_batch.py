"""Re-keying, questions, batches and escalation, with a subject that the tests provide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from moa.control import approval_subjects, approvals
from moa.control.approval_capacity import NotAnApprover, RekeyNeeded
from moa.control.approval_subjects import OnHold, RekeyField
from moa.control.context import Context
from moa.control.escalation import escalate_approvals
from moa.control.models import (
    ApprovalBatch,
    ApprovalDecision,
    ApprovalRemark,
    ApprovalRequest,
    AuditLine,
    Notice,
    RekeyAttempt,
)
from moa.control.operations.approve_batch import BatchChanged, BatchRefused, approve_batch, batch_sheet
from moa.control.operations.ask_maker import AnsweredAlready, answer_question, ask_maker
from moa.control.operations.rekey_request import NothingToRekey, rekey_request
from moa.kernel.errors import NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from tests.control.factories import signed_in
from tests.control.policies import KIND, House, band, payments_known

pytestmark = pytest.mark.django_db
TYPED = {"account": "478201-04-114182", "amount": "500,000", "name": "서진테크놀로지"}


@pytest.fixture(autouse=True)
def payments() -> Iterator[None]:
    with payments_known(
        RekeyField("account", "계좌", "47820104114182"), RekeyField("name", "예금주", "서진테크놀로지")
    ):
        yield


@pytest.fixture
def house() -> House:
    return House()


def rekey(house: House, ctx: Context, request: ApprovalRequest, **typed: str) -> RekeyAttempt:
    with ctx.open():
        return rekey_request(ctx, request.id, typed=TYPED | typed)


class TestRekeying:
    def test_only_what_was_typed_alike_can_be_approved(self, house: House) -> None:
        head = house.person("head")
        house.policy([band("", "head!")])
        request = house.submit()
        with pytest.raises(RekeyNeeded):
            house.decide(head, request)
        wrong = rekey(house, head, request, amount="500,001", name="서진테크놀러지")
        assert (wrong.matched, wrong.differing) == (False, ["amount", "name"])
        with pytest.raises(RekeyNeeded):
            house.decide(head, request)
        assert rekey(house, head, request).matched
        assert house.decide(head, request).state == "approved"
        with head.open():
            assert ApprovalDecision.objects.get(request_id=request.id).review == "rekey"
            line = AuditLine.objects.get(code="control.approval.rekeyed_otherwise")
            assert line.after["differing"] == ["amount", "name"] and "500" not in str(line.after)

    def test_anothers_typing_does_not_count_and_by_eye_there_is_none(self, house: House) -> None:
        one, other = house.person("head"), house.person("head")
        house.policy([band("", "head!")])
        request = house.submit()
        rekey(house, one, request)
        with pytest.raises(RekeyNeeded):
            house.decide(other, request)
        with pytest.raises(approvals.SamePerson):
            rekey(house, house.maker, request)
        with pytest.raises(NotAnApprover):
            rekey(house, house.person(), request)
        house.policy([], currency="KRW")
        with pytest.raises(NothingToRekey):
            rekey(house, one, house.submit(subject_id="eye"))

    def test_who_returns_it_types_nothing(self, house: House) -> None:
        head = house.person("head")
        house.policy([band("", "head!")])
        assert house.decide(head, house.submit(), approve=False).state == "refused"


class TestQuestions:
    def test_a_question_and_its_answer_stay_with_the_request(self, house: House) -> None:
        head, request = house.person(), house.submit()
        with head.open():
            question = ask_maker(head, request.id, text=" 왜 오늘입니까 ")
        with pytest.raises(NotFound), head.open():
            answer_question(head, question.id, text="내가 답함")
        with house.maker.open():
            answer_question(house.maker, question.id, text="기한이 오늘입니다")
            with pytest.raises(AnsweredAlready):
                answer_question(house.maker, question.id, text="또")
            texts = list(ApprovalRemark.objects.order_by("id").values_list("text", flat=True))
        assert texts == ["왜 오늘입니까", "기한이 오늘입니다"]
        house.decide(head, request)
        with pytest.raises(MoveNotAllowed), head.open():
            ask_maker(head, request.id, text="늦은 질문")


class TestBatches:
    def test_count_and_sums_are_signed_with_all_of_them(self, house: House) -> None:
        head = house.person()
        requests = [house.submit(amount, subject_id=str(amount)) for amount in (100, 250)]
        with head.open():
            sheet = batch_sheet(head, [one.id for one in requests])
            assert (sheet.count, sheet.sums) == (2, {"KRW": 350})
            batch = approve_batch(head, [one.id for one in requests], signed=sheet.signed)
            assert (batch.count, batch.sums) == (2, {"KRW": "350"})
            assert set(ApprovalDecision.objects.values_list("batch_id", flat=True)) == {None, batch.id} - {
                None
            }
            assert set(ApprovalRequest.objects.values_list("state", flat=True)) == {"approved"}

    def test_what_changed_between_the_screen_and_the_press_approves_nothing(self, house: House) -> None:
        head, other = house.person(), house.person()
        requests = [house.submit(amount, subject_id=str(amount)) for amount in (100, 250)]
        ids = [one.id for one in requests]
        with head.open():
            sheet = batch_sheet(head, ids)
        with pytest.raises(BatchChanged), head.open():
            approve_batch(head, [*ids, house.submit(7, subject_id="7").id], signed=sheet.signed)
        house.decide(other, requests[0])
        with pytest.raises(BatchRefused), head.open():
            approve_batch(head, ids, signed=sheet.signed)
        with head.open():
            assert ApprovalBatch.objects.count() == 0
            assert ApprovalRequest.objects.filter(id=ids[1], state="open").exists()

    def test_typing_again_and_holds_keep_a_request_out(self, house: House) -> None:
        head = house.person("head")
        held = house.submit(content={"hold": True})
        house.policy([band("", "head!")])
        rekeyed = house.submit(subject_id="rekey")
        for request, problem in ((held, "hold"), (rekeyed, "rekey")):
            with pytest.raises(BatchRefused, match=problem), head.open():
                batch_sheet(head, [request.id])
        with pytest.raises(OnHold), head.open():
            approval_subjects.decide(head, held, approve=True, seen_hash=held.content_hash, reason="")


def test_what_is_overdue_is_marked_once_and_the_next_grade_is_told(house: House) -> None:
    house.person("team")
    head = house.person("head")
    house.person("ceo")
    house.policy([band("", "team")], days=0)
    request = house.submit()
    assert request.due_on == house.machine.today
    assert escalate_approvals(house.machine) == 0
    later = house.now(house.machine)
    object.__setattr__(later, "today", house.machine.today + timedelta(days=1))
    assert escalate_approvals(later) == 1 and escalate_approvals(later) == 0
    with head.open():
        assert ApprovalRequest.objects.get(id=request.id).escalated_at is not None
        told = Notice.objects.filter(kind="control.approval_overdue").values_list("person_id", flat=True)
        assert list(told) == [head.actor.person_id]


class TestPages:
    """The same through the pages."""

    @pytest.fixture
    def house(self) -> House:
        return House(live=True)

    def _text(self, response: Any, status: int = 200) -> str:
        assert response.status_code == status, response.content.decode()[:2000]
        return response.content.decode()

    def test_the_reviewer_types_and_then_approves(self, house: House) -> None:
        head = house.person("head", name="본부장 한도윤")
        house.policy([band("", "head!")])
        request = house.submit()
        client = signed_in(head)
        shown = self._text(client.get(f"/approvals/{request.id}"))
        assert (
            "data-no-paste" in shown
            and "47820104114182" not in shown.split("mo-rekey")[1].split("</form>")[0]
        )
        assert 'value="approve"' not in shown and "본부장" in shown
        given = {f"field.{code}": value for code, value in TYPED.items()}
        wrong = client.post(f"/approvals/{request.id}/rekey", given | {"field.amount": "1"})
        assert "금액" in self._text(wrong, 422)
        with head.open():
            assert RekeyAttempt.objects.filter(matched=False).count() == 1
        assert client.post(f"/approvals/{request.id}/rekey", given).status_code == 302
        assert 'value="approve"' in self._text(client.get(f"/approvals/{request.id}"))

    def test_the_sum_screen_signs_and_a_changed_one_is_refused(self, house: House) -> None:
        head = house.person()
        ids = [house.submit(amount, subject_id=str(amount)).id for amount in (100, 250)]
        client = signed_in(head)
        assert 'type="checkbox"' in self._text(client.get("/approvals/batch"))
        shown = self._text(client.get("/approvals/batch", {"id": ids}))
        assert "350" in shown
        signed = shown.split('name="signed" value="')[1].split('"')[0]
        assert client.post("/approvals/batch/sign", {"id": ids[:1], "signed": signed}).status_code == 409
        assert client.post("/approvals/batch/sign", {"id": ids, "signed": signed}).status_code == 302
        with head.open():
            assert ApprovalRequest.objects.filter(state="approved", id__in=ids).count() == 2

    def test_the_maker_takes_back_and_answers(self, house: House) -> None:
        head, request = house.person(), house.submit()
        client, maker = signed_in(head), signed_in(house.maker)
        client.post(f"/approvals/{request.id}/ask", {"text": "왜 오늘입니까"})
        assert "왜 오늘입니까" in self._text(maker.get(f"/approvals/{request.id}"))
        with head.open():
            question = ApprovalRemark.objects.get().id
        maker.post(f"/approvals/{request.id}/ask", {"text": "기한", "question": question})
        assert "기한" in self._text(client.get(f"/approvals/{request.id}"))
        assert client.post(f"/approvals/{request.id}/withdraw").status_code == 404
        assert maker.post(f"/approvals/{request.id}/withdraw").status_code == 302
        with head.open():
            assert ApprovalRequest.objects.get(id=request.id).state == "withdrawn"

    def test_a_policy_is_proposed_and_a_deputy_named_on_their_pages(self, house: House) -> None:
        second = signed_in(house.second)
        house.person("head", name="한도윤")
        assert "한도윤" in self._text(second.get("/approvals/policies"))
        assert "<form" in self._text(second.get("/approvals/policies/new"))
        given = {
            "subject_type": KIND, "unit": "", "currency": "krw", "includes_lower": "yes",
            "valid_from": house.second.today.isoformat(), "decide_within_days": "", "up_to_1": "1,000,000",
            "grade_1_1": "team", "review_1_1": "visual", "grade_2_1": "head", "review_2_1": "rekey",
        }  # fmt: skip
        filed = second.post("/approvals/policies/new", given)
        assert filed.status_code == 302
        with house.second.open():
            content = ApprovalRequest.objects.get(subject_type="control.approval_policy").content
        assert [one["up_to"] for one in content["bands"]] == ["1000000", ""]
        assert "mo-errsum" in self._text(
            second.post("/approvals/policies/new", given | {"currency": ""}), 422
        )
        deputy = house.person()
        day = house.second.today.isoformat()
        named = {
            "principal": house.second.actor.person_id, "deputy": deputy.actor.person_id, "valid_from": day,
            "last_day": day,
        }  # fmt: skip
        assert second.post("/approvals/deputies", named).status_code == 302
        house.decide(deputy, house.submit())
        assert self._text(second.get("/approvals/deputies"))
        assert signed_in(house.maker).get("/approvals/policies/new").status_code == 403

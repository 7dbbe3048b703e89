"""The approvals pages, with a subject that the tests provide as an upper context would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from moa.control import approval_subjects, approvals, inbox
from moa.control.approval_subjects import Subject, SubjectLine
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest, AuditLine, Unit
from moa.control.queries import context_for
from moa.kernel.errors import DomainError
from moa.kernel.money import to_minor
from tests.control.factories import TwoGroups, make_group, make_person, make_unit, signed_in

pytestmark = pytest.mark.django_db
KIND = "test.payment"


class Payments:
    """A context above control: it describes its requests and acts on what was approved."""

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content = request.content
        lines = tuple(
            SubjectLine(ctx.today, description=text, debit_minor=100) for text in content.get("lines", [])
        )
        return Subject(
            kind="manual_lines", title=content["title"], amount_minor=to_minor(Decimal(content["amount"]), "KRW"),
            currency="KRW", account_name="운영계좌", account_number="40277154182", lines=lines,
            ground_url="/accounts/1",
            due_on=ctx.today + timedelta(days=content["due_in"]) if "due_in" in content else None,
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        request = approvals.decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)
        if approve and request.content["title"] == "over the limit":
            raise DomainError("limit_exceeded")
        if approve:
            record(ctx, "test.payment.made", "payment", request.id)
        return request


@pytest.fixture(autouse=True)
def payments() -> Iterator[None]:
    approval_subjects.register(KIND, Payments())
    yield
    approval_subjects._providers.pop(KIND)


class Desk:
    """A maker, a checker and their unit, at the real present moment, as pages are."""

    def __init__(self) -> None:
        self.group = make_group()
        self.unit: Unit = make_unit(self.group, name="해온정밀")
        self.maker = self.now(make_person(self.group, roles=["teller"], name="메이커"))
        self.checker = self.now(make_person(self.group, roles=["approver"], name="체커"))

    def now(self, ctx: Context) -> Context:
        from datetime import UTC, datetime

        return context_for(ctx.group_id, ctx.actor.person_id, at=datetime.now(UTC), channel="test")

    def submit(self, title: str = "급여 11월", kind: str = KIND, **more: Any) -> ApprovalRequest:
        with self.maker.open():
            return approvals.submit(
                self.maker, subject_type=kind, subject_id=title, unit_id=self.unit.id,
                content={"title": title, "amount": "1250000", "lines": ["김하은 급여", "한도윤 급여"]} | more,
            )  # fmt: skip

    def state(self, request: ApprovalRequest) -> str:
        with self.maker.open():
            return ApprovalRequest.objects.get(id=request.id).state

    def answer(self, client: Client, request: ApprovalRequest, decision: str = "approve", **more: str) -> Any:
        given = {"decision": decision, "fingerprint": request.content_hash, "reason": ""} | more
        return client.post(f"/approvals/{request.id}/decision", given)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def _text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_the_checker_sees_what_waits_and_decides(desk: Desk) -> None:
    request = desk.submit()
    client = signed_in(desk.checker)
    listed = _text(client.get("/approvals"))
    assert f"/approvals/{request.id}" in listed and "급여 11월" in listed and "1,250,000" in listed
    shown = _text(client.get(f"/approvals/{request.id}"))
    assert "김하은 급여" in shown and request.content_hash in shown and "해온정밀" in shown
    assert desk.answer(client, request).status_code == 302
    assert desk.state(request) == "approved"
    with desk.maker.open():
        line = AuditLine.objects.get(code="test.payment.made")
        assert (line.person_id, line.channel) == (desk.checker.actor.person_id, "web")
    assert "급여 11월" in _text(client.get("/approvals?view=done"))
    assert f"/approvals/{request.id}" not in _text(client.get("/approvals?view=mine"))


def test_a_return_needs_a_reason_and_reaches_the_maker(desk: Desk) -> None:
    request = desk.submit()
    client = signed_in(desk.checker)
    refused = desk.answer(client, request, "return")
    assert refused.status_code == 409 and "mo-ferr" in refused.content.decode()
    assert desk.state(request) == "open"
    assert desk.answer(client, request, "return", reason="금액이 다릅니다").status_code == 302
    assert desk.state(request) == "refused"
    assert "금액이 다릅니다" in _text(signed_in(desk.maker).get(f"/approvals/{request.id}"))


def test_the_maker_sees_it_and_cannot_decide(desk: Desk) -> None:
    request = desk.submit()
    client = signed_in(desk.maker)
    assert f"/approvals/{request.id}" in _text(client.get("/approvals?view=submitted"))
    assert f"/approvals/{request.id}" not in _text(client.get("/approvals?view=mine"))
    shown = _text(client.get(f"/approvals/{request.id}"))
    assert 'name="decision"' not in shown and 'aria-disabled="true"' in shown
    assert desk.answer(client, request).status_code == 409
    assert desk.state(request) == "open"


def test_a_request_that_is_decided_meanwhile_is_said_to_be(desk: Desk) -> None:
    request = desk.submit()
    first, second = signed_in(desk.checker), signed_in(make_person(desk.group, roles=["approver"]))
    desk.answer(first, request, "return", reason="아니오")
    assert desk.answer(second, request).status_code == 409
    assert desk.state(request) == "refused"


def test_another_fingerprint_than_the_contents_is_refused(desk: Desk) -> None:
    request = desk.submit()
    answer = desk.answer(signed_in(desk.checker), request, fingerprint="0" * 64)
    assert answer.status_code == 409 and desk.state(request) == "open"


def test_what_the_context_refuses_undoes_the_decision(desk: Desk) -> None:
    request = desk.submit("over the limit")
    answer = desk.answer(signed_in(desk.checker), request)
    assert answer.status_code == 409 and "limit_exceeded" in answer.content.decode()
    assert desk.state(request) == "open"


@pytest.mark.parametrize(
    "given", [{"decision": "maybe"}, {"decision": ""}, {"fingerprint": ""}, {"reason": "x" * 501}]
)
def test_a_form_that_is_not_ours_changes_nothing(desk: Desk, given: dict[str, str]) -> None:
    request = desk.submit()
    decision = given.pop("decision", "approve")
    assert desk.answer(signed_in(desk.checker), request, decision, **given).status_code == 422
    assert desk.state(request) == "open"


def test_a_subject_that_nobody_provides_is_shown_and_not_decided(desk: Desk) -> None:
    request = desk.submit(kind="test.gone")
    client = signed_in(desk.checker)
    assert "test.gone" in _text(client.get(f"/approvals/{request.id}"))
    assert desk.answer(client, request).status_code == 409 and desk.state(request) == "open"


def test_the_list_is_ordered_by_need(desk: Desk) -> None:
    for title, more in (
        ("later", {"due_in": 3}),
        ("today", {"due_in": 0}),
        ("none", {}),
        ("overdue", {"due_in": -1}),
    ):
        desk.submit(title, **more)
    page = _text(signed_in(desk.checker).get("/approvals"))
    places = [page.index(f"{title}</span>") for title in ("overdue", "today", "later", "none")]
    assert places == sorted(places)


def test_without_requests_the_page_says_so(desk: Desk) -> None:
    for view in ("mine", "submitted", "done", "nonsense"):
        assert "mo-none" in _text(signed_in(desk.checker).get(f"/approvals?view={view}"))


class TestWhoSees:
    def test_another_group_sees_nothing_by_guessing_ids(self, desk: Desk, two_groups: TwoGroups) -> None:
        request = desk.submit()
        client = signed_in(two_groups.person)
        assert client.get(f"/approvals/{request.id}").status_code == 404
        assert desk.answer(client, request).status_code == 404
        assert desk.state(request) == "open"

    def test_a_clerk_of_another_company_sees_nothing_and_an_auditor_reads(self, desk: Desk) -> None:
        request = desk.submit()
        other = make_unit(desk.group)
        stranger = signed_in(make_person(desk.group, roles=[("approver", other.id)]))
        assert stranger.get(f"/approvals/{request.id}").status_code == 404
        auditor = signed_in(make_person(desk.group, roles=["auditor"]))
        assert 'aria-disabled="true"' in _text(auditor.get(f"/approvals/{request.id}"))
        assert desk.answer(auditor, request).status_code == 403

    def test_the_count_is_of_what_the_person_may_decide(self, desk: Desk) -> None:
        desk.submit()
        local = make_person(desk.group, roles=[("approver", desk.unit.id)])
        elsewhere = make_person(desk.group, roles=[("approver", make_unit(desk.group).id)])
        counts = {}
        for name, ctx in {
            "maker": desk.maker,
            "checker": desk.checker,
            "local": local,
            "else": elsewhere,
        }.items():
            with ctx.open():
                counts[name] = inbox.count_waiting(ctx)
                assert len(inbox.list_requests(ctx, "mine")) == counts[name]
        assert counts == {"maker": 0, "checker": 1, "local": 1, "else": 0}


def test_a_second_provider_of_one_subject_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="two providers"):
        approval_subjects.register(KIND, Payments())

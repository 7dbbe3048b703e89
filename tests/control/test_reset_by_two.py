"""A lost password or second factor: one person asks, another decides, and the link works once within a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from moa.control.approvals import SamePerson
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Authenticator, Notice
from moa.control.one_time_links import LinkWorthless
from moa.control.operations.confirm_authenticator import confirm_authenticator
from moa.control.operations.make_reset_link import ResetNotAgreed, make_reset_link
from moa.control.operations.request_reset import OwnCredentials, decide_reset, request_reset
from moa.control.operations.set_up_authenticator import set_up_authenticator
from moa.control.operations.sign_in import sign_in
from moa.control.operations.use_link import use_link
from moa.control.own_access import ACCESS_CHANGED
from moa.control.second_factors import has_second_factor
from moa.kernel.errors import Forbidden
from tests.control.factories import AT, PASSWORD, make_group, make_person, signed_in

pytestmark = pytest.mark.django_db
NEW = "spring rain over the han"


@pytest.fixture
def group(folder: object) -> Context:
    return make_group()


@pytest.fixture
def admin(group: Context) -> Context:
    return make_person(group, "boss", ["admin"])


@pytest.fixture
def approver(group: Context) -> Context:
    return make_person(group, "park", ["approver"])


@pytest.fixture
def person(group: Context) -> Context:
    return make_person(group, "kim", ["approver"], name="김하은")


def _ask(admin: Context, person: Context, lost: str = "both") -> ApprovalRequest:
    with admin.open():
        return request_reset(admin, person.actor.person_id, lost=lost, reason="전화기 분실")  # type: ignore[arg-type]


def _decide(ctx: Context, request: ApprovalRequest, approve: bool = True) -> None:
    with ctx.open():
        decide_reset(ctx, request.id, approve=approve, seen_hash=request.content_hash, reason="확인")


def test_the_second_factor_goes_and_the_sessions_end_when_another_agrees(
    admin: Context, approver: Context, person: Context
) -> None:
    with person.open():
        secret = set_up_authenticator(person).secret
        confirm_authenticator(person, code=pyotp.TOTP(secret).at(AT))
    request = _ask(admin, person, "second_factor")
    with person.open():
        assert has_second_factor(person)
    _decide(approver, request)
    with person.open():
        assert not Authenticator.objects.exists()
        told = Notice.objects.filter(kind=ACCESS_CHANGED, person_id=person.actor.person_id)
        assert [one.key.partition(":")[0] for one in told.order_by("id")] == ["authenticator", "reset_agreed"]
    sign_in(login="kim", password=PASSWORD, at=AT)
    with pytest.raises(ResetNotAgreed), admin.open():
        make_reset_link(admin, person.actor.person_id)


def test_the_link_comes_after_the_decision_and_works_once(
    admin: Context, approver: Context, person: Context
) -> None:
    request = _ask(admin, person)
    with pytest.raises(ResetNotAgreed), admin.open():
        make_reset_link(admin, person.actor.person_id)
    _decide(approver, request)
    sign_in(login="kim", password=PASSWORD, at=AT)
    with admin.open():
        former = make_reset_link(admin, person.actor.person_id)
        link = make_reset_link(admin, person.actor.person_id)
    with pytest.raises(LinkWorthless):
        use_link(token=former.token, password=NEW, at=AT)
    use_link(token=link.token, password=NEW, at=AT)
    sign_in(login="kim", password=NEW, at=AT)
    with pytest.raises(ResetNotAgreed), admin.open():
        make_reset_link(admin, person.actor.person_id)


def test_an_agreed_reset_lasts_a_day(admin: Context, approver: Context, person: Context) -> None:
    _decide(approver, _ask(admin, person))
    late = replace(admin, at=AT + timedelta(hours=24), memo={})
    with pytest.raises(ResetNotAgreed), late.open():
        make_reset_link(late, person.actor.person_id)


def test_a_refused_reset_changes_nothing(admin: Context, approver: Context, person: Context) -> None:
    _decide(approver, _ask(admin, person), approve=False)
    with pytest.raises(ResetNotAgreed), admin.open():
        make_reset_link(admin, person.actor.person_id)


def test_neither_who_asked_nor_whom_it_concerns_decides(admin: Context, person: Context) -> None:
    request = _ask(admin, person)
    with pytest.raises(Forbidden):
        _decide(admin, request)
    with pytest.raises(SamePerson):
        _decide(person, request)


def test_nobody_asks_for_himself_and_only_an_administrator_asks(admin: Context, person: Context) -> None:
    with pytest.raises(OwnCredentials):
        _ask(admin, admin)
    with pytest.raises(Forbidden):
        _ask(person, admin)


def test_the_pages_lead_through_it(admin: Context, approver: Context, person: Context) -> None:
    number, client = person.actor.person_id, signed_in(admin)
    assert client.post(f"/people/{number}/reset", {"lost": "password", "reason": "분실"}).status_code == 302
    with approver.open():
        request = ApprovalRequest.objects.get()
    shown = signed_in(approver).get(f"/approvals/{request.id}").content.decode()
    assert "김하은" in shown and "분실" in shown
    assert client.post(f"/people/{number}/link").status_code == 409
    answer = signed_in(approver).post(
        f"/approvals/{request.id}/decision", {"decision": "approve", "fingerprint": request.content_hash}
    )
    assert answer.status_code == 302
    made = client.post(f"/people/{number}/link")
    assert made.status_code == 200 and "/link/" in made.content.decode()

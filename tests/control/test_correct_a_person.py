"""An administrator corrects a person's name, title and address; the person is told where mail went before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from moa.control.approval_acts import SecondPersonNeeded
from moa.control.approval_subjects import describe
from moa.control.context import Context
from moa.control.models import ApprovalRequest, AuditLine, Mail, Notice, Person
from moa.control.operations.change_person import ResetUnderWay, change_person
from moa.control.operations.request_reset import decide_reset, request_reset
from moa.kernel.errors import Forbidden, NotFound
from moa.kernel.seen import ChangedMeanwhile, fingerprint
from tests.control.factories import TwoGroups, make_group, make_person, signed_in
from tests.control.policies import House, band

pytestmark = pytest.mark.django_db
GIVEN = {"name": "김하은", "title": "자금팀 차장", "email": "kim.haeun@example.co.kr"}


@pytest.fixture
def admin() -> Context:
    return make_person(make_group(), "boss", ["admin"], name="한지우")


@pytest.fixture
def person(admin: Context) -> Context:
    return make_person(admin, "kim", ["teller"], name="김하은")


def page_of(person: Context) -> str:
    return f"/people/{person.actor.person_id}"


def test_the_page_saves_and_the_trail_has_both(admin: Context, person: Context) -> None:
    client = signed_in(admin)
    assert 'name="email"' in client.get(page_of(person)).content.decode()
    assert client.post(page_of(person) + "/details", GIVEN).status_code == 302
    with admin.open():
        assert Person.objects.get(id=person.actor.person_id).email == GIVEN["email"]
        line = AuditLine.objects.get(code="control.person.changed")
        assert line.before == {"title": "", "email": ""}
        assert line.after == {"title": GIVEN["title"], "email": GIVEN["email"]}
        # No address was entered before: the inbox alone can tell.
        assert (
            Notice.objects.filter(person_id=person.actor.person_id, kind="control.person_changed").count()
            == 1
        )
        assert not Mail.objects.exists()


def test_the_former_address_is_told(admin: Context, person: Context) -> None:
    with admin.open():
        change_person(admin, person.actor.person_id, **GIVEN)
        change_person(admin, person.actor.person_id, **GIVEN | {"email": "someone@example.com"})
        assert [mail.to_address for mail in Mail.objects.all()] == [GIVEN["email"]]


def test_whoever_changes_the_own_address_is_told_at_the_former_one(admin: Context) -> None:
    """An administrator's stolen login would lead the mails away first."""
    own = GIVEN | {"email": "boss@example.com"}
    with admin.open():
        change_person(admin, admin.actor.person_id, **own)
        change_person(admin, admin.actor.person_id, **own | {"title": "팀장"})
        assert not Mail.objects.exists()
        change_person(admin, admin.actor.person_id, **own | {"email": "thief@example.com"})
        assert [mail.to_address for mail in Mail.objects.all()] == ["boss@example.com"]


def test_what_is_unfit_stands_at_its_field_with_what_was_typed(admin: Context, person: Context) -> None:
    client = signed_in(admin)
    for given, said in (
        ({"name": " "}, "details_name_error"),
        ({"email": "kim at home"}, "details_email_error"),
    ):
        answer = client.post(page_of(person) + "/details", GIVEN | given)
        assert answer.status_code == 422
        assert said in answer.content.decode() and GIVEN["title"] in answer.content.decode()
    with admin.open():
        assert not AuditLine.objects.filter(code="control.person.changed").exists()


def test_nobody_overwrites_unseen(admin: Context, person: Context) -> None:
    seen = fingerprint({"name": "김하은", "title": "", "email": ""})
    with admin.open():
        change_person(admin, person.actor.person_id, **GIVEN)
    with pytest.raises(ChangedMeanwhile), admin.open():
        change_person(admin, person.actor.person_id, **GIVEN | {"email": ""}, seen=seen)
    answer = signed_in(admin).post(page_of(person) + "/details", GIVEN | {"email": "", "seen": seen})
    assert answer.status_code == 409 and GIVEN["email"] in answer.content.decode()


def test_only_an_administrator_of_the_group(two_groups: TwoGroups) -> None:
    stranger = make_person(two_groups.other, "stranger", ["admin"])
    person = make_person(two_groups.one, "kim", ["teller"])
    with pytest.raises(NotFound), stranger.open():
        change_person(stranger, person.actor.person_id, **GIVEN)
    auditor = make_person(two_groups.one, "auditor", ["auditor"])
    with pytest.raises(Forbidden), auditor.open():
        change_person(auditor, person.actor.person_id, **GIVEN)


def test_a_policy_asks_for_a_second_person() -> None:
    house = House(live=True)
    house.person("head")
    house.policy([band("", "head")], subject_type="control.person_details", currency="")
    admin, person = house.now(make_person(house.machine, roles=["admin"])), make_person(house.machine)
    with pytest.raises(SecondPersonNeeded), admin.open():
        change_person(admin, person.actor.person_id, **GIVEN)
    answer = signed_in(admin).post(page_of(person) + "/details", GIVEN, follow=True)
    assert "/approvals/" in answer.content.decode()
    with admin.open():
        assert Person.objects.get(id=person.actor.person_id).email == ""
        request = ApprovalRequest.objects.get(state="open")
        assert GIVEN["email"] in describe(admin, request).note


def test_a_reset_keeps_the_address_that_was_agreed_on(admin: Context, person: Context) -> None:
    number, other = person.actor.person_id, GIVEN | {"email": "mine@example.com"}
    approver = make_person(admin, "park", ["approver"])
    with admin.open():
        change_person(admin, number, **GIVEN)
        request = request_reset(admin, number, lost="password", reason="분실")
    with approver.open():
        note = describe(approver, request).note
        assert GIVEN["email"] in note and "한지우" in note
    with pytest.raises(ResetUnderWay), admin.open():
        change_person(admin, number, **other)
    with approver.open():
        decide_reset(approver, request.id, approve=True, seen_hash=request.content_hash, reason="확인")
    with pytest.raises(ResetUnderWay), admin.open():
        change_person(admin, number, **other)
    later = replace(admin, at=admin.at + timedelta(days=2))
    with later.open():
        change_person(later, number, **other)

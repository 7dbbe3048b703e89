"""With a policy a person comes, goes and loses a role only when a second person agrees; without one at once."""

from __future__ import annotations

import pytest

from moa.control.approval_acts import SecondPersonNeeded
from moa.control.approval_subjects import decide, describe, registered_subjects
from moa.control.models import ApprovalRequest, Assignment, Identity, Person
from moa.control.operations.invite_person import SUBJECT as INVITATION
from moa.control.operations.invite_person import NewInvitation, invite_person
from moa.control.operations.retire_person import SUBJECT as LEAVING
from moa.control.operations.retire_person import retire_person
from moa.control.operations.withdraw_role import SUBJECT as WITHDRAWAL
from moa.control.operations.withdraw_role import withdraw_role
from tests.control.factories import make_person, signed_in
from tests.control.policies import House, band

FORM = {
    "login": "lee.min", "name": "이민서", "email": "", "title": "", "language": "ko", "role": "auditor", "unit": "",
    "limit": "", "valid_until": "",
}  # fmt: skip


@pytest.fixture
def house(db: None) -> House:
    return House(live=True)


def approve(house: House, subject_type: str) -> ApprovalRequest:
    head = house.now(house.head)  # type: ignore[attr-defined]
    with head.open():
        request = ApprovalRequest.objects.get(subject_type=subject_type, state="open")
        assert describe(head, request).rekey, "a step that types again could not be completed"
        return decide(head, request, approve=True, seen_hash=request.content_hash, reason="")


def under_policy(house: House, *subjects: str) -> None:
    house.head = house.person("head")  # type: ignore[attr-defined]
    for subject in subjects:
        house.policy([band("", "head")], subject_type=subject, currency="")


def test_an_invitation_waits_and_the_link_is_made_afterwards(house: House) -> None:
    under_policy(house, INVITATION)
    admin = house.now(make_person(house.machine, roles=["admin"]))
    with pytest.raises(SecondPersonNeeded), admin.open():
        invite_person(admin, new=NewInvitation("x.y", "아무개"))
    client = signed_in(admin)
    answer = client.post("/people/invite", FORM | {"valid_from": str(admin.today)}, follow=True)
    assert answer.status_code == 200 and "/approvals/" in answer.content.decode()
    with admin.open():
        assert not Identity.objects.filter(login="lee.min").exists()
    approve(house, INVITATION)
    with admin.open():
        person = Person.objects.get(name="이민서")
        assert Assignment.objects.get(person_id=person.id).role.code == "auditor"
    assert client.post(f"/people/{person.id}/link").status_code == 200


def test_where_roles_have_a_policy_an_invitation_files_the_role_for_itself(house: House) -> None:
    under_policy(house, "control.role_change")
    admin = house.now(make_person(house.machine, roles=["admin"]))
    signed_in(admin).post("/people/invite", FORM | {"valid_from": str(admin.today)})
    with admin.open():
        person = Person.objects.get(name="이민서")
        assert not Assignment.objects.filter(person_id=person.id).exists()
    approve(house, "control.role_change")
    with admin.open():
        assert Assignment.objects.filter(person_id=person.id).count() == 1


def test_a_role_is_taken_and_a_person_leaves_when_another_agrees(house: House) -> None:
    under_policy(house, WITHDRAWAL, LEAVING)
    admin = house.now(make_person(house.machine, roles=["admin"]))
    other = make_person(house.machine, roles=["auditor"])
    with admin.open():
        held = Assignment.objects.get(person_id=other.actor.person_id)
    with pytest.raises(SecondPersonNeeded), admin.open():
        withdraw_role(admin, held.id, valid_until=admin.today)
    with pytest.raises(SecondPersonNeeded), admin.open():
        retire_person(admin, other.actor.person_id, left_on=admin.today)
    client = signed_in(admin)
    client.post(f"/people/{other.actor.person_id}/roles/{held.id}")
    client.post(f"/people/{other.actor.person_id}/leave", {"left_on": str(admin.today)})
    approve(house, WITHDRAWAL)
    with admin.open():
        assert not Assignment.objects.filter(person_id=other.actor.person_id, valid_until=None).exists()
        assert Person.objects.get(id=other.actor.person_id).left_on is None
    approve(house, LEAVING)
    with admin.open():
        assert Person.objects.get(id=other.actor.person_id).left_on == admin.today


def test_every_kind_of_request_has_words(house: House) -> None:
    from moa.control.approval_subjects import label_of

    named = [kind for kind in registered_subjects() if not kind.startswith("test.")]
    assert [kind for kind in named if label_of(kind) == kind] == []

"""Whoever made a token of the machine user holds what it carries, as long as it lives; and who holds both is told after an update."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moa.control.context import Context
from moa.control.meeting_notices import RIGHTS_MEET
from moa.control.models import Assignment, MachineToken, Notice, Person, Role
from moa.control.notice_kinds import sentence_of
from moa.control.operations.give_role import RolesIncompatible, give_role
from moa.control.operations.keep_rights_apart import PairHeld, keep_rights_apart
from moa.control.operations.make_token import NewToken, make_token
from moa.control.operations.revoke_token import revoke_token
from moa.control.queries import group_zone
from moa.control.web.sentences_people import refusal_words
from moa.entry.upgrading import upgrade_groups
from tests.control.factories import AT, TODAY, make_person
from tests.control.test_keep_rights_apart import DAY, DECIDE, ENTER, WHY

POST = "ledger.post"


@pytest.fixture
def treasurer(group: Context) -> Context:
    """With the right to book until in three days."""
    person = make_person(group, roles=["treasurer"], name="김자금")
    with group.open():
        Assignment.objects.filter(person_id=person.actor.person_id).update(valid_until=TODAY + 3 * DAY)
    return person


def made(person: Context, *, for_machine: bool = True) -> MachineToken:
    with person.open():
        return make_token(person, new=NewToken("본사 ERP", (POST,), 365, for_machine=for_machine))[0]


def audits(admin: Context, person: Context) -> None:
    with admin.open():
        give_role(
            admin, person.actor.person_id, role_code="auditor", unit_id=None, valid_from=TODAY + 3 * DAY
        )


def test_who_booked_does_not_audit_with_the_secret_in_hand(admin: Context, treasurer: Context) -> None:
    token = made(treasurer)
    with pytest.raises(RolesIncompatible) as caught:
        audits(admin, treasurer)
    assert caught.value.facts["tokens"] == "본사 ERP" and "본사 ERP" in refusal_words(caught.value)
    with treasurer.open():
        revoke_token(treasurer, token.id)
    audits(admin, treasurer)


def test_a_token_that_outlives_the_role_is_refused_to_the_auditor_to_be(
    admin: Context, treasurer: Context
) -> None:
    audits(admin, treasurer)
    with pytest.raises(RolesIncompatible):
        made(treasurer)
    # One's own token carries no more than one's roles of the day.
    assert made(treasurer, for_machine=False).id


def test_the_secret_outlives_the_login_of_the_same_person(
    group: Context, admin: Context, treasurer: Context
) -> None:
    token = made(treasurer)
    again = make_person(group, name="김자금")
    with admin.open():
        logins = Person.objects.filter(id__in=(treasurer.actor.person_id, again.actor.person_id))
        logins.update(email="kim@haeon.kr")
        Person.objects.filter(id=treasurer.actor.person_id).update(left_on=TODAY)
    with pytest.raises(RolesIncompatible):
        audits(admin, again)
    over = replace(admin, at=token.expires_at, today=TODAY + 365 * DAY, memo={})
    audits(over, again)


def test_a_pair_is_not_declared_over_a_token(group: Context, admin: Context, treasurer: Context) -> None:
    made(treasurer)
    with group.open():
        Assignment.objects.filter(person_id=treasurer.actor.person_id).update(
            role_id=Role.objects.get(code="clerk").id
        )
    with admin.open():
        with pytest.raises(PairHeld) as caught:
            keep_rights_apart(admin, POST, ENTER, reason=WHY)
        assert caught.value.facts["persons"] == "김자금" and caught.value.facts["tokens"] == "본사 ERP"


@pytest.mark.django_db(databases=["default", "owner"])
def test_who_holds_both_since_an_update_is_told_to_administrators_once(
    group: Context, admin: Context
) -> None:
    person = make_person(group, roles=["approver", "clerk"], name="김둘다")
    with admin.open():
        template = Role.objects.get(code="clerk").permissions
        Role.objects.filter(code="clerk").update(permissions=[])
        keep_rights_apart(admin, DECIDE, ENTER, reason=WHY)
    for _ in range(2):
        upgrade_groups(at=AT)
        with admin.open():
            told = Notice.objects.get(kind=RIGHTS_MEET)
            assert Role.objects.get(code="clerk").permissions == template
    assert told.person_id == admin.actor.person_id != person.actor.person_id
    with admin.open():
        words = sentence_of(RIGHTS_MEET, told.facts, language="ko", zone=group_zone(admin))
    assert "김둘다" in words

"""Whose roles another changes is told at once, and so are the other administrators; nobody is told of one's own act."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from moa.control.context import Context
from moa.control.models import Assignment, Mail, Notice, Person
from moa.control.notice_kinds import sentence_of
from moa.control.operations.add_person import NewPerson, add_person
from moa.control.operations.change_role import change_role
from moa.control.operations.choose_notices import NoticeAlwaysTold, choose_notices
from moa.control.operations.give_role import give_role
from moa.control.operations.make_role import make_role
from moa.control.operations.withdraw_role import withdraw_role
from moa.control.queries import group_zone
from moa.control.role_notices import OWN_ROLES, ROLES
from tests.control.factories import PASSWORD, make_group, make_person, make_unit
from tests.control.inviting import boss_of, invited


@pytest.fixture
def admin(db: None) -> Context:
    return boss_of()


@pytest.fixture
def other(admin: Context) -> Context:
    return make_person(admin, "other", ["admin"], name="오세라")


@pytest.fixture
def person(admin: Context, other: Context) -> Context:
    made = make_person(admin, "kim", name="김하은")
    with made.open():
        Person.objects.filter(id=made.actor.person_id).update(email="kim@haeon.kr")
    return made


def told(reader: Context) -> list[str]:
    """The sentences, oldest first, in the reader's words."""
    with reader.open():
        found = Notice.objects.filter(person_id=reader.actor.person_id).order_by("id")
        return [sentence_of(one.kind, one.facts, language="ko", zone=group_zone(reader)) for one in found]


def test_a_role_given_and_taken_is_told_to_whose_it_is_and_to_the_other_administrators(
    admin: Context, other: Context, person: Context
) -> None:
    company = make_unit(admin, name="해온전자")
    with admin.open():
        held = give_role(
            admin,
            person.actor.person_id,
            role_code="teller",
            unit_id=company.id,
            valid_from=date(2026, 11, 20),
        )
        withdraw_role(admin, held.id, valid_until=date(2026, 12, 1))
    mine, theirs = told(person), told(other)
    assert [len(mine), len(theirs), told(admin)] == [2, 2, []]
    for sentence in (mine[0], theirs[0]):
        assert "역할을 받았습니다" in sentence and "해온전자" in sentence and "한지우" in sentence
    assert "역할이 끝납니다" in mine[1] and "2026-12-01" in mine[1]
    assert "김하은" in theirs[0] and "김하은" not in mine[0]
    with person.open():
        assert list(Mail.objects.values_list("to_address", flat=True)) == ["kim@haeon.kr"] * 2


def test_rights_that_come_to_a_role_are_told_to_who_holds_it(
    admin: Context, other: Context, person: Context
) -> None:
    gone = make_person(admin, "gone")
    with admin.open():
        role = make_role(admin, name="조회만", permissions=["control.units.view"])
        for one, until in ((person, None), (gone, admin.today)):
            Assignment.objects.create(
                group_id=admin.group_id, person_id=one.actor.person_id, role_id=role.id,
                valid_from=date(2020, 1, 1), valid_until=until,
            )  # fmt: skip
        change_role(admin, role.id, name="조회", permissions=["control.units.view"])
        assert told(person) == [], "a name is no right"
        change_role(admin, role.id, name="조회", permissions=["control.units.view", "control.audit.view"])
    assert ["권한이 바뀌었습니다" in one for one in told(person)] == [True]
    assert ["김하은" in one for one in told(other)] == [True]
    assert told(gone) == []


def test_who_is_only_just_entered_is_told_by_the_invitation_alone(admin: Context, other: Context) -> None:
    newcomer, _ = invited(admin)
    with admin.open():
        assert not Notice.objects.filter(person_id=newcomer.id).exists()
        (notice,) = Notice.objects.filter(kind=ROLES)
    assert (notice.person_id, notice.link) == (other.actor.person_id, f"/people/{newcomer.id}")


def test_setting_up_a_group_tells_nobody(db: None) -> None:
    machine = make_group()
    with machine.open():
        for login in ("one", "two"):
            add_person(machine, new=NewPerson(login, login, PASSWORD, (("admin", None),)))
        assert not Notice.objects.exists()


def test_an_administrator_whose_own_role_another_takes_is_told_once(
    admin: Context, other: Context, person: Context
) -> None:
    with admin.open():
        held = Assignment.objects.get(person_id=other.actor.person_id)
        withdraw_role(admin, held.id, valid_until=admin.today + timedelta(days=1))
        assert list(Notice.objects.values_list("person_id", "kind")) == [(other.actor.person_id, OWN_ROLES)]
    with other.open(), pytest.raises(NoticeAlwaysTold):
        choose_notices(other, kind=OWN_ROLES, channel="none", pace="digest")

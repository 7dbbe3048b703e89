"""Operations that need a second person when a policy says so, and at once where none does."""

from __future__ import annotations

from datetime import date

import pytest

from moa.control.approval_acts import MakerGone, SecondPersonNeeded, ask_or_do
from moa.control.approval_subjects import decide
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Assignment, AuditLine, Person
from moa.control.operations.give_role import SUBJECT as ROLE
from moa.control.operations.give_role import give_role
from moa.control.role_acts import role_given
from moa.directory.models import CalendarOverride
from moa.directory.operations.override_calendar_day import SUBJECT as DAY
from moa.directory.operations.override_calendar_day import OverrideRefused, override_calendar_day
from moa.kernel.errors import Forbidden
from tests.control.factories import make_person
from tests.control.policies import House, band

pytestmark = pytest.mark.django_db
CLOSED = {
    "country": "KR",
    "day": "2026-11-25",
    "is_business_day": "no",
    "name": "창립기념일",
    "reason": "사규",
}


@pytest.fixture
def house() -> House:
    return House()


def approve(house: House, ctx: Context, request: ApprovalRequest | None) -> ApprovalRequest:
    assert request is not None
    fresh = house.now(ctx)
    with fresh.open():
        return decide(fresh, request, approve=True, seen_hash=request.content_hash, reason="")


def overrides(ctx: Context) -> int:
    with ctx.open():
        return CalendarOverride.objects.filter(on_date=date(2026, 11, 25)).count()


def test_without_a_policy_it_is_done_at_once(house: House) -> None:
    with house.second.open():
        assert ask_or_do(house.second, DAY, subject_id="d", content=CLOSED) is None
    assert overrides(house.second) == 1


def test_with_one_it_is_done_when_another_person_approves_and_never_round_it(house: House) -> None:
    house.person("head")
    house.policy([band("", "head")], subject_type=DAY, currency="")
    asker, head = house.now(make_person(house.machine, roles=["treasurer"])), house.person("head")
    with pytest.raises(SecondPersonNeeded), asker.open():
        override_calendar_day(asker, country="KR", day=date(2026, 11, 25), is_business_day=False, name="x")
    with asker.open():
        request = ask_or_do(asker, DAY, subject_id="d", content=CLOSED)
    assert overrides(asker) == 0
    assert approve(house, head, request).state == "approved"
    assert overrides(asker) == 1
    with asker.open():
        done = AuditLine.objects.get(code="directory.calendar.overridden")
        assert done.person_id == asker.actor.person_id


def test_what_would_be_refused_is_refused_before_it_is_filed(house: House) -> None:
    house.person("head")
    house.policy([band("", "head")], subject_type=DAY, currency="")
    with pytest.raises(OverrideRefused), house.second.open():
        ask_or_do(house.second, DAY, subject_id="d", content=CLOSED | {"name": ""})
    with house.second.open():
        assert not ApprovalRequest.objects.filter(subject_type=DAY).exists()


def test_a_role_is_given_in_the_name_of_who_asked_while_that_person_may(house: House) -> None:
    head = house.person("head")
    house.policy([band("", "head")], subject_type=ROLE, currency="")
    admin = house.now(make_person(house.machine, roles=["admin"]))
    make_person(house.machine, roles=["admin"])
    new = house.now(make_person(house.machine))
    given = {"role_code": "auditor", "unit_id": None, "valid_from": admin.today}
    with pytest.raises(SecondPersonNeeded), admin.open():
        give_role(admin, new.actor.person_id, **given)
    with admin.open():
        request = ask_or_do(admin, ROLE, subject_id="r", content=role_given(new.actor.person_id, **given))
        again = ask_or_do(admin, ROLE, subject_id="r2", content=role_given(new.actor.person_id, **given))
    approve(house, head, request)
    with admin.open():
        assert Assignment.objects.filter(person_id=new.actor.person_id).count() == 1
        Assignment.objects.filter(person_id=admin.actor.person_id).update(valid_until=admin.today)
    with pytest.raises(Forbidden):
        approve(house, head, again)
    with admin.open():
        Person.objects.filter(id=admin.actor.person_id).update(left_on=admin.today)
    with pytest.raises(MakerGone):
        approve(house, head, again)

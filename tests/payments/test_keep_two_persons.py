"""Who could pay money out together, read from live rights; and what would leave it to one person is refused."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection

from moa.control.context import Context
from moa.control.models import Assignment, AuditLine, Person
from moa.control.operations.change_policy import NewPolicy, decide_policy, propose_policy
from moa.control.operations.change_role import change_role
from moa.control.operations.delegate_approval import NewDelegation, delegate
from moa.control.operations.give_role import RolesIncompatible, give_role
from moa.control.operations.invite_person import NewInvitation, NewRole, invite_person
from moa.control.operations.make_role import make_role
from moa.payments.distance import INVENT, LIMIT, POLICY, RESET, Place, Span, alone, changing_ways, distances
from moa.payments.distance_guard import OneCouldPayAlone
from moa.payments.permissions import ENTER, VIEW
from moa.payments.rules.distance import fewest
from moa.payments.standing_rights import Rights
from tests.control.factories import make_person, signed_in
from tests.control.policies import House, band
from tests.faults import wait_until
from tests.payments.scene import make_scene


def spans(ctx: Context, unit_id: int, currency: str = "KRW") -> list[Span]:
    with ctx.open():
        found = [one for one in distances(ctx, unit_id=unit_id) if one.place.currency == currency]
    assert len(found) == 1
    return list(found[0].spans)


def counts(ctx: Context, unit_id: int) -> list[tuple[int | None, int | None]]:
    """Up to what amount, and how many persons with the rights as they are."""
    return [(one.up_to_minor, len(one.now.persons) if one.now else None) for one in spans(ctx, unit_id)]


@pytest.fixture
def house(db: None) -> House:
    house = House()
    for grade in ("team", "head", "ceo"):
        house.person(grade, name=f"결재 {grade}")
    return house


def set_policy(
    house: House, *bands: dict[str, object], subject: str = "payments.order", currency: str = "KRW"
) -> None:
    house.policy(list(bands), subject_type=subject, currency=currency, includes_lower=False)


def test_the_amount_says_how_many_it_takes(house):
    set_policy(
        house, band("1000000", "team"), band("50000000", "team", "head"), band("", "team", "head", "ceo")
    )
    assert counts(house.machine, house.unit.id) == [(1_000_000, 2), (50_000_000, 3), (None, 4)]
    first = spans(house.machine, house.unit.id)[2]
    assert first.now is not None
    assert [deed.name for deed in first.now.deeds] == ["enter", "approve", "approve", "approve"]
    assert len({deed.person for deed in first.now.deeds}) == 4


def test_limits_of_roles_cut_the_amounts(house):
    with house.machine.open():
        Assignment.objects.filter(role__code="approver").update(limit_minor=3_000)
        Assignment.objects.filter(person_id=house.second.actor.person_id).update(limit_minor=9_000)
        Assignment.objects.filter(person_id=house.maker.actor.person_id).update(limit_minor=0)
    assert counts(house.machine, house.unit.id) == [(3_000, 2), (9_000, 2), (None, None)]


@pytest.mark.parametrize("subject", ["control.person_invitation", "control.role_change"])
def test_inventing_persons_takes_one_until_two_decide_on_it(house, subject):
    make_person(house.machine, roles=["admin"])
    assert [
        (one.way, len(one.first.persons)) for one in spans(house.machine, house.unit.id) if one.first
    ] == [(INVENT, 1)]
    set_policy(house, band("", ""), subject=subject, currency="")
    assert [one.first for one in spans(house.machine, house.unit.id)] == [None]
    with house.machine.open():
        assert alone(house.machine) == {}


def ways(house: House, minor: int = 10, *, is_beyond: bool = False) -> dict[str, int | None]:
    with house.machine.open():
        rights = Rights(house.machine, house.machine.today)
        place = Place(house.unit.id, "KRW")
        found = {
            name: fewest(way, hands) for name, way, hands in changing_ways(rights, place, minor, is_beyond)
        }
    return {name: len(one.persons) if one else None for name, one in found.items()}


def test_changed_rules_take_fewer_than_a_large_amount(house):
    set_policy(house, band("", "team", "head", "ceo"))
    make_person(house.machine, roles=["admin"])
    # A treasurer proposes a laxer policy and enters the payment; another person agrees to the one and approves the other.
    assert ways(house) == {POLICY: 2, RESET: 2, INVENT: 1}
    assert ways(house, is_beyond=True)[LIMIT] == 4


def test_above_the_limit_of_payments_nobody_pays_before_it_is_raised(db):
    scene = make_scene()
    scene.limit("single", 1_000)
    with scene.first.open():
        found = [one for one in distances(scene.first) if one.place.currency == "KRW"]
    assert [(one.up_to_minor, one.now and len(one.now.persons), one.is_beyond) for one in found[0].spans] == [
        (1_000, 2, False), (None, None, True),
    ]  # fmt: skip
    assert found[0].spans[1].way == LIMIT and found[0].spans[1].persons == 2


def test_a_deputy_signs_with_the_authority_of_who_is_away(house):
    set_policy(house, band("", "ceo"))
    with house.machine.open():
        ceo = Person.objects.get(name="결재 ceo")
        Assignment.objects.filter(person_id=ceo.id).update(
            valid_until=house.machine.today + timedelta(days=9)
        )
    deputy = house.person("team", name="대결자")
    boss = house.person("ceo", name="대표")
    with boss.open():
        delegate(
            boss,
            new=NewDelegation(
                boss.actor.person_id, deputy.actor.person_id, boss.today, boss.today + timedelta(days=3)
            ),
        )
    with house.machine.open():
        able = (
            Rights(house.machine, house.machine.today)
            .steps("payments.order", house.unit.id, 1, "KRW")[0]
            .able
        )
        later = Rights(house.machine, house.machine.today + timedelta(days=3))
        after = later.steps("payments.order", house.unit.id, 1, "KRW")[0].able
    assert (deputy.actor.person_id, boss.actor.person_id) in able
    assert {login for login, _ in after} == {ceo.id, boss.actor.person_id}


def refused(ctx: Context) -> int:
    with ctx.open():
        return AuditLine.objects.filter(code__in=["control.role.given", "control.policy.in_force"]).count()


def test_the_machine_user_may_not_enter_what_its_administrator_of_tokens_approves(house):
    admin = house.now(make_person(house.machine, roles=["admin"]))
    with admin.open():
        role = make_role(admin, name="기계 지급", permissions=[ENTER, VIEW])
    before = refused(house.machine)
    with pytest.raises(OneCouldPayAlone) as refusal, admin.open():
        give_role(
            admin, house.machine.actor.person_id, role_code=role.code, unit_id=None, valid_from=admin.today
        )
    # A treasurer makes the token and approves.
    assert refusal.value.facts["path"].count(":") == 1 and "Moa" in refusal.value.facts["path"]
    assert refused(house.machine) == before
    with pytest.raises(OneCouldPayAlone), admin.open():
        give_role(
            admin, house.machine.actor.person_id, role_code=role.code, unit_id=None,
            valid_from=admin.today + timedelta(days=40),
        )  # fmt: skip


def test_a_role_that_the_machine_user_has_is_not_given_the_right_to_enter(house):
    admin = house.now(make_person(house.machine, roles=["admin"]))
    with admin.open():
        role = make_role(admin, name="기계", permissions=[VIEW])
        give_role(
            admin, house.machine.actor.person_id, role_code=role.code, unit_id=None, valid_from=admin.today
        )
    with pytest.raises(OneCouldPayAlone), admin.open():
        change_role(admin, role.id, name="기계", permissions=[VIEW, ENTER])


def invitation(login: str, role: str, email: str = "treasury@haeon.example") -> NewInvitation:
    return NewInvitation(login, f"이름 {login}", email, roles=(NewRole(role),))


def test_two_logins_at_one_address_are_one_person(house):
    admin = house.now(make_person(house.machine, roles=["admin"]))
    with admin.open():
        invite_person(admin, new=invitation("first.one", "clerk"))
        invite_person(admin, new=invitation("by.self", "approver", email=""))
    with pytest.raises(OneCouldPayAlone), admin.open():
        invite_person(admin, new=invitation("second.one", "approver", email="Treasury@haeon.example "))
    with admin.open():
        assert not Person.objects.filter(name="이름 second.one").exists()
        # Who also only enters adds no way; who examines would, in the same hand, examine what it entered (ADR 106).
        invite_person(admin, new=invitation("third.one", "clerk"))
        with pytest.raises(RolesIncompatible):
            invite_person(admin, new=invitation("fourth.one", "auditor"))


def test_the_rule_that_two_decide_on_invitations_stays_while_nothing_else_stands_for_it(house):
    make_person(house.machine, roles=["admin"])
    invitations, roles = "control.person_invitation", "control.role_change"
    set_policy(house, band("", ""), subject=invitations, currency="")
    proposer, other = house.now(house.second), house.person()
    with proposer.open():
        ending = propose_policy(proposer, new=NewPolicy(invitations, None, "", [], True, proposer.today))
    with pytest.raises(OneCouldPayAlone), other.open():
        decide_policy(other, ending.id, approve=True, seen_hash=ending.content_hash)
    set_policy(house, band("", ""), subject=roles, currency="")
    with other.open():
        decide_policy(other, ending.id, approve=True, seen_hash=ending.content_hash)
        assert alone(other) == {}


def test_what_one_could_do_before_is_no_reason_to_refuse(house):
    admin = house.now(make_person(house.machine, roles=["admin"]))
    with admin.open():
        invite_person(admin, new=invitation("first.one", "clerk"))
        second = make_person(house.machine).actor
        approver = Person.objects.get(name="결재 team")
        Person.objects.filter(id=approver.id).update(email="treasury@haeon.example")
        assert "" in alone(admin)
        give_role(admin, second.person_id, role_code="clerk", unit_id=None, valid_from=admin.today)


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_are_judged_together():
    """Each of the two invitations is harmless; the second waits for the first, and sees it."""
    house = House()
    house.person(name="결재")
    admin = house.now(make_person(house.machine, roles=["admin"]))
    told: list[str] = []

    def second() -> None:
        try:
            other = house.now(admin)
            with other.open():
                invite_person(other, new=invitation("second.one", "approver"))
            told.append("done")
        except OneCouldPayAlone:
            told.append("refused")
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with admin.open():
        invite_person(admin, new=invitation("first.one", "clerk"))
        thread.start()
        wait_until(_somebody_waits)
    thread.join(60)
    assert told == ["refused"]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select 1 from pg_locks where locktype = 'advisory' and not granted)")
        return bool(cursor.fetchone()[0])


def test_the_page_says_who_could_and_how_and_keeps_what_was_typed(db):
    house = House(live=True)
    admin = house.now(make_person(house.machine, roles=["admin"]))
    with admin.open():
        invite_person(admin, new=invitation("first.one", "clerk"))
    form = {
        "login": "second.one", "name": "둘째", "email": "treasury@haeon.example", "title": "", "language": "ko", "role": "approver",
        "unit": "", "limit": "", "valid_from": str(admin.today), "valid_until": "",
    }  # fmt: skip
    answer = signed_in(admin).post("/people/invite", form)
    said = answer.content.decode()
    assert answer.status_code == 422 and 'value="second.one"' in said
    assert (
        "한 사람이 혼자서 자금을 내보낼 수 있습니다" in said and "이름 first.one" in said and "결재" in said
    )
    with admin.open():
        assert not Person.objects.filter(name="둘째").exists()


def test_the_page_shows_persons_by_unit_and_amount(db):
    house = House(live=True)
    house.person("team", name="한도윤")
    set_policy(house, band("1000000", "team"), band("", "team"))
    make_person(house.machine, roles=["admin"], name="김관리")
    answer = signed_in(house.now(make_person(house.machine, roles=["auditor"]))).get(
        f"/payments/distance?unit={house.unit.id}"
    )
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
    assert answer.status_code == 200
    assert all(
        one in said
        for one in ["해온정밀", "1,000,000", "2명", "1명", "한도윤: 결재", "김관리: 없는 사람을 초대"]
    )
    assert signed_in(house.maker).get("/payments/distance").status_code == 403

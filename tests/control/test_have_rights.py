"""Rights come from roles, in a unit and below it, from a day to a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from moa.control.access import may, permitted_units, require, require_below
from moa.control.context import Context
from moa.control.models import Assignment, Role
from moa.control.operations.add_person import LoginTaken, LoginUnfit, NewPerson, PasswordWeak, add_person
from moa.control.operations.give_role import RolesIncompatible, give_role
from moa.control.operations.sync_roles import sync_roles
from moa.control.operations.withdraw_role import RoleNotHeld, withdraw_role
from moa.control.permissions import APART, INCOMPATIBLE, PERMISSIONS, STANDARD_ROLES
from moa.control.queries import access_unit, list_units
from moa.control.rules import incompatible_rights
from moa.kernel.errors import Forbidden, NotFound
from tests.control.factories import PASSWORD, TODAY, TwoGroups, make_group, make_person, make_unit, signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
VIEW = "control.units.view"


def _on(ctx: Context, day: date) -> Context:
    """The same person on another day, with nothing remembered."""
    return replace(ctx, today=day, memo={})


def test_a_role_in_the_whole_group_holds_everywhere() -> None:
    group = make_group()
    unit = make_unit(group)
    person = make_person(group, roles=["treasurer"])
    with person.open():
        assert may(person, VIEW) and may(person, VIEW, unit.id)
        assert permitted_units(person, VIEW) is None


def test_a_role_in_a_unit_holds_there_and_below_and_nowhere_else() -> None:
    group = make_group()
    company, other = make_unit(group), make_unit(group)
    team = make_unit(group, kind="unit", parent=company)
    desk = make_unit(group, kind="unit", parent=team)
    person = make_person(group, roles=[("clerk", team.id)])
    with person.open():
        assert permitted_units(person, VIEW) == {team.id, desk.id}
        assert may(person, VIEW, desk.id) and may(person, VIEW)
        assert not may(person, VIEW, company.id) and not may(person, VIEW, other.id)
        assert {unit.id for unit in list_units(person, permission=VIEW)} == {team.id, desk.id}
        assert access_unit(person, desk.id, VIEW).id == desk.id
        for hidden in (company.id, other.id, 10**9):
            with pytest.raises(NotFound):
                access_unit(person, hidden, VIEW)


def test_two_roles_add_up() -> None:
    group = make_group()
    one, two = make_unit(group), make_unit(group)
    person = make_person(group, roles=[("clerk", one.id), ("treasurer", two.id)])
    with person.open():
        assert permitted_units(person, VIEW) == {one.id, two.id}
        assert permitted_units(person, "control.audit.view") == {two.id}


def test_without_the_right_it_is_refused() -> None:
    person = make_person(make_group())
    with person.open():
        for attempt in (
            lambda: require(person, VIEW),
            lambda: permitted_units(person, VIEW),
            lambda: require_below(person, VIEW, None),
        ):
            with pytest.raises(Forbidden) as caught:
                attempt()
            assert caught.value.facts == {"permission": VIEW}


def test_a_right_in_one_unit_does_not_let_change_what_stands_below_the_group() -> None:
    group = make_group()
    unit = make_unit(group)
    person = make_person(group, roles=[("admin", unit.id)])
    with person.open():
        require_below(person, "control.units.change", unit.id)
        with pytest.raises(Forbidden):
            require_below(person, "control.units.change", None)


def test_a_role_holds_from_its_first_day_until_before_its_last() -> None:
    group = make_group()
    person = make_person(group, roles=["teller"], valid_from=TODAY)
    with person.open():
        Assignment.objects.update(valid_until=TODAY + 2 * DAY)
        held = {day: may(_on(person, TODAY + day * DAY), VIEW) for day in (-1, 0, 1, 2, 3)}
    assert held == {-1: False, 0: True, 1: True, 2: False, 3: False}


class TestGivingAndWithdrawing:
    def test_a_withdrawn_role_is_gone_at_the_next_request(self) -> None:
        group = make_group()
        admin, person = make_person(group, roles=["admin"]), make_person(group, roles=["teller"])
        with admin.open():
            assignment = Assignment.objects.get(person_id=person.actor.person_id)
            withdraw_role(admin, assignment.id, valid_until=TODAY)
        with person.open():
            assert not may(_on(person, TODAY), VIEW)
            assert may(_on(person, TODAY - DAY), VIEW)

    def test_a_role_that_never_began_is_removed_and_an_ended_one_cannot_be_ended_again(self) -> None:
        group = make_group()
        admin = make_person(group, roles=["admin"])
        person = make_person(group, roles=["teller"], valid_from=TODAY)
        with admin.open():
            assignment = Assignment.objects.get(person_id=person.actor.person_id)
            withdraw_role(admin, assignment.id, valid_until=TODAY)
            with pytest.raises(NotFound):
                withdraw_role(admin, assignment.id, valid_until=TODAY)
            given = give_role(
                admin, person.actor.person_id, role_code="clerk", unit_id=None, valid_from=TODAY
            )
            withdraw_role(admin, given.id, valid_until=TODAY + DAY)
            with pytest.raises(RoleNotHeld):
                withdraw_role(admin, given.id, valid_until=TODAY + 2 * DAY)

    def test_only_an_administrator_gives_roles_and_only_within_the_group(self, two_groups: TwoGroups) -> None:
        admin = make_person(two_groups.one, roles=["admin"])
        with pytest.raises(Forbidden), two_groups.person.open():
            give_role(
                two_groups.person, admin.actor.person_id, role_code="clerk", unit_id=None, valid_from=TODAY
            )
        stranger, company = two_groups.stranger.actor.person_id, two_groups.foreign_company.id
        with admin.open():
            for person_id, unit_id, role in (
                (stranger, None, "clerk"),
                (admin.actor.person_id, company, "clerk"),
                (admin.actor.person_id, None, "king"),
            ):
                with pytest.raises(NotFound):
                    give_role(admin, person_id, role_code=role, unit_id=unit_id, valid_from=TODAY)

    def test_a_new_person_has_login_and_roles(self) -> None:
        group = make_group()
        unit, admin = make_unit(group), make_person(group, roles=["admin"])
        with admin.open():
            person = add_person(
                admin, new=NewPerson("Lee.Min@haeon", "이민", PASSWORD, (("clerk", unit.id),))
            )
            assert Assignment.objects.get(person_id=person.id).unit_id == unit.id
            with pytest.raises(LoginTaken):
                add_person(admin, new=NewPerson("lee.min@haeon", "다른 이", PASSWORD, ()))
            with pytest.raises(PasswordWeak):
                add_person(admin, new=NewPerson("park", "박", "short", ()))
            for login in ("", "k", "이민", "a b", "-x"):
                with pytest.raises(LoginUnfit):
                    add_person(admin, new=NewPerson(login, "박", PASSWORD, ()))


class TestIncompatibleRights:
    def test_who_administers_persons_does_not_approve(self) -> None:
        group = make_group()
        admin, other = make_person(group, roles=["admin"]), make_person(group, roles=["admin"])
        with admin.open():
            for role in ("treasurer", "teller", "approver"):
                with pytest.raises(RolesIncompatible) as caught:
                    give_role(admin, other.actor.person_id, role_code=role, unit_id=None, valid_from=TODAY)
                assert caught.value.facts["one"] == "control.users.change"
            for role, pair in (("clerk", "payments.enter"), ("auditor", "control.audit.independent")):
                with pytest.raises(RolesIncompatible) as caught:
                    give_role(admin, other.actor.person_id, role_code=role, unit_id=None, valid_from=TODAY)
                assert pair in caught.value.facts.values()

    def test_who_examines_has_no_part_in_operations_anywhere(self) -> None:
        group = make_group()
        admin, auditor = make_person(group, roles=["admin"]), make_person(group, roles=["auditor"])
        unit = make_unit(group)
        for role in ("treasurer", "teller", "approver", "clerk", "admin"):
            with admin.open(), pytest.raises(RolesIncompatible):
                give_role(admin, auditor.actor.person_id, role_code=role, unit_id=unit.id, valid_from=TODAY)

    def test_what_came_together_before_is_told_and_hinders_nothing_else(self) -> None:
        """A group of an earlier version: a person who holds both keeps them, and other roles are given as ever."""
        pair = [("a", "b"), ("c", "d")]
        assert incompatible_rights(["a", "b"], ["e"], pair) is None
        assert incompatible_rights(["a", "b", "c"], ["d"], pair) == ("c", "d")
        assert incompatible_rights(["a"], ["a", "b"], pair) == ("a", "b")

    def test_one_after_the_other_is_possible(self) -> None:
        group = make_group()
        admin, other = make_person(group, roles=["admin"]), make_person(group, roles=["admin"])
        with admin.open():
            held = Assignment.objects.get(person_id=other.actor.person_id)
            withdraw_role(admin, held.id, valid_until=TODAY)
            give_role(admin, other.actor.person_id, role_code="approver", unit_id=None, valid_from=TODAY)

    def test_raw_sql_is_refused_too(self) -> None:
        group = make_group()
        other = make_person(group, roles=["admin"])
        with pytest.raises(DatabaseError, match="incompatible rights"), other.open():
            Assignment.objects.create(
                group_id=group.group_id, person_id=other.actor.person_id, valid_from=TODAY,
                role_id=Role.objects.get(code="approver").id,
            )  # fmt: skip
        with pytest.raises(DatabaseError, match="incompatible rights"), group.open():
            Role.objects.create(
                group_id=group.group_id, code="all", name="All", is_standard=False,
                permissions=["control.users.change", "control.approvals.decide"],
            )  # fmt: skip

    def test_the_database_holds_the_same_pairs(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select one, other from moa_incompatible_rights()")
            assert sorted(cursor.fetchall()) == sorted(INCOMPATIBLE)
        for code, template in STANDARD_ROLES.items():
            assert incompatible_rights([], template.permissions, INCOMPATIBLE) is None, code


class TestRoles:
    def test_every_standard_role_holds_only_known_rights(self) -> None:
        for code, template in STANDARD_ROLES.items():
            assert template.permissions <= set(PERMISSIONS), code
            assert set(template.names) == {"ko", "zh-hans", "en"}

    def test_rights_of_a_newer_version_reach_standard_roles_and_leave_own_roles_alone(self) -> None:
        group = make_group()
        with group.open():
            Role.objects.filter(code="teller").update(permissions=[])
            own = Role.objects.create(
                group_id=group.group_id, code="own", name="Own", is_standard=False, permissions=[VIEW]
            )
            assert sync_roles(group) == 1
            assert sync_roles(group) == 0
            assert Role.objects.get(code="teller").permissions == sorted(STANDARD_ROLES["teller"].permissions)
            own.refresh_from_db()
            assert own.permissions == [VIEW]

    def test_each_contexts_rights_are_registered(self) -> None:
        """A permissions.py that nobody imports gives nobody its rights, and nothing complains."""
        import importlib.util
        import sys

        from django.apps import apps

        found = [
            f"{config.name}.permissions"
            for config in apps.get_app_configs()
            if config.name.startswith("moa.") and importlib.util.find_spec(f"{config.name}.permissions")
        ]
        assert "moa.control.permissions" in found
        assert [name for name in found if name not in sys.modules] == []


class TestRightsApart:
    def test_every_pair_says_why_in_known_rights(self) -> None:
        for pair in APART:
            assert pair.why and {pair.one, pair.other} <= set(PERMISSIONS)
        assert [(pair.one, pair.other) for pair in APART if pair.is_refused] == INCOMPATIBLE

    def test_the_page_of_rights_tells_who_holds_both(self, as_owner: Any, transactional_db: None) -> None:
        """As in a group of an earlier version, where nothing refused it."""
        group = make_group()
        auditor = make_person(group, roles=["auditor"], name="옛 감사")
        admin = make_person(group, roles=["admin"])
        page = signed_in(admin).get("/people/rights").content.decode()
        assert 'class="mo-bad"' not in page and "함께 가질 수 없는 권한" in page
        with group.open():
            role = Role.objects.get(code="clerk").id
        as_owner.execute("alter table control_assignment disable trigger rights_are_compatible")
        as_owner.execute(
            "insert into control_assignment (group_id, person_id, role_id, valid_from) values (%s, %s, %s, %s)",
            [group.group_id, auditor.actor.person_id, role, TODAY],
        )
        as_owner.execute("alter table control_assignment enable trigger rights_are_compatible")
        page = signed_in(admin).get("/people/rights").content.decode()
        assert 'class="mo-bad">옛 감사</a>' in page and "1쌍을 한 사람이" in page
        assert signed_in(auditor).get("/audit").status_code == 200

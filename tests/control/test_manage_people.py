"""Users and roles: invitations that work once, limits and periods, own roles, leaving, and the last administrator."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from moa.control.administrators import LastAdministrator
from moa.control.context import Context
from moa.control.leaving import waiting_on
from moa.control.models import ApprovalRequest, Assignment, AuditLine, Identity, Person, Role
from moa.control.operations.change_role import RoleStandard, change_role
from moa.control.operations.give_role import OwnRole, PeriodEmpty, RolesIncompatible, give_role
from moa.control.operations.make_role import RightUnknown, RoleEmpty, RoleNameTaken, make_role
from moa.control.operations.make_token import NewToken, make_token
from moa.control.operations.retire_person import retire_person
from moa.control.operations.withdraw_role import withdraw_role
from moa.control.people import access_person, list_people, who_may_do_what
from moa.control.permissions import PERMISSIONS
from moa.kernel.errors import DomainError
from tests.control.factories import (
    AT,
    TODAY,
    TwoGroups,
    make_group,
    make_person,
    make_unit,
    signed_in,
)
from tests.control.inviting import invited, together

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NEW = "spring rain over the han"


class TestRoles:
    def test_a_role_has_a_place_a_time_and_a_limit(self, group: Context, admin: Context) -> None:
        unit, person = make_unit(group), make_person(group)
        with admin.open():
            give_role(
                admin, person.actor.person_id, role_code="approver", unit_id=unit.id, valid_from=TODAY,
                valid_until=TODAY + 5 * DAY, limit_minor=500_000_000,
            )  # fmt: skip
            held = access_person(admin, person.actor.person_id).roles[0]
            assert (held.limit_minor, held.valid_until) == (500_000_000, TODAY + 5 * DAY)
            with pytest.raises(PeriodEmpty):
                give_role(
                    admin, person.actor.person_id, role_code="clerk", unit_id=None, valid_from=TODAY, valid_until=TODAY
                )  # fmt: skip

    def test_nobody_gives_himself_a_role(self, admin: Context) -> None:
        with pytest.raises(OwnRole), admin.open():
            give_role(admin, admin.actor.person_id, role_code="auditor", unit_id=None, valid_from=TODAY)

    def test_incompatible_roles_may_follow_one_another(self, group: Context, admin: Context) -> None:
        person = make_person(group).actor.person_id
        with admin.open():
            give_role(
                admin, person, role_code="approver", unit_id=None, valid_from=TODAY, valid_until=TODAY + DAY
            )
            with pytest.raises(RolesIncompatible):
                give_role(admin, person, role_code="admin", unit_id=None, valid_from=TODAY)
            give_role(admin, person, role_code="admin", unit_id=None, valid_from=TODAY + DAY)

    def test_an_own_role_is_a_set_of_rights(self, admin: Context) -> None:
        with admin.open():
            made = make_role(admin, name="조회만", permissions=["control.units.view", "control.audit.view"])
            assert (made.code, made.is_standard) == ("own-1", False)
            for name, rights, refusal in (
                ("", ["control.units.view"], RoleEmpty),
                ("빈 역할", [], RoleEmpty),
                ("조회만", ["control.units.view"], RoleNameTaken),
                ("Approver", ["control.units.view"], RoleNameTaken),
                ("왕", ["control.crown"], RightUnknown),
                ("둘 다", ["control.users.change", "control.approvals.decide"], RolesIncompatible),
            ):
                with pytest.raises(refusal):
                    make_role(admin, name=name, permissions=rights)
            with pytest.raises(RoleStandard):
                change_role(
                    admin, Role.objects.get(code="teller").id, name="T", permissions=["control.units.view"]
                )

    def test_a_changed_role_must_fit_everybody_who_holds_it(self, group: Context, admin: Context) -> None:
        person = make_person(group, roles=["approver"], name="박소연")
        with admin.open():
            made = make_role(admin, name="조회만", permissions=["control.units.view"])
            give_role(admin, person.actor.person_id, role_code=made.code, unit_id=None, valid_from=TODAY)
            with pytest.raises(RolesIncompatible) as caught:
                change_role(admin, made.id, name="조회만", permissions=["control.users.change"])
            assert caught.value.facts["person"] == "박소연"
            change_role(admin, made.id, name="조회", permissions=["control.audit.view"])

    def test_nobody_adds_rights_to_a_role_that_he_holds(self, group: Context, admin: Context) -> None:
        other = make_person(group, roles=["admin"])
        with admin.open():
            made = make_role(admin, name="조회만", permissions=["control.units.view"])
            give_role(admin, other.actor.person_id, role_code=made.code, unit_id=None, valid_from=TODAY)
        with pytest.raises(OwnRole), other.open():
            change_role(
                other, made.id, name="조회만", permissions=["control.units.view", "control.keys.rotate"]
            )

    def test_the_table_of_rights_follows_units_and_limits(self, group: Context, admin: Context) -> None:
        company, other = make_unit(group), make_unit(group)
        team = make_unit(group, kind="unit", parent=company)
        clerk = make_person(group, roles=[("clerk", company.id)]).actor.person_id
        with admin.open():
            Assignment.objects.filter(person_id=clerk).update(limit_minor=7)
            grants = who_may_do_what(admin, unit_id=team.id).grants[clerk, "control.units.view"]
            assert [(grant.unit, grant.limit_minor) for grant in grants] == [(company.name, 7)]
            assert (clerk, "control.units.view") not in who_may_do_what(admin, unit_id=other.id).grants
            assert (clerk, "control.units.view") not in who_may_do_what(admin, on=date(2019, 1, 1)).grants

    def test_every_right_has_words_in_each_language(self) -> None:
        from django.utils import translation

        for language in ("ko", "zh-hans"):
            with translation.override(language):
                plain = [code for code, label in PERMISSIONS.items() if translation.gettext(label) == label]
            assert plain == [], language


class TestLeaving:
    def test_sessions_tokens_and_links_end_at_once(self, group: Context, admin: Context) -> None:
        person = make_person(group, "kim", ["teller"], at=None)
        client = signed_in(person)
        with person.open():
            make_token(person, new=NewToken("Nightly", ("control.units.view",), 30))
        assert client.get("/approvals").status_code == 200
        with admin.open():
            retire_person(admin, person.actor.person_id, left_on=TODAY)
            line = AuditLine.objects.get(code="control.person.left")
        assert client.get("/approvals").status_code == 302
        assert line.after["tokens"] == 1

    def test_what_waits_is_said(self, group: Context, admin: Context) -> None:
        person = make_person(group, roles=["teller"])
        with person.open():
            ApprovalRequest.objects.create(
                group_id=group.group_id, subject_type="x", subject_id="1", content={}, content_hash="0" * 64,
                maker_id=person.actor.person_id,
            )  # fmt: skip
        with admin.open():
            assert [one.waiting.count for one in waiting_on(admin, person.actor.person_id)] == [1]
            retire_person(admin, person.actor.person_id, left_on=TODAY)
            assert AuditLine.objects.get(code="control.person.left").after["waiting submitted"] == 1


class TestTheLastAdministrator:
    def test_neither_leaves_nor_loses_the_right(self, group: Context, admin: Context) -> None:
        other = make_person(group, roles=["admin"])
        with other.open():
            held = Assignment.objects.get(person_id=admin.actor.person_id)
            withdraw_role(other, held.id, valid_until=TODAY)
            own = Assignment.objects.get(person_id=other.actor.person_id)
            with pytest.raises(LastAdministrator):
                withdraw_role(other, own.id, valid_until=TODAY + 30 * DAY)

    def test_who_has_not_come_yet_or_leaves_soon_does_not_count(self, group: Context, admin: Context) -> None:
        invited(admin, "new.admin", "admin")
        other = make_person(group, roles=["admin"])
        with admin.open():
            Person.objects.filter(id=admin.actor.person_id).update(left_on=TODAY + 9 * DAY)
            with pytest.raises(LastAdministrator):
                retire_person(admin, other.actor.person_id, left_on=TODAY)

    def test_an_own_role_does_not_lose_the_right_either(self, group: Context, admin: Context) -> None:
        other = make_person(group)
        with admin.open():
            made = make_role(admin, name="운영", permissions=["control.users.change", "control.users.view"])
            give_role(admin, other.actor.person_id, role_code=made.code, unit_id=None, valid_from=TODAY)
        ctx = replace(other, memo={})
        with ctx.open():
            withdraw_role(ctx, Assignment.objects.get(person_id=admin.actor.person_id).id, valid_until=TODAY)
            with pytest.raises(LastAdministrator):
                change_role(ctx, made.id, name="운영", permissions=["control.users.view"])

    def test_two_who_retire_each_other_at_once_leave_one(self, transactional_db: None) -> None:
        group = make_group()
        one, two = make_person(group, "one", ["admin"]), make_person(group, "two", ["admin"])
        told: list[str] = []
        ready = threading.Barrier(2)

        def retire(actor: Context, person: Context) -> None:
            try:
                with actor.open():
                    access_person(actor, person.actor.person_id)
                    ready.wait(10)
                    retire_person(actor, person.actor.person_id, left_on=TODAY)
                told.append("done")
            except DomainError as refusal:
                told.append(refusal.code)
            finally:
                connection.close()

        together([lambda: retire(one, two), lambda: retire(two, one)])
        assert sorted(told) == ["done", "forbidden"]
        assert Identity.objects.filter(group_id=group.group_id, is_active=True).count() == 1

    def test_two_who_take_each_others_role_at_once_leave_one(self, transactional_db: None) -> None:
        group = make_group()
        one, two = make_person(group, "one", ["admin"]), make_person(group, "two", ["admin"])
        told: list[str] = []
        ready = threading.Barrier(2)

        def take(actor: Context, person: Context) -> None:
            try:
                with actor.open():
                    held = Assignment.objects.get(person_id=person.actor.person_id)
                    access_person(actor, person.actor.person_id)
                    ready.wait(10)
                    withdraw_role(actor, held.id, valid_until=TODAY)
                told.append("done")
            except DomainError as refusal:
                told.append(refusal.code)
            finally:
                connection.close()

        together([lambda: take(one, two), lambda: take(two, one)])
        assert sorted(told) == ["done", "forbidden"]

    def test_the_page_says_why(self, group: Context, admin: Context) -> None:
        answer = signed_in(admin).post(f"/people/{admin.actor.person_id}/leave", {"left_on": "2026-11-20"})
        assert answer.status_code == 409 and "다른 관리자" in answer.content.decode()


class TestLists:
    def test_machine_users_are_shown_and_have_no_login(self, admin: Context) -> None:
        with admin.open():
            machine = next(line for line in list_people(admin) if line.state == "machine")
        assert machine.login == ""
        page = signed_in(admin).get(f"/people/{machine.id}")
        assert page.status_code == 200 and "leave" not in page.content.decode()

    def test_another_groups_person_is_not_found(self, two_groups: TwoGroups) -> None:
        client = signed_in(make_person(two_groups.one, roles=["admin"]))
        stranger = two_groups.stranger.actor.person_id
        assert client.get(f"/people/{stranger}").status_code == 404
        assert client.post(f"/people/{stranger}/leave", {"left_on": "2026-11-20"}).status_code == 404
        assert "G" in client.get("/people").content.decode()

    def test_states_are_told(self, group: Context, admin: Context) -> None:
        invited(admin)
        gone = make_person(group, "gone", ["teller"])
        locked = make_person(group, "locked", ["teller"])
        Identity.objects.filter(login="locked").update(locked_until=AT + DAY)
        with admin.open():
            retire_person(admin, gone.actor.person_id, left_on=TODAY)
            states = {line.login: line.state for line in list_people(admin)}
            assert [line.login for line in list_people(admin) if line.state == "locked"] == ["locked"]
        assert locked.actor.person_id
        assert {states[login] for login in ("boss", "lee.min", "gone", "locked")} == {
            "active",
            "invited",
            "left",
            "locked",
        }

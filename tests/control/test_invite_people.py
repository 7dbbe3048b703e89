"""Invitations: a link sets a password once, in its time, and its secret is kept nowhere."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from moa.control.context import Context
from moa.control.models import Assignment, AuditLine, Identity
from moa.control.one_time_links import LinkWorthless, look_at_link
from moa.control.operations.add_person import PasswordWeak
from moa.control.operations.invite_person import NewInvitation, invite_person
from moa.control.operations.renew_invitation import AlreadyCame, renew_invitation
from moa.control.operations.retire_person import retire_person
from moa.control.operations.sign_in import SignInRefused, sign_in
from moa.control.operations.use_link import use_link
from moa.control.password_rules import password_problem
from moa.kernel.errors import Forbidden
from tests.control.factories import (
    AT,
    TODAY,
    make_person,
    signed_in,
)
from tests.control.inviting import boss_of, invited, together

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NEW = "spring rain over the han"


class TestInvitations:
    def test_the_link_sets_a_password_once(self, admin: Context) -> None:
        person, link = invited(admin)
        with pytest.raises(SignInRefused):
            sign_in(login="lee.min", password="", at=AT)
        assert look_at_link(link.token, at=AT).login == "lee.min"
        assert use_link(token=link.token, password=NEW, at=AT) == "lee.min"
        _, ctx = sign_in(login="lee.min", password=NEW, at=AT)
        assert ctx.actor.person_id == person.id
        for attempt in (
            lambda: use_link(token=link.token, password=NEW, at=AT),
            lambda: look_at_link(link.token, at=AT),
        ):
            with pytest.raises(LinkWorthless):
                attempt()
        with admin.open():
            codes = AuditLine.objects.filter(subject_type="person", subject_id=str(person.id))
            assert set(codes.values_list("code", flat=True)) >= {
                "control.person.invited",
                "control.invitation.used",
            }

    def test_it_runs_out_and_a_new_one_replaces_it(self, admin: Context) -> None:
        person, link = invited(admin)
        with pytest.raises(LinkWorthless):
            look_at_link(link.token, at=AT + 3 * DAY)
        with admin.open():
            newer = renew_invitation(admin, person.id)
        with pytest.raises(LinkWorthless):
            use_link(token=link.token, password=NEW, at=AT)
        use_link(token=newer.token, password=NEW, at=AT + 2 * DAY)
        with pytest.raises(AlreadyCame), admin.open():
            renew_invitation(admin, person.id)

    @pytest.mark.parametrize("spoil", ["", "x", "0" * 32, "{handle}.", "{handle}.wrong", "zz.{secret}"])
    def test_a_false_link_is_worthless(self, admin: Context, spoil: str) -> None:
        _, link = invited(admin)
        handle, _, secret = link.token.partition(".")
        with pytest.raises(LinkWorthless):
            look_at_link(spoil.format(handle=handle, secret=secret), at=AT)

    def test_the_secret_is_kept_nowhere(self, admin: Context) -> None:
        _, link = invited(admin)
        secret = link.token.partition(".")[2]
        with admin.open(), connection.cursor() as cursor:
            for table in (
                "control_onetimelink",
                "control_auditline",
                "control_rowchange",
                "control_identity",
            ):
                cursor.execute(f"select count(*) from {table} t where t::text like %s", [f"%{secret}%"])
                assert cursor.fetchone()[0] == 0, table

    def test_a_weak_password_leaves_the_link_as_it_was(self, admin: Context) -> None:
        _, link = invited(admin)
        for password in ("short", "my name 이민서 is", "lee.min lee.min", "qwertyuiop12"):
            with pytest.raises(PasswordWeak):
                use_link(token=link.token, password=password, at=AT)
        use_link(token=link.token, password=NEW, at=AT)

    def test_who_left_before_coming_does_not_come(self, admin: Context) -> None:
        person, link = invited(admin)
        with admin.open():
            retire_person(admin, person.id, left_on=TODAY)
        with pytest.raises(LinkWorthless):
            use_link(token=link.token, password=NEW, at=AT)

    def test_two_uses_at_once_give_one_password(self, transactional_db: None) -> None:
        _, link = invited(boss_of())
        told: list[str] = []

        def use(word: str) -> None:
            try:
                use_link(token=link.token, password=f"{word} over the han", at=AT)
                told.append("set")
            except LinkWorthless:
                told.append("worthless")
            finally:
                connection.close()

        together([lambda: use("first rain"), lambda: use("second rain")])
        assert sorted(told) == ["set", "worthless"]

    def test_the_pages_lead_from_the_invitation_to_the_password(self, admin: Context) -> None:
        client = signed_in(admin)
        given = {
            "name": "이민서",
            "login": "lee.min",
            "language": "ko",
            "role": "teller",
            "valid_from": "2020-01-01",
            "limit": "5,000,000",
        }
        made = client.post("/people/invite", given)
        address = re.search(r"https?://[^<\s]*(/link/[^<\s]+)", made.content.decode())
        assert made.status_code == 200 and address is not None
        door = client.get(address[1])
        assert door.status_code == 200 and "이민서" in door.content.decode()
        assert client.post(address[1], {"password": NEW, "again": "else"}).status_code == 422
        assert client.post(address[1], {"password": "short", "again": "short"}).status_code == 422
        person = Client()
        assert person.post(address[1], {"password": NEW, "again": NEW})["Location"] == "/signin?set=1"
        page = person.get("/signin?set=1").content.decode()
        assert 'value="lee.min"' in page, "the login need not be typed after the password"
        assert 'value="lee.min"' not in person.get("/signin?set=1").content.decode()
        assert client.get(address[1]).status_code == 410
        with admin.open():
            assert Assignment.objects.get(person__name="이민서").limit_minor == 5_000_000

    def test_all_faults_are_told_at_once_beside_their_fields_and_the_input_stays(
        self, admin: Context
    ) -> None:
        client = signed_in(admin)
        with admin.open():
            taken = Identity.objects.get(person_id=admin.actor.person_id).login
        wrong = {
            "name": "", "login": taken, "email": "no address", "language": "ko", "role": "", "limit": "many",
            "valid_from": "2026-06-24", "valid_until": "2026-06-23",
        }  # fmt: skip
        answer = client.post("/people/invite", wrong)
        page = answer.content.decode()
        assert answer.status_code == 422
        for name in ("name", "login", "email", "role", "limit", "valid_until"):
            assert re.search(rf'<(?:input|select)[^>]*name="{name}"[^>]*aria-invalid="true"', page), name
        for typed in (taken, "no address", "many", "2026-06-23"):
            assert f'value="{typed}"' in page
        again = client.post("/people/invite", wrong | {"login": "?", "valid_until": ""}).content.decode()
        assert again.count("아이디는 영문 소문자") >= 1

    def test_only_an_administrator_invites_and_the_auditor_reads(
        self, group: Context, admin: Context
    ) -> None:
        auditor, teller = make_person(group, roles=["auditor"]), make_person(group, roles=["teller"])
        with pytest.raises(Forbidden), auditor.open():
            invite_person(auditor, new=NewInvitation("x.y", "X"))
        assert signed_in(auditor).get("/people").status_code == 200
        assert signed_in(auditor).get("/people/invite").status_code == 403
        assert signed_in(auditor).get("/people/rights").status_code == 200
        assert signed_in(teller).get("/people").status_code == 403


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("password1234!", "password_common"), ("Qwertyuiop123", "password_common"), ("123456789012", "password_common"),
        ("adminadmin2026", "password_common"), ("비밀번호1234567890", "password_common"), ("한지우는 오늘도 일한다고", "password_holds_name"),
        ("boss of all bosses", "password_holds_login"), ("river stone lantern", ""),
        ("3071-84e6-2950-7716", ""), ("a123456789012", "password_common"),
    ],
)  # fmt: skip
def test_a_password_is_nothing_that_is_tried_first(password: str, problem: str) -> None:
    assert password_problem(password, "boss", "한지우") == problem

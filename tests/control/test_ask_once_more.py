"""Links by mail, the password once more before a second factor, the auditor's first page, rights as a workbook."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from openpyxl import load_workbook

from moa.control.models import Authenticator, Identity, MachineToken, Mail, Person
from moa.control.operations.confirm_authenticator import confirm_authenticator
from moa.control.operations.set_up_authenticator import set_up_authenticator
from moa.control.sessions import SINCE
from moa.control.web.views_prove import PROVEN
from tests.control.factories import PASSWORD, make_group, make_person, make_unit, signed_in

INVITED = {
    "name": "Lee",
    "login": "lee",
    "email": "lee@example.org",
    "title": "",
    "language": "ko",
    "role": "teller",
    "unit": "",
    "limit": "",
    "valid_from": f"{datetime.now(UTC):%Y-%m-%d}",
    "valid_until": "",
}


@pytest.fixture
def admin(db: None) -> Any:
    return make_person(make_group(), roles=["admin"])


@pytest.fixture
def mail(settings: Any) -> None:
    settings.SMTP_URL, settings.PUBLIC_URL = "smtps://mail.example.org", "https://moa.example.org"


def filed(ctx: Any) -> list[Mail]:
    with ctx.open():
        return list(Mail.objects.order_by("id"))


class TestLinks:
    @pytest.mark.usefixtures("mail")
    def test_an_invitation_goes_by_mail_and_nobody_else_sees_it(self, admin):
        answer = signed_in(admin).post("/people/invite", INVITED)
        (sent,) = filed(admin)
        (link,) = re.findall(r"https://moa.example.org(/link/\S+)", sent.text)
        assert (answer.status_code, sent.to_address) == (200, "lee@example.org")
        assert link not in answer.content.decode()
        assert "lee@example.org" in answer.content.decode()
        assert Client().get(link).status_code == 200

    @pytest.mark.usefixtures("mail")
    def test_a_link_to_hand_over_replaces_the_mailed_one(self, admin):
        signed_in(admin).post("/people/invite", INVITED)
        (link,) = re.findall(r"https://moa.example.org(/link/\S+)", filed(admin)[0].text)
        with admin.open():
            person = Person.objects.get(name="Lee")
        shown = signed_in(admin).post(f"/people/{person.id}/link", {"by_hand": "1"}).content.decode()
        (by_hand,) = re.findall(r"http://testserver(/link/[^<\s]+)", shown)
        assert (Client().get(link).status_code, Client().get(by_hand).status_code) == (410, 200)
        assert len(filed(admin)) == 1

    def test_without_mail_the_link_is_shown(self, admin):
        answer = signed_in(admin).post("/people/invite", INVITED)
        assert "http://testserver/link/" in answer.content.decode()
        assert filed(admin) == []

    @pytest.mark.usefixtures("mail")
    def test_without_an_address_the_link_is_shown(self, admin):
        answer = signed_in(admin).post("/people/invite", INVITED | {"email": ""})
        assert "http://testserver/link/" in answer.content.decode()


def with_app(ctx: Any) -> pyotp.TOTP:
    """The person's app; its first code was that of the Context's moment, some time ago."""
    with ctx.open():
        app = pyotp.TOTP(set_up_authenticator(ctx).secret)
        confirm_authenticator(ctx, code=app.at(ctx.at))
    return app


class TestProving:
    def old(self, client: Client) -> None:
        client.get("/settings")
        session = client.session
        session[SINCE] = int((datetime.now(UTC) - timedelta(minutes=11)).timestamp())
        session.save()

    def test_a_session_of_eleven_minutes_gives_its_password_first(self, admin):
        client = signed_in(admin)
        assert client.get("/settings/second-factor/app").status_code == 200
        self.old(client)
        assert (
            client.get("/settings/second-factor/app").headers["Location"].startswith("/settings/prove?next=")
        )
        assert "proof-password" in client.post("/settings/second-factor/codes").content.decode()
        assert client.post("/settings/passkeys/ask", "{}", content_type="application/json").status_code == 403
        assert client.post("/settings/passkeys", "{}", content_type="application/json").status_code == 403
        page = client.get("/settings/second-factor").content.decode()
        assert ("/settings/prove" in page, "data-passkey" in page) == (True, False)

    def test_the_right_password_opens_the_way_and_a_wrong_one_does_not(self, admin):
        client = signed_in(admin)
        self.old(client)
        assert client.post("/settings/prove", {"proof-password": "wrong"}).status_code == 422
        assert client.get("/settings/second-factor/app").status_code == 302
        assert (
            client.post("/settings/prove", {"proof-password": PASSWORD}).headers["Location"]
            == "/settings/second-factor"
        )
        assert client.get("/settings/second-factor/app").status_code == 200
        session = client.session
        session[PROVEN] -= 601
        session.save()
        assert client.get("/settings/second-factor/app").status_code == 302
        with admin.open():
            assert not Authenticator.objects.filter(confirmed_at__isnull=False).exists()

    def test_every_dangerous_act_asks_and_goes_on_with_what_was_typed(self, admin):
        client = signed_in(admin)
        self.old(client)
        wanted = "/settings/tokens/new"
        there = client.get(wanted).headers["Location"]
        assert there == "/settings/prove?next=%2Fsettings%2Ftokens%2Fnew"
        other = make_person(admin, roles=["teller"]).actor.person_id
        for address in (
            "/settings/second-factor/app/remove", "/settings/second-factor/codes", f"/people/{other}/link",
            f"/people/{other}/reset", wanted,
        ):  # fmt: skip
            assert "proof-password" in client.post(address).content.decode(), address
        typed = {"name": "ERP", "scopes": ["control.units.view"], "days": "30", "acts_as": "me"}
        asked = client.post(wanted, typed).content.decode()
        assert 'name="name" value="ERP"' in asked and 'name="scopes" value="control.units.view"' in asked
        with admin.open():
            assert not MachineToken.objects.exists()
        assert client.post(wanted, typed | {"proof-password": "wrong"}).status_code == 422
        made = client.post(wanted, typed | {"proof-password": PASSWORD})
        assert made.status_code == 200 and "ERP" in made.content.decode()
        with admin.open():
            assert MachineToken.objects.count() == 1

    def test_a_code_of_the_app_proves_it_too_and_once_only(self, admin):
        client, app = signed_in(admin), with_app(admin)
        self.old(client)
        code = app.now()
        assert (
            client.post("/settings/prove?next=/settings/tokens/new", {"proof-code": code}).status_code == 302
        )
        session = client.session
        session[PROVEN] -= 601
        session.save()
        assert client.post("/settings/prove", {"proof-code": code}).status_code == 422

    def test_wrong_tries_lock_and_no_address_of_elsewhere_is_followed(self, admin):
        client = signed_in(admin)
        self.old(client)
        for _ in range(5):
            assert client.post("/settings/prove", {"proof-password": "wrong"}).status_code == 422
        answer = client.post("/settings/prove?next=//evil.example", {"proof-password": PASSWORD})
        assert answer.status_code == 422
        Identity.objects.update(second_locked_until=None)
        answer = client.post("/settings/prove?next=//evil.example", {"proof-password": PASSWORD})
        assert answer.headers["Location"] == "/"

    def test_a_passkey_that_nobody_asked_for_proves_nothing(self, admin):
        client = signed_in(admin)
        self.old(client)
        given = {"answer": {"id": "x", "rawId": "x", "response": {}}}
        assert (
            client.post("/settings/prove/answer", given, content_type="application/json").status_code == 401
        )
        assert client.post("/settings/prove/ask", {}, content_type="application/json").status_code == 200
        assert (
            client.post("/settings/prove/answer", given, content_type="application/json").status_code == 401
        )
        assert client.get("/settings/tokens/new").status_code == 302


def test_rights_are_taken_out_as_a_workbook(admin):
    company = make_unit(admin)
    make_person(admin, roles=[("clerk", company.id)], name="=cmd()")
    answer = signed_in(admin).get("/people/rights.xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    held = {row[2] for row in rows if row[0] == "=cmd()"}
    assert "control.units.view" in held
    assert "control.users.change" not in held
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)

"""The sign-in page and the session: key renewed, ended after hours or silence, and nobody led elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from moa.control.context import Context
from moa.control.models import Identity, Person
from moa.control.operations.change_password import change_password
from moa.control.rules import session_end
from tests.control.factories import PASSWORD, make_group, make_person, signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
START = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


@pytest.fixture
def person() -> Context:
    return make_person(make_group(), "kim", roles=["teller"], language="zh-hans")


def _sign_in(client: Client, **more: str) -> Any:
    return client.post("/signin", {"username": "kim", "password": PASSWORD} | more)


def test_without_signing_in_every_page_leads_to_the_door_and_back(client: Client) -> None:
    response = client.get("/approvals?view=done")
    assert response.status_code == 302
    assert response["Location"] == "/signin?next=%2Fapprovals%3Fview%3Ddone"


def test_the_right_password_leads_to_the_page_wanted(client: Client, person: Context) -> None:
    response = _sign_in(client, next="/approvals?view=done")
    assert (response.status_code, response["Location"]) == (302, "/approvals?view=done")
    assert client.get("/approvals").status_code == 200
    assert client.cookies["moa_language"].value == "zh-hans"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", "evil"]
)
def test_nobody_is_led_elsewhere(client: Client, person: Context, elsewhere: str) -> None:
    assert _sign_in(client, next=elsewhere)["Location"] == "/"


def test_a_wrong_password_is_said_and_the_login_stays_typed(client: Client, person: Context) -> None:
    response = _sign_in(client, password="wrong")
    assert response.status_code == 401
    assert b'value="kim"' in response.content and b"wrong" not in response.content
    assert "moa_session" not in client.cookies


def test_a_locked_login_says_until_when(client: Client, person: Context) -> None:
    Identity.objects.update(locked_until=datetime.now(UTC) + HOUR)
    client.cookies["moa_language"] = "en"
    response = _sign_in(client)
    assert response.status_code == 401 and b"This login is locked until" in response.content


def test_the_sessions_key_is_new_after_signing_in(client: Client, person: Context) -> None:
    """A key planted in the browser before is worth nothing afterwards."""
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["moa_session"] = planted
    _sign_in(client)
    assert client.cookies["moa_session"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()
    thief = Client()
    thief.cookies["moa_session"] = planted
    assert thief.get("/approvals").status_code == 302


def test_signing_out_ends_the_session_on_the_server(client: Client, person: Context) -> None:
    _sign_in(client)
    key = client.cookies["moa_session"].value
    assert client.post("/signout")["Location"] == "/signin?signed_out=1"
    assert client.get("/signin?signed_out=1").status_code == 200
    thief = Client()
    thief.cookies["moa_session"] = key
    assert thief.get("/approvals").status_code == 302
    assert client.get("/signout").status_code == 405


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(client: Client, person: Context) -> None:
    _sign_in(client)
    cookie = client.cookies["moa_session"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and int(cookie["max-age"]) == 8 * 3600


@pytest.mark.parametrize(
    ("signed_in_at", "seen", "end"),
    [(0, 0, 1), (0, 6.5, 7.5), (0, 7.5, 8), (0, 8, 8)],
)
def test_a_session_ends_after_eight_hours_or_one_of_silence(
    signed_in_at: float, seen: float, end: float
) -> None:
    assert session_end(START + signed_in_at * HOUR, START + seen * HOUR) == START + end * HOUR


class TestEnding:
    def _shift(self, client: Client, **hours: float) -> None:
        session = client.session
        for name, back in hours.items():
            session[f"moa_{name}"] -= int(back * 3600)
        session.save()

    @pytest.mark.parametrize(
        ("since", "seen", "ended"), [(7.9, 0.9, False), (1.1, 1.1, True), (8.1, 0, True)]
    )
    def test_an_old_or_silent_session_leads_to_the_door_which_says_so(
        self, person: Context, since: float, seen: float, ended: bool
    ) -> None:
        client = signed_in(person)
        assert client.get("/approvals").status_code == 200
        self._shift(client, since=since, seen=seen)
        response = client.get("/approvals")
        assert response.status_code == (302 if ended else 200)
        if ended:
            assert "ended=" in response["Location"]
            door = client.get(response["Location"])
            assert door.status_code == 200 and b"mo-note" in door.content
            assert client.get("/approvals")["Location"] == "/signin?next=%2Fapprovals"

    def test_a_request_keeps_the_session_awake(self, person: Context) -> None:
        client = signed_in(person)
        client.get("/approvals")
        self._shift(client, seen=0.9)
        before = client.session["moa_seen"]
        client.get("/approvals")
        assert client.session["moa_seen"] > before

    def test_reading_pages_writes_the_session_once_a_minute_at_most(self, person: Context) -> None:
        client = signed_in(person)
        client.get("/approvals")
        before = Session.objects.get().session_data
        client.get("/approvals")
        assert Session.objects.get().session_data == before

    def test_a_fragment_is_sent_to_the_door_as_a_whole_page(self, person: Context) -> None:
        client = signed_in(person)
        client.get("/approvals")
        self._shift(client, since=9)
        response = client.get("/approvals", headers={"HX-Request": "true"})
        assert response.status_code == 401 and response["HX-Redirect"].startswith("/signin?")

    @pytest.mark.parametrize("ended", ["99999999999999", "-1", "x", "²", ""])
    def test_a_false_moment_in_the_address_does_no_harm(self, client: Client, ended: str) -> None:
        assert client.get("/signin", {"ended": ended}).status_code == 200

    def test_a_changed_password_ends_the_sessions(self, person: Context) -> None:
        client = signed_in(person)
        with person.open():
            change_password(person, person.actor.person_id, password="another long one")
        assert client.get("/approvals").status_code == 302

    def test_who_has_left_is_signed_out_and_not_sent_in_a_circle(self, person: Context) -> None:
        client = signed_in(person)
        with person.open():
            Person.objects.filter(id=person.actor.person_id).update(left_on=person.today)
        response = client.get("/approvals", follow=True)
        assert response.redirect_chain == [("/signin?next=%2Fapprovals", 302)]
        assert response.status_code == 200

    def test_a_closed_login_ends_the_sessions(self, person: Context) -> None:
        client = signed_in(person)
        Identity.objects.update(is_active=False)
        assert client.get("/approvals").status_code == 302


class TestLanguage:
    def test_the_choice_is_kept_and_leads_back(self, client: Client) -> None:
        response = client.post("/language", {"language": "en", "next": "/signin"})
        assert response["Location"] == "/signin" and client.cookies["moa_language"].value == "en"
        page = client.get("/signin")
        assert page["Content-Language"] == "en" and b"Sign in" in page.content

    def test_an_unknown_language_is_not_kept(self, client: Client) -> None:
        client.post("/language", {"language": "xx"})
        assert "moa_language" not in client.cookies

    @pytest.mark.parametrize(
        ("wish", "language"), [("zh-CN,zh;q=0.9", "zh-hans"), ("en-GB", "en"), ("fr", "ko"), ("", "ko")]
    )
    def test_without_a_choice_the_browsers_wish_counts(
        self, client: Client, wish: str, language: str
    ) -> None:
        assert client.get("/signin", headers={"Accept-Language": wish})["Content-Language"] == language

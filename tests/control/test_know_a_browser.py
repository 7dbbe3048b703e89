"""A sign-in from a browser that was never used for the login is told to whose it is, and of an administrator the others."""

from __future__ import annotations

import pytest
from django.test import Client

from moa.control.context import Context
from moa.control.models import Notice, OpenSession
from moa.control.new_browser import NEW_BROWSER, OF_ADMINISTRATOR
from moa.control.notice_kinds import sentence_of
from moa.control.queries import group_zone
from moa.control.web.known_browser import COOKIE
from tests.control.factories import PASSWORD, make_group, make_person

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"


@pytest.fixture
def admin(db: None) -> Context:
    return make_person(make_group(), "boss", ["admin"], name="한지우")


def enter(client: Client, login: str = "boss", password: str = PASSWORD) -> None:
    given = {"username": login, "password": password}
    answer = client.post("/signin", given, headers={"user-agent": WINDOWS})
    assert answer.status_code == 302


def told(ctx: Context) -> list[tuple[int, str]]:
    with ctx.open():
        return list(Notice.objects.order_by("id").values_list("person_id", "kind"))


def test_the_first_sign_in_and_a_browser_that_is_known_tell_nothing(admin: Context) -> None:
    browser = Client()
    for _ in range(2):
        enter(browser)
        browser.post("/signout")
    assert told(admin) == []
    kept = browser.cookies[COOKIE]
    assert (kept["httponly"], kept["samesite"], kept["max-age"]) == (True, "Lax", 365 * 86_400)


def test_another_browser_is_told_with_what_it_is_and_where(admin: Context) -> None:
    enter(Client())
    enter(Client())
    me = admin.actor.person_id
    assert told(admin) == [(me, NEW_BROWSER)]
    with admin.open():
        notice = Notice.objects.get()
        said = sentence_of(NEW_BROWSER, notice.facts, language="ko", zone=group_zone(admin))
    assert "Chrome · Windows" in said and "127.0.0.1" in said and notice.link == "/settings/sessions"


def test_the_other_administrators_learn_of_an_administrators_new_browser_only(admin: Context) -> None:
    other = make_person(admin, "other", ["admin"])
    clerk = make_person(admin, "clerk", ["teller"])
    for login in ("boss", "clerk"):
        for _ in range(2):
            enter(Client(), login)
    assert told(admin) == [
        (admin.actor.person_id, NEW_BROWSER),
        (other.actor.person_id, OF_ADMINISTRATOR),
        (clerk.actor.person_id, NEW_BROWSER),
    ]


def test_a_browser_of_two_persons_knows_both_and_a_cookie_of_ones_own_making_none(admin: Context) -> None:
    make_person(admin, "clerk", ["teller"])
    browser = Client()
    for login in ("boss", "clerk", "boss", "clerk"):
        enter(browser, login)
        browser.post("/signout")
    assert told(admin) == []
    value = browser.cookies[COOKIE].value
    for forged in (value[:-1] + ("A" if value[-1] != "A" else "B"), "[1]", ""):
        stranger = Client()
        stranger.cookies[COOKIE] = forged
        before = len(told(admin))
        enter(stranger)
        assert len(told(admin)) == before + 1, forged


def test_a_wrong_password_tells_nothing_and_a_new_one_is_given_where_one_is_known(admin: Context) -> None:
    enter(Client())
    assert Client().post("/signin", {"username": "boss", "password": "wrong"}).status_code == 401
    browser = Client()
    enter(browser)
    # As after an update: signed in before there was such a cookie.
    del browser.cookies[COOKIE]
    new = "pgq7-wolf-Lantern-91"
    given = {"former": PASSWORD, "password": new, "again": new}
    assert browser.post("/settings/password", given).status_code == 302
    assert [kind for _, kind in told(admin)] == [NEW_BROWSER, "control.access_changed"]


def test_a_changed_password_makes_every_browser_new_but_the_one_in_which_it_was_changed(
    admin: Context,
) -> None:
    own, stolen = Client(), Client()
    enter(own)
    enter(stolen)
    new = "pgq7-wolf-Lantern-91"
    given = {"former": PASSWORD, "password": new, "again": new}
    assert own.post("/settings/password", given).status_code == 302
    before = [kind for _, kind in told(admin)].count(NEW_BROWSER)
    own.post("/signout")
    enter(own, password=new)
    assert [kind for _, kind in told(admin)].count(NEW_BROWSER) == before == 1
    enter(stolen, password=new)
    stolen.post("/signout")
    enter(stolen, password=new)
    assert [kind for _, kind in told(admin)].count(NEW_BROWSER) == 2


def test_who_signs_in_where_somebody_is_signed_in_gets_a_session_of_a_new_key(admin: Context) -> None:
    make_person(admin, "clerk", ["teller"])
    browser, keys = Client(), []
    for login in ("boss", "boss", "clerk", "boss", "clerk"):
        enter(browser, login)
        keys.append(browser.session.session_key)
    new = "pgq7-wolf-Lantern-91"
    given = {"former": PASSWORD, "password": new, "again": new}
    assert browser.post("/settings/password", given).status_code == 302
    keys.append(browser.session.session_key)
    with admin.open():
        noted = set(OpenSession.objects.values_list("session_key", flat=True))
    assert len(set(keys)) == 6 and keys[-1] in noted and "" not in noted

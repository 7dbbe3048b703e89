"""A form that cannot be sent any more gives back what was typed: to the one who typed it, on its own page, unsent."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from django.contrib.sessions.models import Session
from django.test import Client

import moa
from moa.control.models import Identity, Unit
from moa.control.sessions import SINCE
from moa.control.web import kept_input
from moa.control.web.letting_in import KEPT
from tests.control.factories import PASSWORD, make_group, make_person, make_unit

TYPED = {"name": "서진테크놀로지 <b>", "name_zh": "瑞进科技", "name_en": ""}


@pytest.fixture
def unit(db: None) -> Unit:
    group = make_group()
    make_person(group, "kim", roles=["admin"])
    make_person(group, "lee", roles=["admin"])
    return make_unit(group, "HAN-1", name="서진테크")


def enter(client: Client, login: str = "kim", target: str = "/") -> str:
    answer = client.post("/signin", {"username": login, "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    return str(answer["Location"])


def shown(client: Client, path: str) -> dict[str, str]:
    """The hidden fields that a form of the page carries."""
    page = client.get(path).content.decode()
    found = {}
    for name in ("csrfmiddlewaretoken", "_shown"):
        value = re.search(rf'name="{name}" value="([^"]+)"', page)
        assert value is not None
        found[name] = value[1]
    return found


def end_session(client: Client) -> None:
    session = client.session
    session[SINCE] = int((datetime.now(UTC) - timedelta(days=2)).timestamp())
    session.save()


def send(client: Client, unit: Unit, hidden: dict[str, str], **more: str) -> Any:
    return client.post(f"/units/{unit.id}/rename", TYPED | hidden | more)


def given_back(client: Client, address: str) -> dict[str, str] | None:
    page = client.get(address).content.decode()
    found = re.search(r'<script type="application/json">(.*?)</script>', page)
    return None if found is None else dict(json.loads(found[1]))


def way_back(answer: Any) -> str:
    assert answer.status_code == 302, answer
    return parse_qs(urlsplit(answer["Location"]).query)["next"][0]


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def kim(unit: Unit) -> Client:
    client = Client()
    enter(client)
    return client


def test_an_ended_session_keeps_what_was_typed_and_sends_nothing(kim, unit):
    hidden = shown(kim, f"/units/{unit.id}")
    end_session(kim)
    answer = send(kim, unit, hidden)
    back = way_back(answer)
    assert back.startswith(f"/units/{unit.id}?kept=")
    assert TYPED["name"] not in kim.get(answer["Location"]).content.decode()
    assert enter(kim, target=back) == back
    assert given_back(kim, back) == TYPED
    page = kim.get(f"/units/{unit.id}").content.decode()
    assert "서진테크</h" in page or 'value="서진테크"' in page


def test_it_is_shown_as_text_and_goes_when_the_form_is_sent(kim, unit):
    hidden = shown(kim, f"/units/{unit.id}")
    end_session(kim)
    back = way_back(send(kim, unit, hidden))
    enter(kim, target=back)
    page = kim.get(back).content.decode()
    assert "<li>서진테크놀로지 &lt;b&gt;</li>" in page and "서진테크놀로지 <b>" not in page
    assert send(kim, unit, shown(kim, back)).status_code == 302
    assert given_back(kim, back) is None and kim.session[KEPT] == []


def test_another_person_at_the_same_browser_gets_nothing(kim, unit):
    hidden = shown(kim, f"/units/{unit.id}")
    end_session(kim)
    back = way_back(send(kim, unit, hidden))
    enter(kim, "lee", back)
    assert given_back(kim, back) is None
    assert kim.session[KEPT] == []


def test_the_database_holds_it_sealed(kim, unit):
    hidden = shown(kim, f"/units/{unit.id}")
    end_session(kim)
    send(kim, unit, hidden)
    row = Session.objects.get(session_key=kim.session.session_key).get_decoded()
    assert row[KEPT] and "서진" not in str(row) and "瑞" not in str(row)


@pytest.mark.parametrize("mark", ["", "1 /units", "x:y"])
def test_without_a_mark_of_ours_nothing_is_kept(kim, unit, mark):
    end_session(kim)
    answer = send(kim, unit, {"_shown": mark})
    assert way_back(answer) == "/" and KEPT not in kim.session
    led = kim.post(
        f"/units/{unit.id}/rename", TYPED, headers={"Referer": f"http://testserver/units/{unit.id}?a=1"}
    )
    assert way_back(led) == f"/units/{unit.id}?a=1"


def test_a_token_from_before_signing_in_again_gives_it_back(browser, unit):
    """Two windows: the second signed in anew, so the form of the first carries an old token."""
    window = Client()
    enter(window)
    hidden = shown(window, f"/units/{unit.id}")
    browser.cookies = window.cookies
    answer = send(browser, unit, hidden | {"csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    found = re.search(r'href="(/units/\d+\?kept=[^"]+)"', answer.content.decode())
    assert found is not None
    assert given_back(browser, found[1]) == TYPED


def test_a_token_of_anothers_page_gives_nothing_to_the_one_signed_in(browser, unit):
    window = Client()
    enter(window)
    hidden = shown(window, f"/units/{unit.id}")
    other = Client()
    enter(other, "lee")
    browser.cookies = other.cookies
    answer = send(browser, unit, hidden | {"csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403 and "kept=" not in answer.content.decode()
    assert not browser.session.get(KEPT)


def test_a_form_that_came_back_with_errors_leads_to_its_page(kim, unit):
    refused = send(kim, unit, shown(kim, f"/units/{unit.id}"), name="")
    assert refused.status_code == 422
    found = re.search(r'name="_shown" value="([^"]+)"', refused.content.decode())
    assert found is not None
    end_session(kim)
    assert way_back(send(kim, unit, {"_shown": found[1]})).startswith(f"/units/{unit.id}?kept=")


def test_fragments_lead_back_to_their_page(kim, unit):
    end_session(kim)
    answer = kim.get(
        "/accounts", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/units?kept=1&a=2"}
    )
    assert answer.status_code == 401 and "next=%2Funits%3Fa%3D2" in answer["HX-Redirect"]


def test_too_much_is_not_kept_and_its_page_says_so(kim, unit):
    hidden = shown(kim, f"/units/{unit.id}")
    end_session(kim)
    answer = send(kim, unit, hidden, name="가" * kept_input.LIMIT)
    back = way_back(answer)
    assert back == f"/units/{unit.id}?kept={kept_input.TOO_LONG}" and KEPT not in kim.session
    enter(kim)
    page = kim.get(back).content.decode()
    assert "보관되지도 않았습니다" in page and "data-kept=" not in page
    assert "보관되지도 않았습니다" not in kim.get(f"/units/{unit.id}").content.decode()


def _all_forms(kind: type[forms.BaseForm]) -> list[type[Any]]:
    return [one for child in kind.__subclasses__() for one in [child, *_all_forms(child)]]


def test_no_password_of_any_form_is_ever_kept():
    for module in pkgutil.walk_packages(moa.__path__, "moa."):
        if ".web" in module.name:
            importlib.import_module(module.name)
    secret = {
        name
        for form in _all_forms(forms.BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, forms.PasswordInput)
    }
    assert {"password", "former", "again", "sign_code"} <= secret
    assert [name for name in secret if not kept_input.is_secret(name)] == []


def test_a_retired_mark_keeps_nothing(kim: Client, unit: Unit) -> None:
    hidden = shown(kim, f"/units/{unit.id}")
    Identity.objects.filter(login="kim").update(is_active=False)
    send(kim, unit, hidden)
    assert KEPT not in kim.session

"""A person sets up an app and a passkey and signs in with each, in a real browser; the pages have no fault for axe."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.backends.db import SessionStore

from moa.control.models import Authenticator
from moa.control.own_access import tell_of_access
from moa.control.sessions import SINCE
from tests.control.factories import PASSWORD
from tests.journeys.scene import Scene, arrive

pytestmark = pytest.mark.browser


def _faults(page: Any) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [(page.url, one["id"], one["nodes"][0]["html"][:120]) for one in found]


def _sign_out(page: Any) -> None:
    page.context.clear_cookies(name="moa_session")


def _grow_old(page: Any) -> None:
    """The session was begun eleven minutes ago."""
    key = next(one["value"] for one in page.context.cookies() if one["name"] == "moa_session")
    session = SessionStore(key)
    session[SINCE] -= 660
    session.save()


def _password(page: Any, login: str) -> None:
    page.goto("/signin?next=/settings")
    page.fill("[name=username]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")


def _virtual_authenticator(page: Any) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip


def test_an_app_is_set_up_and_asked_for(as_person: Callable[..., Any], bare: Scene) -> None:
    page = as_person("soyeon", "/settings")
    page.click("text=2차 인증")
    page.click("text=인증 앱 등록")
    assert page.locator("img.mo-qr").evaluate("i => i.complete && i.naturalWidth > 100")
    faults = _faults(page)
    secret = (page.text_content("#secret") or "").replace(" ", "")
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.press("[name=code]", "Enter")
    page.wait_for_selector("textarea#codes")
    codes = page.input_value("#codes").split()
    assert len(codes) == 10
    faults += _faults(page)
    page.goto("/settings/second-factor")
    faults += _faults(page)
    _sign_out(page)
    _password(page, "soyeon")
    arrive(page, "/signin/second")
    faults += _faults(page)
    # The step of set-up is used up; the test does not wait half a minute for the next.
    with bare.people["soyeon"].open():
        Authenticator.objects.update(last_step=0)
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.press("[name=code]", "Enter")
    arrive(page, "/settings")
    _sign_out(page)
    _password(page, "soyeon")
    arrive(page, "/signin/second")
    page.click("text=복구 코드 쓰기")
    page.fill("[name=code]", codes[0])
    page.press("[name=code]", "Enter")
    arrive(page, "/settings")
    assert faults == [], json.dumps(faults, ensure_ascii=False, indent=1)


def test_a_passkey_is_made_and_opens_the_door_alone_and_after_the_password(
    as_person: Callable[..., Any], bare: Scene
) -> None:
    page = as_person("soyeon", "/settings/second-factor")
    _virtual_authenticator(page)
    page.fill("#key-name", "사무실 노트북")
    page.click("text=이 기기에 패스키 만들기")
    page.wait_for_selector("text=사무실 노트북 >> visible=true")
    _sign_out(page)
    page.goto("/signin?next=/settings")
    page.click("text=패스키로 로그인")
    arrive(page, "/settings")
    _sign_out(page)
    _password(page, "soyeon")
    arrive(page, "/signin/second")
    page.click("text=패스키 쓰기")
    arrive(page, "/settings")
    _grow_old(page)
    page.goto("/settings/tokens/new")
    arrive(page, "/settings/prove")
    faults = _faults(page)
    page.click("text=패스키 쓰기")
    arrive(page, "/settings/tokens/new")
    assert faults == [], json.dumps(faults, ensure_ascii=False, indent=1)
    page.goto("/settings/sessions")
    shown = page.text_content("main") or ""
    assert "비밀번호와 패스키" in shown and re.search(r"Chrome · \w+", shown)


def test_a_removed_passkey_opens_nothing_any_more(as_person: Callable[..., Any], bare: Scene) -> None:
    page = as_person("soyeon", "/settings/second-factor")
    _virtual_authenticator(page)
    page.fill("#key-name", "사무실 노트북")
    page.click("text=이 기기에 패스키 만들기")
    page.click("main a[href$='/remove']")
    page.click("main form.mo-form button[type=submit]")
    arrive(page, "/settings/second-factor")
    assert "사무실 노트북" not in (page.text_content("main") or "")
    _sign_out(page)
    page.goto("/signin?next=/settings")
    page.click("text=패스키로 로그인")
    # The device still has it and offers it.
    page.wait_for_selector("text=이 패스키로는 로그인할 수 없습니다")
    _password(page, "soyeon")
    arrive(page, "/settings")


def test_the_bell_says_its_number_without_the_page_being_opened_anew(
    as_person: Callable[..., Any], bare: Scene
) -> None:
    page = as_person("soyeon", "/settings")
    bell = page.locator(".mo-bell")
    assert bell.evaluate("e => e.innerText.trim()") == "알림"
    person = bare.people["soyeon"]
    with person.open():
        tell_of_access(person, "passkey")
    # As when one comes back to the tab, or a minute is over.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_selector(".mo-bell .bd:has-text('1')")
    assert page.get_by_role("link", name=re.compile(r"^알림\s+읽지 않음 1건$")).count() == 1
    assert _faults(page) == []


def test_the_pages_have_no_fault(as_person: Callable[..., Any], bare: Scene, live_server: Any) -> None:
    page = as_person("admin", "/people")
    person = bare.people["minjun"].actor.person_id
    addresses = [
        "/people", "/people/invite", f"/people/{person}", "/people/roles", "/people/roles/new", "/people/rights",
        "/settings", "/settings/password", "/settings/second-factor", "/settings/sessions",
    ]  # fmt: skip
    faults = []
    for address in addresses:
        assert page.goto(address).status == 200, address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        faults += _faults(page)
    look = {"moa_language": "zh-hans", "theme": "dark"}
    page.context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in look.items()])
    for address in addresses[:3]:
        page.goto(address)
        faults += _faults(page)
    assert faults == [], json.dumps(faults, ensure_ascii=False, indent=1)

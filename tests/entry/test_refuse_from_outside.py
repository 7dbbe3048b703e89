"""What every answer says to browsers, what cookies are like, and that pasted scripts and formulas come back as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from moa.control.models import Identity
from tests.control.factories import PASSWORD, make_group, make_person, signed_in
from tests.entry.access_world import World, addresses, make_world

SCRIPT, TEMPLATE, FORMULA = "<script>alert(1)</script>", "{{7*7}}", "=cmd()"
HOSTILE = f"{SCRIPT}{TEMPLATE}{FORMULA}\"'>"
POLICY = {
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'none'",
    "form-action 'self'", "frame-ancestors 'none'", "connect-src 'self'", "font-src 'self'", "img-src 'self' data:",
}  # fmt: skip
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\son[a-z]+\s*=\s*[\"']|javascript:|<style|\sstyle=",
    re.I,
)
# These answer once and differently, or end the session.
NOT_FILLED = {"/signout", "/language", "/settings/sessions/end"}


@pytest.fixture
def world(db: None, tmp_path: Any, settings: Any) -> World:
    settings.STATE_DIR = tmp_path
    return make_world(("treasurer", "admin"))


def body_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return bytes(content).decode("utf-8", "replace")


def clients(world: World) -> list[Client]:
    return [signed_in(world.persons[role]) for role in ("treasurer", "admin")]


def pages(client: Client, world: World) -> list[tuple[str, Any]]:
    """Every address that answers this person with a page."""
    found = []
    for path in dict.fromkeys(one.filled(world.objects) for one in addresses()):
        answer = client.get(path)
        if answer.headers.get("Content-Type", "").startswith("text/html") and answer.status_code == 200:
            found.append((path, answer))
    return found


def test_every_page_refuses_scripts_frames_and_keeping(world):
    seen = 0
    for client in (Client(), *clients(world)):
        for one in addresses():
            path = one.filled(world.objects)
            answer = client.get(path)
            headers = answer.headers
            policy = {part.strip() for part in headers["Content-Security-Policy"].split(";")}
            assert policy >= POLICY, path
            assert not any("unsafe" in part for part in policy), path
            assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY"), (
                path
            )
            assert headers["Referrer-Policy"] == "same-origin", path
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
            assert headers["X-Request-Id"], path
            allowed = dict(part.split("=") for part in headers["Permissions-Policy"].split(", "))
            assert (allowed["camera"], allowed["geolocation"]) == ("()", "()"), path
            assert allowed["publickey-credentials-get"] == "(self)", path
            if answer.status_code == 200 and client.session.get("_auth_user_id"):
                assert "no-store" in headers.get("Cache-Control", "") or "no-cache" in headers.get(
                    "Cache-Control", ""
                ), path
            if headers.get("Content-Type", "").startswith("text/html"):
                assert INLINE.search(body_of(answer)) is None, path
                seen += 1
    assert seen > 80


@pytest.mark.django_db
class TestCookiesAndForms:
    def test_the_session_is_for_the_server_alone_and_over_tls_only(self, settings):
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
        make_person(make_group(), "kim")
        client = Client()
        client.get("/signin")
        client.post("/signin", {"username": "kim", "password": PASSWORD})
        session, csrf = client.cookies["moa_session"], client.cookies["moa_csrf"]
        assert (bool(session["httponly"]), session["samesite"], bool(session["secure"])) == (
            True,
            "Lax",
            True,
        )
        assert (csrf["samesite"], bool(csrf["secure"]), bool(csrf["httponly"])) == ("Lax", True, True)

    def test_a_strange_host_name_is_refused_without_a_trace_in_the_log(self, caplog):
        assert Client().get("/signin", headers={"host": "evil.example"}).status_code == 400
        assert [one for one in caplog.records if one.levelname == "ERROR"] == []

    def test_signing_in_changes_the_key_of_the_session(self):
        make_person(make_group(), "lee")
        client = Client()
        client.post("/signin", {"username": "lee", "password": "wrong"})
        session = client.session
        session["x"] = 1
        session.save()
        client.cookies["moa_session"] = session.session_key or ""
        client.post("/signin", {"username": "lee", "password": PASSWORD})
        assert client.cookies["moa_session"].value not in {"", session.session_key}

    def test_a_form_of_another_site_is_refused(self):
        person = make_person(make_group(), roles=["admin"])
        client = Client(enforce_csrf_checks=True)
        client.force_login(
            Identity.objects.get(person_id=person.actor.person_id),
            backend="moa.control.web.signing_in.IdentityBackend",
        )
        for path in (
            "/people/invite",
            "/signout",
            "/settings/password",
            "/imports",
            "/approvals/1/decision",
            "/signin",
        ):
            assert client.post(path, {"x": "1"}).status_code == 403, path

    def test_a_body_that_is_too_large_is_refused_before_it_is_understood(self, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        client = signed_in(make_person(make_group(), roles=["admin"]))
        assert client.post("/people/invite", {"name": "x" * 2000}).status_code in {400, 413}
        settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
        assert client.post("/people/invite", {f"f{n}": "x" for n in range(9)}).status_code in {400, 413}


class Forms(HTMLParser):
    """The forms of a page with the fields that take text, and what the others hold."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._choice = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(
                {
                    "action": given.get("action", ""),
                    "method": given.get("method", "get").lower(),
                    "fields": {},
                    "others": [],
                }
            )
        if not self.forms or (tag != "option" and not given.get("name")):
            return
        fields = self.forms[-1]["fields"]
        if tag in {"input", "select", "textarea", "button"} and given.get("type") != "file":
            self.forms[-1]["others"].append(given["name"])
        if tag == "select":
            self._choice = given["name"]
        elif tag == "option" and self._choice and given.get("value") and self._choice not in fields:
            fields[self._choice] = given["value"]
        elif tag == "textarea" or (
            tag == "input" and given.get("type", "text") in {"text", "search", "email", "tel", "url"}
        ):
            fields[given["name"]] = HOSTILE
        elif tag == "input" and given.get("type") in {"hidden", "date", "number"}:
            fields[given["name"]] = given.get("value", "")
        elif tag in {"input", "button"} and given.get("type") in {"radio", "submit"}:
            fields.setdefault(given["name"], given.get("value", ""))


def forms_of(page: str) -> list[dict[str, Any]]:
    parser = Forms()
    parser.feed(page)
    return parser.forms


def assert_harmless(body: str, path: str) -> int:
    """How often what was pasted came back, always as text."""
    assert SCRIPT not in body, path
    assert not re.search(r"(?<!\d)49=cmd", body), path
    assert "\"'>" not in body.replace("&quot;", "").replace("&#34;", ""), path
    return body.count("&lt;script&gt;alert(1)&lt;/script&gt;")


def test_what_is_pasted_into_every_field_comes_back_as_text(world):
    """Each form of each page is filled with a script, a template and a formula and sent; then the pages are read again."""
    filled, echoed = 0, 0
    for client in clients(world):
        for path, page in pages(client, world):
            for form in forms_of(body_of(page)):
                target = (form["action"] or path).split("#")[0]
                if (
                    HOSTILE not in form["fields"].values()
                    or target in NOT_FILLED
                    or not target.startswith("/")
                ):
                    continue
                # As typed, and as forged: choices, days, figures and hidden fields take what is pasted too.
                for fields in (form["fields"], dict.fromkeys([*form["fields"], *form["others"]], HOSTILE)):
                    filled += 1
                    echoed += _sent(client, form["method"], target, fields)
    assert filled > 100
    assert echoed > 50


def _sent(client: Client, method: str, target: str, fields: dict[str, str]) -> int:
    with transaction.atomic():
        answer = (client.post if method == "post" else client.get)(target, fields)
        assert answer.status_code < 500, (target, fields)
        echoed = 0
        if "html" in answer.headers.get("Content-Type", ""):
            echoed += assert_harmless(body_of(answer), target)
        if answer.status_code == 302 and answer.headers["Location"].startswith("/"):
            echoed += assert_harmless(body_of(client.get(answer.headers["Location"])), target)
        transaction.set_rollback(True)
    return echoed


def test_names_that_are_scripts_are_text_wherever_they_stand(db):
    group = make_group()
    admin = signed_in(make_person(group, roles=["admin"]))
    make_person(group, "pasted", roles=["auditor"], name=HOSTILE[:100])
    shown = sum(
        assert_harmless(body_of(admin.get(path)), path) for path in ("/people", "/people/rights", "/audit")
    )
    assert shown >= 2


def test_an_address_with_a_sign_that_no_text_holds_is_refused_at_the_door(world: World) -> None:
    client = signed_in(world.persons["treasurer"])
    for address in (
        "/books/closing?book=%00",
        "/ledger/templates/of/%00",
        "/transactions?text=a%00b",
        "/api/v1/books/%00",
    ):
        answer = client.get(address)
        assert answer.status_code == 400, address
        assert "application/problem+json" in answer["Content-Type"] or "<h1" in body_of(answer)
    assert client.get("/transactions?text=%2500").status_code == 200
    assert client.post("/books/closing/close", {"book": "\0"}).status_code == 404

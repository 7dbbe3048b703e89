"""Every page of the table of addresses: tried by axe here or in the sample site, on a phone, and without JavaScript.

The list is computed from tests/entry/access_matrix.txt, so a new page is in it from its first day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve

from moa.control.context import Context
from moa.control.models import MachineToken
from moa.control.operations.invite_person import NewInvitation, NewRole, invite_person
from moa.control.operations.make_token import NewToken, make_token
from moa.control.queries import context_for
from moa.ledger.models import Book
from moa.ledger.operations.save_draft import save_draft
from moa.ledger.rules.typed_vouchers import TypedLeg, TypedVoucher
from tests.control.factories import TODAY, signed_in
from tests.entry.access_world import ROLES, World, addresses, make_world
from tests.entry.test_let_in_by_role import declared
from tests.entry.test_tell_unknown_names import unread
from tests.ui.pages import site
from tests.ui.test_open_every_page import PAGES

# Addresses that give no page of their own, each with the reason.
NO_PAGE = {
    "healthz": "a word for a probe", "readyz": "a word for a probe", "metrics": "figures for Prometheus",
    "control:notice_count": "a piece of the top bar", "control:who_may_file": "a workbook",
    "control:document": "the file itself", "ledger:attachment": "the file itself", "accounts:import_raw": "the file itself",
    "accounts:import_errors": "a file of errors", "accounts:import_status": "a piece of the import's page",
    "accounts:transaction": "a panel; the sample site opens it beside its list", "ledger:day_sheet": "a PDF",
    "ledger:backup": "an archive", "ledger:proof_beside": "a file", "ledger:closing_run": "leads to the closing page", "ledger:voucher_row": "leads to the voucher",
    "ledger:template_row": "leads to the template", "ledger:voucher_accounts": "choices for a field",
    "reconciliation:match_sums": "a piece of the match page", "reports:daily_pdf": "a PDF", "payments:order_paper": "a PDF",
    "payments:bundle_row": "leads to the bundle or its draft", "payments:confirmation": "a PDF", "payments:evidence_document": "the file itself", "reports:daily_xlsx": "a workbook",
}  # fmt: skip
# These need more than being signed in, and are tried by axe where that is set up.
ELSEWHERE = {"control:second_step": "tests/journeys/test_prove_oneself.py"}
LOOKS = [
    ("ko", "light"), ("zh-hans", "dark"), ("en", "light"), ("ko", "dark"), ("en", "dark"), ("zh-hans", "light"),
]  # fmt: skip
PHONE = {"width": 390, "height": 844}


def in_samples() -> set[str]:
    return {resolve(one.split("?")[0].split("#")[0], urlconf=site).view_name for one in PAGES}


def asked_for() -> dict[str, int]:
    """The routes of pages. Shape: {route: which of ROLES may open it first; -1 nobody of them in this world}."""
    found = {}
    for (route, method), answers in declared().items():
        if method == "GET" and not route.startswith("api:") and route not in NO_PAGE | ELSEWHERE:
            found[route] = next((n for n, word in enumerate(answers[1:]) if word == "yes"), -1)
    return found


def test_every_page_is_tried_or_has_a_reason() -> None:
    routes = {route for route, method in declared() if method == "GET" and not route.startswith("api:")}
    assert sorted(set(NO_PAGE | ELSEWHERE) - routes) == [], "reasons for addresses that are gone"
    assert sorted(set(NO_PAGE | ELSEWHERE) & in_samples()) == [], "a page of the sample site needs no reason"
    for place in ELSEWHERE.values():
        assert "Axe()" in (Path(__file__).parents[2] / place).read_text("utf-8")


@pytest.fixture
def world(transactional_db: None, tmp_path: Path, settings: Any) -> World:
    settings.STATE_DIR = tmp_path
    world = make_world(ROLES)
    world.objects.update(_more(world))
    return world


def _more(world: World) -> dict[str, Any]:
    """A draft, a token and an invitation, which the table of who may what does without."""
    treasurer, admin = (fresh(world.persons[role]) for role in ("treasurer", "admin"))
    typed = TypedVoucher(
        business_date=str(TODAY), memo="이체", legs=(TypedLeg("bank", debit="1,000"), TypedLeg("a"))
    )
    with treasurer.open():
        draft = save_draft(treasurer, Book.objects.get(code="SC"), typed)
        make_token(treasurer, new=NewToken("sample", ["accounts.view"], 5))
        token = MachineToken.objects.get(person_id=treasurer.actor.person_id)
    with admin.open():
        _person, link = invite_person(admin, new=NewInvitation("come", "오는 이", roles=(NewRole("teller"),)))
    return {"draft_id": draft.id, "token_id": token.id, "token": link.token}


def fresh(ctx: Context) -> Context:
    return context_for(ctx.group_id, ctx.actor.person_id, at=datetime.now(UTC), channel="test")


def visits(world: World) -> Iterator[tuple[str, str, int]]:
    """Route, address and person; one that nobody may open in this world by the person with the most rights."""
    who = asked_for()
    for address in addresses():
        if address.route in who:
            yield address.route, address.filled(world.objects), max(who[address.route], 0)


def opened(new_context: Any, live_server: Any, ctx: Context, **options: Any) -> Any:
    context = new_context(base_url=live_server.url, locale="ko-KR", **options)
    context.set_default_timeout(20_000)
    cookie = signed_in(ctx).cookies["moa_session"].value
    context.add_cookies([{"name": "moa_session", "value": cookie, "url": live_server.url}])
    return context.new_page()


@pytest.mark.browser
def test_what_no_sample_shows_has_no_fault(world: World, new_context: Any, live_server: Any) -> None:
    tried, samples = set(), in_samples()
    people: dict[int, Any] = {}
    told = []
    for turn, (route, address, who) in enumerate(one for one in visits(world) if one[0] not in samples):
        if who not in people:
            people[who] = opened(new_context, live_server, world.persons[ROLES[who]])
        page = people[who]
        language, theme = LOOKS[turn % len(LOOKS)]
        look = {"moa_language": language, "theme": theme}
        page.context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in look.items()])
        status = page.goto(address).status
        if status != 200:
            assert asked_for()[route] == -1, (route, status)
            continue
        tried.add(route)
        assert page.locator("h1").count() == 1, address
        found = Axe().run(page).response["violations"]
        told += [(address, language, theme, one["id"], one["nodes"][0]["html"][:160]) for one in found]
    assert told == [], json.dumps(told, ensure_ascii=False, indent=1)
    left = {route for route in asked_for() if route not in samples} - tried
    assert left <= {"control:remove_passkey"}, "pages that this world does not open"


@pytest.mark.browser
def test_every_page_reads_without_javascript_and_fits_a_phone(
    world: World, new_context: Any, live_server: Any
) -> None:
    people: dict[int, Any] = {}
    wide, bare, seen = [], [], 0
    links: set[str] = set()
    for _route, address, who in visits(world):
        if who not in people:
            ctx = world.persons[ROLES[who]]
            people[who] = opened(new_context, live_server, ctx, viewport=PHONE, java_script_enabled=False)
        page = people[who]
        answer = page.goto(address)
        if answer.status != 200 or "html" not in answer.headers.get("content-type", ""):
            continue
        seen += 1
        hrefs = page.locator("a[href]").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        links |= {urljoin(address, one) for one in hrefs}
        # What the page says stands there without a script: its title and something to read under it.
        if not page.locator("h1").first.is_visible() or len(page.locator("main").inner_text().strip()) < 20:
            bare.append(address)
        box = page.locator("body").evaluate(
            "b => [document.documentElement.scrollWidth, ...['main', '.mo-scroll:has(> .mo-cards)'].map("
            "of => Math.max(...[...document.querySelectorAll(of)].map(m => m.scrollWidth - m.clientWidth), 0))]"
        )
        if box[0] > PHONE["width"] or any(box[1:]):
            wide.append((address, box))
    assert seen > 60
    assert bare == [], bare
    assert [link for link in sorted(links) if unread(link)] == []
    assert wide == [], wide

"""Every page and every route of the API, for every standard role, as access_matrix.txt declares it.

The table is written by hand and not computed from the code. A new address without a line fails here, and so does a
right that opens more than the table says. `in`: sent to sign in; `no`: refused; `yes`: answered; `none`: as if it
did not exist. The API answers 401 where a page sends to sign in.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.control.factories import signed_in
from tests.entry.access_world import NOT_MADE, ROLES, Address, World, addresses, make_world
from tests.entry.api.api_world import EVERYTHING, token_of

WHO = ("anonymous", *ROLES)
TABLE = Path(__file__).with_name("access_matrix.txt")
METHODS = ("GET", "POST")
Row = tuple[str, ...]


def declared() -> dict[tuple[str, str], Row]:
    lines = [
        line.split() for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#")
    ]
    return {(route, method): tuple(answers) for route, method, *answers in lines}


@pytest.fixture
def world(db: None, tmp_path: Path, settings: Any, monkeypatch: Any) -> World:
    settings.STATE_DIR = tmp_path
    # Rights are decided before a page is drawn, and drawing a thousand pages takes a minute.
    monkeypatch.setattr("django.template.backends.jinja2.Template.render", lambda *_given, **_named: "")
    return make_world(ROLES)


class Asker:
    """Asks as one person, each time with a fresh cookie, and undoes whatever the answer changed."""

    def __init__(self, ctx: Any = None) -> None:
        self.client = signed_in(ctx) if ctx else Client()
        self.client.raise_request_exception = False
        self.cookie = self.client.cookies["moa_session"].value if ctx else ""
        self.token = token_of(ctx, _scopes_of(ctx), at=None) if ctx else ""

    def ask(self, address: Address, method: str, objects: dict[str, Any]) -> int | str:
        self.client.cookies.clear()
        headers = {}
        if address.route.startswith("api:"):
            headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        elif self.cookie:
            self.client.cookies["moa_session"] = self.cookie
        with transaction.atomic():
            # As a browser's form sends it, which never is quite empty.
            body = (
                {"data": "sent=1", "content_type": "application/x-www-form-urlencoded"}
                if method == "POST"
                else {}
            )
            answer = self.client.generic(method, address.filled(objects), headers=headers, **body)
            transaction.set_rollback(True)
        to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/signin?next=")
        return "in" if to_sign_in or answer.status_code == 401 else answer.status_code


def _scopes_of(ctx: Any) -> list[str]:
    """All that the person's token may carry."""
    from moa.control.access import may

    with ctx.open():
        return [scope for scope in EVERYTHING if may(ctx, scope)]


def word(status: int | str) -> str:
    if isinstance(status, str):
        return status
    if status >= 500:
        return "broken"
    return {403: "no", 404: "none", 410: "none"}.get(status, "yes")


def rows(
    world: World, objects: dict[str, Any], kinds: frozenset[str] | None = None
) -> Iterator[tuple[Address, str, Row]]:
    askers = [Asker(), *(Asker(world.persons[role]) for role in ROLES)]
    for address in addresses():
        if kinds is not None and not kinds & set(address.parts):
            continue
        for method in METHODS:
            first = askers[0].ask(address, method, objects)
            if first != 405:
                answers = [first, *(one.ask(address, method, objects) for one in askers[1:])]
                yield address, method, tuple(word(answer) for answer in answers)


def test_every_address_answers_each_role_as_declared(world):
    found = {(address.route, method): answers for address, method, answers in rows(world, world.objects)}
    table = declared()
    assert sorted(set(found) - set(table)) == [], "addresses without a line in access_matrix.txt"
    assert sorted(set(table) - set(found)) == [], "lines of access_matrix.txt without an address"
    differing = {key: (table[key], answers) for key, answers in found.items() if table[key] != answers}
    assert differing == {}, "declared, then found, for " + ", ".join(WHO)


def test_nothing_of_another_group_is_there(world):
    """Whoever may see such a thing at all is told that there is none."""
    foreign = make_world().objects
    seen: set[str] = set()
    kinds = frozenset(set(foreign) - NOT_MADE)
    for address, method, answers in rows(world, foreign, kinds):
        seen |= kinds & set(address.parts)
        assert set(answers) <= {"in", "no", "none"}, (address.route, method, answers)
        assert "none" in answers, (address.route, method, answers)
    assert seen == kinds


def test_a_role_that_no_line_speaks_of_is_noticed():
    from moa.control.permissions import STANDARD_ROLES

    assert set(STANDARD_ROLES) - {"machine"} == set(ROLES)
    assert {len(row) for row in declared().values()} == {len(WHO)}

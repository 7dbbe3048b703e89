"""Every route of the description against every kind of token: none, dead, too little, another group's, the right one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from moa.accounts.models import StatementFile, Transaction
from moa.control.audit import record
from moa.entry.api.application import api
from moa.entry.api.scopes import SCOPES
from moa.ledger.operations.agree_standing_order import NewStandingOrder
from moa.ledger.operations.set_up_book import NewBook, set_up_book
from moa.ledger.rules.acts import FILE, LOAD_ACCOUNTS
from tests.accounts.bank_files import Line, mt940, nov
from tests.control.factories import TODAY, make_person
from tests.entry.api.api_world import Answer, ApiWorld, Caller, now, token_of
from tests.ledger.journal import BANK, DEPOSIT, Journal, agree

pytestmark = pytest.mark.django_db


def _routes() -> list[tuple[str, str, str]]:
    """(method, path below /api/v1, scope) of every route."""
    found = []
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for operation in view.operations:
                scope = operation.auth_callbacks[0].scope  # type: ignore[attr-defined]
                found += [(method, path, scope) for method in operation.methods]
    return found


ROUTES = _routes()
# What both groups may read alike; of every other route a stranger gets nothing that is ours.
SHARED = {"/banks", "/calendars/{country}", "/rates"}
FILE_SENT = mt940([Line(nov(19), 42, "by program")], opening=10_010_000, reference="GUARD")
VOUCHER = {
    "key": "G-1", "business_date": TODAY.isoformat(), "memo": "",
    "entries": [
        {"account": "bank", "debit": "100", "currency": "KRW"}, {"account": "a", "credit": "100", "currency": "KRW"},
    ],
}  # fmt: skip
# Looks the same each time, and says why.
PAYMENT = {
    "from": "a",
    "to_account": "b",
    "amount": "10",
    "purpose": "funding",
    "memo": "guard",
    "duplicate_reason": "a test",
}
SERIES = PAYMENT | {"every": "monthly", "on_day": 31, "times": 2}
# What a write answers when it is done, where that is not 200.
DONE = {
    ("POST", "/statements"): 202,
    ("POST", "/payments"): 201,
    ("POST", "/payments/bundles"): 201,
    ("POST", "/payments/series"): 201,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A world with a book, so that every route has something to answer, and `names` for the places in paths."""

    world: ApiWorld
    names: dict[str, str]

    def place(self, path: str) -> str:
        for name, value in self.names.items():
            path = path.replace(name, value)
        return path

    def ask(self, caller: Caller, method: str, path: str, *, key: str | None = "") -> Answer:
        """As the route wants to be asked; a write with a key of its own unless one is named."""
        if method == "GET":
            return caller.get(self.place(path))
        if path == "/statements":
            return caller.upload(FILE_SENT, key=key)
        if path == "/payments":
            return caller.post(path, PAYMENT, key=key)
        if path == "/payments/bundles":
            return caller.post(path, {"payments": [PAYMENT]}, key=key)
        if path == "/payments/series":
            return caller.post(path, SERIES, key=key)
        assert path == "/ledger/books/{book}/vouchers", "a new write needs its content here"
        return caller.post(self.place(path), {"vouchers": [VOUCHER]}, key=key)


@pytest.fixture
def scene(world: ApiWorld) -> Scene:
    books = world.books
    with books.ctx.open():
        new = NewBook(
            "SC", "Settlement centre", world.account.unit_id, "KRW", TODAY, calendar="KR", is_default=True
        )
        book = set_up_book(books.ctx, new=new)
    journal = Journal(books.machine, books.ctx, make_person(books.machine, roles=["treasurer"]), book)
    agree(journal, NewStandingOrder("FILES", "Files given to a command", (FILE, LOAD_ACCOUNTS), TODAY))
    journal.load(("bank", BANK, "KRW", None), ("a", DEPOSIT, "KRW", 0), ("b", DEPOSIT, "KRW", 0))
    payment = world.full.post("/payments", PAYMENT).body["id"]
    plans = {
        "{int:bundle_id}": world.full.post("/payments/bundles", {"payments": [PAYMENT]}).body["id"],
        "{int:series_id}": world.full.post("/payments/series", SERIES | {"amount": "3"}).body["id"],
    }
    job = world.full.upload(FILE_SENT + b"\r\n").body["job"]
    with books.ctx.open():
        line = Transaction.objects.filter(account_id=world.account.id).order_by("id")[0].id
        file = StatementFile.objects.order_by("id")[0].id
    return Scene(world, {
        "{int:account_id}": str(world.account.id), "{int:transaction_id}": str(line), "{int:statement_id}": str(file),
        "{int:job_id}": str(job), "{int:payment_id}": str(payment), "{book}": "SC", "{country}": "KR",
        **{name: str(number) for name, number in plans.items()},
    })  # fmt: skip


def test_the_routes_and_the_scopes_name_the_same_rights() -> None:
    assert {scope for _, _, scope in ROUTES if scope} == set(SCOPES) and len(ROUTES) >= 21


def test_every_route_asks_for_a_live_token_with_its_scope(scene: Scene) -> None:
    ctx = scene.world.books.ctx
    dead = Caller(token_of(ctx, days=1, at=now() - timedelta(days=2)))
    others = {scope: Caller(token_of(ctx, [one for one in SCOPES if one != scope])) for scope in SCOPES}
    wrong: list[Any] = []
    for method, path, scope in ROUTES:
        callers = [(Caller(None), 401), (dead, 401)] + ([(others[scope], 403)] if scope else [])
        for caller, status in callers:
            answer = scene.ask(caller, method, path)
            if answer.status != status or answer.headers["Content-Type"] != "application/problem+json":
                wrong.append((method, path, status, answer.status))
    assert wrong == []


def test_every_route_lets_the_right_token_in(scene: Scene) -> None:
    """With the one scope that the route names and no other."""
    wrong: list[Any] = []
    for method, path, scope in ROUTES:
        caller = Caller(token_of(scene.world.books.ctx, [scope or "directory.rates.view"]))
        answer = scene.ask(caller, method, path)
        if answer.status != DONE.get((method, path), 200):
            wrong.append((method, path, answer.status, answer.body))
    assert wrong == []


def test_every_route_keeps_another_group_out(scene: Scene) -> None:
    """A thing of ours is not there for a stranger; a list has not one row in common."""
    wrong: list[Any] = []
    for method, path, _ in ROUTES:
        if path in SHARED or (method, path) in DONE:
            continue
        theirs = scene.ask(scene.world.stranger, method, path)
        if "{" in path:
            if theirs.status != 404 or theirs.body["code"] != "not_found":
                wrong.append((method, path, theirs.status))
            continue
        ours = scene.ask(scene.world.full, method, path)
        if _rows(ours.body) & _rows(theirs.body) or not _rows(ours.body):
            wrong.append((method, path, ours.body, theirs.body))
    assert wrong == []


def test_every_write_needs_a_key_and_keeps_its_first_answer(scene: Scene) -> None:
    """Also a write that is added later: a method that changes something and takes no key is found here."""
    wrong: list[Any] = []
    described = api.get_openapi_schema()["paths"]
    writes = [one for one in ROUTES if one[0] != "GET"]
    for method, path, _ in writes:
        place = "/api/v1" + path.replace("{int:", "{")
        parameters = {one["name"]: one for one in described[place][method.lower()]["parameters"]}
        if not parameters.get("Idempotency-Key", {}).get("required"):
            wrong.append((method, path, "not described"))
        without = scene.ask(scene.world.full, method, path, key=None)
        if (without.status, without.code) != (400, "idempotency_key_missing"):
            wrong.append((method, path, without.status))
        first, again = (scene.ask(scene.world.full, method, path, key=f"G{path}") for _ in range(2))
        if first.status >= 300 or (again.status, again.body) != (first.status, first.body):
            wrong.append((method, path, first.body, again.body))
    assert wrong == [] and len(writes) >= 3


def _rows(body: Any) -> set[str]:
    """The rows of a list, or the whole answer, without what any two groups may share."""
    rows = body.get("items", [body])
    return {
        repr(sorted((name, str(value)) for name, value in row.items() if name != "known_at")) for row in rows
    }


def test_a_strangers_upload_lands_in_his_own_group(scene: Scene) -> None:
    number = scene.world.stranger.upload(FILE_SENT).body["id"]
    assert scene.world.full.get(f"/statements/{number}").status == 404
    assert scene.world.stranger.get(f"/statements/{number}").status == 200


def test_long_lists_are_walked_to_their_end(world: ApiWorld) -> None:
    assert len(world.full.walk("/banks?limit=20&country=KR")) > 20
    assert len(world.full.walk("/calendars/KR?from=2026-01-01&to=2026-12-31&limit=50")) == 365
    units = [one["code"] for one in world.full.walk("/units?limit=1")]
    assert len(units) == len(set(units)) >= 2
    with world.books.ctx.open():
        for number in range(120):
            record(world.books.ctx, "test.line", "test", number)
    trail = [one["id"] for one in world.full.walk("/audit?code=test.line")]
    assert len(trail) == len(set(trail)) == 120

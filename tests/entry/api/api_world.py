"""A group with accounts and lines, a stranger's group beside it, and tokens that open them, for the tests of the API."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client

from moa.accounts.models import BankAccount
from moa.control.context import Context
from moa.control.operations.make_token import NewToken, make_token
from moa.control.queries import context_for
from moa.entry.api.scopes import SCOPES
from tests.accounts.bank_files import NUMBER, Line, mt940, nov
from tests.accounts.books import Books, make_books
from tests.control.factories import make_person, make_unit

EVERYTHING = tuple(SCOPES)
OTHER_NUMBER = "2002003004005"
_keys = itertools.count(1)


def now() -> datetime:
    return datetime.now(UTC)


def as_now(ctx: Context) -> Context:
    """The same person at the real present moment, which requests are opened at."""
    return context_for(ctx.group_id, ctx.actor.person_id, at=now(), channel="test")


def token_of(
    ctx: Context, scopes: Iterable[str] = EVERYTHING, *, days: int = 5, at: datetime | None = None
) -> str:
    """A token that acts as the person of `ctx`."""
    maker = context_for(ctx.group_id, ctx.actor.person_id, at=at or now(), channel="test")
    with maker.open():
        return make_token(maker, new=NewToken("test", tuple(scopes), days))[1]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Any
    body: Any
    raw: bytes

    @property
    def code(self) -> str:
        return self.body["code"]


class Caller:
    """Asks the API with one token, as a program does."""

    def __init__(self, token: str | None) -> None:
        self.token, self.client = token, Client(raise_request_exception=False)

    def headers(self, more: dict[str, str] | None = None) -> dict[str, str]:
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return shown | (more or {})

    def ask(self, method: str, path: str, *, key: str | None = None, body: Any = None, **more: Any) -> Answer:
        headers = self.headers(more.pop("headers", None))
        if key is not None:
            headers["Idempotency-Key"] = key
        if body is not None:
            more |= {"data": json.dumps(body), "content_type": "application/json"}
        response = self.client.generic(method, f"/api/v1{path}", headers=headers, **more)
        return _answer(response)

    def get(self, path: str, **more: Any) -> Answer:
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any, *, key: str | None = "", **more: Any) -> Answer:
        return self.ask("POST", path, key=new_key() if key == "" else key, body=body, **more)

    def upload(
        self, data: bytes, *, key: str | None = "", name: str = "statement.sta", **fields: str
    ) -> Answer:
        from django.core.files.uploadedfile import SimpleUploadedFile

        headers = self.headers(
            {"Idempotency-Key": new_key() if key == "" else key} if key is not None else None
        )
        content = {"file": SimpleUploadedFile(name, data), **fields}
        return _answer(self.client.post("/api/v1/statements", content, headers=headers))

    def walk(self, path: str) -> list[Any]:
        """All items of a list, page by page."""
        found: list[Any] = []
        cursor, sign = "", "&" if "?" in path else "?"
        for _ in range(1000):
            page = self.get(f"{path}{sign}cursor={cursor}" if cursor else path)
            assert page.status == 200, page.body
            found += page.body["items"]
            if page.body["next"] is None:
                return found
            cursor = page.body["next"]
        raise AssertionError("the list has no end")


def _answer(response: Any) -> Answer:
    is_json = "json" in response.headers.get("Content-Type", "")
    body = json.loads(response.content) if is_json and response.content else None
    return Answer(response.status_code, response.headers, body, response.content)


def new_key() -> str:
    return f"key-{next(_keys)}-{now().timestamp()}"


@dataclass(frozen=True, slots=True)
class ApiWorld:
    """`full` has a treasurer's token with all scopes; `stranger` the same in another group; `clerk` sees the
    second company only."""

    books: Books
    other: Books
    account: BankAccount
    foreign: BankAccount
    dollars: BankAccount
    elsewhere: BankAccount
    full: Caller
    stranger: Caller
    clerk: Caller


def make_world() -> ApiWorld:
    books, other = make_books(), make_books()
    branch = make_unit(books.machine)
    account, elsewhere = books.open(), books.open(OTHER_NUMBER, unit_id=branch.id)
    dollars = books.open("3002003004005", "USD")
    foreign = other.open()
    lines = [
        Line(nov(2 + n // 3), (n + 1) * (1 if n % 2 else -1) * 1000, f"words {n}", f"REF{n}")
        for n in range(20)
    ]
    books.bring(mt940(lines, opening=10_000_000, reference="ONE"))
    books.bring(mt940([Line(nov(3), 500, "elsewhere")], account=OTHER_NUMBER, reference="TWO"))
    other.bring(mt940([Line(nov(3), 777, "theirs")], account=NUMBER, reference="THREE"))
    clerk = make_person(books.machine, roles=[("clerk", branch.id)])
    return ApiWorld(
        books=books, other=other, account=account, foreign=foreign, dollars=dollars, elsewhere=elsewhere,
        full=Caller(token_of(books.ctx)), stranger=Caller(token_of(other.ctx)),
        clerk=Caller(token_of(clerk, ["accounts.view", "reports.position.view", "control.units.view"])),
    )  # fmt: skip


def yesterday() -> date:
    return (now() - timedelta(days=1)).date()

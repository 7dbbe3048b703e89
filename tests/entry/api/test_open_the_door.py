"""A token opens what it was given and no more; without one, with a dead one or too often, nothing opens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from moa.control import wrong_tokens
from moa.control.models import Assignment, AuditLine, MachineToken, Person
from moa.control.operations.retire_person import retire_person
from moa.control.operations.revoke_token import revoke_token
from moa.control.tries import Limit
from tests.control.factories import make_person, signed_in
from tests.entry.api.api_world import ApiWorld, Caller, as_now, now, token_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer nonsense", "Basic bW9hOm1vYQ==", "Bearer moa_" + "A" * 43]
)
def test_without_a_live_token_the_answer_is_401_that_says_how(world: ApiWorld, header: str) -> None:
    answer = Caller(None).get("/accounts", headers={"Authorization": header} if header else {})
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="moa"'
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["type"] in ("urn:moa:problem:token_missing", "urn:moa:problem:token_refused")


def test_a_session_opens_nothing_here(world: ApiWorld) -> None:
    assert signed_in(world.books.ctx).get("/api/v1/accounts").status_code == 401


def test_an_expired_token_is_refused(world: ApiWorld) -> None:
    old = token_of(world.books.ctx, days=1, at=now() - timedelta(days=1, seconds=1))
    young = token_of(world.books.ctx, days=1, at=now() - timedelta(hours=23))
    assert Caller(old).get("/accounts").status == 401
    assert Caller(young).get("/accounts").status == 200


def test_a_revoked_token_is_refused_at_once_and_the_trail_says_who(world: ApiWorld) -> None:
    ctx = as_now(world.books.ctx)
    with ctx.open():
        revoke_token(ctx, MachineToken.objects.get(person_id=ctx.actor.person_id).id)
        assert AuditLine.objects.filter(code="control.token.revoked").count() == 1
    assert world.full.get("/accounts").status == 401


def test_the_token_of_a_person_who_left_is_dead_at_once(world: ApiWorld) -> None:
    person = make_person(world.books.machine, roles=["treasurer"])
    caller = Caller(token_of(person, ["accounts.view"]))
    assert caller.get("/accounts").status == 200
    admin = as_now(make_person(world.books.machine, roles=["admin"]))
    with admin.open():
        retire_person(admin, person.actor.person_id, left_on=admin.today)
    assert caller.get("/accounts").status == 401


def test_a_role_that_is_withdrawn_is_withdrawn_from_the_token(world: ApiWorld) -> None:
    person = make_person(world.books.machine, roles=["treasurer"])
    caller = Caller(token_of(person, ["accounts.view"]))
    with world.books.machine.open():
        Assignment.objects.filter(person_id=person.actor.person_id).update(valid_until=now().date())
    answer = caller.get("/accounts")
    assert (answer.status, answer.code) == (403, "forbidden")


def test_a_token_has_no_more_than_its_scopes(world: ApiWorld) -> None:
    caller = Caller(token_of(world.books.ctx, ["ledger.view"]))
    answer = caller.get("/transactions")
    assert answer.status == 403 and answer.body["facts"] == {"permission": "accounts.view"}
    assert caller.get("/me").body["rights"] == ["ledger.view"]


def test_a_row_written_past_us_opens_nothing(world: ApiWorld) -> None:
    """The hash is keyed: who can write rows cannot make a token out of a secret of his own."""
    import hashlib

    secret = "moa_" + "B" * 43
    with world.books.machine.open():
        token = MachineToken.objects.order_by("id").first()
        assert token is not None
        MachineToken.objects.create(
            group_id=token.group_id, person_id=token.person_id, made_by_id=token.person_id, name="planted",
            prefix=secret[:12], digest=hashlib.sha256(secret.encode()).hexdigest(), scopes=["accounts.view"],
            made_at=now(), expires_at=now() + timedelta(days=9),
        )  # fmt: skip
    assert Caller(secret).get("/accounts").status == 401


def test_the_limit_is_said_by_headers_and_kept(world: ApiWorld, settings: Any, monkeypatch: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    # All in one minute, whenever the test runs.
    moment = now().replace(second=30)
    monkeypatch.setattr("moa.entry.api.door.timezone.now", lambda: moment)
    caller = Caller(token_of(world.books.ctx, at=moment - timedelta(hours=1)))
    left = [caller.get("/me").headers["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    over = caller.get("/me")
    assert (over.status, over.code, over.headers["Retry-After"]) == (429, "too_many_requests", "30")
    assert over.headers["RateLimit-Limit"] == "3"
    assert Caller(token_of(world.books.ctx)).get("/me").status == 200, "another token has its own count"
    monkeypatch.setattr("moa.entry.api.door.timezone.now", lambda: moment + timedelta(seconds=30))
    assert caller.get("/me").headers["RateLimit-Remaining"] == "2"


@pytest.fixture
def few_wrong(monkeypatch: Any, settings: Any) -> datetime:
    """Three wrong tokens a minute, all in one minute whenever the test runs."""
    moment = now().replace(second=30, microsecond=0)
    monkeypatch.setattr("moa.entry.api.door.timezone.now", lambda: moment)
    settings.API_REQUESTS_PER_MINUTE = 30
    monkeypatch.setattr(wrong_tokens, "WRONG", Limit("wrong_token", 3, 60, "address"))
    return moment


def test_an_address_with_too_many_wrong_tokens_is_stopped_and_the_trail_says_so(
    world: ApiWorld, few_wrong: datetime
) -> None:
    wrong = Caller("moa_" + "A" * 43)
    answers = [wrong.get("/me") for _ in range(5)]
    assert [one.status for one in answers] == [401, 401, 401, 429, 429]
    assert (answers[-1].code, answers[-1].headers["Retry-After"]) == ("too_many_wrong_tokens", "31")
    assert wrong.get("/me", REMOTE_ADDR="192.0.2.5").status == 401, "another address has its own count"
    right = Caller(token_of(world.books.ctx, at=few_wrong - timedelta(hours=1)))
    assert right.get("/me").status == 200, "one program with an old token keeps no other out"
    for books in (world.books, world.other):
        with books.machine.open():
            (line,) = AuditLine.objects.filter(code="control.token.tries_stopped")
            assert (line.after, line.channel) == ({"address": "127.0.0.1"}, "api")


def test_a_token_that_is_over_leaves_one_line_in_its_own_group(world: ApiWorld, few_wrong: datetime) -> None:
    old = token_of(world.books.ctx, days=1, at=few_wrong - timedelta(days=2))
    assert [Caller(old).get("/me").status for _ in range(3)] == [401, 401, 401]
    with world.books.machine.open():
        (line,) = AuditLine.objects.filter(code="control.token.refused")
        assert line.after == {"address": "127.0.0.1", "prefix": old[:12]}
    with world.other.machine.open():
        assert not AuditLine.objects.filter(code="control.token.refused").exists()


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/"])
def test_the_front_says_where_everything_is(client: Client, path: str) -> None:
    told = client.get(path)
    assert told.status_code == 200 and told.headers["Content-Type"] == "application/json"
    assert client.get(told.json()["description"]).json()["openapi"].startswith("3.")
    assert client.get(told.json()["first"]).status_code == 401
    browser = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (browser.status_code, browser.headers["Location"]) == (302, "/api/v1/docs")


def test_the_last_use_is_remembered(world: ApiWorld) -> None:
    world.full.get("/me")
    with world.books.machine.open():
        token = MachineToken.objects.select_related("use").get(person_id=world.books.ctx.actor.person_id)
    assert abs(token.use.last_used_at - now()) < timedelta(minutes=1)


def test_the_request_id_of_the_caller_comes_back(world: ApiWorld) -> None:
    assert (
        world.full.get("/me", headers={"X-Request-Id": "erp-2026-000017"}).headers["X-Request-Id"]
        == "erp-2026-000017"
    )
    for unfit in ("short", "x" * 65, "with space 1", "semi;colon", "402-7701-1008"):
        answer = Caller(None).get("/me", headers={"X-Request-Id": unfit})
        assert answer.headers["X-Request-Id"] not in ("", unfit)
        assert answer.body["request_id"] == answer.headers["X-Request-Id"]


def test_the_machine_user_can_have_a_token(world: ApiWorld) -> None:
    from moa.control.operations.make_token import NewToken, make_token

    ctx = as_now(world.books.ctx)
    with ctx.open():
        token, secret = make_token(
            ctx, new=NewToken("ERP", ("accounts.view", "ledger.post"), 30, for_machine=True)
        )
        assert Person.objects.get(id=token.person_id).kind == Person.MACHINE
    me = Caller(secret).get("/me").body
    assert (me["kind"], me["scopes"]) == ("machine", ["accounts.view", "ledger.post"])

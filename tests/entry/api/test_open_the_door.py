"""A token opens what it was given and no more; without one, with a dead one or too often, nothing opens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moa.control.models import Assignment, AuditLine, MachineToken, Person
from moa.control.operations.retire_person import retire_person
from moa.control.operations.revoke_token import revoke_token
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
    for unfit in ("short", "x" * 65, "with space 1", "semi;colon"):
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

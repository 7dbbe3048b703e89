"""What is asked too often is refused with a page and the time to wait, before anything is done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.urls import resolve, reverse

from moa.control.models import Identity
from moa.control.tries import Limit, forget_tries, seconds_to_wait
from moa.entry import try_limits
from tests.control.factories import make_group, make_person, signed_in

AT = datetime(2026, 11, 20, 1, 0, 30, tzinfo=UTC)
FEW = Limit("few", 3, 60, "address")
YEARS = 10**9


@pytest.fixture
def few(monkeypatch: Any) -> None:
    """Every limit at three, in a window of years, for no test may stand across the end of one."""
    made = {key: Limit(one.scope, 3, YEARS, one.by) for key, one in try_limits.LIMITS.items()}
    monkeypatch.setattr(try_limits, "LIMITS", made)
    monkeypatch.setattr(try_limits, "SEARCH", made["control:people", "GET"])
    for key, one in list(made.items()):
        if one.scope == "search":
            made[key] = try_limits.SEARCH


@pytest.mark.django_db
class TestCounting:
    def test_a_window_lets_so_many_through_and_the_next_one_again(self):
        waits = [seconds_to_wait(FEW, "192.0.2.1", at=AT) for _ in range(5)]
        assert (waits[:3], [wait > 0 for wait in waits[3:]]) == ([0, 0, 0], [True, True])
        assert waits[3] == 31
        assert seconds_to_wait(FEW, "192.0.2.1", at=AT + timedelta(seconds=31)) == 0

    def test_others_and_other_acts_are_counted_apart(self):
        for _ in range(4):
            seconds_to_wait(FEW, "192.0.2.1", at=AT)
        assert seconds_to_wait(FEW, "192.0.2.2", at=AT) == 0
        assert seconds_to_wait(Limit("another", 3, 60, "address"), "192.0.2.1", at=AT) == 0

    def test_no_address_is_kept(self):
        seconds_to_wait(FEW, "192.0.2.1", at=AT)
        with connection.cursor() as cursor:
            cursor.execute("select key from control_trycount")
            assert [len(key) for (key,) in cursor.fetchall()] == [64]

    def test_old_counts_are_forgotten(self):
        seconds_to_wait(FEW, "192.0.2.1", at=AT)
        assert forget_tries(AT - timedelta(days=1)) == 0
        assert forget_tries(AT + timedelta(days=1)) == 1

    def test_a_house_behind_one_address_gets_more(self):
        with override_settings(TRY_LIMIT_FACTOR=2):
            assert [seconds_to_wait(FEW, "x", at=AT) > 0 for _ in range(7)] == [False] * 6 + [True]


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_time_are_all_counted():
    def once(_: int) -> int:
        try:
            return seconds_to_wait(FEW, "192.0.2.9", at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        waits = list(pool.map(once, range(12)))
    assert sum(wait == 0 for wait in waits) == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
class TestPages:
    def test_one_password_at_many_logins_is_stopped(self):
        guesses = [
            Client().post("/signin", {"username": f"nobody{n}", "password": "guess"}) for n in range(5)
        ]
        assert [answer.status_code for answer in guesses] == [401, 401, 401, 429, 429]
        assert 1 <= int(guesses[-1].headers["Retry-After"]) <= YEARS + 1
        words = guesses[-1].content.decode()
        assert "요청이 너무 잦아" in words
        assert guesses[-1].headers["X-Request-Id"] in words

    def test_a_right_password_is_not_even_looked_at(self):
        make_person(make_group(), "guessed")
        for _ in range(3):
            Client().post("/signin", {"username": "x", "password": "y"})
        answer = Client().post("/signin", {"username": "guessed", "password": "correct horse battery"})
        assert (answer.status_code, Identity.objects.get(login="guessed").last_login) == (429, None)
        assert (
            Client().post("/signin", {"username": "x", "password": "y"}, REMOTE_ADDR="192.0.2.5").status_code
            == 401
        )

    def test_behind_a_proxy_the_callers_own_address_counts(self, settings):
        settings.BEHIND_TLS = True
        for _ in range(3):
            Client().post("/signin", {"username": "x"}, headers={"X-Forwarded-For": "10.0.0.1, 192.0.2.1"})
        again = Client().post(
            "/signin", {"username": "x"}, headers={"X-Forwarded-For": "10.9.9.9, 192.0.2.1"}
        )
        other = Client().post(
            "/signin", {"username": "x"}, headers={"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}
        )
        assert (again.status_code, other.status_code == 429) == (429, False)

    def test_codes_are_limited(self):
        answers = [Client().post("/signin/second", {"code": "123456"}).status_code for _ in range(4)]
        assert answers == [302, 302, 302, 429]

    def test_a_script_gets_its_refusal_as_data(self):
        for _ in range(4):
            answer = Client().post("/signin/passkey", "{}", content_type="application/json")
        assert (answer.status_code, "problem" in answer.json()) == (429, True)

    @pytest.mark.parametrize(("role", "path", "method"), [
        ("admin", "/people/invite", "post"), ("treasurer", "/imports", "post"), ("treasurer", "/kftc", "post"),
        ("admin", "/people?text=kim", "get"), ("treasurer", "/transactions?q=kim", "get"), ("auditor", "/audit?text=1", "get"),
    ])  # fmt: skip
    def test_a_person_is_limited_and_others_go_on(self, role, path, method):
        group = make_group()
        one, other = (signed_in(make_person(group, roles=[role])) for _ in range(2))
        answers = [getattr(one, method)(path).status_code for _ in range(4)]
        assert (429 in answers[:3], answers[3]) == (False, 429)
        assert getattr(other, method)(path).status_code != 429

    def test_reading_without_a_search_is_never_limited(self):
        client = signed_in(make_person(make_group(), roles=["admin"]))
        assert {client.get("/people").status_code for _ in range(6)} == {200}


def test_every_limit_names_a_page_that_is_there():
    sample = {
        "control:link": ["x.y"],
        "control:new_link": [1],
        "control:reset": [1],
        "accounts:account": [1],
        "accounts:manual": [1],
        "payments:evidence": [1],
        "payments:bundle_draft": [1],
        "ledger:attach": [1],
        "ledger:attach_later": ["SC", 202611, 1],
    }
    for route, _method in try_limits.LIMITS:
        assert resolve(reverse(route, args=sample.get(route, []))).view_name == route

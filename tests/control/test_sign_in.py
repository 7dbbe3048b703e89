"""Signing in: what a wrong password costs, when a login is locked and opens again, and what is recorded."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection

from moa.control.context import Context
from moa.control.models import AuditLine, Identity, Person
from moa.control.operations.change_password import change_password
from moa.control.operations.retire_person import OwnLogin, retire_person
from moa.control.operations.sign_in import SignInLocked, SignInRefused, sign_in
from moa.control.password_rules import password_problem
from moa.control.rules import lock_after_failures
from moa.kernel.errors import Forbidden, NotFound
from tests.control.factories import AT, PASSWORD, TwoGroups, make_person

MINUTE = timedelta(minutes=1)


@pytest.fixture
def person(two_groups: TwoGroups) -> Context:
    return make_person(two_groups.one, "kim", roles=["teller"], name="김하은")


def _identity() -> Identity:
    return Identity.objects.get(login="kim")


def _fail(times: int, at: Any = AT) -> list[type]:
    seen = []
    for _ in range(times):
        with pytest.raises((SignInRefused, SignInLocked)) as caught:
            sign_in(login="kim", password="wrong", at=at)
        seen.append(caught.type)
    return seen


def test_the_right_password_gives_a_context_of_the_person(person: Context) -> None:
    identity, ctx = sign_in(login="  KIM ", password=PASSWORD, at=AT)
    assert ctx.actor == person.actor and ctx.group_id == person.group_id
    assert (ctx.channel, ctx.today.isoformat()) == ("web", "2026-11-20")
    assert _identity().last_login == AT and identity.id == _identity().id
    with ctx.open():
        assert (
            AuditLine.objects.filter(code="control.identity.signed_in", person_id=ctx.actor.person_id).count()
            == 1
        )


def test_passwords_are_kept_as_argon2(person: Context) -> None:
    assert _identity().password.startswith("argon2$argon2id$")
    # Django's own cost of it; only the tests' hashes are cheap (conftest.py).
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_the_fifth_wrong_password_locks_the_login_and_the_right_one_is_refused_then(person: Context) -> None:
    assert _fail(5) == [SignInRefused] * 4 + [SignInLocked]
    with pytest.raises(SignInLocked) as caught:
        sign_in(login="kim", password=PASSWORD, at=AT + 14 * MINUTE)
    assert caught.value.facts["until"] == AT + 15 * MINUTE


def test_the_lock_ends_by_itself_and_the_right_password_clears_the_count(person: Context) -> None:
    _fail(5)
    sign_in(login="kim", password=PASSWORD, at=AT + 15 * MINUTE)
    assert (_identity().failed_count, _identity().locked_until) == (0, None)
    assert _fail(4, AT + 20 * MINUTE) == [SignInRefused] * 4


def test_each_further_failure_locks_for_longer_up_to_an_hour(person: Context) -> None:
    at, waits = AT, []
    _fail(4)
    for _ in range(4):
        _fail(1, at)
        until = _identity().locked_until
        assert until is not None
        waits.append(until - at)
        at = until
    assert waits == [15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 60 * MINUTE]


def test_tries_during_a_lock_are_not_counted(person: Context) -> None:
    _fail(5)
    _fail(7, AT + MINUTE)
    assert (_identity().failed_count, _identity().locked_until) == (5, AT + 15 * MINUTE)


def test_a_failure_is_recorded_in_the_logins_group_as_its_machine_user(
    person: Context, two_groups: TwoGroups
) -> None:
    _fail(6)
    with two_groups.one.open():
        lines = list(AuditLine.objects.filter(code="control.identity.refused").order_by("id"))
        machine = Person.objects.get(kind=Person.MACHINE)
    assert [line.after["failed"] for line in lines] == [1, 2, 3, 4, 5]
    assert lines[-1].after["locked_until"] is not None
    assert {line.person_id for line in lines} == {machine.id}
    with two_groups.other.open():
        assert not AuditLine.objects.filter(code="control.identity.refused").exists()


def test_an_unknown_login_looks_and_costs_like_a_wrong_password(
    person: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, cost in (("time_cost", 2), ("memory_cost", 102_400), ("parallelism", 8)):
        monkeypatch.setattr(Argon2PasswordHasher, name, cost)
    with person.open():
        Identity.objects.filter(login="kim").update(password=make_password(PASSWORD))

    def seconds(login: str) -> float:
        start = time.perf_counter()
        with pytest.raises(SignInRefused) as caught:
            sign_in(login=login, password="wrong", at=AT)
        assert caught.value.facts == {}
        return time.perf_counter() - start

    def one_hash() -> float:
        start = time.perf_counter()
        make_password("wrong")
        return time.perf_counter() - start

    # The quickest of several: a busy machine makes a hash look dearer, never cheaper.
    least = min(one_hash() for _ in range(4)) / 2
    assert seconds("nobody") > least
    assert seconds("kim") > least


def test_a_closed_login_and_a_person_who_left_are_refused_like_a_wrong_password(person: Context) -> None:
    with person.open():
        Person.objects.filter(id=person.actor.person_id).update(left_on=person.today)
    with pytest.raises(SignInRefused):
        sign_in(login="kim", password=PASSWORD, at=AT)
    Identity.objects.filter(login="kim").update(is_active=False)
    with pytest.raises(SignInRefused):
        sign_in(login="kim", password=PASSWORD, at=AT)


def test_guesses_at_the_same_moment_are_all_counted(transactional_db: None, two_groups: TwoGroups) -> None:
    make_person(two_groups.one, "kim")

    def guess() -> None:
        try:
            with pytest.raises((SignInRefused, SignInLocked)):
                sign_in(login="kim", password="wrong", at=AT)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _identity().failed_count == 4


class TestPasswords:
    def test_a_changed_password_opens_the_login_and_the_former_is_worth_nothing(
        self, person: Context
    ) -> None:
        _fail(5)
        with person.open():
            change_password(person, person.actor.person_id, password="another long one")
        sign_in(login="kim", password="another long one", at=AT)
        with pytest.raises(SignInRefused):
            sign_in(login="kim", password=PASSWORD, at=AT)

    def test_only_an_administrator_changes_that_of_another(
        self, person: Context, two_groups: TwoGroups
    ) -> None:
        admin = make_person(two_groups.one, roles=["admin"])
        with pytest.raises(Forbidden), person.open():
            change_password(person, admin.actor.person_id, password="another long one")
        with admin.open():
            change_password(admin, person.actor.person_id, password="another long one")
        sign_in(login="kim", password="another long one", at=AT)

    def test_an_administrator_does_not_reach_another_groups_login(self, two_groups: TwoGroups) -> None:
        admin = make_person(two_groups.one, roles=["admin"])
        with pytest.raises(NotFound), admin.open():
            change_password(admin, two_groups.stranger.actor.person_id, password="another long one")

    @pytest.mark.parametrize(
        ("password", "problem"),
        [
            ("short", "password_too_short"),
            ("twelve chars", ""),
            ("kim is my name", "password_holds_login"),
            ("abababababababab", "password_too_simple"),
            ("비밀번호는길어야한다고요", ""),
        ],
    )
    def test_a_password_is_long_and_is_not_the_login(self, password: str, problem: str) -> None:
        assert password_problem(password, "kim") == problem


class TestLeaving:
    def test_who_has_left_cannot_sign_in(self, person: Context, two_groups: TwoGroups) -> None:
        admin = make_person(two_groups.one, roles=["admin"])
        with admin.open():
            retire_person(admin, person.actor.person_id, left_on=admin.today)
        with pytest.raises(SignInRefused):
            sign_in(login="kim", password=PASSWORD, at=AT)

    def test_who_leaves_later_can_sign_in_until_then(self, person: Context, two_groups: TwoGroups) -> None:
        admin = make_person(two_groups.one, roles=["admin"])
        with admin.open():
            retire_person(admin, person.actor.person_id, left_on=admin.today + timedelta(days=2))
        sign_in(login="kim", password=PASSWORD, at=AT + timedelta(days=1))
        with pytest.raises(SignInRefused):
            sign_in(login="kim", password=PASSWORD, at=AT + timedelta(days=2))

    def test_an_administrator_cannot_shut_out_himself(self, two_groups: TwoGroups) -> None:
        admin = make_person(two_groups.one, roles=["admin"])
        with pytest.raises(OwnLogin), admin.open():
            retire_person(admin, admin.actor.person_id, left_on=admin.today)


@pytest.mark.parametrize(("failed", "minutes"), [(1, None), (4, None), (5, 15), (6, 30), (7, 60), (40, 60)])
def test_the_wait_after_a_failure(failed: int, minutes: int | None) -> None:
    until = lock_after_failures(failed, AT)
    assert until == (None if minutes is None else AT + minutes * MINUTE)

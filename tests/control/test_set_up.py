"""An empty system is started once, by one command, and is then ready for its first administrators."""

from __future__ import annotations

import getpass
import json
import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from moa.control.access import may
from moa.control.models import Assignment, AuditLine, Group, Identity, Person, Unit
from moa.control.operations.set_up_group import NewGroup
from moa.control.operations.set_up_system import (
    AdministratorsNotTwo,
    AlreadySetUp,
    NewAdministrator,
    NewCompany,
    set_up_system,
)
from moa.control.operations.sign_in import sign_in
from moa.control.queries import context_for_login, context_for_os_user, list_groups
from moa.entry import cli
from moa.kernel.errors import DomainError
from tests.control.factories import AT, PASSWORD

COMPANIES = [NewCompany("C1", "해온정밀"), NewCompany("C2", "苏州海安", "CN")]
TWO = [NewAdministrator("kim", "김하은", PASSWORD, "root"), NewAdministrator("lee", "이민", PASSWORD)]
SINCE = date(2000, 1, 1)


def _set_up(code: str = "HAEON", currency: str = "KRW", **more: Any) -> Any:
    given = {"companies": COMPANIES, "administrators": TWO, "since": SINCE, "at": AT} | more
    return set_up_system(NewGroup(code, "해온그룹", currency), **given)


@pytest.mark.django_db
class TestTheOperation:
    def test_it_makes_group_companies_and_two_administrators(self) -> None:
        ctx = _set_up()
        with ctx.open():
            assert Group.objects.get().base_currency == "KRW"
            companies = Unit.objects.order_by("code").values_list("code", "country", "valid_from", "kind")
            assert list(companies) == [("C1", "KR", SINCE, "company"), ("C2", "CN", SINCE, "company")]
            people = Person.objects.filter(kind=Person.PERSON)
            assert {person.name for person in people} == {"김하은", "이민"}
            held = Assignment.objects.filter(person_id__in=[person.id for person in people])
            assert set(held.values_list("role__code", "unit_id")) == {("admin", None)}
            assert AuditLine.objects.filter(code="control.group.set_up").count() == 1

    def test_the_administrators_can_sign_in_and_give_rights_but_not_approve(self) -> None:
        _set_up()
        for login in ("kim", "lee"):
            _, ctx = sign_in(login=login, password=PASSWORD, at=AT)
            with ctx.open():
                assert may(ctx, "control.users.change") and not may(ctx, "control.approvals.decide")
        assert context_for_os_user("root", at=AT, channel="command").actor.name == "김하은"

    @pytest.mark.parametrize(
        ("administrators", "refusal"),
        [
            (TWO[:1], AdministratorsNotTwo),
            ([*TWO, NewAdministrator("park", "박", PASSWORD)], AdministratorsNotTwo),
            ([TWO[0], NewAdministrator("KIM ", "다른 이", PASSWORD)], AdministratorsNotTwo),
            ([TWO[0], NewAdministrator("kim2", "김하은", PASSWORD)], AdministratorsNotTwo),
        ],
    )
    def test_two_different_persons_are_needed(self, administrators: Any, refusal: type[DomainError]) -> None:
        with pytest.raises(refusal):
            _set_up(administrators=administrators)
        assert list_groups() == []

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"companies": []}, "no_company"),
            ({"companies": [COMPANIES[0], COMPANIES[0]]}, "unit_exists"),
            ({"currency": "KRX"}, "currency_unknown"),
            ({"code": "HA EON"}, "code_unfit"),
            ({"administrators": [TWO[0], NewAdministrator("lee", "이민", "short")]}, "password_weak"),
        ],
    )
    def test_what_cannot_be_leaves_nothing_behind(self, given: dict[str, Any], code: str) -> None:
        with pytest.raises(DomainError) as caught:
            _set_up(**given)
        assert caught.value.code == code
        assert list_groups() == [] and not Identity.objects.exists()

    def test_a_second_setup_is_refused(self) -> None:
        _set_up()
        with pytest.raises(AlreadySetUp, match="HAEON"):
            _set_up("OTHER")
        assert [group.code for group in list_groups()] == ["HAEON"]


def test_of_two_setups_at_the_same_moment_one_is_refused(transactional_db: None) -> None:
    start, outcomes = threading.Barrier(2), list[str]()

    def work(code: str) -> None:
        people = [NewAdministrator(f"{code}{one}".lower(), f"{code} {one}", PASSWORD) for one in (1, 2)]
        try:
            start.wait(10)
            _set_up(code, administrators=people)
            outcomes.append("made")
        except AlreadySetUp as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(code,)) for code in ("ONE", "TWO")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["already_set_up", "made"] and len(list_groups()) == 1


GIVEN = [
    "setup", "--code", "HAEON", "--name", "해온그룹", "--currency", "krw", "--company", "C1=해온정밀",
    "--company", "C2=해온 식품", "--admin", "kim=김하은", "--admin", "lee=이민",
]  # fmt: skip


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
class TestTheCommand:
    def test_it_sets_up_and_prints_passwords_that_work_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.run([*GIVEN, "--json"]) == 0
        made = json.loads(capsys.readouterr().out)
        assert (made["group"], made["companies"]) == ("HAEON", ["C1", "C2"])
        for one in made["administrators"]:
            sign_in(login=one["login"], password=one["password"], at=datetime.now(UTC))
        assert made["administrators"][0]["password"] != made["administrators"][1]["password"]
        mapped = context_for_os_user(getpass.getuser(), at=datetime.now(UTC), channel="command")
        assert mapped.actor.name == "김하은"

    def test_a_second_setup_is_refused_in_a_sentence(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.run(GIVEN) == 0
        text = capsys.readouterr().out
        assert "kim  김하은  password " in text and "shown this once" in text
        assert cli.run(GIVEN) == 1
        assert "holds the group HAEON already; nothing was changed" in capsys.readouterr().err

    def test_what_is_missing_is_all_said_when_nobody_can_answer(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert cli.run(["setup", "--name", "x", "--admin", "kim=김"]) == 2
        assert "give --code, --currency, --company, --admin." in capsys.readouterr().err
        assert list_groups() == []

    @pytest.mark.parametrize("given", [["--company", "C3"], ["--admin", "=김"]])
    def test_a_pair_that_is_none_is_a_wrong_use(
        self, capsys: pytest.CaptureFixture[str], given: list[str]
    ) -> None:
        assert cli.run([*GIVEN, *given]) == 2
        assert "is not of the form" in capsys.readouterr().err

    def test_it_asks_when_somebody_is_there(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers = iter(
            [
                "HAEON",
                "해온그룹",
                "KRW",
                "C1=해온정밀",
                "",
                "kim=김하은",
                "lee=이민",
                "short",
                "a long password",
                "",
            ]
        )
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        monkeypatch.setattr("click.prompt", lambda *words, **options: next(answers))
        assert cli.run(["setup", "--os-user", ""]) == 0
        said = capsys.readouterr()
        assert "password_too_short" in said.err and "password as you typed it" in said.out
        sign_in(login="kim", password="a long password", at=datetime.now(UTC))
        assert not Identity.objects.exclude(os_user="").exists()

    def test_an_administrator_adds_those_who_do_the_work(self, capsys: pytest.CaptureFixture[str]) -> None:
        cli.run([*GIVEN, "--os-user", ""])
        capsys.readouterr()
        added = [
            "people",
            "add",
            "park=박서준",
            "--role",
            "treasurer",
            "--role",
            "clerk:C1",
            "--os-user",
            "sam",
        ]
        assert cli.run([*added, "--as", "kim"]) == 0
        words = capsys.readouterr().out.splitlines()[0].split()
        identity, ctx = sign_in(login="park", password=words[-1], at=datetime.now(UTC))
        assert identity.os_user == "sam"
        with ctx.open():
            company = Unit.objects.get(code="C1")
            held = Assignment.objects.filter(person_id=ctx.actor.person_id).order_by("id")
            assert list(held.values_list("role__code", "unit_id")) == [
                ("treasurer", None),
                ("clerk", company.id),
            ]

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            (["park=박", "--role", "king"], 1, "not_found role=king"),
            (["park=박", "--role", "clerk:C9"], 1, "not_found unit=C9"),
            (["kim=박", "--role", "clerk"], 1, "login_taken"),
            (["park=박", "--role", "admin", "--role", "teller"], 1, "roles_incompatible"),
            (["park", "--role", "clerk"], 2, "is not of the form"),
        ],
    )
    def test_a_person_that_cannot_be_added_leaves_no_login(
        self, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
    ) -> None:
        cli.run([*GIVEN, "--os-user", ""])
        capsys.readouterr()
        assert cli.run(["people", "add", *arguments, "--as", "kim"]) == code
        assert words in capsys.readouterr().err
        assert not Identity.objects.filter(login="park").exists()

    def test_who_is_no_administrator_adds_nobody(self, capsys: pytest.CaptureFixture[str]) -> None:
        cli.run([*GIVEN, "--os-user", ""])
        cli.run(["people", "add", "park=박", "--role", "treasurer", "--as", "kim"])
        capsys.readouterr()
        assert cli.run(["people", "add", "choi=최", "--role", "clerk", "--as", "park"]) == 1
        assert capsys.readouterr().err.startswith("forbidden")
        ctx = context_for_login("park", at=datetime.now(UTC), channel="command")
        with ctx.open():
            assert not Person.objects.filter(name="최").exists()

"""`moa reconcile link` and `moa reconcile links` as a person types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from moa.entry.cli import run
from moa.kernel.errors import NotFound
from moa.reconciliation.models import BankLink
from moa.reconciliation.operations.link_account import NewLink, link_account
from tests.accounts.bank_files import mt940
from tests.control.factories import TODAY, make_person, make_unit
from tests.reconciliation.scene import THURSDAY, Scene, make_scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    scene = make_scene()
    make_person(scene.journal.machine, "kim", roles=["treasurer"])
    return scene


@pytest.fixture
def moa(scene: Scene, capsys: Any) -> Callable[..., Any]:
    def command(*arguments: object, code: int = 0, login: str = "kim") -> Any:
        capsys.readouterr()
        assert run([*map(str, arguments), "--as", login, "--json"]) == code, capsys.readouterr().err
        printed = capsys.readouterr()
        return json.loads(printed.out) if printed.out else printed.err.splitlines()

    return command


def asked(number: str, ledger: str, *more: str, since: str = str(TODAY)) -> list[str]:
    return [
        "reconcile",
        "link",
        number,
        "--ledger",
        ledger,
        "--suspense",
        "suspense",
        "--since",
        since,
        *more,
    ]


def test_a_bank_account_is_linked_and_listed(scene: Scene, moa: Callable[..., Any]) -> None:
    number = "110-222-333333"
    scene.bank.open(number)
    assert "opening_unknown" in moa(*asked(number, "free"), code=1)[0]
    scene.bank.bring(mt940([], account=number, opening=500, first=THURSDAY, last=THURSDAY, reference="OTHER"))
    made = moa(*asked(number, "free", "--business-ends", "16:30"))
    assert (made["ledger"], made["since"]) == ("free", str(TODAY))
    rows = moa("reconcile", "links")["rows"]
    assert {(one["ledger"], one["business_ends"]) for one in rows} == {("bank", ""), ("free", "16:30")}
    with scene.ctx.open():
        link = BankLink.objects.get(ledger_account__code="free")
        assert (link.opening_minor, link.business_ends, link.since) == (500, time(16, 30), TODAY)


def test_what_cannot_be_linked_is_refused_with_the_reason(scene: Scene, moa: Callable[..., Any]) -> None:
    number = scene.account.number
    assert "linked_already" in moa(*asked(number, "free"), code=1)[0]
    assert "not_found" in moa(*asked("none", "free"), code=1)[0]
    assert "--business-ends" in " ".join(moa(*asked(number, "free", "--business-ends", "25:00"), code=2))
    assert "--since" in " ".join(moa(*asked(number, "free", since="today"), code=2))


def test_an_account_of_another_unit_looks_as_if_it_were_not_there(
    scene: Scene, moa: Callable[..., Any]
) -> None:
    """Who sees the book would read its lines."""
    machine = scene.journal.machine
    other = make_unit(machine, "OTHER")
    number = "110-222-333333"
    account = scene.bank.open(number, unit_id=other.id)
    make_person(machine, "park", roles=[("treasurer", scene.journal.book.unit_id)])
    assert "opening_unknown" in moa(*asked(number, "free"), code=1)[0]
    assert "opening_unknown" in moa(*asked(number.replace("-", ""), "free"), code=1)[0]
    assert "not_found" in moa(*asked(number, "free"), code=1, login="park")[0]
    park = make_person(machine, "choi", roles=[("treasurer", scene.journal.book.unit_id)])
    with park.open(), pytest.raises(NotFound):
        link_account(park, scene.journal.book, new=NewLink(account.id, "free", "suspense", TODAY))


def test_a_number_at_two_banks_asks_which_one_is_meant(scene: Scene, moa: Callable[..., Any]) -> None:
    number = scene.account.number
    scene.bank.open(number, bank="088")
    assert "--bank" in " ".join(moa(*asked(number, "free"), code=2))
    assert "opening_unknown" in moa(*asked(number, "free", "--bank", "088"), code=1)[0]

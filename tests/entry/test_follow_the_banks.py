"""Where the simulated banks stand on other ports than before, the demo is led to them; nothing else is touched."""

from __future__ import annotations

import pytest

from moa.accounts.operations.open_account import NewAccount, open_account
from moa.channels.models import Connection
from moa.channels.operations.set_up_connection import NewConnection, set_up_connection
from moa.control.context import Context
from moa.entry.commands.world_connect import connect_again
from moa.kernel.errors import NotFound
from tests.channels.bank_world import BANK, COMPANY, OTHER_BANK, BankWorld
from tests.control.factories import TODAY, make_group, make_person, make_unit


@pytest.fixture
def admin(db: None, world: BankWorld, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MOA_WORLD", world.found["control"])
    admin = make_person(make_group(is_demo=True), roles=["admin"])
    set_up(admin, world)
    monkeypatch.setattr("moa.entry.acting.acting_context", lambda **_: admin)
    return admin


def set_up(admin: Context, world: BankWorld) -> None:
    """One that moved, one that did not, one that is elsewhere, one of another company."""
    treasurer = make_person(admin, roles=["treasurer"])
    number = next(one["number"] for one in world.accounts(BANK) if one["is_ours"])
    unit = make_unit(admin, "HQ")
    with treasurer.open():
        open_account(treasurer, new=NewAccount(unit.id, "KR", BANK, number, "KRW", opened_on=TODAY))
    with admin.open():
        for bank, host, company, port in (
            (BANK, "127.0.0.1", COMPANY, 1), (OTHER_BANK, "127.0.0.1", COMPANY, world.ports[OTHER_BANK]),
            ("011", "bank.example", COMPANY, 2), ("003", "127.0.0.1", "OTHERCO", 3),
        ):  # fmt: skip
            set_up_connection(admin, new=NewConnection(bank, company, host, port, "S00401"))


def ports(admin):
    with admin.open():
        return dict(Connection.objects.values_list("bank_code", "port"))


def test_only_the_banks_that_moved_are_connected_anew(admin, world, monkeypatch):
    before = ports(admin)
    assert connect_again() == [BANK]
    assert ports(admin) == before | {BANK: world.ports[BANK]}

    def gone(**_: str) -> Context:
        raise NotFound(login="admin")

    # Where none has moved, nobody is asked for: an administrator may have left.
    monkeypatch.setattr("moa.entry.acting.acting_context", gone)
    assert connect_again() == []


def test_a_group_that_is_no_demo_is_left_alone(db, world, monkeypatch):
    monkeypatch.setenv("MOA_WORLD", world.found["control"])
    real = make_person(make_group(), roles=["admin"])
    set_up(real, world)
    before = ports(real)
    assert connect_again() == [] and ports(real) == before

"""`moa world connect`: the demo group's bank accounts over the simulated banks, so that payments can be tried at once."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import click

from moa.entry.commands.world import WorldRefused, ask

# The company's number and the secrets of the simulated banks are public: docs/world.md. The demo's accounts for money in
# transit and for fees are those of its chart.
_COMPANY, _HOST = "HAEON0000001", "127.0.0.1"
_TRANSIT, _FEES = "3001-00", "6421-00"
_ADMIN, _TREASURER = "admin", "treasurer"


@click.command(
    "connect",
    help="Connect the demo group's bank accounts to the simulated banks that run, and name its accounts for payments.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def connect(as_json: bool) -> None:
    said = ask("GET", "/state")
    from moa.entry.acting import acting_context

    admin, treasurer = (acting_context(as_login=login, group="") for login in (_ADMIN, _TREASURER))
    from moa.control.queries import the_group_of

    with admin.open():
        if not the_group_of(admin).is_demo:
            raise WorldRefused(why="Only a demo group is connected to the simulated banks.")
        numbers = _connect_banks(admin, said)
    with treasurer.open():
        _name_accounts(treasurer)
    shown = {"accounts": numbers, "transit": _TRANSIT, "fees": _FEES}
    click.echo(json.dumps(shown) if as_json else "\n".join(f"{bank} {number}" for bank, number in numbers))


def connect_again() -> list[str]:
    """Lead the demo group's connections to where the simulated banks are now, if they have moved. Shape: the codes of those that were led anew.

    The demo's administrator is asked for only where one has moved. Raises: world.refused, not_found.
    """
    said = ask("GET", "/state")
    from moa.entry.acting import acting_context
    from moa.entry.startup import setup_django

    setup_django()
    from moa.control.queries import list_groups, machine_context

    for group in list_groups():
        if moved := _moved(machine_context(group.id, at=datetime.now(UTC), channel="command"), said):
            admin = acting_context(as_login=_ADMIN, group=group.code)
            with admin.open():
                connected = _connect_banks(admin, said, moved)
            return sorted({bank for bank, _ in connected})
    return []


def _moved(machine: Any, said: dict[str, Any]) -> list[str]:
    """Banks whose connection of the demo group leads to a port where they were. Of other groups there are none."""
    from moa.channels.models import Connection
    from moa.control.queries import the_group_of

    known = (_COMPANY, said["open_banking"]["institution"])
    with machine.open():
        if not the_group_of(machine).is_demo:
            return []
        found = Connection.objects.filter(host=_HOST, company_no__in=known, in_use=True)
        led = dict(found.values_list("bank_code", "port"))
    return sorted(code for code, port in led.items() if code in said["ports"] and port != _port(said, code))


def _port(said: dict[str, Any], bank: str) -> int:
    ports = said["ports"][bank]
    return int(ports["send"] if ports else said["http_port"])


def _connect_banks(
    admin: Any, said: dict[str, Any], only: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """Every account of ours that a bank of the world holds and the group has. Shape: `only` these banks, None for all."""
    from moa.accounts.models import BankAccount
    from moa.channels.operations.connect_account import connect_account
    from moa.channels.operations.set_up_connection import (
        NewConnection,
        NewHttpConnection,
        set_up_connection,
        set_up_http_connection,
    )

    known = said["open_banking"]
    own = set(BankAccount.objects.filter(closed_on=None).values_list("bank_code", "number_key"))
    numbers = []
    for bank in said["banks"]:
        code = bank["code"]
        if only is not None and code not in only:
            continue
        ours = [one["number"] for one in bank["accounts"] if one["is_ours"] and (code, one["number"]) in own]
        if not ours:
            continue
        if said["ports"][code]:
            new = NewConnection(code, _COMPANY, _HOST, _port(said, code), f"S{code}01")
            set_up_connection(admin, new=new)
        else:
            set_up_http_connection(
                admin,
                new=NewHttpConnection(
                    code, known["institution"], _HOST, _port(said, code), known["client_id"],
                    known["client_secret"], f"/banks/{code}", is_tls=False,
                ),
            )  # fmt: skip
        for number in ours:
            connect_account(admin, code, number, password=number[-4:])
            numbers.append((code, number))
    return numbers


def _name_accounts(treasurer: Any) -> None:
    from moa.ledger.queries import access_book
    from moa.payments.operations.name_accounts import name_accounts

    name_accounts(treasurer, access_book(treasurer), transit=_TRANSIT, fees=_FEES)

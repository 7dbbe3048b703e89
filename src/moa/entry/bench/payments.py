"""`moa bench payments`: names asked of a simulated bank over one line, everything stored as always."""

from __future__ import annotations

import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from django.db import connections

from moa.channels.operations.ask_bank import inquire_payee, inquire_payees
from moa.channels.operations.set_up_connection import NewConnection, set_up_connection
from moa.channels.protocol import Answered
from moa.control.context import Context
from moa.control.models import Assignment, Person, Role
from moa.control.operations.set_up_group import NewGroup, set_up_group
from moa.control.queries import context_for
from moa.entry.bench.measure import Result
from moa.entry.world_child import WorldChild

BANK, OTHER_BANK, COMPANY = "004", "088", "HAEON0000001"
INQUIRIES, ALONE, ROUNDS = 1_000, 50, 3
INQUIRIES_A_SECOND = 500


def run() -> list[Result]:
    """Rates a second: `payments.inquiries` together, and `inquiries_alone`, a line and an answer each."""
    admin, machine = _people()
    with (
        tempfile.TemporaryDirectory() as folder,
        WorldChild(Path(folder), start=f"{machine.today}T10:00") as world,
    ):
        with admin.open():
            set_up_connection(
                admin, new=NewConnection(BANK, COMPANY, "127.0.0.1", world.ports[BANK], "S00401")
            )
        payees = [
            (OTHER_BANK, one["number"]) for one in world.accounts(OTHER_BANK) if not one.get("is_internal")
        ]
        together = _median(lambda: _together(machine, payees))
        alone = _median(lambda: _alone(machine, payees))
    connections["default"].close()
    return [
        Result(
            "payments.inquiries", together, INQUIRIES_A_SECOND, round(together / INQUIRIES_A_SECOND, 3), 1
        ),
        Result("payments.inquiries_alone", alone, together, round(alone / together, 3)),
    ]


def _people() -> tuple[Context, Context]:
    """The administrator and the machine user of a fresh group, for a connection remembers the numbers it has used."""
    at = datetime.now(UTC)
    machine = set_up_group(NewGroup(f"PAY{secrets.token_hex(4).upper()}", "Payments bench", "KRW"), at=at)
    with machine.open():
        person = Person.objects.create(group_id=machine.group_id, name="admin")
        Assignment.objects.create(
            group_id=machine.group_id, person_id=person.id, role_id=Role.objects.get(code="admin").id,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    return context_for(machine.group_id, person.id, at=at, channel="command"), machine


def _median(work: Callable[[], int]) -> int:
    work()
    return round(statistics.median(work() for _ in range(ROUNDS)))


def _together(machine: Context, payees: list[tuple[str, str]]) -> int:
    wanted = [payees[number % len(payees)] for number in range(INQUIRIES)]
    begun = time.perf_counter()
    said = inquire_payees(machine, BANK, wanted)
    rate = round(INQUIRIES / (time.perf_counter() - begun))
    _all_answered([one.asked.answered for one in said], INQUIRIES)
    return rate


def _alone(machine: Context, payees: list[tuple[str, str]]) -> int:
    begun = time.perf_counter()
    said = [inquire_payee(machine, BANK, *payees[number % len(payees)]) for number in range(ALONE)]
    rate = round(ALONE / (time.perf_counter() - begun))
    _all_answered([one.asked.answered for one in said], ALONE)
    return rate


def _all_answered(answers: list[Answered], count: int) -> None:
    if len(answers) != count or not all(one in (Answered.DONE, Answered.REFUSED) for one in answers):
        raise AssertionError("a question was not answered")

"""`payments.release`: approved payments sent to a simulated bank, answered and booked, by the worker's own job."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from datetime import datetime
from datetime import time as clock

from django.db import connections

from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.entry.bench.measure import Result
from moa.entry.simulation.plan import FIRST_DAY, Payment
from moa.entry.simulation.scene import Scene, make_scene
from moa.entry.simulation.world_process import banks_of_its_own
from moa.payments.jobs import release_due
from moa.payments.lifecycle import OrderState
from moa.payments.models import PaymentOrder
from moa.payments.operations.create_order import create_order
from moa.payments.operations.decide_order import decide_order

PAYMENTS, ROUNDS = 100, 3
A_SECOND = 100
_AT = datetime.combine(FIRST_DAY, clock(10))
_OURS, _THEIRS, _PAYER = "004", "088", "m1"


def run() -> list[Result]:
    """Payments a second from the job's beginning to the last one paid in the book, the banks and the database included."""
    with banks_of_its_own() as world:
        world.begin_anew(1, _AT)
        scene = make_scene(world.state(), world.ports, _AT)
        rates = [_release(scene, number * PAYMENTS) for number in range(ROUNDS + 1)][1:]
    connections["default"].close()
    rate = round(statistics.median(rates))
    return [Result("payments.release", rate, A_SECOND, round(rate / A_SECOND, 3), 1)]


def _release(scene: Scene, first: int) -> int:
    """Shape: payments a second."""
    for number in range(first + 1, first + PAYMENTS + 1):
        _approve(scene, number)
    machine = scene.machine(_AT)
    begun = time.perf_counter()
    release_due(machine)
    rate = round(PAYMENTS / (time.perf_counter() - begun))
    with machine.open():
        states = list(PaymentOrder.objects.filter(id__gt=0).values_list("state", flat=True))
    if states != [OrderState.PAID] * (first + PAYMENTS):
        raise AssertionError("a payment was not paid")
    return rate


def _approve(scene: Scene, number: int) -> None:
    payment = Payment(number, 10_000 + number, _PAYER, _OURS, _THEIRS, 0, {}, 0)
    said = create_order(_anew(scene.person("maker", _AT)), scene.typed(payment, _AT.date()))
    ctx = _anew(scene.person("approver", _AT))
    with ctx.open():
        request = ApprovalRequest.objects.get(subject_id=str(said["id"]), state="open")
        decide_order(ctx, request.id, approve=True, seen_hash=request.content_hash)


def _anew(ctx: Context) -> Context:
    return replace(ctx, memo={})

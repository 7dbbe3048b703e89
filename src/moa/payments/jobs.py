"""Jobs of payments: what is approved is carried out or sent when it is due, and what left is asked about until it is proven."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from functools import partial

from django.db import DatabaseError

from moa.channels.operations.ask_bank import channel_of
from moa.control.context import Context
from moa.control.jobs import enqueue, job
from moa.control.queries import machine_context
from moa.kernel.errors import DomainError
from moa.ledger.models import Book
from moa.ledger.queries import day_under_way
from moa.payments.attempts import lock_attempt
from moa.payments.bank_booking import settle_order
from moa.payments.lifecycle import IN_FLIGHT, OrderState
from moa.payments.models import BANK, PaymentOrder
from moa.payments.moves import INQUIRE_DUE, RELEASE_DUE
from moa.payments.operations.carry_out_transfer import carry_out_transfer
from moa.payments.operations.compare_totals import compare_totals
from moa.payments.operations.inquire_attempt import inquire_attempts
from moa.payments.operations.make_occurrence import make_occurrence
from moa.payments.operations.release_order import TOGETHER, release_orders
from moa.payments.operations.take_notices import take_notices
from moa.payments.putting_right import settle_lines
from moa.payments.queries import due_orders
from moa.payments.series import MAKE_DUE
from moa.payments.under_way import (
    attempts_ahead,
    attempts_to_ask,
    connections_under_way,
    days_to_compare,
    occurrences_due,
    payments_to_send,
)

logger = logging.getLogger("moa.payments")

CARRY_OUT_DUE = "payments.carry_out_due"
COMPARE_TOTALS = "payments.compare_totals"
UNDER_WAY = (OrderState.APPROVED, OrderState.READY, *IN_FLIGHT)
LISTEN_SECONDS = 2


@job(CARRY_OUT_DUE, frequent=True)
def carry_out_due(ctx: Context) -> None:
    """When a day is opened, and every few minutes: each due transfer in a transaction of its own, so one that fails keeps
    none of the others."""
    machine = _machine(ctx)
    with machine.open():
        days = [(book, day_under_way(book)) for book in Book.objects.order_by("id")]
        due = [
            number for book, day in days if day is not None for number in due_orders(book, day.business_date)
        ]
    for number in due:
        try:
            with machine.open():
                carry_out_transfer(machine, number)
        except DomainError:
            logger.exception("payment %s could not be carried out", number)


@job(MAKE_DUE, frequent=True)
def make_due(ctx: Context) -> None:
    """When a series was approved, and every few minutes: each payment whose day has come, by itself."""
    machine = _machine(ctx)
    with machine.open():
        numbers = occurrences_due(machine)
    for number in numbers:
        _safely(f"occurrence {number}", partial(make_occurrence, machine, number))


@job(RELEASE_DUE, frequent=True)
def release_due(ctx: Context) -> None:
    """After an approval, and every few minutes: what is due, those that could not leave before first."""
    machine = _machine(ctx)
    with machine.open():
        together = payments_to_send(machine)
    for numbers in together:
        for start in range(0, len(numbers), TOGETHER):
            some = numbers[start : start + TOGETHER]
            _safely(f"payments {some}", partial(release_orders, machine, some))


@job(INQUIRE_DUE, frequent=True)
def inquire_due(ctx: Context) -> None:
    """Every few minutes: what banks told by themselves, then what is asked about now, then what waits for the books."""
    machine = _machine(ctx)
    with machine.open():
        connections = connections_under_way(machine)
    for number in connections:
        _safely(f"connection {number}", partial(_listen, machine, number))
    _safely("what banks told by themselves", partial(take_notices, machine))
    with machine.open():
        attempts = attempts_to_ask(machine)
    _safely(f"attempts {attempts}", partial(inquire_attempts, machine, attempts))
    settle_waiting(machine)


def _listen(machine: Context, connection_id: int) -> None:
    channel_of(machine, connection_id, seconds=LISTEN_SECONDS).listen()


@job(COMPARE_TOTALS, frequent=True)
def compare_days(ctx: Context) -> None:
    """After the end of a bank's day, until its totals agree with what we know."""
    machine = _machine(ctx)
    with machine.open():
        days = days_to_compare(machine)
    for via_id, day in days:
        _safely(f"account {via_id} on {day}", partial(compare_totals, machine, via_id, day))


def settle_waiting(machine: Context) -> int:
    """Bring orders to where their proven attempts stand, when the books can take it now. Returns how many came there."""
    with machine.open():
        numbers = attempts_ahead(machine)
    done = 0
    for number in numbers:
        done += bool(_safely(f"attempt {number}", partial(_settle, machine, number)))
    return done


def _settle(machine: Context, number: int) -> bool:
    with machine.open():
        order, attempt = lock_attempt(number)
        is_settled = not settle_order(machine, order, attempt)
        if is_settled:
            settle_lines(machine, order, attempt)
        return is_settled


def _machine(ctx: Context) -> Context:
    """The moment is that of the job's beginning: where it is too early, the bank refuses, or a request may still arrive."""
    return machine_context(ctx.group_id, at=ctx.at, channel="job", request_id=ctx.request_id)


def _safely(what: str, act: Callable[[], object]) -> object:
    """What goes wrong with one is in the log, and stops none of the others."""
    try:
        return act()
    except (DomainError, DatabaseError):
        logger.exception("%s could not be worked on", what)
        return None


def after_opening(ctx: Context, book: Book, day: date) -> None:
    if PaymentOrder.objects.filter(id__in=due_orders(book, day)).exists():
        enqueue(ctx, CARRY_OUT_DUE, lock=f"{CARRY_OUT_DUE}:{ctx.group_id}")
    if PaymentOrder.objects.filter(book_id=book.id, kind=BANK, state__in=UNDER_WAY).exists():
        enqueue(ctx, RELEASE_DUE, lock=f"{RELEASE_DUE}:{ctx.group_id}")
        enqueue(ctx, INQUIRE_DUE, lock=f"{INQUIRE_DUE}:{ctx.group_id}")

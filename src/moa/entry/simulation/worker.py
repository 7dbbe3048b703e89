"""The process that does the work of one run and is killed in it: each round enters, approves, releases, asks, and books.

It is a child made by fork, so a new one stands as soon as the former is dead; it shares no connection with its parent.
"""

from __future__ import annotations

import gc
import io
import os
import signal
import traceback
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from moa.accounts.operations.import_file import import_file
from moa.accounts.operations.receive_file import receive_file
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.entry.children import end_with_this_process
from moa.entry.simulation.http_troubles import begin_http_round
from moa.entry.simulation.plan import Plan, Step
from moa.entry.simulation.plants import plant
from moa.entry.simulation.scene import Scene
from moa.entry.simulation.windows import Kill, arm, limit_transfers, trouble_lines
from moa.entry.startup import close_connections
from moa.ledger.models import Book
from moa.ledger.operations.close_day import close_day
from moa.ledger.queries import open_day
from moa.payments.jobs import inquire_due, make_due, release_due
from moa.payments.lifecycle import OrderState
from moa.payments.models import PaymentOrder
from moa.payments.operations.create_order import create_order
from moa.payments.operations.decide_order import decide_order
from moa.payments.operations.resend_order import resend_order
from moa.payments.operations.save_order import SUBJECT
from moa.payments.operations.submit_bundle import create_bundle
from moa.payments.operations.submit_series import create_series
from moa.reconciliation.operations.reconcile_lines import reconcile_lines


class Worker:
    """The parent's end. Shape: `kills` are those that have not happened; `deaths` how often the process was killed."""

    def __init__(self, plan: Plan, scene: Scene, kills: Sequence[Kill], planted: str) -> None:
        self.plan, self.scene, self.planted = plan, scene, planted
        self.kills = list(kills)
        self.deaths = 0
        self.killed_in: list[str] = []
        self._start()

    def _start(self) -> None:
        close_connections()
        forking = get_context("fork")
        self._pipe, theirs = forking.Pipe()
        self._process = forking.Process(target=_live, args=(theirs, self._pipe, self), daemon=True)
        self._process.start()
        theirs.close()

    def work(self, step: Step, statements: Sequence[Path]) -> str:
        """One round, begun again by another process each time that one is killed. Shape: what went wrong, or nothing."""
        while True:
            try:
                self._pipe.send((step, list(statements)))
                said = self._pipe.recv()
                while isinstance(said, int):
                    died_of = self.kills.pop(said)
                    self.killed_in.append(f"{step.at:%m-%d %H:%M} {died_of.window[2]} {died_of.window[1]}")
                    said = self._pipe.recv()
                return str(said)
            except (EOFError, ConnectionError):
                self._process.join()
                if self._process.exitcode != -signal.SIGKILL:
                    return f"the worker ended with {self._process.exitcode}"
                self.deaths += 1
                self._pipe.close()
                self._start()

    def end(self) -> None:
        self._pipe.close()
        self._process.join()


def _live(pipe: Connection, parents: Connection, worker: Worker) -> None:
    """In the child, until the parent is gone."""
    parents.close()
    end_with_this_process()
    # A short life: nothing of it is worth being collected, nor what was there before.
    gc.disable()
    gc.freeze()
    trouble_lines(worker.plan)
    limit_transfers()
    plant(worker.planted)
    arm(worker.kills, pipe.send)
    try:
        while True:
            step, statements = pipe.recv()
            try:
                _round(worker.plan, worker.scene, step, statements)
                pipe.send("")
            except Exception:
                pipe.send(traceback.format_exc(limit=-4))
    except (EOFError, ConnectionError):
        # No tidying up: the parent's own handlers were copied with it.
        os._exit(0)


def _round(plan: Plan, scene: Scene, step: Step, statements: Sequence[Path]) -> None:
    """Each part finds by itself what is still to do, for the process before may have been killed in the midst of it."""
    begin_http_round(step.at)
    _enter(plan, scene, step)
    _approve(scene, step)
    if step.takes_statements:
        _take_statements(scene, step, statements)
        _resend(plan, scene, step)
    machine = scene.machine(step.at)
    make_due(machine)
    release_due(machine)
    inquire_due(machine)


def _enter(plan: Plan, scene: Scene, step: Step) -> None:
    maker = scene.person("maker", step.at)
    for together in plan.entered_at(step.number):
        first, ctx = together[0], _anew(maker)
        typed = [scene.typed(one, step.at.date()) for one in together]
        if first.bundle:
            create_bundle(ctx, typed, key=f"bundle {first.bundle}")
        elif first.times:
            create_series(ctx, scene.typed_series(first), key=first.key)
        else:
            create_order(ctx, typed[0], key=first.key)


def _approve(scene: Scene, step: Step) -> None:
    approver = scene.person("approver", step.at)
    with approver.open():
        waiting = list(ApprovalRequest.objects.filter(subject_type=SUBJECT, state="open").order_by("id"))
    for one in waiting:
        ctx = _anew(approver)
        with ctx.open():
            decide_order(ctx, one.id, approve=True, seen_hash=one.content_hash)


def _take_statements(scene: Scene, step: Step, files: Sequence[Path]) -> None:
    """What the banks have left is imported and brought into the book; then its day is closed and the next one open."""
    ctx = scene.person("treasurer", step.at)
    for file in files:
        with ctx.open():
            received = receive_file(ctx, source=io.BytesIO(file.read_bytes()), name=file.name)
        import_file(ctx, file_id=received.id)
    with ctx.open():
        book = Book.objects.get(id=scene.book_id)
    reconcile_lines(ctx, book)
    while _is_to_be_closed(ctx, book, step):
        with ctx.open():
            close_day(ctx, book)


def _is_to_be_closed(ctx: Context, book: Book, step: Step) -> bool:
    with ctx.open():
        day = open_day(book)
    return day is not None and day < step.at.date()


def _resend(plan: Plan, scene: Scene, step: Step) -> None:
    """As a person would: what never arrived is sent again, what was refused is not."""
    maker = scene.person("maker", step.at)
    with maker.open():
        failed = PaymentOrder.objects.filter(state=OrderState.FAILED).exclude(amount_minor__in=plan.refused)
        numbers = list(failed.order_by("id").values_list("id", flat=True))
    for number in numbers:
        ctx = _anew(maker)
        with ctx.open():
            resend_order(ctx, number, reason="은행에 도달하지 않음")


def _anew(ctx: Context) -> Context:
    """As with a new request: nothing is remembered from the last one."""
    return replace(ctx, memo={})

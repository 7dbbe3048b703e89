"""Two workers on the same lines book each of them once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from moa.control.queries import machine_context
from moa.reconciliation.operations.reconcile_lines import reconcile_lines
from tests.accounts.bank_files import Line
from tests.control.factories import AT, TODAY
from tests.reconciliation.scene import OPENING, make_scene


@pytest.mark.django_db(transaction=True)
def test_two_workers_book_each_line_once() -> None:
    scene = make_scene()
    scene.rule("ALL", counter="free", direction="in")
    scene.statement(*(Line(TODAY, 10 + n, f"SALE {n}") for n in range(120)))
    done, gate, faults = [], threading.Barrier(3), []

    def work() -> None:
        try:
            machine = machine_context(scene.ctx.group_id, at=AT, channel="job")
            gate.wait()
            done.append(reconcile_lines(machine, scene.book))
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults
    assert sum(one.posted for one in done) == 120 == len(scene.vouchers())
    assert set(scene.states()) == {"posted"}
    assert len({one.voucher_id for one in scene.lines()}) == 120
    assert scene.journal.balance("bank") == OPENING + sum(10 + n for n in range(120))

"""Payments at the same moment: two approvers, one balance, one limit, one order in two hands."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection

from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError
from moa.payments.operations.carry_out_transfer import carry_out_transfer
from moa.payments.operations.create_order import create_order
from moa.payments.operations.decide_order import decide_order
from moa.payments.operations.submit_bundle import create_bundle, submit_bundle
from moa.payments.operations.submit_series import create_series
from moa.payments.operations.withdraw_order import withdraw_order
from moa.payments.rules.typed_series import TypedSeries
from tests.control.factories import TODAY
from tests.payments.scene import LATER, TYPED, make_scene

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: list[Callable[[], None]]) -> list[str]:
    """Run the calls at the same moment; what each came to: "done" or the refusal's problem or code."""
    gate, results = threading.Barrier(len(work)), []

    def run(call: Callable[[], None]) -> None:
        gate.wait()
        try:
            call()
            results.append("done")
        except DomainError as refusal:
            results.append(str(refusal.facts.get("problem", refusal.code)))
        except Exception as fault:
            results.append(repr(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(results)


def approve(ctx: Context, request: ApprovalRequest) -> Callable[[], None]:
    def call() -> None:
        fresh = Context(ctx.actor, ctx.group_id, ctx.at, ctx.today, ctx.request_id, "test")
        with fresh.open():
            decide_order(fresh, request.id, approve=True, seen_hash=request.content_hash)

    return call


def test_two_bundles_at_once_do_not_both_take_the_last_money():
    scene = make_scene()
    rows = [[TYPED._replace(amount=one) for one in pair] for pair in (("2,000", "1,500"), ("1,800", "1,700"))]
    with scene.maker.open():
        requests = [submit_bundle(scene.maker, scene.journal.book, pair).request for pair in rows]
    results = at_once([approve(scene.first, requests[0]), approve(scene.second, requests[1])])
    assert results == ["below_floor", "done"]
    assert scene.stands() == (1_500, 3_500, 0)


@pytest.mark.parametrize("ways", [["one"] * 6, ["several"] * 4, ["one", "several", "series"], ["series"] * 4])
def test_of_what_is_alike_at_the_same_moment_one_is_told_of_the_other(ways):
    """Seen: eight programs sent one payment; seven were taken without a word, and paid."""
    scene = make_scene()

    def submit(way: str) -> Callable[[], None]:
        def call() -> None:
            maker = scene.maker
            fresh = Context(maker.actor, maker.group_id, maker.at, maker.today, maker.request_id, "test")
            if way == "one":
                create_order(fresh, TYPED)
            elif way == "several":
                create_bundle(fresh, [TYPED])
            else:
                create_series(
                    fresh,
                    TypedSeries(
                        TYPED._replace(pay_on=""), every="weekly", on_day=str(TODAY.isoweekday()), times="2"
                    ),
                )

        return call

    results = at_once([submit(way) for way in ways])
    assert results == ["done"] + ["payment_perhaps_twice"] * (len(ways) - 1)


def test_two_approvers_at_once_pay_once():
    scene = make_scene()
    request = scene.submit(amount="3,000")
    results = at_once([approve(scene.first, request), approve(scene.second, request)])
    assert results == ["done", "move_not_allowed"]
    assert scene.stands() == (2_000, 3_000, 0)


def test_a_balance_is_not_spent_twice_at_once():
    scene = make_scene()
    requests = [scene.submit(amount="3,000", payee=payee) for payee in ("b", "free")]
    results = at_once([approve(scene.first, requests[0]), approve(scene.second, requests[1])])
    assert results == ["below_floor", "done"]
    assert scene.stands()[0] == 2_000 and scene.held() == 0


def test_a_limit_is_not_passed_by_two_approvals_at_once():
    scene = make_scene()
    scene.limit("daily", 3_000)
    requests = [scene.submit(amount="2,000", payee=payee) for payee in ("b", "free")]
    results = at_once([approve(scene.first, requests[0]), approve(scene.second, requests[1])])
    assert results == ["done", "limit_passed_daily"]
    assert scene.stands()[0] == 3_000


def test_two_payments_across_one_another_do_not_lock_each_other_out():
    scene = make_scene()
    scene.paid(amount="2,500")
    there = [scene.submit(amount=f"{n}") for n in (1, 2, 3)]
    back = [scene.submit(payer="b", payee="a", amount=f"{n}") for n in (1, 2, 3)]
    results = at_once(
        [approve(scene.first if n % 2 else scene.second, one) for n, one in enumerate(there + back)]
    )
    assert results == ["done"] * 6
    assert scene.stands() == (2_500, 2_500, 0)


def test_taking_back_and_carrying_out_at_once_come_to_one_of_the_two():
    scene = make_scene()
    order = scene.paid(pay_on=str(LATER), amount="4,000")
    scene.open_later()
    machine, maker = scene.journal.machine, scene.maker

    def carry() -> None:
        with machine.open():
            carry_out_transfer(machine, order.id)

    def take_back() -> None:
        with maker.open():
            withdraw_order(maker, order.id)

    results = at_once([carry, carry, take_back])
    state = scene.now(order.id).state
    expected = {"paid": (["done", "done", "move_not_allowed"], (1_000, 4_000, 0)),
                "withdrawn": (["done", "done", "done"], (5_000, 0, 0))}  # fmt: skip
    assert (results, scene.stands()) == expected[state]


def test_the_database_refuses_a_state_without_its_hold():
    scene = make_scene()
    order = scene.paid(pay_on=str(LATER))
    with pytest.raises(DatabaseError, match="set aside"), scene.maker.open(), connection.cursor() as cursor:
        cursor.execute("update payments_paymentorder set state = 'withdrawn' where id = %s", [order.id])

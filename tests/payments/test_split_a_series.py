"""A series over the bank's limit of one transfer: each day leaves in the parts that were signed, all of them or none."""

from __future__ import annotations

import threading
from dataclasses import replace
from random import Random

import pytest
from django.db import DatabaseError, connection, transaction

from moa.channels.bank_profiles import profile_of
from moa.control.context import Context
from moa.ledger.verification import verify_books
from moa.payments import reading
from moa.payments.models import PaymentAttempt, PaymentOccurrence, PaymentOrder, PaymentSeries
from moa.payments.operations.cancel_series import cancel_series
from moa.payments.operations.decide_order import decide_order
from moa.payments.operations.make_occurrence import make_occurrence
from moa.payments.operations.release_order import release_orders
from moa.payments.operations.resend_order import resend_order
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.operations.submit_series import create_series
from moa.payments.operations.take_back_unsent import take_back_unsent
from moa.payments.operations.withdraw_order import withdraw_order
from moa.payments.rules.typed_series import TypedSeries
from moa.payments.series import access_series
from moa.payments.series_facts import series_facts
from tests.channels.bank_world import BankWorld
from tests.control.factories import TODAY, signed_in
from tests.faults import wait_until
from tests.payments.bank_scene import AMOUNT, TRANSFER, BankScene, make_bank_scene
from tests.payments.test_contradict_a_failure import asked, resent, say, text_of

WHOLE = AMOUNT * 5 // 2


class Bank:
    """Shape: `most` is what it takes in one transfer."""

    most = AMOUNT


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Bank:
    bank = Bank()
    monkeypatch.setattr(reading, "profile_of", lambda code: replace(profile_of(code), most_minor=bank.most))
    monkeypatch.setattr("moa.payments.bank_reading.profile_of", reading.profile_of)
    return bank


@pytest.fixture
def scene(db: None, world: BankWorld, bank: Bank) -> BankScene:
    return make_bank_scene(world)


def approved(scene: BankScene, amount: int = WHOLE, times: int = 2) -> PaymentSeries:
    """Friday the 20th, then every Friday."""
    order = scene.typed(amount=str(amount), duplicate_reason="다른 건")._replace(pay_on="")
    made = create_series(scene.maker, TypedSeries(order, "weekly", "5", str(TODAY), times=str(times)))
    series = found(scene, made["id"])
    assert series.request is not None
    with scene.first.open():
        decide_order(scene.first, series.request.id, approve=True, seen_hash=series.request.content_hash)
    return found(scene, series.id)


def found(scene: BankScene, series_id: int) -> PaymentSeries:
    with scene.maker.open():
        return access_series(scene.maker, series_id)


def make(scene: BankScene, series: PaymentSeries, number: int = 1) -> list[int]:
    """What the job does on the day. Shape: the orders of that number."""
    make_occurrence(scene.now(scene.machine), _occurrence(scene, series, number))
    with scene.machine.open():
        orders = PaymentOrder.objects.filter(series_id=series.id, place=number).order_by("part")
        return list(orders.values_list("id", flat=True))


def _occurrence(scene: BankScene, series: PaymentSeries, number: int) -> int:
    with scene.machine.open():
        return PaymentOccurrence.objects.get(series_id=series.id, number=number).id


def stands(scene: BankScene, series: PaymentSeries) -> list[tuple[str, str, str]]:
    """Of each occurrence: state, what is proven, and what hinders it."""
    with scene.maker.open():
        days = series_facts(scene.maker, access_series(scene.maker, series.id))["occurrences"]
    return [(one["state"], one["paid"], one["problem"]) for one in days]


def test_each_day_leaves_in_the_parts_that_were_signed(scene):
    series = approved(scene)
    content = series.request.content
    assert content["parts"] == [str(AMOUNT), str(AMOUNT), str(AMOUNT // 2)]
    assert (content["amount_minor"], content["total_minor"]) == (str(WHOLE), str(2 * WHOLE))
    parts = make(scene, series)
    assert [scene.order(one).part for one in parts] == [1, 2, 3] and scene.held() == WHOLE
    assert stands(scene, series) == [("approved", "0", ""), ("waiting", "0", "")]
    release_orders(scene.now(scene.machine), parts, seconds=1)
    assert stands(scene, series)[0] == ("paid", str(WHOLE), "")
    assert [scene.messages(part) for part in parts] == [1, 1, 1] and scene.held() == 0
    assert scene.moved() == WHOLE + 3 * 500 and scene.books()["a"] == WHOLE
    # The same day again makes nothing, the next week as much once more.
    assert make(scene, series) == parts
    scene.wait(days=7)
    assert len(make(scene, series, 2)) == 3 and scene.held() == WHOLE
    assert found(scene, series.id).state == "ended"
    with scene.journal.ctx.open():
        assert [one.differences for one in verify_books(scene.journal.ctx)] == [[]]


def test_only_the_part_that_failed_is_sent_again(scene):
    series = approved(scene)
    first, second, third = make(scene, series)
    scene.release(first)
    scene.world.fault("refused", key=TRANSFER, code="0011")
    scene.release(second)
    scene.release(third)
    assert stands(scene, series)[0] == ("partly_paid", str(WHOLE - AMOUNT), "")
    with scene.maker.open():
        resend_order(scene.maker, second)
    scene.release(second)
    assert [scene.attempts(one) for one in (first, second, third)] == [["paid"], ["failed", "paid"], ["paid"]]
    assert stands(scene, series)[0] == ("paid", str(WHOLE), "") and scene.held() == 0


def test_what_is_not_known_of_one_part_is_not_known_of_the_whole(scene):
    series = approved(scene)
    first, second, third = make(scene, series)
    scene.world.fault("applied_no_reply", key=TRANSFER)
    scene.release(first)
    scene.release(second)
    assert stands(scene, series)[0] == ("unknown", str(AMOUNT), "")
    assert scene.inquire(first) == "paid"
    scene.release(third)
    assert stands(scene, series)[0][0] == "paid"


def test_cancelling_takes_back_the_parts_that_have_not_left(scene):
    series = approved(scene)
    first, second, third = make(scene, series)
    scene.release(first)
    with scene.maker.open():
        cancel_series(scene.maker, series.id, reason="계약 종료")
    assert [scene.state(one) for one in (first, second, third)] == ["paid", "withdrawn", "withdrawn"]
    assert stands(scene, series) == [("partly_paid", str(AMOUNT), ""), ("cancelled", "0", "")]
    assert scene.held() == 0
    scene.wait(days=7)
    assert make(scene, series, 2) == []


def test_cancelling_leaves_the_part_that_persons_decide_on_first(scene):
    series = approved(scene)
    first, second, third = make(scene, series)
    scene.world.fault("late_apply", key=TRANSFER, delay=600)
    scene.release(first)
    say(scene, first, "prove_failed")
    resent(scene, first)
    assert asked(scene, first) == "evidence_contradicts"
    with scene.maker.open():
        cancel_series(scene.maker, series.id, reason="계약 종료")
    assert found(scene, series.id).state == "cancelled" and stands(scene, series)[1][0] == "cancelled"
    assert [scene.state(one) for one in (first, second, third)] == ["ready", "withdrawn", "withdrawn"]
    say(scene, first, "prove_paid")
    assert (scene.state(first), scene.held(), scene.moved()) == ("paid", 0, AMOUNT + 500)


def test_what_persons_say_did_not_leave_is_taken_back_with_its_series(scene):
    """It was ready, so the next run would have sent a payment of a contract that is over."""
    series = approved(scene)
    first, second, third = make(scene, series)
    scene.world.fault("late_apply", key=TRANSFER, delay=600)
    scene.release(first)
    say(scene, first, "prove_failed")
    resent(scene, first)
    asked(scene, first)
    with scene.maker.open():
        cancel_series(scene.maker, series.id, reason="계약 종료")
    page = text_of(signed_in(scene.maker).get(f"/payments/{first}"))
    assert "나가지 않았으면 요청대로 회수됩니다" in page
    say(scene, first, "prove_failed")
    assert (scene.state(first), scene.held(), scene.messages(first)) == ("withdrawn", 0, 1)
    assert scene.facts(first)["history"][-1]["note"] == "계약 종료"
    assert scene.release(first) == "withdrawn"


def test_what_turns_out_not_to_have_left_is_taken_back_with_its_series(scene):
    series = approved(scene)
    first, second, _third = make(scene, series)
    for one in (first, second):
        scene.world.fault("no_reply", key=TRANSFER)
        assert scene.release(one) == "unknown"
    with scene.maker.open():
        cancel_series(scene.maker, series.id, reason="계약 종료")
    assert [scene.state(one) for one in (first, second)] == ["unknown", "unknown"]
    with scene.machine.open():
        tries = PaymentAttempt.objects.filter(order_id__in=(first, second))
        numbers = list(tries.values_list("id", flat=True))
    take_back_unsent(scene.now(scene.machine), numbers)
    assert [scene.state(one) for one in (first, second)] == ["withdrawn", "withdrawn"]
    assert (scene.held(), scene.moved()) == (0, 0)


def test_what_a_person_sends_again_after_the_series_ended_leaves(scene):
    series = approved(scene)
    first, *_others = make(scene, series)
    scene.world.fault("no_reply", key=TRANSFER)
    scene.release(first)
    with scene.maker.open():
        cancel_series(scene.maker, series.id)
    say(scene, first, "prove_failed")
    assert scene.state(first) == "failed", "whoever works on payments decides what becomes of it"
    resent(scene, first)
    assert scene.release(first) == "paid"


def test_all_parts_are_made_or_none(scene):
    """The account has five times what goes in one transfer, and six are asked for."""
    series = approved(scene, AMOUNT * 6)
    assert make(scene, series) == [] and scene.held() == 0
    assert stands(scene, series)[0] == ("waiting", "0", "below_floor")


def test_where_the_bank_takes_less_than_was_signed_it_is_told_and_nothing_is_made(scene, bank):
    series = approved(scene)
    bank.most = AMOUNT - 1
    assert make(scene, series) == []
    assert stands(scene, series)[0] == ("waiting", "0", "above_bank_limit")
    bank.most = AMOUNT * 2
    assert len(make(scene, series)) == 3


def test_more_transfers_than_one_decision_covers_are_refused(scene, bank):
    bank.most = 10_000
    with pytest.raises(OrderFlawed) as refusal:
        approved(scene)
    assert [(one.field, one.code) for one in refusal.value.flaws] == [("amount", "above_bank_limit")]


def test_a_payment_by_hand_of_the_size_of_a_part_is_perhaps_the_same(scene):
    scene.submit()
    order = scene.typed(amount=str(WHOLE))._replace(pay_on="")
    with pytest.raises(OrderFlawed) as refusal:
        create_series(scene.maker, TypedSeries(order, "weekly", "5", str(TODAY), times="2"))
    assert [one.code for one in refusal.value.flaws] == ["payment_perhaps_twice"]


def test_whatever_the_amount_the_parts_are_the_whole_and_cancelling_frees_it(scene, bank):
    """A property, with amounts and limits drawn: nothing is lost or added between what is signed, set aside and freed."""
    draw = Random(20261123)
    for _ in range(5):
        bank.most = draw.randrange(50_000, 2 * AMOUNT)
        amount = draw.randrange(1, 4 * AMOUNT)
        series = approved(scene, amount, times=1)
        orders = [scene.order(one) for one in make(scene, series)]
        minors = [one.amount_minor or 0 for one in orders]
        assert sum(minors) == amount == scene.held() and max(minors) <= bank.most
        assert len(orders) == -(-amount // bank.most)
        left = draw.sample(orders, draw.randrange(len(orders) + 1))
        with scene.maker.open():
            # It is over with its only day, so its parts are taken back one by one.
            for one in left:
                withdraw_order(scene.maker, one.id)
        assert scene.held() == amount - sum(one.amount_minor or 0 for one in left)
        with scene.maker.open():
            for one in set(orders) - set(left):
                withdraw_order(scene.maker, one.id)
        assert scene.held() == 0 and stands(scene, series)[0][0] == "withdrawn"


# --- what the database holds by itself


def test_nothing_but_the_parts_is_approved_on_the_signature(scene):
    series = approved(scene)
    first = scene.order(make(scene, series)[0])
    for place, part, minor, wrong in (
        (1, 4, AMOUNT, "no two persons"), (1, None, WHOLE, "payment_once_in_series"), (1, 0, AMOUNT, "payment_place_in_one_plan"),
        (1, 2, AMOUNT, "payment_part_once_in_series"), (2, None, WHOLE, "no two persons"), (2, 3, AMOUNT, "no two persons"),
        (3, 1, AMOUNT, "no two persons"),
        # What was signed passes here, and is stopped because nothing was set aside for it.
        (2, 1, AMOUNT, "set aside"),
    ):  # fmt: skip
        with scene.maker.open(), pytest.raises(DatabaseError, match=wrong), transaction.atomic():
            _forge(series, first, place, part, minor)


def _forge(series: PaymentSeries, like: PaymentOrder, place: int, part: int | None, minor: int) -> None:
    again = PaymentOrder.objects.create(
        group_id=like.group_id, book_id=like.book_id, maker_id=like.maker_id, made_at=like.made_at,
        saved_at=like.saved_at, state_at=like.state_at, series_id=series.id, place=place, part=part, kind=like.kind,
    )  # fmt: skip
    same = (
        "payer_id", "currency", "request_id", "unit_id", "via_id", "charge_id", "to_bank", "to_account", "to_name",
        "name_verdict", "purpose",
    )  # fmt: skip
    for name in same:
        setattr(again, name, getattr(like, name))
    again.pay_on = PaymentOccurrence.objects.get(series_id=series.id, number=min(place, 2)).pay_on
    again.amount_minor, again.state = minor, "pending"
    again.save(update_fields=[*same, "pay_on", "amount_minor", "state"])
    again.state = "approved"
    again.save(update_fields=["state"])
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


def test_an_occurrence_is_made_by_all_of_its_parts(scene):
    series = approved(scene)
    parts = make(scene, series)
    with scene.machine.open(), pytest.raises(DatabaseError, match="not the whole"), transaction.atomic():
        # As if two of the three belonged to the second number.
        PaymentOccurrence.objects.filter(series_id=series.id, number=2).update(
            state="made", order_id=_of_second(scene, series, parts[0])
        )


def _of_second(scene: BankScene, series: PaymentSeries, first: int) -> int:
    like = PaymentOrder.objects.get(id=first)
    order = PaymentOrder.objects.create(
        group_id=like.group_id, book_id=like.book_id, maker_id=like.maker_id, made_at=like.made_at, saved_at=like.saved_at,
        state_at=like.state_at, series_id=series.id, place=2, part=1, kind=like.kind,
    )  # fmt: skip
    return order.id


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_the_parts_of_a_day_once(world: BankWorld, bank: Bank):
    scene = make_bank_scene(world)
    series = approved(scene)
    number = _occurrence(scene, series, 1)
    said: list[str] = []

    def work(ctx: Context) -> None:
        try:
            said.append(make_occurrence(ctx, number))
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(replace(scene.machine, memo={}),)) for _ in range(2)]
    with scene.machine.open():
        # Both have asked the bank and wait for the series before either makes anything.
        PaymentSeries.objects.select_for_update().get(id=series.id)
        for one in workers:
            one.start()
        wait_until(_both_wait)
    for one in workers:
        one.join(60)
    assert said == ["made", "made"]
    with scene.machine.open():
        made = list(PaymentOrder.objects.filter(series_id=series.id).values_list("place", "part"))
    assert sorted(made) == [(1, 1), (1, 2), (1, 3)] and scene.held() == WHOLE


def _both_wait() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_locks where not granted")
        return bool(cursor.fetchone()[0] >= 2)

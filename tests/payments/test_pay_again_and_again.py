"""A series of payments (정기 이체): decided on once, each day made as a payment of its own, cancelled for what is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from moa.control.context import Context
from moa.control.models import Notice
from moa.kernel.errors import NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.ledger.models import Hold
from moa.ledger.verification import verify_books
from moa.payments.jobs import make_due
from moa.payments.models import PaymentOccurrence, PaymentOrder, PaymentSeries
from moa.payments.operations.cancel_series import cancel_series
from moa.payments.operations.make_occurrence import make_occurrence
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.operations.submit_series import create_series, submit_series
from moa.payments.operations.withdraw_order import WithdrawalUnfounded
from moa.payments.rules.typed_series import TypedSeries
from moa.payments.series_facts import series_facts
from tests.control.factories import AT, TODAY, make_person
from tests.payments.scene import TYPED, Scene, make_scene

# Friday the 20th, then every Friday.
WEEKS = TypedSeries(TYPED._replace(pay_on="", holiday_rule="following"), "weekly", "5", str(TODAY), times="3")


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def submit(scene: Scene, typed: TypedSeries = WEEKS) -> PaymentSeries:
    with scene.maker.open():
        return submit_series(scene.maker, scene.journal.book, typed)


def approved(scene: Scene, typed: TypedSeries = WEEKS) -> PaymentSeries:
    series = submit(scene, typed)
    assert series.request is not None
    scene.decide(series.request)
    return now(scene, series)


def now(scene: Scene, series: PaymentSeries) -> PaymentSeries:
    with scene.maker.open():
        return PaymentSeries.objects.select_related("request", "payer").get(id=series.id)


def at(ctx: Context, day: date) -> Context:
    return replace(ctx, today=day, at=AT + (day - TODAY), memo={})


def make(scene: Scene, day: date = TODAY) -> list[tuple[str, str]]:
    """What the job does on a day. Shape: state and problem of each occurrence."""
    ctx = at(scene.journal.machine, day)
    with ctx.open():
        due = PaymentOccurrence.objects.filter(state="waiting", pay_on__lte=day, series__state="active")
        numbers = list(due.order_by("id").values_list("id", flat=True))
    for number in numbers:
        make_occurrence(ctx, number)
    with ctx.open():
        return list(PaymentOccurrence.objects.order_by("series_id", "number").values_list("state", "problem"))


def orders(scene: Scene) -> list[PaymentOrder]:
    with scene.maker.open():
        return list(PaymentOrder.objects.exclude(series=None).order_by("place"))


def test_the_whole_series_is_signed_once(scene):
    series = submit(scene)
    content = series.request.content
    assert (content["count"], content["total_minor"], content["amount_minor"]) == ("3", "3000", "1000")
    assert content["days"] == {"1": "2026-11-20", "2": "2026-11-27", "3": "2026-12-04"}
    # The total bounds who may decide.
    assert series.request.amount_minor == 3_000
    assert scene.stands() == (5_000, 0, 0)


def test_each_day_is_paid_as_an_order_of_its_own(scene):
    approved(scene)
    assert make(scene) == [("made", ""), ("waiting", ""), ("waiting", "")]
    assert scene.stands() == (4_000, 1_000, 0)
    (first,) = orders(scene)
    assert (first.state, first.place, str(first.pay_on)) == ("paid", 1, "2026-11-20")
    # The same day again makes nothing.
    make(scene)
    assert len(orders(scene)) == 1
    assert make(scene, TODAY + timedelta(days=14)) == [("made", "")] * 3
    with scene.journal.ctx.open():
        assert [one.differences for one in verify_books(scene.journal.ctx)] == [[]]


def test_after_its_last_day_a_series_is_over(scene):
    series = approved(scene, WEEKS._replace(times="1"))
    make(scene)
    assert now(scene, series).state == "ended"


def test_the_job_makes_what_is_due(scene):
    approved(scene)
    ctx = scene.journal.machine
    make_due(ctx)
    assert [one.state for one in orders(scene)] == ["paid"]


def test_nothing_is_made_before_it_is_approved(scene):
    submit(scene)
    make(scene)
    assert orders(scene) == []


def test_what_the_account_cannot_spare_waits_for_its_day_and_is_missed_then(scene):
    approved(scene, WEEKS._replace(order=WEEKS.order._replace(amount="6,000")))
    assert make(scene)[0] == ("waiting", "below_floor")
    assert orders(scene) == []
    with scene.maker.open():
        assert Notice.objects.filter(
            kind="payments.occurrence_held_up", person_id=scene.maker.actor.person_id
        ).exists()
    assert make(scene, TODAY + timedelta(days=1))[0] == ("missed", "below_floor")
    with scene.maker.open():
        assert not Hold.objects.filter(ended_at=None).exists()
        assert Notice.objects.filter(
            kind="payments.occurrence_missed", person_id=scene.maker.actor.person_id
        ).exists()


def test_what_lacked_money_in_the_morning_is_paid_when_it_came(scene):
    from tests.ledger.journal import voucher

    approved(scene, WEEKS._replace(order=WEEKS.order._replace(amount="6,000"), times="1"))
    make(scene)
    scene.journal.post(voucher("more", "bank", "a", 2_000))
    assert make(scene) == [("made", "")]


def test_a_day_on_which_nobody_worked_is_made_on_the_next(scene):
    approved(scene, WEEKS._replace(times="1"))
    assert make(scene, TODAY + timedelta(days=1)) == [("made", "")]


def test_a_limit_of_the_day_is_judged_on_the_day(scene):
    approved(scene)
    scene.limit("daily", 500)
    assert make(scene)[0] == ("waiting", "limit_passed_daily")
    scene.limit("daily", 5_000)
    assert make(scene)[0] == ("made", "")


def test_a_payment_by_hand_of_the_same_days_is_not_paid_again(scene):
    approved(scene)
    scene.paid(duplicate_reason="급해서")
    assert make(scene)[0] == ("waiting", "payment_perhaps_twice")


def test_its_own_days_are_no_duplicates(scene):
    approved(scene)
    make(scene)
    assert make(scene, TODAY + timedelta(days=7))[1] == ("made", "")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"times": ""}, "until", "series_end_missing"),
        ({"times": "200"}, "times", "series_too_long"),
        ({"times": "", "until": "2026-11-19"}, "until", "series_without_days"),
        ({"on_day": "8"}, "on_day", "series_day_invalid"),
        ({"every": "daily"}, "every", "interval_unknown"),
        ({"first": "2026-11-01"}, "first", "pay_day_over"),
        ({"times": "0"}, "times", "series_times_invalid"),
        ({"first": "tomorrow"}, "first", "date_invalid"),
    ],
)
def test_a_series_that_is_no_series_is_named_by_its_field(scene, change, field, code):
    with pytest.raises(OrderFlawed) as refusal:
        submit(scene, WEEKS._replace(**change))
    assert (field, code) in [(one.field, one.code) for one in refusal.value.flaws]
    with scene.maker.open():
        assert not PaymentSeries.objects.exists()


def test_a_single_limit_refuses_the_series_at_once(scene):
    scene.limit("single", 500)
    with pytest.raises(OrderFlawed) as refusal:
        submit(scene)
    assert refusal.value.facts["problem"] == "limit_passed_single"


def test_the_same_series_twice_asks_for_a_reason(scene):
    submit(scene)
    with pytest.raises(OrderFlawed) as refusal:
        submit(scene)
    assert refusal.value.facts["problem"] == "payment_perhaps_twice"


def test_cancelled_it_makes_no_more_and_what_was_paid_stays(scene):
    series = approved(scene)
    make(scene)
    with scene.maker.open():
        cancel_series(scene.maker, series.id, reason="계약 종료")
    assert [state for state, _ in make(scene, TODAY + timedelta(days=30))] == [
        "made",
        "cancelled",
        "cancelled",
    ]
    assert [one.state for one in orders(scene)] == ["paid"]
    assert now(scene, series).state == "cancelled"
    with scene.maker.open(), pytest.raises(MoveNotAllowed):
        cancel_series(scene.maker, series.id)


def test_cancelling_takes_back_what_has_not_left(scene):
    series = approved(scene, WEEKS._replace(order=WEEKS.order._replace(holiday_rule=""), on_day="6"))
    # Saturday: the order is made and waits for the books' Monday.
    make(scene, TODAY + timedelta(days=1))
    assert scene.held() == 1_000
    with scene.maker.open():
        cancel_series(scene.maker, series.id)
    assert scene.held() == 0
    assert [one.state for one in orders(scene)] == ["withdrawn"]


def test_before_the_decision_it_is_withdrawn_and_nobody_decides_any_more(scene):
    series = submit(scene)
    with scene.maker.open():
        cancel_series(scene.maker, series.id)
    assert now(scene, series).state == "withdrawn"
    with pytest.raises(MoveNotAllowed):
        scene.decide(series.request)


def test_another_person_needs_the_right_and_a_reason(scene):
    series = approved(scene)
    other, clerk = (
        make_person(scene.journal.machine, roles=["teller"]),
        make_person(scene.journal.machine, roles=["admin"]),
    )
    with other.open(), pytest.raises(WithdrawalUnfounded):
        cancel_series(other, series.id)
    with clerk.open(), pytest.raises(NotFound):
        cancel_series(clerk, series.id, reason="x")


def test_returned_it_is_over_for_its_approver(scene):
    series = submit(scene)
    scene.decide(series.request, approve=False, reason="금액 확인")
    assert (now(scene, series).state, now(scene, series).note) == ("returned", "금액 확인")


def test_a_program_enters_it_once_for_its_key(scene):
    facts = create_series(scene.maker, WEEKS, key="rent")
    assert create_series(scene.maker, WEEKS, key="rent") == facts
    assert (facts["count"], facts["total"], len(facts["occurrences"])) == (3, "3000", 3)
    with scene.maker.open():
        assert PaymentSeries.objects.count() == 1
        assert (
            series_facts(scene.maker, PaymentSeries.objects.select_related("payer", "request").get())["state"]
            == "pending"
        )


# --- what the database holds by itself


def test_no_order_of_a_series_is_approved_beyond_what_was_signed(scene):
    series = approved(scene)
    make(scene)
    (first,) = orders(scene)
    same = ("payer_id", "payee_id", "amount_minor", "currency", "pay_on", "request_id", "unit_id")
    with (
        scene.maker.open(), pytest.raises(DatabaseError, match="no two persons decided"), transaction.atomic(),
    ):  # fmt: skip
        again = PaymentOrder.objects.create(
            group_id=first.group_id, book_id=first.book_id, maker_id=first.maker_id, made_at=first.made_at,
            saved_at=first.saved_at, state_at=first.state_at, series_id=series.id, place=9,
        )  # fmt: skip
        for name in same:
            setattr(again, name, getattr(first, name))
        again.state = "pending"
        again.save(update_fields=[*same, "state"])
        again.state = "approved"
        again.save(update_fields=["state"])


def test_no_day_of_a_series_is_paid_twice(scene):
    series = approved(scene)
    make(scene)
    (first,) = orders(scene)
    with scene.maker.open(), pytest.raises(DatabaseError), transaction.atomic():
        PaymentOrder.objects.create(
            group_id=first.group_id, book_id=first.book_id, maker_id=first.maker_id, made_at=first.made_at,
            saved_at=first.saved_at, state_at=first.state_at, series_id=series.id, place=1,
        )  # fmt: skip


def test_a_series_is_not_in_force_without_a_decision(scene):
    series = submit(scene)
    with scene.maker.open(), pytest.raises(DatabaseError), transaction.atomic():
        PaymentSeries.objects.filter(id=series.id).update(state="active")

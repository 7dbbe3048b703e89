"""A transfer within the books: entered by one, decided by another, set aside, booked once, or taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from moa.control.approvals import SamePerson
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Assignment, AuditLine
from moa.control.operations.withdraw_role import withdraw_role
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.ledger.models import Voucher
from moa.ledger.operations.change_account import change_account
from moa.ledger.operations.give_account import give_account
from moa.ledger.verification import verify_books
from moa.payments.approving import PaymentRefused
from moa.payments.models import Evidence, OrderMove, PaymentOrder
from moa.payments.operations.carry_out_transfer import carry_out_transfer
from moa.payments.operations.save_order import OrderChanged, save_order
from moa.payments.operations.submit_order import OrderFlawed, submit_order
from moa.payments.operations.withdraw_order import withdraw_order
from moa.payments.queries import access_order
from tests.control.factories import make_person, make_two_groups, make_unit
from tests.payments.scene import LATER, TYPED, Scene, make_scene


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def withdraw(scene: Scene, order_id: int, *, by: Context | None = None, reason: str = "") -> None:
    ctx = by or scene.maker
    with ctx.open():
        withdraw_order(ctx, order_id, reason=reason)


def flaws(scene: Scene, **typed: str) -> list[tuple[str, str]]:
    with pytest.raises(OrderFlawed) as refused:
        scene.submit(**typed)
    return [(one.field, one.code) for one in refused.value.flaws]


def test_it_is_paid_on_the_decision_of_another_person(scene):
    order = scene.paid(amount="1,200")
    assert (order.state, scene.stands()) == ("paid", (3_800, 1_200, 0))
    with scene.maker.open():
        voucher = Voucher.objects.get(id=order.voucher_id, period=order.period)
        assert (voucher.maker_id, voucher.checker_id, voucher.request_id, voucher.origin) == (
            scene.maker.actor.person_id, scene.first.actor.person_id, order.request_id, "payment",
        )  # fmt: skip
        assert [one.kind for one in Evidence.objects.filter(order_id=order.id)] == ["voucher"]
        moves = OrderMove.objects.filter(order_id=order.id).order_by("id").values_list("move", flat=True)
        assert list(moves) == ["submit", "approve", "book"]
        codes = AuditLine.objects.filter(subject_type="payment", subject_id=str(order.id)).order_by("id")
        assert [one.code for one in codes] == [
            "payments.order.made", "payments.order.submit", "payments.order.approve", "payments.order.book",
        ]  # fmt: skip
    with scene.journal.ctx.open():
        assert [one.differences for one in verify_books(scene.journal.ctx)] == [[]]


def test_before_the_decision_nothing_is_set_aside_or_booked(scene):
    request = scene.submit()
    assert scene.stands() == (5_000, 0, 0)
    assert scene.now(int(request.content["order"])).state == "pending"


def test_the_maker_does_not_decide(scene):
    request = scene.submit()
    with pytest.raises((SamePerson, Forbidden)):
        scene.decide(request, by=scene.maker)
    assert scene.stands() == (5_000, 0, 0)


def test_a_returned_order_goes_back_to_its_maker_and_can_be_sent_again(scene):
    request = scene.submit()
    scene.decide(request, approve=False, reason="금액을 확인하세요")
    order = scene.now(int(request.content["order"]))
    assert order.state == "returned"
    with scene.maker.open():
        edited = save_order(
            scene.maker,
            scene.journal.book,
            TYPED._replace(amount="900"),
            order_id=order.id,
            seen_version=order.version,
        )
        assert (edited.state, edited.version) == ("draft", 2)
    scene.decide(scene.submit(edited))
    assert (scene.now(order.id).state, scene.stands()) == ("paid", (4_100, 900, 0))


def test_editing_takes_back_what_waits(scene):
    request = scene.submit()
    order = scene.now(int(request.content["order"]))
    with scene.maker.open():
        save_order(
            scene.maker,
            scene.journal.book,
            TYPED._replace(amount="9"),
            order_id=order.id,
            seen_version=order.version,
        )
        assert ApprovalRequest.objects.get(id=request.id).state == "cancelled"
    with pytest.raises(MoveNotAllowed):
        scene.decide(request)
    assert scene.stands() == (5_000, 0, 0)


def test_what_is_approved_is_edited_no_more(scene):
    request = scene.submit(pay_on=str(LATER))
    scene.decide(request)
    order = scene.now(int(request.content["order"]))
    with pytest.raises(MoveNotAllowed), scene.maker.open():
        save_order(
            scene.maker, scene.journal.book, TYPED._replace(amount="9"), order_id=order.id, seen_version=order.version
        )  # fmt: skip
    assert (scene.now(order.id).state, scene.now(order.id).amount_minor, scene.held()) == (
        "approved",
        1_000,
        1_000,
    )


def test_an_approver_whose_role_was_withdrawn_meanwhile_decides_nothing(scene):
    request = scene.submit()
    admin = make_person(scene.journal.machine, roles=["admin"])
    with admin.open():
        held = Assignment.objects.get(person_id=scene.first.actor.person_id)
        withdraw_role(admin, held.id, valid_until=admin.today)
    with pytest.raises(Forbidden):
        scene.decide(request, by=replace(scene.first, memo={}))
    assert (scene.now(int(request.content["order"])).state, scene.stands()) == ("pending", (5_000, 0, 0))
    scene.decide(request, by=scene.second)
    assert scene.stands() == (4_000, 1_000, 0)


def test_a_second_window_does_not_overwrite_what_it_has_not_seen(scene):
    order = scene.order()
    with scene.maker.open(), pytest.raises(OrderChanged):
        save_order(
            scene.maker, scene.journal.book, TYPED._replace(amount="9"), order_id=order.id, seen_version=0
        )
    with scene.maker.open(), pytest.raises(OrderChanged):
        submit_order(scene.maker, order.id, seen_version=7)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"payer": ""}, [("payer", "payment_field_missing")]),
        ({"payer": "nowhere"}, [("payer", "account_unknown")]),
        ({"payee": "a"}, [("payee", "payee_is_payer")]),
        ({"payee": "bank"}, [("payee", "accounts_of_two_sides")]),
        ({"payee": "cost"}, [("payee", "account_no_party")]),
        ({"amount": ""}, [("amount", "payment_field_missing")]),
        ({"amount": "12O"}, [("amount", "amount_unreadable")]),
        ({"amount": "0"}, [("amount", "amount_invalid")]),
        ({"amount": "-5"}, [("amount", "amount_invalid")]),
        ({"amount": "1.5"}, [("amount", "amount_too_fine")]),
        ({"pay_on": "2026-11-19"}, [("pay_on", "pay_day_over")]),
        ({"pay_on": "2026-13-01"}, [("pay_on", "date_invalid")]),
        ({"pay_on": "2029-01-01"}, [("pay_on", "pay_day_far")]),
        ({"purpose": ""}, [("purpose", "purpose_missing")]),
        ({"payee": "usd"}, [("payee", "wrong_currency")]),
        ({"payer": "", "amount": "x"}, [("payer", "payment_field_missing"), ("amount", "amount_unreadable")]),
    ],
)  # fmt: skip
def test_every_flaw_is_told_with_its_field(scene, typed, found):
    scene.journal.load(("cost", "6602", "KRW", None), ("usd", "201101", "USD", 0))
    assert flaws(scene, **typed) == found


def test_more_than_the_account_has_is_refused_when_it_is_approved_and_nothing_is_decided(scene):
    request = scene.submit(amount="5,001")
    with pytest.raises(PaymentRefused) as refused:
        scene.decide(request)
    assert refused.value.facts["problem"] == "below_floor"
    with scene.first.open():
        assert ApprovalRequest.objects.get(id=request.id).state == "open"
    assert scene.stands() == (5_000, 0, 0)


def test_a_frozen_account_pays_nothing_but_takes_in(scene):
    with scene.journal.ctx.open():
        change_account(scene.journal.ctx, scene.journal.book, "b", "freeze")
    scene.paid()
    with scene.journal.ctx.open():
        change_account(scene.journal.ctx, scene.journal.book, "a", "freeze")
    with pytest.raises(PaymentRefused, match="frozen"):
        scene.decide(scene.submit(amount="7"))


def test_a_later_payment_is_set_aside_until_its_day(scene):
    order = scene.paid(pay_on=str(LATER), amount="4,000")
    assert (order.state, scene.stands()) == ("approved", (5_000, 0, 4_000))
    with pytest.raises(PaymentRefused, match="below_floor"):
        scene.decide(scene.submit(amount="1,001"))
    machine = scene.journal.machine
    with machine.open():
        assert carry_out_transfer(machine, order.id) == "approved"
    assert scene.stands() == (5_000, 0, 4_000)


def test_it_is_carried_out_once_its_day_is_open(scene):
    order = scene.paid(pay_on=str(LATER), amount="4,000")
    scene.open_later()
    machine = scene.journal.machine
    with machine.open():
        assert carry_out_transfer(machine, order.id) == "paid"
        assert carry_out_transfer(machine, order.id) == "paid"
    assert scene.stands() == (1_000, 4_000, 0)


def test_what_the_books_refuse_on_the_day_fails_with_its_reason_and_frees_the_amount(scene):
    order = scene.paid(pay_on=str(LATER), amount="4,000")
    with scene.journal.ctx.open():
        change_account(scene.journal.ctx, scene.journal.book, "b", "close")
    scene.open_later()
    machine = scene.journal.machine
    with machine.open():
        assert carry_out_transfer(machine, order.id) == "failed"
        assert [one.facts for one in Evidence.objects.filter(order_id=order.id)] == [
            {"problem": "account_closed"}
        ]
    assert (scene.now(order.id).problem, scene.stands()[0], scene.held()) == ("account_closed", 5_000, 0)


def test_the_maker_takes_it_back_and_the_amount_is_free_again(scene):
    order = scene.paid(pay_on=str(LATER), amount="4,000")
    withdraw(scene, order.id)
    assert (scene.now(order.id).state, scene.stands()) == ("withdrawn", (5_000, 0, 0))
    pending = scene.submit()
    withdraw(scene, int(pending.content["order"]))
    with pytest.raises(MoveNotAllowed):
        scene.decide(pending)


def test_another_person_takes_it_back_with_a_right_and_a_reason(scene):
    order = scene.paid(pay_on=str(LATER))
    with pytest.raises(Forbidden):
        withdraw(scene, order.id, by=scene.first, reason="중복")
    treasurer = make_person(scene.journal.machine, roles=["treasurer"])
    with pytest.raises(DomainError, match="withdrawal_reason_missing"):
        withdraw(scene, order.id, by=treasurer)
    withdraw(scene, order.id, by=treasurer, reason="중복")
    assert scene.now(order.id).state == "withdrawn"


def test_what_is_paid_is_not_taken_back(scene):
    order = scene.paid()
    with pytest.raises(MoveNotAllowed):
        withdraw(scene, order.id)


def test_limits_are_held_at_submission_and_again_at_approval(scene):
    scene.limit("single", 2_000)
    assert flaws(scene, amount="2,001") == [("amount", "limit_passed_single")]
    scene.limit("daily", 3_000)
    one, two = scene.submit(amount="2,000"), scene.submit(amount="1,500")
    scene.decide(one)
    with pytest.raises(PaymentRefused, match="limit_passed_daily"):
        scene.decide(two)
    assert flaws(scene, amount="1,001") == [("amount", "limit_passed_daily")]
    scene.limit("daily", None)
    scene.decide(two)
    assert scene.stands() == (1_500, 3_500, 0)


def test_a_payees_and_a_units_limit_count_what_they_are_about(scene):
    scene.limit("payee", 1_000)
    unit = scene.journal.book.unit_id
    scene.limit("unit", 1_500, unit_id=unit)
    scene.paid(amount="900")
    assert flaws(scene, amount="101") == [("amount", "limit_passed_payee")]
    assert flaws(scene, amount="601", payee="free") == [("amount", "limit_passed_unit")]
    scene.paid(amount="600", payee="free")


def test_a_limit_of_tomorrow_does_not_count_today(scene):
    scene.limit("single", 1, day=LATER)
    assert scene.paid().state == "paid"


def test_what_may_be_entered_twice_needs_a_reason_that_the_approver_reads(scene):
    scene.paid()
    assert flaws(scene) == [("duplicate_reason", "payment_perhaps_twice")]
    request = scene.submit(duplicate_reason="두 번째 차수입니다")
    assert request.content["duplicate_reason"] == "두 번째 차수입니다"
    assert [one.split()[1] for one in request.content["duplicates"]] == ["same_payment"]


def test_a_unit_pays_from_its_own_accounts_only(scene):
    other = make_unit(scene.journal.machine)
    clerk = make_person(scene.journal.machine, roles=[("clerk", other.id)])
    stranger = Scene(scene.journal, clerk, scene.first, scene.second)
    assert flaws(stranger) == [("payer", "payer_of_others")]
    order = scene.paid()
    with clerk.open(), pytest.raises(NotFound):
        access_order(clerk, order.id)


def test_a_members_clerk_pays_from_the_members_account_by_the_members_approver(scene):
    member, machine = make_unit(scene.journal.machine), scene.journal.machine
    with scene.journal.ctx.open():
        give_account(scene.journal.ctx, scene.journal.book, "a", member.id)
    clerk = make_person(machine, roles=[("clerk", member.id)])
    approver = make_person(machine, roles=[("approver", member.id)])
    own = Scene(scene.journal, clerk, approver, approver)
    order = own.paid(amount="300")
    assert (order.state, order.unit_id, scene.stands()) == ("paid", member.id, (4_700, 300, 0))
    with clerk.open():
        assert access_order(clerk, order.id).id == order.id


def test_a_draft_is_its_makers_alone(scene):
    order = scene.order()
    with scene.first.open(), pytest.raises(NotFound):
        access_order(scene.first, order.id)


def test_another_group_sees_nothing_of_it(scene):
    order = scene.paid()
    stranger = make_two_groups().stranger
    with stranger.open():
        assert not PaymentOrder.objects.exists()
        with pytest.raises(NotFound):
            access_order(stranger, order.id)


@pytest.mark.parametrize(
    "statement",
    [
        "update payments_paymentorder set amount_minor = 1",
        "update payments_paymentorder set payee_id = payer_id",
        "update payments_paymentorder set state = 'sent'",
        "update payments_paymentorder set maker_id = maker_id + 1",
        "update payments_paymentorder set state = 'paid'",
        "delete from payments_paymentorder",
        "update payments_ordermove set note = ''",
        "delete from payments_evidence",
        "insert into payments_evidence (group_id, order_id, kind, facts) select group_id, id, 'guess', '{}' from payments_paymentorder",
        "insert into payments_paymentlimit (group_id, scope, currency, most_minor, valid_from, maker_id, checker_id, request_id)"
        " select group_id, 'single', 'KRW', 1, '2026-11-20', maker_id, maker_id + 1, request_id from payments_paymentorder",
    ],
)  # fmt: skip
def test_the_database_refuses_what_nobody_decided(scene, statement):
    scene.paid(pay_on=str(LATER))
    refused = pytest.raises((DatabaseError, IntegrityError))
    with scene.maker.open(), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(statement)

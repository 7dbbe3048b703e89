"""Several payments as one request (다계좌), and one amount in several transfers: decided on once, each with its own outcome."""

from __future__ import annotations

import io

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from moa.formats.named_columns import FileUnreadable
from moa.kernel.errors import NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.ledger.verification import verify_books
from moa.payments.approving import PaymentRefused
from moa.payments.bundle_files import read_pasted, read_rows_file
from moa.payments.bundles import access_bundle, bundle_facts
from moa.payments.models import PaymentBundle, PaymentOrder
from moa.payments.operations.save_order import PartOfMore, save_order
from moa.payments.operations.submit_bundle import create_bundle, submit_bundle
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.operations.withdraw_bundle import withdraw_bundle
from moa.payments.operations.withdraw_order import WithdrawalUnfounded, withdraw_order
from moa.payments.rules.several import split, stand
from moa.payments.rules.typed_orders import TypedOrder
from tests.control.factories import make_person
from tests.payments.scene import LATER, TYPED, Scene, make_scene

TWO = (TYPED, TYPED._replace(amount="2,000", memo="두 번째"))


# --- the rules


def test_an_amount_over_the_limit_leaves_in_the_fewest_transfers():
    assert split(1_200_000_000, 500_000_000) == (500_000_000, 500_000_000, 200_000_000)
    assert split(1_000, 500) == (500, 500)
    assert split(499, 500) == (499,)


@given(amount=st.integers(1, 10**12), most=st.integers(10**7, 10**12))
def test_nothing_is_lost_or_added_by_dividing(amount, most):
    parts = split(amount, most)
    assert sum(parts) == amount and all(0 < one <= most for one in parts)
    assert len(parts) == -(-amount // most)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("paid paid", "paid"), ("paid reconciled", "paid"), ("paid failed", "partly_paid"), ("paid sent", "partly_paid"),
        ("paid unknown", "unknown"), ("paid returned_by_bank", "partly_paid"), ("failed failed", "failed"),
        ("failed withdrawn", "failed"), ("approved sent", "sent"), ("approved failed", "approved"), ("pending pending", "pending"),
        ("returned returned", "returned"), ("withdrawn cancelled", "withdrawn"), ("draft draft", "draft"),
    ],
)  # fmt: skip
def test_a_whole_stands_where_its_parts_prove_it(states, expected):
    assert stand(states.split()) == expected


# --- rows of a spreadsheet


def test_pasted_rows_are_read_by_their_order_or_by_their_names():
    assert read_pasted("088\t110-222\t1,000\t한빛정밀")[0] == {
        "to_bank": "088", "payee": "110-222", "amount": "1,000", "to_name": "한빛정밀",
    }  # fmt: skip
    named = read_pasted("금액,계좌번호,은행\n\n5000,110222,004\n")
    assert named == [{"amount": "5000", "payee": "110222", "to_bank": "004"}]


@pytest.mark.parametrize("text", ["금액,은행\n1,004", "금액,금액,계좌\n1,2,3", '"열린 따옴표', "x,y"])
def test_rows_without_their_columns_are_refused_whole(text):
    with pytest.raises(FileUnreadable):
        read_pasted(text)


def test_a_file_is_read_like_pasted_rows():
    source = io.BytesIO("은행,계좌,금액,예금주\n004,123456,1000,해온\n".encode())
    assert read_rows_file(source) == [
        {"to_bank": "004", "payee": "123456", "amount": "1000", "to_name": "해온"}
    ]
    with pytest.raises(FileUnreadable):
        read_rows_file(io.BytesIO(b"\x00\x01\x02"))


# --- in the books. Account a has 5,000.


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def submit(scene: Scene, *rows: TypedOrder) -> PaymentBundle:
    with scene.maker.open():
        return submit_bundle(scene.maker, scene.journal.book, rows or TWO)


def orders(scene: Scene) -> list[PaymentOrder]:
    with scene.maker.open():
        return list(PaymentOrder.objects.exclude(bundle=None).order_by("place", "part"))


def states(scene: Scene) -> list[str]:
    return [one.state for one in orders(scene)]


def facts(scene: Scene, bundle: PaymentBundle) -> dict:
    with scene.maker.open():
        return bundle_facts(scene.maker, access_bundle(scene.maker, bundle.id))


def test_number_and_sum_are_signed_and_one_decision_pays_all(scene):
    bundle = submit(scene)
    content = bundle.request.content
    assert (content["count"], content["total_minor"], len(content["items"])) == ("2", "3000", 2)
    assert bundle.request.amount_minor == 3_000
    assert scene.stands() == (5_000, 0, 0) and states(scene) == ["pending", "pending"]
    scene.decide(bundle.request)
    assert states(scene) == ["paid", "paid"] and scene.stands() == (2_000, 3_000, 0)
    assert (facts(scene, bundle)["state"], facts(scene, bundle)["paid"]) == ("paid", "3000")
    with scene.journal.ctx.open():
        assert [one.differences for one in verify_books(scene.journal.ctx)] == [[]]


def test_of_what_waits_for_its_day_all_is_set_aside(scene):
    bundle = submit(scene, *[one._replace(pay_on=str(LATER)) for one in TWO])
    scene.decide(bundle.request)
    assert states(scene) == ["approved", "approved"] and scene.held() == 3_000


def test_all_or_none_is_approved(scene):
    bundle = submit(scene, TYPED, TYPED._replace(amount="4,500"))
    with pytest.raises(PaymentRefused):
        scene.decide(bundle.request)
    assert states(scene) == ["pending", "pending"] and scene.stands() == (5_000, 0, 0)


def test_limits_count_the_rows_one_after_the_other(scene):
    scene.limit("daily", 2_500)
    with pytest.raises(OrderFlawed) as refusal:
        submit(scene)
    assert [(one.field, one.code) for one in refusal.value.flaws] == [("amount.2", "limit_passed_daily")]
    with scene.maker.open():
        assert not PaymentOrder.objects.exists() and not PaymentBundle.objects.exists()


def test_a_limit_that_came_since_refuses_the_decision(scene):
    bundle = submit(scene)
    scene.limit("payee", 2_500)
    with pytest.raises(PaymentRefused) as refusal:
        scene.decide(bundle.request)
    assert refusal.value.facts["problem"] == "limit_passed_payee"


def test_bad_rows_are_named_and_nothing_is_stored(scene):
    with pytest.raises(OrderFlawed) as refusal:
        submit(scene, TYPED, TYPED._replace(amount="12O"), TYPED._replace(payee="nobody", amount="7"))
    assert [one.field for one in refusal.value.flaws] == ["amount.2", "payee.3"]
    with scene.maker.open():
        assert not PaymentOrder.objects.exists() and not PaymentBundle.objects.exists()


def test_the_same_row_twice_asks_for_a_reason(scene):
    with pytest.raises(OrderFlawed) as refusal:
        submit(scene, TYPED, TYPED)
    assert [(one.field, one.value) for one in refusal.value.flaws] == [("duplicate_reason.2", "#1")]
    submit(scene, TYPED, TYPED._replace(duplicate_reason="두 현장"))


def test_returned_all_of_them_are(scene):
    bundle = submit(scene)
    scene.decide(bundle.request, approve=False, reason="금액 확인")
    assert states(scene) == ["returned", "returned"]
    with scene.maker.open():
        withdraw_bundle(scene.maker, bundle.id)
    assert states(scene) == ["withdrawn", "withdrawn"]
    with scene.maker.open(), pytest.raises(MoveNotAllowed):
        withdraw_bundle(scene.maker, bundle.id)


def test_before_the_decision_none_goes_or_changes_alone(scene):
    submit(scene)
    first = orders(scene)[0]
    with scene.maker.open(), pytest.raises(PartOfMore):
        withdraw_order(scene.maker, first.id)
    with scene.maker.open(), pytest.raises(PartOfMore):
        save_order(
            scene.maker, scene.journal.book, TYPED._replace(amount="9"), order_id=first.id, seen_version=1
        )


def test_after_it_each_has_an_outcome_of_its_own(scene):
    bundle = submit(scene, TYPED, TWO[1]._replace(pay_on=str(LATER)))
    scene.decide(bundle.request)
    assert states(scene) == ["paid", "approved"] and facts(scene, bundle)["state"] == "partly_paid"
    with scene.maker.open():
        withdraw_order(scene.maker, orders(scene)[1].id)
    assert states(scene) == ["paid", "withdrawn"] and scene.held() == 0
    assert (facts(scene, bundle)["state"], facts(scene, bundle)["paid"]) == ("partly_paid", "1000")


def test_another_person_takes_them_back_with_a_reason(scene):
    bundle = submit(scene)
    other, admin = (make_person(scene.journal.machine, roles=[role]) for role in ("teller", "admin"))
    with other.open(), pytest.raises(WithdrawalUnfounded):
        withdraw_bundle(other, bundle.id)
    with admin.open(), pytest.raises(NotFound):
        withdraw_bundle(admin, bundle.id, reason="x")
    with other.open():
        withdraw_bundle(other, bundle.id, reason="중복")
    assert states(scene) == ["withdrawn", "withdrawn"]
    with pytest.raises(MoveNotAllowed):
        scene.decide(bundle.request)


def test_a_program_enters_them_once_for_its_key(scene):
    made = create_bundle(scene.maker, TWO, key="k")
    assert create_bundle(scene.maker, TWO, key="k") == made
    assert (made["count"], made["total"], [row["state"] for row in made["rows"]]) == (
        2,
        "3000",
        ["pending", "pending"],
    )
    with scene.maker.open():
        assert PaymentBundle.objects.count() == 1


def test_no_order_of_a_bundle_is_approved_that_was_not_signed(scene):
    bundle = submit(scene)
    scene.decide(bundle.request)
    first = orders(scene)[0]
    with scene.maker.open(), pytest.raises(DatabaseError), transaction.atomic():
        more = PaymentOrder.objects.create(
            group_id=first.group_id, book_id=first.book_id, maker_id=first.maker_id, made_at=first.made_at,
            saved_at=first.saved_at, state_at=first.state_at, bundle_id=bundle.id, place=3, part=1,
        )  # fmt: skip
        for name in ("payer_id", "payee_id", "amount_minor", "currency", "pay_on", "request_id", "unit_id"):
            setattr(more, name, getattr(first, name))
        more.state = "pending"
        more.save()
        more.state = "approved"
        more.save()

"""Several payments that are not finished yet: kept for their maker alone, found again, gone on with, sent once or put away."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from moa.control.context import Context
from moa.kernel.errors import NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.payments.models import BundleDraft, PaymentBundle, PaymentOrder
from moa.payments.operations.discard_bundle_draft import discard_bundle_draft
from moa.payments.operations.save_bundle_draft import save_bundle_draft
from moa.payments.operations.save_order import OrderChanged, OrderTooLong
from moa.payments.operations.submit_bundle import submit_bundle
from moa.payments.operations.submit_bundle_draft import submit_bundle_draft
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.rules.typed_bundles import COLUMNS, COMMON, TypedBundle, bundle_from_json
from tests.control.factories import TODAY, make_person, signed_in
from tests.payments.scene import Scene, make_scene
from tests.payments.test_open_bundle_pages import COMMON as FORM
from tests.payments.test_open_bundle_pages import ROWS
from tests.payments.test_open_payment_pages import text_of
from tests.payments.test_pay_at_once import at_once


def row(**texts: str) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | texts


TYPED = TypedBundle(
    dict.fromkeys(COMMON, "") | {"payer": "a", "pay_on": str(TODAY), "purpose": "goods"},
    (
        row(payee="b", amount="1,000", memo="첫째"),
        row(payee="free", amount="2,000"),
        row(payee="b", amount="12O"),
    ),
)
GOOD = TYPED._replace(rows=TYPED.rows[:2])


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def kept(scene: Scene, typed: TypedBundle = TYPED, **more: Any) -> BundleDraft:
    with scene.maker.open():
        return save_bundle_draft(scene.maker, scene.journal.book, typed, **more)


def sent(scene: Scene, draft: BundleDraft, typed: TypedBundle = GOOD) -> PaymentBundle:
    with scene.maker.open():
        return submit_bundle_draft(
            scene.maker, scene.journal.book, typed, draft_id=draft.id, seen_version=draft.version
        )


def test_what_is_not_finished_is_kept_as_it_was_typed_and_asks_nobody(scene):
    draft = kept(scene)
    assert bundle_from_json(draft.form) == TYPED
    # What can be read of it so far: the third amount cannot.
    assert (draft.count, draft.total_minor, draft.currency, draft.version) == (3, 3_000, "KRW", 1)
    with scene.maker.open():
        assert not PaymentOrder.objects.exists() and not PaymentBundle.objects.exists()
    assert scene.held() == 0


def test_the_same_again_is_no_new_version_and_another_window_is_not_overwritten(scene):
    draft = kept(scene)
    assert kept(scene, draft_id=draft.id).version == 1
    assert kept(scene, GOOD, draft_id=draft.id, seen_version=1).version == 2
    with pytest.raises(OrderChanged):
        kept(scene, TYPED, draft_id=draft.id, seen_version=1)
    with pytest.raises(OrderChanged):
        sent(scene, draft, TYPED)


def test_it_is_sent_once_and_over_then(scene):
    draft = kept(scene)
    with pytest.raises(OrderFlawed) as refusal:
        sent(scene, draft, TYPED)
    assert refusal.value.facts["field"] == "amount.3"
    made = sent(scene, draft)
    assert (made.count, made.total_minor) == (2, 3_000)
    with scene.maker.open():
        over = BundleDraft.objects.get(id=draft.id)
    # What was sent is what stands in the draft, for whoever reads it later.
    assert (over.bundle_id, bundle_from_json(over.form)) == (made.id, GOOD)
    for again in (
        lambda: sent(scene, over),
        lambda: kept(scene, TYPED, draft_id=draft.id, seen_version=over.version),
    ):
        with pytest.raises(MoveNotAllowed):
            again()
    with scene.maker.open():
        assert PaymentBundle.objects.count() == 1


def test_its_rows_are_read_once_when_it_is_sent(scene):
    """Sending a draft asks as much more than sending the same rows without one, however many rows there are."""

    def more_than_without_a_draft(typed: TypedBundle) -> int:
        orders = [one._replace(duplicate_reason="다른 건") for one in typed.orders()]
        typed = typed._replace(common={**typed.common, "duplicate_reason": "다른 건"})
        with scene.maker.open():
            submit_bundle(scene.maker, scene.journal.book, orders)
        with scene.maker.open(), CaptureQueriesContext(connection) as without:
            submit_bundle(scene.maker, scene.journal.book, orders)
        draft = kept(scene, typed._replace(rows=typed.rows[:1] + ({**typed.rows[-1], "memo": "수정"},)))
        with CaptureQueriesContext(connection) as with_draft:
            sent(scene, draft, typed)
        return len(with_draft) - len(without)

    assert more_than_without_a_draft(GOOD) == more_than_without_a_draft(GOOD._replace(rows=GOOD.rows * 4))


def test_it_is_put_away_by_its_maker_alone(scene):
    draft = kept(scene)
    other = make_person(scene.journal.machine, roles=["teller"])
    for act in (
        lambda: discard_bundle_draft(other, draft.id),
        lambda: save_bundle_draft(other, scene.journal.book, GOOD, draft_id=draft.id, seen_version=1),
        lambda: submit_bundle_draft(other, scene.journal.book, GOOD, draft_id=draft.id, seen_version=1),
    ):
        with other.open(), pytest.raises(NotFound):
            act()
    with scene.maker.open():
        discard_bundle_draft(scene.maker, draft.id)
    with pytest.raises(MoveNotAllowed):
        sent(scene, draft)


def test_what_cannot_be_kept_is_named_by_its_row(scene):
    with pytest.raises(OrderTooLong) as refusal:
        kept(scene, GOOD._replace(rows=(*GOOD.rows, row(memo="가" * 201))))
    assert refusal.value.facts["fields"] == ["memo.3"]
    with pytest.raises(OrderTooLong):
        kept(scene, GOOD._replace(rows=(row(payee="b", amount="1"),) * 101))


def test_numbers_of_persons_are_not_kept(scene):
    draft = kept(scene, GOOD._replace(rows=(row(payee="b", amount="1", memo="900101-1234567 급여"),)))
    assert "1234567" not in str(draft.form)


def test_the_database_keeps_it_over_and_by_versions(scene):
    draft = kept(scene)
    made = sent(scene, draft)
    fresh = kept(scene, GOOD)
    stranger = make_person(scene.journal.machine, roles=["teller"])
    with stranger.open():
        theirs = save_bundle_draft(stranger, scene.journal.book, GOOD)
    for number, changes, wrong in (
        (draft.id, {"bundle_id": None}, "it is over"), (draft.id, {"version": 9}, "it is over"),
        (fresh.id, {"form": TYPED.as_json()}, "each saving is a version"),
        (theirs.id, {"bundle_id": made.id}, "of another"), (fresh.id, {"maker_id": 1}, "permission denied"),
    ):  # fmt: skip
        with scene.maker.open(), pytest.raises(DatabaseError, match=wrong), transaction.atomic():
            BundleDraft.objects.filter(id=number).update(**changes)


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_send_it_at_once_make_one_bundle():
    scene = make_scene()
    draft = kept(scene, GOOD)

    def send() -> None:
        ctx = Context(scene.maker.actor, scene.maker.group_id, scene.maker.at, scene.maker.today, "r", "test")
        with ctx.open():
            submit_bundle_draft(ctx, scene.journal.book, GOOD, draft_id=draft.id, seen_version=1)

    assert at_once([send, send]) == ["done", "move_not_allowed"]
    with scene.maker.open():
        assert PaymentBundle.objects.count() == 1 and PaymentOrder.objects.count() == 2


# --- its pages


def test_its_page_keeps_it_shows_it_in_the_list_goes_on_and_sends_it(scene):
    maker = signed_in(scene.maker)
    saved = maker.post("/payments/bundles/new", FORM | ROWS | {"amount.3": "12O", "step": "save"})
    address = saved["Location"].split("?")[0]
    assert re.fullmatch(r"/payments/bundles/drafts/\d+", address)
    page = maker.get(saved["Location"]).content.decode()
    assert 'value="12O"' in page and 'name="version" value="1"' in page
    listed = maker.get("/payments/bundles").content.decode()
    (row_address,) = re.findall(r"/payments/bundles/rows/\d+", listed)[:1]
    assert maker.get(row_address)["Location"] == address and "작성 중" in listed
    other = signed_in(make_person(scene.journal.machine, roles=["teller"]))
    number = address.rpartition("/")[2]
    assert f"BD{number}" in listed and f"BD{number}" not in text_of(other.get("/payments/bundles"))
    assert other.get(address).status_code == 404
    refused = maker.post(address, FORM | ROWS | {"amount.3": "12O", "version": "1", "step": "submit"})
    assert refused.status_code == 422 and 'id="e-amount.2"' in refused.content.decode()
    done = maker.post(address, FORM | ROWS | {"version": "1", "step": "submit"})
    assert re.match(r"/payments/bundles/\d+\?sent=1", done["Location"])
    # The other window is led to what became of it.
    assert maker.get(address)["Location"] == done["Location"].split("?")[0]
    assert f"BD{number}" not in text_of(maker.get("/payments/bundles"))


def test_its_page_puts_it_away_and_says_when_it_was_saved_elsewhere(scene):
    maker = signed_in(scene.maker)
    address = maker.post("/payments/bundles/new", FORM | ROWS | {"step": "save"})["Location"].split("?")[0]
    maker.post(address, FORM | ROWS | {"memo.1": "고침", "version": "1", "step": "save"})
    late = maker.post(address, FORM | ROWS | {"memo.1": "늦음", "version": "1", "step": "save"})
    assert late.status_code == 409 and 'value="늦음"' in late.content.decode()
    assert maker.post(f"{address}/discard").status_code == 302
    assert maker.get(address).status_code == 404


def test_whom_one_paid_before_becomes_a_row(scene):
    scene.paid()
    answer = signed_in(scene.maker).post("/payments/bundles/new", FORM | ROWS | {"take": "b", "step": "look"})
    page = answer.content.decode()
    assert re.search(r'name="payee.3" value="b"', page) and re.search(r'name="amount.2" value="2,000"', page)
    assert 'name="take"' in page

"""The pages of series, asked as a browser asks: what follows is said first, the whole is decided once, what is left is cancelled."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from moa.payments.models import PaymentSeries
from tests.control.factories import make_person, signed_in
from tests.payments.scene import Scene, make_scene
from tests.payments.test_open_payment_pages import text_of

# Requests run at the real moment, so days are counted from it.
FIRST = str((timezone.now() + timedelta(days=20)).date())
FORM = {
    "payer": "a", "payee": "b", "amount": "1,000", "purpose": "goods", "memo": "임차료", "every": "monthly", "on_day": "31",
    "first": FIRST, "times": "3", "holiday_rule": "previous",
}  # fmt: skip


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def submitted(scene: Scene) -> PaymentSeries:
    answer = signed_in(scene.maker).post("/payments/series/new", FORM | {"step": "submit"})
    assert answer.status_code == 302, text_of(answer)[:2000]
    with scene.maker.open():
        return PaymentSeries.objects.select_related("request").get()


def test_its_days_and_total_are_shown_while_it_is_typed(scene):
    said = text_of(signed_in(scene.maker).post("/payments/series/reckon", FORM))
    assert "3,000" in said and "이체되는 날" in said
    with scene.maker.open():
        assert not PaymentSeries.objects.exists()


def test_without_an_end_nothing_is_sent_and_nothing_typed_is_lost(scene):
    answer = signed_in(scene.maker).post("/payments/series/new", FORM | {"times": "", "step": "submit"})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'aria-describedby="e-until"' in page and 'value="임차료"' in page


def test_it_is_decided_once_with_all_its_days(scene):
    series = submitted(scene)
    inbox = text_of(signed_in(scene.first).get(f"/approvals/{series.request_id}"))
    assert "정기 이체" in inbox and "3,000" in inbox and inbox.count("1,000") >= 3
    scene.decide(series.request)
    page = text_of(signed_in(scene.maker).get(f"/payments/series/{series.id}"))
    assert page.count("예정") >= 3
    listed = text_of(signed_in(scene.maker).get("/payments/series"))
    assert f"S{series.id}" in listed


def test_its_maker_ends_it_and_another_says_why(scene):
    series = submitted(scene)
    scene.decide(series.request)
    other = signed_in(make_person(scene.journal.machine, roles=["teller"]))
    assert other.post(f"/payments/series/{series.id}/cancel").status_code == 409
    assert signed_in(scene.maker).post(f"/payments/series/{series.id}/cancel").status_code == 302
    assert text_of(signed_in(scene.maker).get(f"/payments/series/{series.id}")).count("취소") >= 3


def test_a_series_begins_like_a_payment_or_like_a_former_one(scene):
    order = scene.paid()
    again = signed_in(scene.maker).get(f"/payments/series/new?like={order.id}").content.decode()
    assert re.search(r'name="amount" value="1,000"', again)
    series = submitted(scene)
    former = signed_in(scene.maker).get(f"/payments/series/new?series={series.id}").content.decode()
    assert re.search(r'name="times" value="3"', former)


def test_nobody_else_sees_it(scene):
    series = submitted(scene)
    stranger = signed_in(make_person(scene.journal.machine, roles=["admin"]))
    assert stranger.get(f"/payments/series/{series.id}").status_code in (403, 404)

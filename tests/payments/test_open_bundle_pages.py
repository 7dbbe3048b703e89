"""The pages of several payments, asked as a browser asks: rows typed, pasted or out of a file, one decision, each its outcome."""

from __future__ import annotations

import io
import itertools
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from openpyxl import Workbook

from moa.payments.lifecycle import OrderState
from moa.payments.models import PaymentBundle, PaymentOrder
from moa.payments.rules.several import stand
from moa.payments.web.bundles_table import STANDING
from tests.control.factories import make_person, signed_in
from tests.payments.scene import Scene, make_scene
from tests.payments.test_open_payment_pages import text_of

# Requests run at the real moment, so the day of payment is counted from it.
DAY = str((timezone.now() + timedelta(days=20)).date())
COMMON = {
    "all_payer": "a",
    "all_pay_on": DAY,
    "all_purpose": "goods",
    "all_holiday_rule": "following",
    "rows": "5",
}
ROWS = {
    "payee.1": "b",
    "amount.1": "1,000",
    "memo.1": "첫째",
    "payee.3": "b",
    "amount.3": "2,000",
    "memo.3": "셋째",
}


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def post(scene: Scene, step: str, **more: object):
    return signed_in(scene.maker).post("/payments/bundles/new", COMMON | ROWS | {"step": step} | more)


def submitted(scene: Scene) -> PaymentBundle:
    answer = post(scene, "submit")
    assert answer.status_code == 302, text_of(answer)[:2000]
    with scene.maker.open():
        return PaymentBundle.objects.select_related("request").get()


def test_rows_with_gaps_are_one_request_for_one_decision(scene):
    bundle = submitted(scene)
    inbox = text_of(signed_in(scene.first).get(f"/approvals/{bundle.request_id}"))
    assert "다계좌 이체" in inbox and "3,000" in inbox and "첫째" in inbox and "셋째" in inbox
    scene.decide(bundle.request)
    page = text_of(signed_in(scene.maker).get(f"/payments/bundles/{bundle.id}"))
    assert "3,000" in page and page.count("승인") >= 2
    listed = text_of(signed_in(scene.maker).get("/payments/bundles"))
    assert f"B{bundle.id}" in listed and "3,000" in listed and "승인" in listed
    with scene.maker.open():
        number = PaymentOrder.objects.filter(bundle=bundle).order_by("id")[0].id
    assert f"B{bundle.id}" in text_of(signed_in(scene.maker).get(f"/payments/{number}"))


def test_number_total_and_who_decides_stand_there_while_it_is_typed(scene):
    said = text_of(signed_in(scene.maker).post("/payments/bundles/reckon", COMMON | ROWS))
    assert "3,000" in said and "결재" in said
    with scene.maker.open():
        assert not PaymentOrder.objects.exists()


def test_a_bad_row_is_named_and_nothing_typed_is_lost(scene):
    answer = post(scene, "submit", **{"amount.3": "12O"})
    page = answer.content.decode()
    # The empty row between them is closed up.
    assert (
        answer.status_code == 422
        and 'id="e-amount.2"' in page
        and 'value="12O"' in page
        and "2행" in text_of(answer)
    )
    with scene.maker.open():
        assert not PaymentOrder.objects.exists()


def test_pasted_rows_come_behind_those_that_stand_there(scene):
    answer = post(scene, "paste", pasted="\tb\t700\t\t넷째\n\tb\tx\t\t")
    page = answer.content.decode()
    assert re.search(r'name="amount.3" value="700"', page) and 'id="e-amount.4"' in page
    with scene.maker.open():
        assert not PaymentOrder.objects.exists()


def test_an_excel_file_fills_the_rows(scene):
    book, kept = Workbook(), io.BytesIO()
    book.active.append(["계좌번호", "금액", "적요"])
    book.active.append(["b", 1500, "엑셀"])
    book.save(kept)
    kept.seek(0)
    kept.name = "payments.xlsx"
    page = post(scene, "file", file=kept).content.decode()
    assert re.search(r'name="amount.3" value="1500"', page) and re.search(r'name="memo.3" value="엑셀"', page)


def test_a_file_that_is_none_says_so(scene):
    kept = io.BytesIO(b"\x00\x01")
    kept.name = "x.xlsx"
    answer = post(scene, "file", file=kept)
    assert answer.status_code == 422 and "읽을 수 없는 행" in text_of(answer)


def test_more_rows_can_be_asked_for(scene):
    assert 'name="payee.7"' in post(scene, "rows").content.decode()


def test_it_is_taken_back_by_its_page_and_entered_again(scene):
    bundle = submitted(scene)
    other = signed_in(make_person(scene.journal.machine, roles=["teller"]))
    assert other.post(f"/payments/bundles/{bundle.id}/withdraw").status_code == 409
    assert signed_in(scene.maker).post(f"/payments/bundles/{bundle.id}/withdraw").status_code == 302
    assert text_of(signed_in(scene.maker).get(f"/payments/bundles/{bundle.id}")).count("취소") >= 3
    again = signed_in(scene.maker).get(f"/payments/bundles/new?like={bundle.id}").content.decode()
    assert re.search(r'name="amount.2" value="2,000"', again)


def test_a_whole_stands_in_the_list_where_its_parts_prove_it(db):
    states = [one.value for one in OrderState]
    with connection.cursor() as cursor:
        for some in [*itertools.combinations(states, 1), *itertools.combinations(states, 2)]:
            cursor.execute(f"select {STANDING} from (select %s::text[] as states) n", [list(some)])
            assert cursor.fetchone()[0] == stand(some).value, some

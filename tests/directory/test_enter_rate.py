"""Entering a rate by hand: who may, what is refused, and that a correction is a new row."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction

from moa.control.models import AuditLine
from moa.directory.models import ExchangeRate
from moa.directory.operations.enter_rate import enter_rate
from moa.directory.queries import rate_on_or_before
from moa.directory.rules.rates import NewRate, RateRefused
from moa.kernel.errors import Forbidden
from moa.kernel.money import Money
from moa.kernel.rounding import Rounding
from tests.control.factories import TODAY, make_group, make_person, make_two_groups

pytestmark = pytest.mark.django_db

USD = NewRate(TODAY, "USD", "KRW", Decimal("1382.50"), "서울외국환중개")


def test_it_records_the_rate_with_who_and_when():
    group = make_group()
    teller = make_person(group, roles=["teller"])
    with teller.open():
        entered = enter_rate(teller, new=USD)
        row = ExchangeRate.objects.get()
        line = AuditLine.objects.get(code="directory.rate.entered")
    assert (row.id, row.rate, row.source, row.source_name) == (
        entered.id,
        Decimal("1382.50"),
        "hand",
        "서울외국환중개",
    )
    assert row.entered_by_id == teller.actor.person_id
    assert row.recorded_at is not None
    assert line.after == {"date": "2026-11-20", "base": "USD", "quote": "KRW", "rate": "1382.50"}


def test_the_worked_example_of_the_dashboard_comes_out():
    group = make_group()
    teller = make_person(group, roles=["teller"])
    with teller.open():
        enter_rate(teller, new=USD)
        enter_rate(teller, new=NewRate(TODAY, "CNY", "KRW", Decimal("192.60")))
        dollars = rate_on_or_before(teller, "USD", "KRW", TODAY)
        yuan = rate_on_or_before(teller, "CNY", "KRW", TODAY)
    assert dollars.rate.convert(Money(621_488_012, "USD"), Rounding.HALF_UP).minor == 8_592_071_766
    assert yuan.rate.convert(Money(5_042_134_665, "CNY"), Rounding.HALF_UP).minor == 9_711_151_365


def test_a_person_without_the_right_is_refused_and_nothing_is_stored():
    group = make_group()
    auditor = make_person(group, roles=["auditor"])
    with auditor.open():
        with pytest.raises(Forbidden):
            enter_rate(auditor, new=USD)
        assert not ExchangeRate.objects.exists()


def test_a_second_persons_correction_is_a_new_row_that_holds():
    group = make_group()
    teller, treasurer = make_person(group, roles=["teller"]), make_person(group, roles=["treasurer"])
    with teller.open():
        first = enter_rate(teller, new=USD)
    with treasurer.open():
        second = enter_rate(treasurer, new=USD._replace(rate=Decimal("1383.10")))
        assert second.recorded_at > first.recorded_at
        assert ExchangeRate.objects.count() == 2
        assert rate_on_or_before(treasurer, "USD", "KRW", TODAY).rate.value == Decimal("1383.10")
        as_known_before = rate_on_or_before(treasurer, "USD", "KRW", TODAY, known_at=first.recorded_at)
        assert as_known_before.rate.value == Decimal("1382.50")
        line = AuditLine.objects.filter(code="directory.rate.entered").order_by("-id").first()
    assert line.before == {"rate": "1382.50"}


def test_the_same_rate_again_changes_nothing():
    group = make_group()
    teller, treasurer = make_person(group, roles=["teller"]), make_person(group, roles=["treasurer"])
    with teller.open():
        first = enter_rate(teller, new=USD)
    with treasurer.open():
        assert enter_rate(treasurer, new=USD._replace(rate=Decimal("1382.5000"))).id == first.id
        assert ExchangeRate.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"base": "USX"}, "currency_unknown", "base"),
        ({"quote": "WON"}, "currency_unknown", "quote"),
        ({"base": "KRW"}, "rate_same_currency", "quote"),
        ({"rate": Decimal(0)}, "rate_not_positive", "rate"),
        ({"rate": Decimal("-1382.5")}, "rate_not_positive", "rate"),
        ({"rate": Decimal("NaN")}, "rate_not_positive", "rate"),
        ({"rate": Decimal("10000000000")}, "rate_too_large", "rate"),
        ({"rate": Decimal("1.00000000001")}, "rate_too_fine", "rate"),
        # Past the precision of decimal arithmetic, where a careless check would round the last digit away.
        ({"rate": Decimal("1.0000000000000000000000000000000001")}, "rate_too_fine", "rate"),
        ({"on_date": TODAY + timedelta(days=2)}, "rate_date_in_future", "date"),
    ],
)
def test_it_refuses_a_rate_that_cannot_be(change, code, field):
    group = make_group()
    teller = make_person(group, roles=["teller"])
    with teller.open():
        with pytest.raises(RateRefused) as refusal:
            enter_rate(teller, new=USD._replace(**change))
        assert not ExchangeRate.objects.exists()
    assert (refusal.value.code, refusal.value.facts["field"]) == (code, field)


def test_tomorrows_rate_may_be_posted_the_evening_before():
    group = make_group()
    teller = make_person(group, roles=["teller"])
    with teller.open():
        enter_rate(teller, new=USD._replace(on_date=TODAY + timedelta(days=1)))
        assert rate_on_or_before(teller, "USD", "KRW", TODAY) is None


def test_the_smallest_rate_survives_the_database_unchanged():
    group = make_group()
    teller = make_person(group, roles=["teller"])
    smallest, largest = Decimal("0.0000000001"), Decimal("9999999999.9999999999")
    with teller.open():
        for rate in (smallest, largest):
            enter_rate(teller, new=USD._replace(rate=rate))
            assert rate_on_or_before(teller, "USD", "KRW", TODAY).rate.value == rate


@pytest.mark.parametrize(
    "statement",
    [
        "update directory_exchangerate set rate = 1",
        "delete from directory_exchangerate",
        "truncate directory_exchangerate",
    ],
)
def test_a_recorded_rate_is_never_changed_not_even_by_raw_sql(statement):
    group = make_group()
    teller = make_person(group, roles=["teller"])
    with teller.open():
        enter_rate(teller, new=USD)
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert ExchangeRate.objects.get().rate == Decimal("1382.50")


def test_another_group_neither_sees_nor_uses_it():
    groups = make_two_groups()
    with groups.person.open():
        enter_rate(groups.person, new=USD)
    with groups.stranger.open():
        assert not ExchangeRate.objects.exists()
        assert rate_on_or_before(groups.stranger, "USD", "KRW", TODAY) is None


def test_a_row_cannot_name_a_person_of_another_group():
    groups = make_two_groups()
    with groups.person.open():
        with pytest.raises(Error), transaction.atomic():
            ExchangeRate.objects.create(
                group_id=groups.person.group_id,
                base="USD",
                quote="KRW",
                on_date=date(2026, 11, 20),
                rate=Decimal(1),
                source="hand",
                entered_by_id=groups.stranger.actor.person_id,
                recorded_at=groups.person.at,
            )
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
        assert not ExchangeRate.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_persons_entering_the_same_rate_at_once_make_one_row():
    group = make_group()
    teller, treasurer = make_person(group, roles=["teller"]), make_person(group, roles=["treasurer"])
    entered, told, results = threading.Event(), threading.Event(), {}

    def first():
        with teller.open():
            results["first"] = enter_rate(teller, new=USD).id
            entered.set()
            told.wait(10)
        connection.close()

    def second():
        with treasurer.open():
            results["second"] = enter_rate(treasurer, new=USD).id
        connection.close()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert entered.wait(10)
    threads[1].start()
    threads[1].join(0.3)
    assert "second" not in results, "the second waits until the first has ended"
    told.set()
    for thread in threads:
        thread.join(10)
    assert results["first"] == results["second"]
    with teller.open():
        assert ExchangeRate.objects.count() == 1

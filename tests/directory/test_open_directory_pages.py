"""The pages of rates and calendars as a signed-in person gets them."""

import html
import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from moa.control.models import Identity
from moa.directory import currencies_in_use
from moa.directory.models import CalendarOverride, ExchangeRate
from moa.directory.operations.enter_rate import enter_rate
from moa.directory.operations.override_calendar_day import override_calendar_day
from moa.directory.rules.rates import NewRate
from moa.directory.web import views_rates
from tests.control.factories import PASSWORD, make_group, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def sign_in(client, ctx):
    """Through the door, as a person would."""
    login = Identity.objects.get(person_id=ctx.actor.person_id).login
    assert client.post("/signin", {"username": login, "password": PASSWORD, "next": "/"}).status_code == 302
    client.cookies["moa_language"] = "en"
    return client


@pytest.fixture
def teller():
    return make_person(make_group(), roles=["teller"], name="윤가람")


def rate(base: str, on_date: date, value: str) -> NewRate:
    return NewRate(on_date, base, "KRW", Decimal(value), "서울외국환중개")


def test_the_rates_page_shows_rate_day_and_who(client, teller, today):
    with teller.open():
        enter_rate(teller, new=rate("USD", date(2026, 11, 19), "1380.00"))
        enter_rate(teller, new=rate("USD", date(2026, 11, 19), "1382.50"))
        enter_rate(teller, new=rate("JPY", date(2026, 11, 19), "9.2345"))
    page = sign_in(client, teller).get("/rates")
    text = page.content.decode()
    assert page.status_code == 200
    for shown in ("USD", "1,382.50", "1,380.00", "923.45", "윤가람", "서울외국환중개"):
        assert shown in text


def test_a_rate_typed_on_the_page_is_recorded_per_one_unit(client, teller, today):
    answer = sign_in(client, teller).post(
        "/rates", {"currency": "JPY", "rate": "923.45", "rate_date": today.isoformat(), "source_name": ""}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/rates")
    with teller.open():
        assert ExchangeRate.objects.get().rate == Decimal("9.2345")


@pytest.mark.parametrize("typed", ["0", "-1", "1382.5O", "", "1.00000000001", "99999999999"])
def test_a_rate_that_cannot_be_stays_in_the_form_and_is_not_recorded(client, teller, today, typed):
    answer = sign_in(client, teller).post(
        "/rates", {"currency": "USD", "rate": typed, "rate_date": today.isoformat()}
    )
    assert answer.status_code == 422
    with teller.open():
        assert not ExchangeRate.objects.exists()


def test_a_file_is_recorded_from_the_page(client, teller):
    file = SimpleUploadedFile(
        "rates.csv", b"date,base,rate\n2026-11-19,USD,1380.00\n2026-11-20,USD,1382.50\n"
    )
    assert sign_in(client, teller).post("/rates", {"file": file}).status_code == 302
    with teller.open():
        assert ExchangeRate.objects.count() == 2


def test_a_bad_file_shows_every_problem_and_records_nothing(client, teller):
    file = SimpleUploadedFile(
        "rates.csv", b"date,base,rate\n2026-11-31,USD,1380.00\n2026-11-20,USX,1382.50\n"
    )
    answer = sign_in(client, teller).post("/rates", {"file": file})
    assert answer.status_code == 422
    assert "2026-11-31" in answer.content.decode()
    assert "USX" in answer.content.decode()
    with teller.open():
        assert not ExchangeRate.objects.exists()


def test_a_currency_held_without_a_rate_is_named(client, teller, monkeypatch):
    monkeypatch.setattr(currencies_in_use, "_providers", [lambda ctx: {"USD": 2, "CNY": 3, "KRW": 9}])
    with teller.open():
        enter_rate(teller, new=rate("USD", date(2026, 11, 19), "1380.00"))
        assert currencies_in_use.currencies_without_rate(teller, "KRW", teller.today) == {"CNY": 3}
    assert "CNY" in sign_in(client, teller).get("/rates").content.decode()


def test_the_history_goes_on_page_by_page_and_back(client, teller, monkeypatch):
    monkeypatch.setattr(views_rates, "ROWS", 2)
    with teller.open():
        for day in range(1, 6):
            enter_rate(teller, new=rate("USD", date(2026, 11, day), f"138{day}.00"))
    browser = sign_in(client, teller)
    first = browser.get("/rates").content.decode()
    second = browser.get(_link(first, "next")).content.decode()
    third = browser.get(_link(second, "next")).content.decode()
    assert [_history(text) for text in (first, second, third)] == [
        ["1,385.00", "1,384.00"],
        ["1,383.00", "1,382.00"],
        ["1,381.00"],
    ]
    assert (_link(first, "prev"), _link(third, "next")) == ("", "")
    assert _history(browser.get(_link(third, "prev")).content.decode()) == ["1,383.00", "1,382.00"]


@pytest.mark.parametrize(
    "place",
    ["after=2026-11-31,1", "after=x", "before=2026-11-20,", "currency=%01", f"after=2026-11-20,{10**30}"],
)
def test_a_cut_link_starts_at_the_newest(client, teller, place):
    assert sign_in(client, teller).get(f"/rates?{place}").status_code == 200


def test_a_clerk_may_not_see_rates_and_a_visitor_signs_in_first(client):
    assert client.get("/rates").status_code == 302
    clerk = make_person(make_group(), roles=["clerk"])
    assert sign_in(client, clerk).get("/rates").status_code == 403


def test_an_auditor_reads_but_cannot_enter(client):
    auditor = make_person(make_group(), roles=["auditor"])
    browser = sign_in(client, auditor)
    page = browser.get("/rates")
    assert page.status_code == 200
    assert 'name="rate"' not in page.content.decode()
    posted = browser.post("/rates", {"currency": "USD", "rate": "1382.50", "rate_date": "2026-11-20"})
    assert posted.status_code == 403
    with auditor.open():
        assert not ExchangeRate.objects.exists()


def test_the_calendar_page_shows_the_year_with_the_groups_own_day(client):
    treasurer = make_person(make_group(), roles=["treasurer"], name="정하은")
    with treasurer.open():
        override_calendar_day(
            treasurer,
            country="KR",
            day=date(2026, 11, 23),
            is_business_day=False,
            name="임시공휴일",
            reason="관보",
        )
    page = sign_in(client, treasurer).get("/calendar?country=KR&year=2026")
    text = page.content.decode()
    assert page.status_code == 200
    assert 'lang="en"' in text
    for shown in ("임시공휴일", "정하은", "관보", "Day after Chuseok"):
        assert shown in text


def test_a_day_is_closed_and_given_back_from_the_page(client):
    treasurer = make_person(make_group(), roles=["treasurer"])
    browser = sign_in(client, treasurer)
    close = {"date": "2026-11-23", "kind": "closed", "name": "임시공휴일", "reason": ""}
    assert (
        browser.post("/calendar?country=CN", close | {"country": "KR"})["Location"]
        == "/calendar?country=KR&year=2026"
    )
    assert browser.post("/calendar?country=KR", close).status_code == 422, "it is closed already"
    assert (
        browser.post("/calendar?country=KR", {"date": "2026-11-23", "kind": "published"}).status_code == 302
    )
    with treasurer.open():
        said = CalendarOverride.objects.order_by("id").values_list("is_business_day", flat=True)
        assert list(said) == [False, None]


def test_a_day_without_a_name_stays_in_the_form(client):
    treasurer = make_person(make_group(), roles=["treasurer"])
    answer = sign_in(client, treasurer).post(
        "/calendar", {"date": "2026-11-23", "kind": "closed", "name": ""}
    )
    assert answer.status_code == 422
    with treasurer.open():
        assert not CalendarOverride.objects.exists()


def test_a_teller_sees_the_calendar_and_cannot_change_it(client, teller):
    browser = sign_in(client, teller)
    assert browser.get("/calendar?country=CN&year=2027").status_code == 200
    assert browser.post("/calendar", {"date": "2026-11-23", "kind": "closed", "name": "x"}).status_code == 403


@pytest.mark.parametrize("query", ["country=US", "year=20260", "year=x", "year=٢٠٢٦", "year=1949"])
def test_a_calendar_there_is_none_of_is_not_found(client, teller, query):
    assert sign_in(client, teller).get(f"/calendar?{query}").status_code == 404


def _link(text: str, direction: str) -> str:
    found = re.search(rf'rel="{direction}"[^>]* href="([^"]+)"', text)
    return html.unescape(found[1]) if found else ""


def _history(text: str) -> list[str]:
    """The rates of the history, which stands after the newest of each currency."""
    return re.findall(r"1,38\d\.00", text[text.index('aria-labelledby="all"') :])

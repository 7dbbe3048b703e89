"""Watches: what a file brought, what has not come, told once and only to those who may see the account."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from moa.accounts.models import BankAccount, Watch
from moa.accounts.operations.close_account import close_account
from moa.accounts.operations.set_watch import WatchIncomplete, end_watch, set_watch
from moa.accounts.watch_rules import Condition, WatchKind
from moa.accounts.watching import watch_file, watch_silence
from moa.accounts.web import views_watches
from moa.control.context import Context
from moa.control.models import Notice
from moa.control.queries import machine_context
from moa.kernel.errors import Forbidden, NotFound
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books, make_books
from tests.control.factories import make_person, make_unit, signed_in

OWN, OTHER = "100000000001", "100000000002"


@pytest.fixture
def books(db: None) -> Books:
    books = make_books()
    books.open(OWN)
    return books


def _watch(ctx: Context, kind: str, persons: list[int] | None = None, **more: Any) -> list[Watch]:
    place = {name: more.pop(name) for name in ("account_id", "unit_id", "bank_key") if name in more}
    with ctx.open():
        return set_watch(
            ctx, condition=Condition(WatchKind(kind), **more), persons=persons or [ctx.actor.person_id], **place
        )  # fmt: skip


def _bring(books: Books, *lines: Line, number: str = OWN, opening: int = 0, reference: str = "A") -> int:
    result = books.bring(mt940(lines, opening=opening, account=number, reference=reference), reference)
    assert result.errors == []
    return result.file_id


def _told(ctx: Context) -> list[tuple[int, str]]:
    with ctx.open():
        return [(one.person_id, one.kind.split(".")[-1]) for one in Notice.objects.order_by("id")]


def test_an_import_files_one_job_where_something_is_watched(books: Books) -> None:
    _bring(books, Line(nov(18), 900))
    assert not ProcrastinateJob.objects.filter(args__work="accounts.watch_file").exists()
    _watch(books.ctx, "incoming", currency="KRW", amount_minor=1_000)
    file_id = _bring(books, Line(nov(19), 1_000), opening=900, reference="B")
    jobs = ProcrastinateJob.objects.filter(args__work="accounts.watch_file")
    assert [job.args["args"] for job in jobs] == [{"file_id": file_id}]


def test_a_line_is_told_once_however_often_the_job_runs(books: Books) -> None:
    _watch(books.ctx, "incoming", currency="KRW", amount_minor=1_000)
    _watch(books.ctx, "incoming", currency="KRW", amount_minor=500)
    file_id = _bring(books, Line(nov(19), 1_000), Line(nov(19), 400), Line(nov(2), 5_000))
    for _ in range(2):
        watch_file(books.machine, file_id=file_id)
    assert _told(books.ctx) == [(books.ctx.actor.person_id, "incoming")], "neither the small nor the old one"
    page = signed_in(books.ctx).get("/notices").content.decode()
    assert "KRW 1,000" in page


def test_nobody_is_told_of_an_account_that_she_may_not_see(books: Books) -> None:
    other = make_unit(books.machine)
    books.open(OTHER, unit_id=other.id)
    clerk = make_person(books.machine, roles=[("clerk", other.id)])
    both = [books.ctx.actor.person_id, clerk.actor.person_id]
    _watch(books.ctx, "large", both, currency="KRW", amount_minor=1_000)
    for number in (OWN, OTHER):
        watch_file(
            books.machine, file_id=_bring(books, Line(nov(19), -1_000), number=number, reference=number)
        )
    told = _told(books.ctx)
    assert (len(told), told.count((clerk.actor.person_id, "large"))) == (3, 1)


def test_a_place_narrows_a_watch_with_all_below_it(books: Books) -> None:
    unit = make_unit(books.machine, kind="unit", parent=books.company)
    elsewhere = make_unit(books.machine)
    books.open(OTHER, unit_id=unit.id)
    _watch(books.ctx, "large", unit_id=elsewhere.id, currency="KRW", amount_minor=1)
    _watch(books.ctx, "large", bank_key="KR088", currency="KRW", amount_minor=1)
    file_id = _bring(books, Line(nov(19), -1_000), number=OTHER)
    watch_file(books.machine, file_id=file_id)
    assert _told(books.ctx) == []
    _watch(books.ctx, "large", unit_id=books.company.id, currency="KRW", amount_minor=1)
    watch_file(books.machine, file_id=file_id)
    assert len(_told(books.ctx)) == 1


def test_balances_and_unusual_amounts_are_told(books: Books) -> None:
    _watch(books.ctx, "below", currency="KRW", amount_minor=10_000)
    _watch(books.ctx, "unusual", factor=5)
    _bring(books, *[Line(nov(day), 100) for day in range(1, 13)], reference="H")
    file_id = _bring(books, Line(nov(18), 500), Line(nov(19), 501), opening=1_200, reference="N")
    watch_file(books.machine, file_id=file_id)
    assert sorted(kind for _, kind in _told(books.ctx)) == ["below", "unusual"]


def test_silence_is_told_after_its_hour_of_a_business_day(books: Books) -> None:
    _watch(books.ctx, "silent", until_time=time(9, 30))
    _bring(books, Line(nov(18), 100))
    friday = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
    for hours, minutes, count in ((0, 0, 0), (0, 31, 1), (3, 0, 1)):
        moment = friday.replace(hour=hours, minute=minutes)
        watch_silence(machine_context(books.machine.group_id, at=moment, channel="job"))
        assert len(_told(books.ctx)) == count, moment
    saturday = machine_context(books.machine.group_id, at=friday.replace(day=21, hour=3), channel="job")
    watch_silence(saturday)
    assert len(_told(books.ctx)) == 1


def test_a_watch_of_one_account_tells_of_its_silence_whatever_currency_stands_beside_it(books: Books) -> None:
    dollars = books.open(OTHER, currency="USD")
    asked = {"kind": "silent", "until_time": "09:30", "where": f"account-{dollars.id}"}
    client = signed_in(books.ctx)
    refused = client.post("/settings/watches", asked | {"currency": "KRW"})
    assert refused.status_code == 422 and "이 계좌의 통화는 USD입니다" in refused.content.decode()
    assert client.post("/settings/watches", asked | {"currency": "USD"}).status_code == 302
    # As one was stored that was chosen for another kind first.
    _watch(books.ctx, "silent", until_time=time(9, 30), account_id=dollars.id, currency="KRW")
    watch_silence(replace(books.machine, at=datetime(2026, 11, 20, 3, 0, tzinfo=UTC)))
    assert len(_told(books.ctx)) == 2


def test_when_the_statement_has_come_there_is_no_silence(books: Books) -> None:
    _watch(books.ctx, "silent", until_time=time(9, 30))
    _bring(books, Line(nov(19), 100))
    later = replace(books.machine, at=datetime(2026, 11, 20, 3, 0, tzinfo=UTC))
    watch_silence(later)
    assert _told(books.ctx) == []


def test_a_refused_file_is_told_to_who_brought_it_and_who_may_bring_files(books: Books) -> None:
    other = make_person(books.machine, roles=["teller"])
    broken = mt940([Line(nov(19), 100)], account=OWN, closing=5)
    assert books.bring(broken, "broken").errors
    assert sorted(person for person, _ in _told(books.ctx)) == sorted(
        [books.ctx.actor.person_id, other.actor.person_id]
    )


def test_who_sets_a_watch_for_others_needs_the_right(books: Books) -> None:
    clerk = make_person(books.machine, roles=["clerk"])
    with pytest.raises(Forbidden):
        _watch(clerk, "large", [books.ctx.actor.person_id], currency="KRW", amount_minor=1)
    (mine,) = _watch(clerk, "large", currency="KRW", amount_minor=1)
    (theirs,) = _watch(books.ctx, "large", currency="KRW", amount_minor=1)
    with clerk.open():
        end_watch(clerk, watch_id=mine.id)
        with pytest.raises(Forbidden):
            end_watch(clerk, watch_id=theirs.id)
        with pytest.raises(NotFound):
            end_watch(clerk, watch_id=mine.id)


@pytest.mark.parametrize(
    ("kind", "more"),
    [("large", {}), ("large", {"amount_minor": 5}), ("unusual", {"factor": 1}), ("silent", {}),
     ("night", {"from_time": time(20), "until_time": time(8)}), ("newcomer", {"currency": "KRW"})],
)  # fmt: skip
def test_a_watch_that_says_too_little_is_refused(books: Books, kind: str, more: dict[str, Any]) -> None:
    with pytest.raises(WatchIncomplete):
        _watch(books.ctx, kind, **more)


def test_the_page_sets_and_ends_watches(books: Books) -> None:
    client = signed_in(books.ctx)
    asked = {"kind": "incoming", "currency": "KRW", "amount": "1,000,000"}
    assert client.post("/settings/watches", asked).status_code == 302
    with books.ctx.open():
        watch = Watch.objects.get()
    assert (watch.amount_minor, watch.person_id) == (1_000_000, books.ctx.actor.person_id)
    assert client.post("/settings/watches", asked | {"currency": ""}).status_code == 422
    assert client.post("/settings/watches", {"kind": "silent"}).status_code == 422
    assert "1,000,000" in client.get("/settings/watches").content.decode()
    assert client.post("/settings/watches", {"do": "end", "watch": str(watch.id)}).status_code == 302
    with books.ctx.open():
        assert not Watch.objects.exists()


def test_the_form_offers_open_accounts_alone_and_takes_a_number_where_they_are_many(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = books.open(OTHER)
    with books.ctx.open():
        close_account(books.ctx, account_id=closed.id, closed_on=books.ctx.today)
    client = signed_in(books.ctx)
    page = client.get("/settings/watches").content.decode()
    assert OWN[-4:] in page and OTHER[-4:] not in page and 'name="number"' not in page
    monkeypatch.setattr(views_watches, "_MOST_CHOICES", 0)
    assert 'value="account-' not in client.get("/settings/watches").content.decode()
    asked = {"kind": "incoming", "currency": "KRW", "amount": "1,000", "number": f"{OWN[:3]}-{OWN[3:]}"}
    assert client.post("/settings/watches", asked | {"number": OTHER}).status_code == 422
    assert client.post("/settings/watches", asked).status_code == 302
    with books.ctx.open():
        assert BankAccount.objects.get(id=Watch.objects.get().account_id or 0).number == OWN


def test_one_number_at_two_banks_is_watched_once_the_bank_is_chosen(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_watches, "_MOST_CHOICES", 0)
    twin = books.open(OWN, bank="088")
    dollars = books.open(OWN, bank="088", currency="USD")
    client = signed_in(books.ctx)
    asked = {"kind": "newcomer", "number": OWN}
    unclear = client.post("/settings/watches", asked)
    said = unclear.content.decode()
    assert unclear.status_code == 422
    assert "신한 KRW, 신한 USD" in said and "가운데 이 번호가 없습니다" not in said
    at_bank = asked | {"where": "bank-KR088"}
    assert client.post("/settings/watches", at_bank).status_code == 422
    assert client.post("/settings/watches", at_bank | {"currency": "EUR"}).status_code == 422
    found = [
        (at_bank, "USD", dollars.id),
        (at_bank, "KRW", twin.id),
        (asked | {"where": "bank-KR004"}, "KRW", None),
    ]
    for more, currency, number in found:
        given = more | {"kind": "large", "currency": currency, "amount": "100"}
        assert client.post("/settings/watches", given).status_code == 302
        with books.ctx.open():
            watch = Watch.objects.latest("id")
            assert watch.account_id is not None and watch.account_id == (number or watch.account_id)
    with books.ctx.open():
        assert Watch.objects.values("account_id").distinct().count() == 3


def test_silence_of_one_currency_is_told_of_that_currency_alone(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The currency is asked for beside the number, also where the kind has no amount: one number may have two."""
    monkeypatch.setattr(views_watches, "_MOST_CHOICES", 0)
    dollars = books.open(OWN, currency="USD")
    client = signed_in(books.ctx)
    page = client.get("/settings/watches").content.decode()
    hidden = page[page.index('class="for-amount"') : page.index('class="for-unusual"')]
    assert 'name="amount"' in hidden and 'name="currency"' not in hidden
    asked = {"kind": "silent", "until_time": "09:30", "number": OWN, "amount": "5"}
    assert client.post("/settings/watches", asked).status_code == 422
    assert client.post("/settings/watches", asked | {"currency": "USD"}).status_code == 302
    assert client.post("/settings/watches", asked | {"number": "", "currency": "USD"}).status_code == 302, (
        "by its currency alone"
    )
    with books.ctx.open():
        one, all_of_it = Watch.objects.order_by("id")
    assert (one.account_id, one.amount_minor, all_of_it.account_id, all_of_it.currency) == (
        dollars.id, None, None, "USD",
    )  # fmt: skip
    result = books.bring(mt940([Line(nov(19), 5)], account=OWN, currency="USD", reference="U"), "u.sta")
    assert result.errors == []
    later = replace(books.machine, at=datetime(2026, 11, 20, 3, 0, tzinfo=UTC))
    watch_silence(later)
    assert _told(books.ctx) == [], "the won account is silent, and nobody asked about it"


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("newcomer", "amount"),
        ("below", "amount"),
        ("unusual", "factor"),
        ("night", "from_time"),
        ("silent", "until_time"),
    ],
)
def test_what_a_watch_lacks_is_said_beside_it(books: Books, kind: str, field: str) -> None:
    page = signed_in(books.ctx).post("/settings/watches", {"kind": kind}).content.decode()
    assert re.search(rf'id="id_{field}_error"', page) and "알림 조건이 다 채워지지 않았습니다" in page

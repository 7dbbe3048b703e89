"""The list of accounts: order, what is shown by itself, value in the base currency, freshness and gaps, rights."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest
from django.db import connection

from moa.accounts.models import BankAccount, CurrentBalance
from moa.accounts.operations.close_account import close_account
from moa.accounts.overview import expected_days
from moa.accounts.web.accounts_table import ACCOUNTS
from moa.directory.models import ExchangeRate
from moa.directory.queries import calendar_for
from moa.ui.tables import spec
from tests.accounts.bank_files import Line, mt940
from tests.accounts.books import Books, make_books
from tests.control.factories import make_person, make_unit, signed_in
from tests.journeys.scene import ago, now

Page = Callable[..., str]


@pytest.fixture
def books(db: None) -> Books:
    """Pages run at the present moment, and so do these accounts."""
    made = make_books()
    return replace(made, ctx=now(made.ctx))


@pytest.fixture
def page(books: Books) -> Page:
    client = signed_in(books.ctx)
    return lambda **query: client.get("/accounts", query).content.decode()


def names(text: str) -> list[str]:
    return re.findall(r'class="mo-rowa"[^>]*>[^<]*<?.*?···(\w{4})', text)


def balance(books: Books, account: BankAccount, minor: int | None, *, covered: date | None = None) -> None:
    with books.ctx.open():
        day = covered or ago(1)
        CurrentBalance.objects.create(
            account_id=account.id, group_id=books.ctx.group_id, day=day, balance_minor=minor, covered_until=day,
            received_at=books.ctx.at,
        )  # fmt: skip


def test_accounts_come_by_bank_and_number_page_by_page(
    books: Books, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in ("1112222", "1113333", "1111111"):
        books.open(number)
    assert names(page()) == ["1111", "2222", "3333"]
    for module in ("moa.control.web.tables", "moa.control.table_rows"):
        monkeypatch.setattr(f"{module}.PAGE_SIZE", 2)
    monkeypatch.setattr(spec, "PAGE_SIZE", 2)
    client = signed_in(books.ctx)
    first = client.get("/accounts").content.decode()
    following = re.search(r'rel="next" href="[^"?]*\?([^"]+)"', first)
    assert following is not None
    rest = client.get("/accounts", dict(parse_qsl(following[1].replace("&amp;", "&")))).content.decode()
    assert names(rest) == ["3333"]


def test_closed_ones_stay_away_until_they_are_asked_for(books: Books, page: Page) -> None:
    books.open("1111111")
    gone = books.open("1112222")
    with books.ctx.open():
        close_account(books.ctx, account_id=gone.id, closed_on=ago(0))
    assert names(page()) == ["1111"]
    assert names(page(closed="yes")) == ["1111", "2222"]


def test_each_balance_is_converted_once_and_rounded_half_away_from_nought(books: Books, page: Page) -> None:
    balance(books, books.open("1111111"), 1_000)
    with books.ctx.open():
        ExchangeRate.objects.create(
            group_id=books.ctx.group_id, base="USD", quote="KRW", on_date=ago(1), rate=Decimal("1350.5"), source="hand",
            source_name="x", entered_by_id=books.ctx.actor.person_id, recorded_at=books.ctx.at,
        )  # fmt: skip
    # 1 cent is 13.505 won, 100 cents 1350.5: rounded 14 and 1351, and as much below nought.
    for number, minor in (("1112222", 1), ("1113333", 100), ("1114444", -100)):
        balance(books, books.open(number, "USD"), minor)
    text = page()
    for figure in ("14", "1,351", "−1,351"):
        assert re.search(rf'<td class="mo-n mo-2 w-amt mo-hide-s">{figure}</td>', text), figure
    assert ">1,014</td>" in re.search(r'class="is-total".*?</tr>', text, re.DOTALL)[0]  # type: ignore[index]


def test_an_account_without_a_rate_has_no_value_in_the_base(books: Books, page: Page) -> None:
    balance(books, books.open("1111111"), 1_000)
    balance(books, books.open("1112222", "EUR"), 500)
    assert '<td class="mo-n mo-2 w-amt mo-hide-s"></td>' in page()


def test_freshness_is_asked_for_as_the_calendar_counts_it(books: Books, page: Page) -> None:
    with books.ctx.open():
        expected, before = expected_days(calendar_for(books.ctx, "KR"), books.ctx.today)
    for number, day in (("1111111", expected), ("1112222", before), ("1113333", before - timedelta(days=1))):
        balance(books, books.open(number), 5, covered=day)
    books.open("1114444")
    found = {word: names(page(freshness=word)) for word in ("fresh", "late", "overdue", "never")}
    assert found == {"fresh": ["1111"], "late": ["2222"], "overdue": ["3333"], "never": ["4444"]}


def test_missing_days_are_counted_from_what_files_cover(books: Books, page: Page) -> None:
    account = books.open()
    books.bring(mt940([Line(ago(12), 1)], opening=0))
    books.bring(mt940([Line(ago(5), 1)], opening=1, reference="SECOND"))
    shown = re.search(rf'/accounts/{account.id}\?tab=statements">(\d+)', page())
    assert shown is not None
    with books.ctx.open():
        calendar = calendar_for(books.ctx, "KR")
    days = [
        ago(behind) for behind in range(11, 0, -1) if behind != 5 and calendar.is_business_day(ago(behind))
    ]
    assert shown[1] == str(len([day for day in days if day < books.ctx.today]))


def test_a_person_of_one_unit_sees_its_accounts_only(books: Books) -> None:
    other = make_unit(books.machine)
    books.open("1111111")
    books.open("1112222", unit_id=other.id)
    clerk = make_person(books.machine, roles=[("clerk", other.id)])
    text = signed_in(clerk).get("/accounts").content.decode()
    assert names(text) == ["2222"]


def test_conditions_words_and_files_speak_of_the_same_accounts(books: Books, page: Page) -> None:
    books.open("1111111", nickname="급여 계좌")
    balance(books, books.open("1112222", "USD", nickname="외화"), 700)
    assert names(page(text="급여")) == ["1111"]
    assert names(page(currency="USD")) == ["2222"]
    assert names(page(**{"balance.least": "7"})) == ["2222"]
    unknown = page(company="nowhere")
    assert len(names(unknown)) == 2 and "“nowhere”: 모르는 값입니다" in unknown
    file = b"".join(signed_in(books.ctx).get("/accounts", {"as": "csv", "currency": "USD"}))  # type: ignore[arg-type]
    assert "1112222" in file.decode()
    assert "1111111" not in file.decode()


def test_a_page_reads_its_rows_by_the_index_of_their_order(books: Books) -> None:
    books.open("1111111")
    with books.ctx.open(), connection.cursor() as cursor:
        cursor.execute(
            "set local enable_seqscan = off; set local enable_sort = off; set local enable_bitmapscan = off"
        )
        order = ACCOUNTS.by_key["place"].sql
        cursor.execute(f"explain select a.id from accounts_bankaccount a order by {order}, a.id limit 50")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "account_by_place" in plan
    assert "Sort" not in plan

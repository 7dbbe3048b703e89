"""Pages of a list give each row once, in order, under any sort; conditions hold; whatever stands in an address opens."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa.control.context import Context
from moa.control.table_rows import count_rows, read_page, stream_rows, total_rows
from moa.ui.tables.conditions import Links, read_asked
from moa.ui.tables.places import place_word, read_place
from moa.ui.tables.spec import Table
from tests.control.list_of_values import ValueRow, list_of

SEOUL = ZoneInfo("Asia/Seoul")
SORTS = [
    "day",
    "-day",
    "name",
    "-name",
    "at",
    "-at",
    "amount",
    "-amount",
    "number",
    "-number",
    "state",
    "-state",
]


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


ROWS = st.lists(
    st.tuples(
        _maybe(st.sampled_from(["", "가나", "가_나", "a%b", "Z", "z", "'", "苏州"])),
        _maybe(st.dates(date(2026, 6, 1), date(2026, 6, 4))),
        _maybe(st.datetimes(datetime(2026, 6, 1), datetime(2026, 6, 1, 0, 0, 1), timezones=st.just(UTC))),
        _maybe(st.integers(-3, 3)),
        st.sampled_from(["KRW", "USD"]),
        _maybe(st.decimals(-2, 2, places=1)),
        _maybe(st.sampled_from(["new", "done"])),
    ),
    min_size=1, max_size=25,
)  # fmt: skip


def _table(found: list[tuple[Any, ...]]) -> Table:
    return list_of([(number, *row) for number, row in enumerate(found, 1)])


def _asked(table: Table, query: str) -> Any:
    return read_asked(table, QueryDict(query), zone=SEOUL)


def _place(asked: Any, row: Any) -> str:
    currency = row.currency if asked.mixed else ""
    return place_word(asked.sort, getattr(row, asked.sort.key), row.id, currency)


@given(rows=ROWS, sort=st.sampled_from(SORTS), size=st.integers(1, 7))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_walking_all_pages_gives_each_row_once_in_order_and_back(
    ctx: Context, rows: list[tuple[Any, ...]], sort: str, size: int
) -> None:
    table = _table(rows)
    whole = [row.id for row in stream_rows(ctx, table, _asked(table, f"sort={sort}"))]
    assert sorted(whole) == list(range(1, len(rows) + 1))
    asked = _asked(table, f"sort={sort}")
    pages, query = [], QueryDict(f"sort={sort}", mutable=True)
    while True:
        found = read_page(ctx, table, read_asked(table, query, zone=SEOUL), size=size)
        pages.append(found.rows)
        if not found.has_next:
            break
        query["after"] = _place(asked, found.rows[-1])
    assert [row.id for page in pages for row in page] == whole
    query.pop("after", None)
    for former, page in zip(reversed(pages[:-1]), reversed(pages), strict=False):
        query["before"] = _place(asked, page[0])
        back = read_page(ctx, table, read_asked(table, query, zone=SEOUL), size=size)
        assert [row.id for row in back.rows] == [row.id for row in former]
        assert back.has_next


def _row(number: int, **facts: Any) -> ValueRow:
    known = {
        "name": f"줄 {number}", "day": date(2026, 6, 1 + (number - 1) % 28), "at": datetime(2026, 6, 1 + (number - 1) % 28, 15, tzinfo=UTC),
        "minor": number * 100, "currency": "KRW", "amount": Decimal(number), "state": "new",
    }  # fmt: skip
    return (number, *(known | facts).values())


SAMPLE = list_of(
    [
        _row(1), _row(2, name="50%_할인"), _row(3, name="<script>alert(1)</script>", state="done"),
        _row(4, currency="USD", minor=1_000_00), _row(5, day=None, at=None, minor=None, amount=None, state=None),
    ]
)  # fmt: skip


def test_amounts_are_sorted_within_their_currency_unless_there_is_one(ctx: Context) -> None:
    rows = [
        _row(1, minor=500), _row(2, currency="USD", minor=300), _row(3, minor=None), _row(4, currency="USD", minor=100),
        _row(5, minor=200),
    ]  # fmt: skip
    table = list_of(rows)
    expected = {
        "sort=amount": [3, 5, 1, 4, 2],
        "sort=-amount": [2, 4, 1, 5, 3],
        "sort=-amount&currency=KRW": [1, 5, 3],
    }
    for query, ids in expected.items():
        assert [row.id for row in stream_rows(ctx, table, _asked(table, query))] == ids, query
    foreign = _asked(table, "sort=amount&after=500_1")
    assert foreign.after is None, "a place of one currency's list is none in a list of several"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [4, 3, 2, 1, 5]),
        ("day.from=2026-06-02&day.to=2026-06-03", [3, 2]),
        # The end of a day in Seoul is 15:00 UTC: the moment of row 2 belongs to the third.
        ("at.from=2026-06-03&at.to=2026-06-03", [2]),
        ("name=%25_", [2]),
        ("name=<script>", [3]),
        ("text=줄", [4, 1, 5]),
        ("currency=USD", [4]),
        ("currency=USD&currency=KRW&state=done", [3]),
        ("state=done&state=new", [4, 3, 2, 1]),
        # Without a currency a bound is in each row's own whole units: 1,000.00 USD, not 1,000 cents.
        ("amount.least=250", [4, 3]),
        ("amount.least=250&amount.most=999", [3]),
        ("currency=USD&amount.least=1000.00", [4]),
        ("number.most=2", [2, 1]),
        ("sort=name&state=new", [2, 1, 4]),
    ],
)
def test_conditions_leave_the_rows_they_name(ctx: Context, query: str, expected: list[int]) -> None:
    asked = _asked(SAMPLE, query)
    assert asked.errors == {}
    assert [row.id for row in read_page(ctx, SAMPLE, asked).rows] == expected
    assert count_rows(ctx, SAMPLE, asked) == (len(expected), False)


@pytest.mark.parametrize("bound", ["0.5", "21474837", "100000000", "2147483648", "9999999999999999"])
def test_a_bound_of_any_size_is_one_for_every_currency(ctx: Context, bound: str) -> None:
    won, cents = int(Decimal(bound)), min(int(Decimal(bound) * 100), 2**63 - 1)
    table = list_of([_row(1, minor=won + 1), _row(2, currency="USD", minor=cents), _row(3, minor=-1)])
    least = _asked(table, f"amount.least={bound}")
    reached = [1, 2] if cents == Decimal(bound) * 100 else [1]
    assert sorted(row.id for row in read_page(ctx, table, least).rows) == reached


@pytest.mark.parametrize(
    "query",
    [
        "day.from=gestern", "day.to=0001-01-01", "day.from=9999-12-31", "amount.least=12x4", "amount.most=1e99",
        "number.least=NaN", "sort=password", "sort=-", "after=x", "after=2026-13-01_1", "after=_", "before=99999999999999999999_1",
        "after=2026-06-01_99999999999999999999999", "n=-1&after=2026-06-01_1", "currency=" + "x" * 5000, "text=%00", "name=%00%27--",
        "at.from=2026-06-01%00", "sort=at&after=2026-06-01T00:00:00_1", "sort=number&after=Infinity_1", "currency=%FF", "amount.least=-1",
    ],
)  # fmt: skip
def test_whatever_stands_in_an_address_opens_a_page(ctx: Context, query: str) -> None:
    asked = _asked(SAMPLE, query)
    read_page(ctx, SAMPLE, asked)
    count_rows(ctx, SAMPLE, asked)
    total_rows(ctx, SAMPLE, asked)


def test_what_cannot_be_read_is_told_and_the_rest_holds(ctx: Context) -> None:
    asked = _asked(SAMPLE, "day.from=gestern&state=done")
    assert set(asked.errors) == {"day.from"} and asked.query["day.from"] == "gestern"
    assert [row.id for row in read_page(ctx, SAMPLE, asked).rows] == [3]


def test_a_name_that_nobody_reads_is_told_once_for_each_and_not_endlessly() -> None:
    assert set(_asked(SAMPLE, "days=3&days=4&state=done&empty=&sort=day&n=1").errors) == {"days"}
    many = _asked(SAMPLE, "&".join(f"{'x' * 500}{number}=1" for number in range(100)))
    assert len(many.errors) == 12 and all(len(str(told)) < 160 for told in many.errors.values())


@pytest.mark.parametrize("order", ["odd", "-odd", "--day", "<b>"])
def test_an_order_that_the_list_has_not_is_told_with_the_one_it_has(order: str) -> None:
    asked = _asked(SAMPLE, f"sort={order}")
    assert set(asked.errors) == {"sort"} and order in asked.errors["sort"]
    usual = _asked(SAMPLE, "")
    assert (asked.sort, asked.descending) == (usual.sort, usual.descending) and usual.errors == {}


def test_an_amount_finer_than_its_currency_is_told() -> None:
    assert set(_asked(SAMPLE, "currency=KRW&amount.least=1.5").errors) == {"amount.least"}


def test_totals_are_of_the_whole_filter_by_currency(ctx: Context) -> None:
    found = {
        total.currency: (total.count, total.sums["amount"])
        for total in total_rows(ctx, SAMPLE, _asked(SAMPLE, ""))
    }
    assert found == {"KRW": (4, 600), "USD": (1, 100_000)}
    (one,) = total_rows(ctx, SAMPLE, _asked(SAMPLE, "state=done"))
    assert (one.currency, one.count, one.sums) == ("KRW", 1, {"amount": 300})


def test_more_rows_than_the_cap_are_not_counted(ctx: Context) -> None:
    day = date(2026, 1, 1)
    many = list_of([_row(number, day=day + timedelta(number), at=None) for number in range(1, 1003)])
    assert count_rows(ctx, many, _asked(many, "")) == (1000, True)


def test_an_address_keeps_conditions_and_drops_the_place() -> None:
    links = Links("/values", QueryDict("state=new&state=done&after=x&n=51&open=4&name=&part=sums"))
    assert links.to(without=("name",)) == "/values?state=new&state=done"
    assert links.to(as_="xlsx") == "/values?state=new&state=done&as=xlsx"
    assert Links("/values", QueryDict("after=x")).to() == "/values"


@given(st.sampled_from(SAMPLE.columns), st.text(max_size=60))
def test_a_place_is_read_or_left_alone(column: Any, word: str) -> None:
    found = read_place(column, word)
    assert found is None or 0 <= found.id < 2**63

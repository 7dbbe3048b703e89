"""A file of rates: all of it or nothing, every problem reported, the same file twice changes nothing."""

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.control.documents import open_document
from moa.control.models import AuditLine, Document
from moa.directory.models import ExchangeRate
from moa.directory.operations import import_rates as operation
from moa.directory.operations.enter_rate import enter_rate
from moa.directory.operations.import_rates import RateFileTooLarge, import_rates
from moa.directory.queries import rates_on_or_before
from moa.directory.rules.rates import NewRate, rate_text
from moa.directory.rules.rates_file import read_rates_file
from moa.kernel.errors import Forbidden, error
from tests.control.factories import TODAY, make_group, make_person

GOOD = """date,base,quote,rate
2026-11-19,USD,KRW,"1,381.20"
2026-11-20,USD,KRW,1382.50
2026-11-20,CNY,KRW,192.60
"""

BAD = """date,base,quote,rate,units
2026-11-20,USD,KRW,1382.50,
2026-11-31,USD,KRW,1382.50,1
2026-11-20,USX,KRW,0,
2026-11-20,JPY,KRW,923.45,12

2026-11-20,USD,KRW,1383.00,
2026-12-20,CNY,KRW,"19,2.60",
2026-12-20,EUR,EUR,1,
"""


def upload(ctx, content: str | bytes, name: str = "rates.csv"):
    raw = content if isinstance(content, bytes) else content.encode()
    return import_rates(ctx, source=io.BytesIO(raw), name=name)


def read(content: bytes):
    return read_rates_file(content, default_quote="KRW", today=TODAY)


@pytest.mark.django_db
def test_it_records_every_rate_and_keeps_the_file():
    teller = make_person(make_group(), roles=["teller"])
    with teller.open():
        imported = upload(teller, GOOD)
        assert (imported.new, imported.known, imported.problems) == (3, 0, [])
        rows = {(row.on_date, row.base): row for row in ExchangeRate.objects.all()}
        assert rows[date(2026, 11, 19), "USD"].rate == Decimal("1381.2")
        assert {(row.source, row.file_id, row.entered_by_id) for row in rows.values()} == {
            ("file", imported.document_id, teller.actor.person_id)
        }
        with open_document(teller, imported.document_id) as kept:
            assert kept.read() == GOOD.encode()
        line = AuditLine.objects.get(code="directory.rates.imported")
    assert line.after == {"file": "rates.csv", "new": 3, "known": 0}


@pytest.mark.django_db
def test_a_second_person_with_the_same_file_changes_nothing():
    group = make_group()
    teller, treasurer = make_person(group, roles=["teller"]), make_person(group, roles=["treasurer"])
    with teller.open():
        upload(teller, GOOD)
    with treasurer.open():
        again = upload(treasurer, GOOD)
        assert (again.new, again.known) == (0, 3)
        assert ExchangeRate.objects.count() == 3
        assert Document.objects.count() == 1


@pytest.mark.django_db
def test_a_file_corrects_only_what_differs_from_what_holds():
    group = make_group()
    teller = make_person(group, roles=["teller"])
    with teller.open():
        enter_rate(teller, new=NewRate(TODAY, "USD", "KRW", Decimal("1399.99")))
        enter_rate(teller, new=NewRate(TODAY, "CNY", "KRW", Decimal("192.60")))
        imported = upload(teller, GOOD)
        held = rates_on_or_before(teller, ["USD", "CNY"], "KRW", TODAY)
    assert (imported.new, imported.known) == (2, 1)
    assert {base: dated.rate.value for base, dated in held.items()} == {
        "USD": Decimal("1382.5"),
        "CNY": Decimal("192.6"),
    }


@pytest.mark.django_db
def test_a_file_with_any_error_reports_all_of_them_and_stores_nothing():
    teller = make_person(make_group(), roles=["teller"])
    with teller.open():
        refused = upload(teller, BAD)
        assert not ExchangeRate.objects.exists()
        assert not Document.objects.exists()
    assert refused.problems == [
        error("date_unreadable", "line 3", "date", "2026-11-31"),
        error("currency_unknown", "line 4", "base", "USX"),
        error("rate_not_positive", "line 4", "rate", "0"),
        error("rate_units_unreadable", "line 5", "units", "12"),
        error("rate_twice_in_file", "line 7", "rate", "1383.00"),
        error("rate_unreadable", "line 8", "rate", "19,2.60"),
        error("rate_same_currency", "line 9", "quote", "EUR"),
        error("rate_date_in_future", "line 9", "date", "2026-12-20"),
    ]


@pytest.mark.django_db
def test_a_person_without_the_right_is_refused():
    clerk = make_person(make_group(), roles=["clerk"])
    with clerk.open():
        with pytest.raises(Forbidden):
            upload(clerk, GOOD)
        assert not ExchangeRate.objects.exists()


@pytest.mark.django_db
def test_a_file_above_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(operation, "LARGEST_FILE_BYTES", len(GOOD) - 1)
    teller = make_person(make_group(), roles=["teller"])
    with teller.open(), pytest.raises(RateFileTooLarge):
        upload(teller, GOOD)


def test_it_reads_the_columns_of_a_korean_and_of_a_chinese_table():
    korean = read(
        '통화,고시일,매매기준율,단위\r\nUSD,2026.11.20,"1,382.50",1\r\nJPY,2026.11.20,923.45,100\r\n'.encode(
            "cp949"
        )
    )
    assert korean.problems == []
    assert korean.rates == [
        NewRate(TODAY, "USD", "KRW", Decimal("1382.50")),
        NewRate(TODAY, "JPY", "KRW", Decimal("9.2345")),
    ]
    chinese = read(
        "\ufeff日期,货币,报价货币,中间价,来源\n20261120,usd,cny,7.1805,中国外汇交易中心\n".encode()
    )
    assert chinese.rates == [NewRate(TODAY, "USD", "CNY", Decimal("7.1805"), "中国外汇交易中心")]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"", ["rate_column_missing"] * 3),
        (b"date,base,quote,rate\n", ["rate_file_empty"]),
        (b"date,quote\n2026-11-20,KRW\n", ["rate_column_missing"] * 2),
        (b"date,base,rate\n2026-11-20\n", ["rate_unreadable"]),
        (b"date,base,rate\n2026-11-20,USD,1e3\n", ["rate_unreadable"]),
        (b'date,base,rate\n2026-11-20,USD,"1\n', ["file_not_csv"]),
        (b"\xff\xff\xff", ["encoding_unknown"]),
        (b"date,base,rate,source\n2026-11-20,USD,1,\0\n", ["file_not_csv"]),
        ("date,base,rate\n2026-11-20,USD,１３８２\n".encode(), ["rate_unreadable"]),
        ("date,base,rate\n2026-11-2٠,USD,1\n".encode(), ["date_unreadable"]),
        (b"date,base,rate\n2026-11-20,USD,1." + b"0" * 40 + b"1\n", ["rate_too_fine"]),
    ],
)
def test_it_says_what_is_wrong_with_a_file_that_is_none(content, codes):
    found = read(content)
    assert [problem.code for problem in found.problems] == codes
    assert all(problem.severity == "error" for problem in found.problems)


@given(st.binary(max_size=300))
def test_it_never_fails_on_bytes_and_gives_either_rates_or_problems(content):
    found = read(content)
    assert bool(found.problems) or bool(found.rates)


RATES = st.decimals("0.0000000001", "9999999999", places=10).filter(lambda rate: rate > 0)


@given(
    st.dictionaries(
        st.tuples(st.dates(date(2020, 1, 1), TODAY), st.sampled_from(["USD", "CNY", "JPY"])),
        RATES,
        min_size=1,
    )
)
def test_what_was_written_is_what_is_read(rates):
    lines = [f"{day},{base},KRW,{rate_text(rate)}" for (day, base), rate in rates.items()]
    found = read("\n".join(["date,base,quote,rate", *lines]).encode())
    assert found.problems == []
    assert {(new.on_date, new.base): new.rate for new in found.rates} == rates

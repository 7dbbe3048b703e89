"""Days, moments and times in the forms of Korean and Chinese downloads."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.formats.spreadsheets.dates import (
    MACINTOSH_DAYS,
    DateUnreadable,
    Moment,
    TimeUnreadable,
    read_days,
    read_moment,
    read_time,
    read_value_date,
)

DAY, AT = date(2026, 11, 20), time(13, 22, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "2026.11.20",
        "2026-11-20",
        "2026/11/20",
        "20261120",
        "26.11.20",
        "2026년 11월 20일",
        "2026年11月20日",
        "2026. 11. 20.",
        "2026.11.20(금)",
        "2026-11-20 星期五",
        "２０２６．１１．２０",
        '="2026-11-20"',
        date(2026, 11, 20),
        46346,
        20261120,
    ],
)
def test_it_reads_a_day(cell):
    assert read_moment(cell) == Moment(DAY, None)


@pytest.mark.parametrize(
    "cell",
    [
        "2026.11.20 13:22:01",
        "2026-11-20T13:22:01",
        "2026-11-20 132201",
        "20261120132201",
        "20261120 13:22:01",
        "2026년 11월 20일 오후 1시 22분 1초",
        "2026-11-20 下午 1:22:01",
        "2026-11-20 01:22:01 PM",
        "2026.11.20 13:22:01.482",
        datetime(2026, 11, 20, 13, 22, 0, 999_980),
        Decimal("46346.5569560185"),
        20261120132201,
    ],
)
def test_it_reads_a_moment_to_the_second(cell):
    assert read_moment(cell) == Moment(DAY, AT)


@pytest.mark.parametrize("cell", ["", None, "  "])
def test_it_takes_an_empty_cell_for_no_day(cell):
    assert read_moment(cell) is None


@pytest.mark.parametrize(
    ("cell", "impossible"),
    [
        ("2026-06-31", True),
        ("2026.02.29", True),
        ("20261301", True),
        ("0026-11-20", True),
        ("2026.11.2O", False),
        ("2026112", False),
        ("합계", False),
        ("1.2.3", False),
        ("2026.11.20 25:00:00", False),
        (12, False),
        (Decimal("1E+400"), False),
        (True, False),
    ],
)
def test_it_refuses_a_day_that_does_not_exist(cell, impossible):
    with pytest.raises(DateUnreadable) as refusal:
        read_moment(cell)
    assert refusal.value.impossible is impossible


def test_serial_days_count_from_1904_in_a_macintosh_workbook():
    assert read_moment(44884, base=MACINTOSH_DAYS) == Moment(DAY, None)


@pytest.mark.parametrize(
    ("order", "cell"), [("dmy", "20/11/2026"), ("mdy", "11/20/2026"), ("dmy", "20.11.26")]
)
def test_a_profile_may_write_the_day_first(order, cell):
    assert read_moment(cell, order) == Moment(DAY, None)


@pytest.mark.parametrize(
    ("cell", "day"),
    [("2026-02-30", date(2026, 2, 28)), ("2028.02.30", date(2028, 2, 29)), ("20260230", date(2026, 2, 28))],
)
def test_a_value_date_of_30_february_is_the_last_of_february(cell, day):
    assert read_value_date(cell) == (day, True)


@pytest.mark.parametrize("cell", ["2026-02-29", "2026-02-31", "2026-04-31"])
def test_any_other_impossible_value_date_is_refused(cell):
    with pytest.raises(DateUnreadable):
        read_value_date(cell)


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("13:22:01", AT),
        ("132201", AT),
        ("13:22", time(13, 22)),
        ("1322", time(13, 22)),
        ("오후 1:22:01", AT),
        (92201, time(9, 22, 1)),
        (Decimal("0.5569560185"), AT),
        (timedelta(hours=13, minutes=22, seconds=1), AT),
        (time(13, 22, 1), AT),
        ("", None),
        (None, None),
    ],
)
def test_it_reads_a_time_in_a_column_of_its_own(cell, at):
    assert read_time(cell) == at


@pytest.mark.parametrize("cell", ["25:14:07", "24:00:00", "12:60", "시간", 250000, Decimal("1.5"), True])
def test_it_refuses_what_is_no_time(cell):
    with pytest.raises(TimeUnreadable):
        read_time(cell)


def test_it_finds_both_days_of_a_period():
    assert read_days("조회기간 2026.11.01 ~ 2026.11.30") == [date(2026, 11, 1), date(2026, 11, 30)]
    assert read_days("20261101-20261130, 2026-02-30") == [date(2026, 11, 1), date(2026, 11, 30)]


@given(st.datetimes(datetime(1955, 1, 1), datetime(2100, 1, 1)))
def test_every_moment_survives_excels_serial_number(moment):
    moment = moment.replace(microsecond=0)
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert read_moment(Decimal(repr(serial))) in (
        Moment(moment.date(), moment.time()),
        Moment(moment.date(), None if moment.time() == time() else moment.time()),
    )

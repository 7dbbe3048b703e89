"""Business days in the published calendars: the notice's own dates, make-up work, and overrides."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.kernel.calendar_data import CountryUnknown, published_calendar
from moa.kernel.calendars import CalendarExhausted, Convention, DayOverride, DayReason, NotABusinessDay
from moa.kernel.periods import Period

SEOUL = ZoneInfo("Asia/Seoul")
KOREA, CHINA = published_calendar("KR"), published_calendar("CN")
CALENDARS = st.sampled_from([KOREA, CHINA])
DAYS = st.dates(date(2015, 1, 1), date(2027, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("file", "file_day", "business_days", "at", "due"),
    [
        # KFTC notice of 2015-07-22: the mail sample, and the EB13/EI13 example. 2015-07-16 is a Thursday.
        ("EB110716", "2015-07-16", 2, time(15), "2015-07-20 15:00"),
        ("EB130716", "2015-07-16", 1, time(12), "2015-07-17 12:00"),
        # Over Liberation Day 2015 with its temporary holiday of the 14th: Thursday to Monday.
        ("EB130813", "2015-08-13", 1, time(12), "2015-08-17 12:00"),
        # EB21 is due the business day before the debit day: Monday's is due on Friday.
        ("EB210720", "2015-07-20", -1, time(17), "2015-07-17 17:00"),
        # EC21 is due on the debit day itself.
        ("EC210720", "2015-07-20", 0, time(12), "2015-07-20 12:00"),
    ],
)
def test_a_file_is_due_so_many_business_days_from_its_date(file, file_day, business_days, at, due):
    expected = datetime.fromisoformat(due).replace(tzinfo=SEOUL)
    assert KOREA.deadline_at(day(file_day), business_days, at, SEOUL) == expected


@pytest.mark.parametrize(
    ("closed", "name"),
    [
        ("2015-08-14", "임시공휴일"),
        ("2025-01-27", "임시공휴일"),
        ("2025-05-01", "근로자의날"),  # a bank holiday only, until 2025
        ("2025-06-03", "대통령 선거일"),
        ("2026-03-02", "삼일절 대체 휴일"),
        ("2026-05-01", "노동절"),
        ("2026-06-03", "지방선거일"),
        ("2026-07-17", "제헌절"),
        ("2026-10-05", "개천절 대체 휴일"),
        ("2027-12-27", "기독탄신일 대체 휴일"),
    ],
)
def test_korean_banks_are_closed(closed, name):
    described = KOREA.describe(day(closed))
    assert (described.is_business_day, described.reason, described.name) == (False, DayReason.HOLIDAY, name)


def test_constitution_day_was_an_ordinary_day_in_2015():
    assert KOREA.describe(day("2015-07-17")).reason is DayReason.ORDINARY


@pytest.mark.parametrize(
    "worked",
    ["2025-01-26", "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
)
def test_chinese_make_up_weekends_are_business_days(worked):
    described = CHINA.describe(day(worked))
    assert described.is_business_day
    assert described.reason is DayReason.MAKE_UP
    assert day(worked).weekday() in CHINA.weekend


def test_a_weekend_worked_for_the_next_years_holiday_belongs_to_its_own_year():
    assert CHINA.is_business_day(day("2011-12-31"))
    assert not CHINA.is_business_day(day("2012-01-03"))


def test_spring_festival_2026_runs_to_the_23rd_and_is_paid_for_by_two_saturdays():
    period = Period.inclusive(day("2026-02-13"), day("2026-02-28"))
    assert [each.day for each in CHINA.business_days(period)] == [13, 14, 24, 25, 26, 27, 28]


def test_a_chinese_year_without_a_notice_is_an_estimate():
    assert not CHINA.is_estimate(2026)
    assert CHINA.is_estimate(2027)
    assert CHINA.describe(day("2027-10-01")).is_estimate
    assert not KOREA.is_estimate(2027)


def test_an_override_wins_over_everything_published():
    seen = published_calendar(
        "KR",
        {
            day("2026-11-23"): DayOverride(False, "임시공휴일"),  # a Monday
            day("2026-05-01"): DayOverride(True, "비상 영업"),  # a holiday
            day("2026-11-28"): DayOverride(True, "토요 영업"),  # a Saturday
        },
    )
    assert seen.next_business_day(day("2026-11-20")) == day("2026-11-24")
    assert seen.is_business_day(day("2026-05-01"))
    assert seen.is_business_day(day("2026-11-28"))
    assert seen.describe(day("2026-11-23")) == (
        day("2026-11-23"),
        False,
        DayReason.OVERRIDE,
        "임시공휴일",
        False,
    )
    assert KOREA.is_business_day(day("2026-11-23")), "the published calendar itself is untouched"


@pytest.mark.parametrize(
    ("asked", "convention", "moved"),
    [
        ("2026-01-31", Convention.FOLLOWING, "2026-02-02"),  # a Saturday at the month's end
        ("2026-01-31", Convention.MODIFIED_FOLLOWING, "2026-01-30"),
        ("2026-01-31", Convention.PRECEDING, "2026-01-30"),
        ("2026-03-01", Convention.PRECEDING, "2026-02-27"),  # a Sunday at the month's start
        ("2026-03-01", Convention.MODIFIED_PRECEDING, "2026-03-03"),
        ("2026-02-16", Convention.MODIFIED_FOLLOWING, "2026-02-19"),
        ("2026-01-31", Convention.UNADJUSTED, "2026-01-31"),
        ("2026-01-30", Convention.FOLLOWING, "2026-01-30"),  # a business day stays
    ],
)
def test_a_date_moves_as_its_convention_says(asked, convention, moved):
    assert KOREA.adjust(day(asked), convention) == day(moved)


def test_it_refuses_to_count_nothing_from_a_closed_day():
    with pytest.raises(NotABusinessDay):
        KOREA.add_business_days(day("2026-05-01"), 0)


def test_it_refuses_rather_than_search_for_ever():
    closed = {date(2026, 1, 1) + timedelta(each): DayOverride(False, "closed") for each in range(365)}
    with pytest.raises(CalendarExhausted):
        published_calendar("KR", closed).next_business_day(day("2026-02-01"))
    with pytest.raises(CalendarExhausted):
        KOREA.next_business_day(date.max)


def test_it_refuses_a_country_it_has_no_calendar_of():
    with pytest.raises(CountryUnknown):
        published_calendar("XX")


@given(CALENDARS, DAYS, st.integers(1, 30))
def test_counting_forth_and_back_comes_home_from_a_business_day(calendar, start, count):
    start = calendar.adjust(start, Convention.FOLLOWING)
    assert calendar.add_business_days(calendar.add_business_days(start, count), -count) == start


@given(CALENDARS, DAYS, st.integers(1, 30))
def test_the_nth_business_day_has_n_business_days_up_to_it(calendar, start, count):
    end = calendar.add_business_days(start, count)
    assert len(list(calendar.business_days(Period.inclusive(start + timedelta(1), end)))) == count
    assert calendar.is_business_day(end)


@given(CALENDARS, DAYS, st.sampled_from([c for c in Convention if c is not Convention.UNADJUSTED]))
def test_an_adjusted_date_is_a_business_day_and_adjusting_again_changes_nothing(calendar, start, convention):
    moved = calendar.adjust(start, convention)
    assert calendar.is_business_day(moved)
    assert calendar.adjust(moved, convention) == moved
    if convention in (Convention.MODIFIED_FOLLOWING, Convention.MODIFIED_PRECEDING):
        assert (moved.year, moved.month) == (start.year, start.month)


@given(CALENDARS, DAYS)
def test_the_description_of_a_day_and_the_short_answer_agree(calendar, start):
    assert calendar.describe(start).is_business_day == calendar.is_business_day(start)

"""Published days are named in the language of the page; a day that a person changed keeps that person's words."""

import re
from datetime import date

import pytest

from moa.directory.rules.calendar_year import month_sheets, special_days
from moa.directory.rules.holiday_names import LANGUAGES, name_of_day, names_of_day, published_name
from moa.kernel.calendar_data import published_calendar
from moa.kernel.calendars import DayOverride

HANGUL, HAN = re.compile("[가-힣]"), re.compile("[一-鿿]")


@pytest.mark.parametrize(
    ("country", "day", "ko", "zh", "en"),
    [
        ("KR", "2026-02-17", "설날", "春节", "Lunar New Year's Day"),
        ("KR", "2026-03-02", "삼일절 대체 휴일", "三一节（补休）", "Independence Movement Day (substitute)"),
        ("KR", "2028-10-03", "개천절; 추석", "开天节; 中秋节", "National Foundation Day; Chuseok"),
        ("CN", "2026-02-14", "대체 근무일", "调休上班", "Make-up working day"),
        ("CN", "2026-10-01", "국경절", "国庆节", "National Day"),
        ("CN", "2026-01-02", "쉬는 날(2026-01-04 근무 대체)", "休息日（由 2026-01-04 调休）", "Day off (worked on 2026-01-04)"),
    ],
)  # fmt: skip
def test_a_day_is_named_in_each_language(country: str, day: str, ko: str, zh: str, en: str) -> None:
    found = published_calendar(country).describe(date.fromisoformat(day))
    assert names_of_day(found) == {"ko": ko, "zh-hans": zh, "en": en}


@pytest.mark.parametrize("country", ["KR", "CN"])
def test_every_published_name_is_translated(country: str) -> None:
    calendar = published_calendar(country)
    names = {day.name for year in range(1950, 2100) for day in special_days(calendar, year)}
    assert len(names) > 20
    for name in names:
        ko, zh, en = (published_name(name, language) for language in LANGUAGES)
        assert HANGUL.search(ko) and not HAN.search(ko), ko
        assert HAN.search(zh) and not HANGUL.search(zh), zh
        assert not HAN.search(en) and not HANGUL.search(en), en


def test_a_persons_words_stay_as_they_are() -> None:
    """Even where they are words of the table."""
    calendar = published_calendar("KR", {date(2026, 11, 23): DayOverride(False, "임시공휴일")})
    day = calendar.describe(date(2026, 11, 23))
    assert name_of_day(day, "en") == "임시공휴일" and names_of_day(day) == {}
    sheet = month_sheets(calendar, 2026, first_weekday=0, language="en")[10]
    assert {cell.name for week in sheet.weeks for cell in week if cell.name} == {"임시공휴일"}


def test_a_name_that_nobody_knows_is_told_as_published() -> None:
    assert published_name("새 공휴일", "en") == "새 공휴일"
    assert published_name("새 공휴일 대체 휴일", "zh-hans") == "새 공휴일（补休）"
